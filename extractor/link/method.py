"""A quantity in its context -> whose number it is: the name in or before the brackets around it, the
subject of its clause, the name that "our method" stands for, or nobody's."""

import regex

from extractor.found import FoundMention, FoundSlot
from extractor.link.context import Context, Span
from extractor.link.decision import Decision
from extractor.link.lists import in_step
from extractor.link.names import own_name
from extractor.link.spans import Slots, overlaps, slot_of
from extractor.records import Kind, Label, Role

BRACKET = regex.compile(r"\s*\(\s*[~<>≈]?$")
CLAUSE = regex.compile(r"[;:]|,? (?:while|whereas|but)\b|, (?:and|which)\b")
NEAR = 50  # characters within which brackets belong to the value before them
COMPARED_WITHIN = 40  # characters after "outperforms" within which names are what is outperformed
OBJECT_WITHIN = 5  # characters after a verb within which a name is its object: "improves the X"
HAS_WITHIN = 90  # characters after a model's name within which its size is told: "X, a model of 7B"
LOOK_BACK = 60  # characters before a name in which a preposition may govern it


def decide_method(context: Context, kind: Kind, role: Role, baseline: Slots) -> Decision[FoundSlot | None]:
    """Whose number it is: the name right before it in brackets, the sentence's subject, else the paper's
    own."""
    bracketed = _before_bracket(context)
    if bracketed is not None:
        return Decision(slot_of(bracketed), "method.bracket", certain=True)
    after = _in_bracket_after(context)
    if after is not None:
        return Decision(slot_of(after), "method.bracket_after")
    if kind == Kind.SCALE:
        return _model_of_scale(context)
    paired = in_step(context, [m for m in context.sentence.of(Label.METHOD) if not overlaps(m, baseline)])
    if paired is not None and paired.end <= context.start and role == Role.RESULT:
        return Decision(slot_of(paired), "method.in_step")
    if role == Role.REFERENCE:
        return _method_of_reference(context, baseline)
    own = own_name(context.paper)
    subject = _subject(context, baseline)
    used = _instrument(context, baseline)
    if used is not None and not (isinstance(subject, FoundMention) and subject.proposed):
        return Decision(slot_of(used), "method.instrument")
    if isinstance(subject, FoundMention):
        return Decision(slot_of(subject), "method.subject")
    if subject is not None and own is not None:
        words = context.text[subject[0] : subject[1]]
        return Decision(FoundSlot(own.start, own.end, inferred=words), "method.own")
    if own is not None:
        return Decision(FoundSlot(own.start, own.end), "method.own_by_default")
    named = [
        m for m in context.sentence.of(Label.METHOD) if not overlaps(m, baseline) and m.end <= context.start
    ]
    if named:
        return Decision(slot_of(named[-1]), "method.named_before")
    return Decision(None, "method.none")


def _before_bracket(context: Context) -> FoundMention | None:
    """ "Vanilla BYOL (71.04%)" """
    bracket = BRACKET.search(context.text, context.sentence.start, context.start)
    if bracket is None:
        return None
    at = bracket.start()
    return next((m for m in context.sentence.of(Label.METHOD) if m.end == at), None)


def _in_bracket_after(context: Context) -> FoundMention | None:
    """ "solves 3% of them (Llama-2)", "81% for the best (GPT-4)": a name alone in the brackets that
    follow"""
    if len(context.group) > 1:
        return None
    for mention in context.sentence.of(Label.METHOD):
        around = context.text[mention.start - 1 : mention.start] + context.text[mention.end : mention.end + 1]
        near = context.end <= mention.start < min(context.right_to, context.end + NEAR)
        if near and around == "()":
            return None if mention.proposed else mention
    return None


def _method_of_reference(context: Context, baseline: Slots) -> Decision[FoundSlot | None]:
    """A value that results are set against: the name that follows it ("78% for X"), else what is compared
    against."""
    named = [m for m in context.sentence.of(Label.METHOD) if context.end <= m.start < context.right_to]
    governs = context.paper.lexicon.links["governs"]
    if (
        named
        and named[0].start - context.end < NEAR
        and governs.ends(context.text[context.end : named[0].start].rstrip())
    ):
        return Decision(slot_of(named[0]), "method.of_reference")
    if baseline:
        return Decision(baseline[0], "method.baseline")
    return Decision(None, "method.none")


def _model_of_scale(context: Context) -> Decision[FoundSlot | None]:
    """The model whose parameters are counted; a count of anything else has no method."""
    links = context.paper.lexicon.links
    words = context.words_between(context.end, context.sentence.end)
    follows = [m for m in context.sentence.of(Label.METHOD) if words and m.start == words[0][0]]
    if follows:
        return Decision(slot_of(follows[0]), "method.of_scale")
    parts = links["model_part"].find(
        context.text, context.end, words[1][1] if len(words) > 1 else context.end
    )
    if not parts:
        return Decision(None, "method.counted")
    follows = [m for m in context.sentence.of(Label.METHOD) if m.start == parts[0].end + 1]
    if follows:
        return Decision(slot_of(follows[0]), "method.of_scale")
    near = context.start - HAS_WITHIN
    before = [m for m in context.sentence.of(Label.METHOD) if near <= m.end <= context.start]
    if before and links["has"].find(context.text, before[-1].end, context.start):
        return Decision(slot_of(before[-1]), "method.of_scale")
    return Decision(None, "method.none")


def _subject(context: Context, baseline: Slots) -> FoundMention | Span | None:
    """The name or "our method" before the value that isn't governed by a preposition or compared against:
    in the value's clause, then in the sentence; the last that is the paper's own, else the first."""
    telling = context.paper.lexicon.links["telling"].find(context.text, context.sentence.start, context.start)
    told_from = telling[-1].end if telling else context.sentence.start
    own: list[tuple[int, FoundMention | Span]] = [
        (c.start, (c.start, c.end))
        for c in context.sentence.own
        if told_from <= c.start and c.end <= context.start and _is_free(context, c.start)
    ]
    named = [
        m for m in context.sentence.of(Label.METHOD) if m.end <= context.start and _is_free(context, m.start)
    ]
    named = [m for m in named if not overlaps(m, baseline) and not any(a <= m.start < b for _, (a, b) in own)]
    own += [(m.start, m) for m in named if m.proposed]
    others = [(m.start, m) for m in named if not m.proposed]
    for start in (_clause_start(context), context.sentence.start):
        mine = [c for c in own if c[0] >= start]
        if mine:
            return max(mine, key=lambda c: c[0])[1]
        theirs = [c for c in others if c[0] >= start]
        if theirs:
            return theirs[0][1]
    return None


def _is_free(context: Context, start: int) -> bool:
    """Whether what starts there may be a subject: no comparison, verb of change or preposition governs
    it."""
    key = ("free", start)
    if key not in context.paper.memo:
        context.paper.memo[key] = not _is_governed(context, start)
    return context.paper.memo[key]


def _is_governed(context: Context, start: int) -> bool:
    if any(c.end <= start <= c.end + COMPARED_WITHIN for c in context.sentence.comparisons):
        return True
    if any(c.rule.form == "verb" and 0 <= start - c.end <= OBJECT_WITHIN for c in context.sentence.changes):
        return True
    before = context.text[max(context.sentence.start, start - LOOK_BACK) : start].rstrip(" ([\"'“")
    return context.paper.lexicon.links["governs"].ends(before)


def _instrument(context: Context, baseline: Slots) -> FoundMention | None:
    """The paper's own name in "using X", "with X"."""
    using = context.paper.lexicon.links["using"]
    for mention in context.sentence.of(Label.METHOD):
        before = context.text[max(0, mention.start - 20) : mention.start].rstrip()
        if mention.proposed and using.ends(before) and not overlaps(mention, baseline):
            return mention
    return None


def _clause_start(context: Context) -> int:
    ends = [m.end() for m in CLAUSE.finditer(context.text, context.sentence.start, context.start)]
    return ends[-1] if ends else context.sentence.start
