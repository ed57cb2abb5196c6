"""A quantity in its context -> what it is compared against: what follows "than", "over", "compared to",
"outperforms"."""

from collections.abc import Sequence

import regex

from extractor.found import FoundMention, FoundSlot
from extractor.link.context import Context, Span
from extractor.link.decision import Decision
from extractor.link.lexicon import Cue
from extractor.link.lists import LIST_JOIN
from extractor.link.phrases import phrase_after
from extractor.link.spans import Slots, slot_of
from extractor.records import Kind, Label

BY = regex.compile(r"\bby\b[^,;]{0,25}$")
WORDS = regex.compile(r"[a-z]{3}", regex.IGNORECASE)
LONGEST = 10  # words of a phrase that names a baseline


def decide_baseline(context: Context, kind: Kind) -> Decision[Slots]:
    """What it is compared against: the phrase after "than", "over", "compared to", "outperforms"."""
    if kind in (Kind.SCALE, Kind.MEASURE, Kind.OTHER):
        return Decision((), "baseline.none")
    after = [c for c in context.sentence.comparisons if context.end <= c.start < context.right_to]
    after = [c for c in after if not (context.right_to < context.sentence.end and _tells_next(context, c))]
    before = [c for c in context.sentence.comparisons if context.left_from <= c.start < context.start]
    shared = [
        c for c in context.sentence.comparisons if c.start < context.start or c.start >= context.right_to
    ]
    cues = [*after[:1], *reversed(before)] + ([] if kind == Kind.SCORE else [*reversed(shared)])
    for cue in cues:
        names = _compared(context, cue.end)
        if names:
            return Decision(names, cue.rule.id)
    return Decision((), "baseline.none")


def _tells_next(context: Context, cue: Cue) -> bool:
    """ "91% accuracy, outperforming X by 3%": the comparison is the next value's"""
    return bool(BY.search(context.text, cue.end, context.right_to))


def _compared(context: Context, start: int) -> Slots:
    """The names or the phrase from `start` on: "FNet", "previous one-step methods"."""
    stands_for = context.paper.lexicon.links["stands_for"].pattern.match(
        context.text, start + 1, context.sentence.end
    )
    start = stands_for.end() if stands_for else start
    phrase = phrase_after(context, start, context.sentence.end, longest=LONGEST)
    if phrase is None:
        return ()
    listed = _list_from(context, context.sentence.of(Label.METHOD), phrase)
    if listed and not context.text.startswith("-", listed[0].end):  # "LoRA-tuned models" are no LoRA
        return tuple(map(slot_of, listed))
    end = phrase[1]
    measured = context.paper.lexicon.links["compared_by"].find(context.text, phrase[0], end)
    if measured and measured[0].start > phrase[0]:
        end = measured[0].start - 1
    if not WORDS.search(context.text, phrase[0], end):
        return ()
    return (FoundSlot(phrase[0], end),)


def _list_from(context: Context, mentions: Sequence[FoundMention], phrase: Span) -> list[FoundMention]:
    """The mentions listed from the phrase on: "A", "A and B", "A, B, and C"."""
    listed: list[FoundMention] = []
    for mention in mentions:
        if (not listed and phrase[0] <= mention.start < phrase[1]) or (
            listed and LIST_JOIN.fullmatch(context.text, listed[-1].end, mention.start)
        ):
            listed.append(mention)
    return listed
