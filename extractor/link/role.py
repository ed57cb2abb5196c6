"""A quantity in its context -> whose number it is: the paper's outcome, what it is set against, or the
world's."""

from extractor.link.context import Context
from extractor.link.decision import Decision
from extractor.records import Role


def decide_role(context: Context) -> Decision[Role]:
    """By the first rule of `rules/roles.yaml` that fits; a result where none does."""
    before = context.text[context.sentence.start : context.quantity.start]
    after = context.text[context.quantity.end : context.sentence.end]
    for cue in context.paper.lexicon.roles:
        if cue.fits(before, after):
            return Decision(cue.rule.role, cue.rule.id, certain=cue.rule.id == "role.from_to")
    return Decision(Role.RESULT, "role.result")
