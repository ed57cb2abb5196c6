"""A quantity in its context -> whose number it is: the paper's outcome, what it is set against, or the
world's."""

from extractor.link.context import Context
from extractor.link.decision import Decision
from extractor.records import Role

WINDOW = 200  # characters around the value that the rules see
CERTAIN = frozenset({"role.from_to", "role.arrow", "role.human_value"})
"""Rules that were right each time on the papers they were measured on."""


def decide_role(context: Context) -> Decision[Role]:
    """Background before the paper first speaks of itself, else by the first rule of `rules/roles.yaml` that
    fits; a result where none does."""
    if context.paper.title_end < context.quantity.start < context.paper.speaks_of_itself:
        return Decision(Role.BACKGROUND, "link.speaks_of_itself")
    start, end = context.quantity.start, context.quantity.end
    before = context.text[max(context.sentence.start, start - WINDOW) : start]
    after = context.text[end : min(context.sentence.end, end + WINDOW)]
    for cue in context.paper.lexicon.roles:
        if cue.fits(before, after):
            return Decision(cue.rule.role, cue.rule.id, certain=cue.rule.id in CERTAIN)
    return Decision(Role.RESULT, "role.result")
