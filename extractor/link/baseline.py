"""A quantity in its context -> what it is compared against: what follows "than", "over", "compared to",
"outperforms"."""

from collections.abc import Sequence

import regex

from extractor.found import FoundMention, FoundSlot
from extractor.link.context import Context, Span
from extractor.link.decision import Decision
from extractor.link.lists import LIST_JOIN
from extractor.link.phrases import phrase_after
from extractor.link.spans import Slots, slot_of
from extractor.records import Kind, Label

WORDS = regex.compile(r"[a-z]{3}", regex.IGNORECASE)
LONGEST = 10  # words of a phrase that names a baseline


def decide_baseline(context: Context, kind: Kind) -> Decision[Slots]:
    """What it is compared against: the phrase after "than", "over", "compared to", "outperforms"."""
    if kind in (Kind.SCALE, Kind.MEASURE, Kind.OTHER):
        return Decision((), "baseline.none")
    after = [c for c in context.sentence.comparisons if context.end <= c.start < context.right_to]
    before = [c for c in context.sentence.comparisons if context.left_from <= c.start < context.start]
    shared = [
        c for c in context.sentence.comparisons if c.start < context.start or c.start >= context.right_to
    ]
    for cue in [*after[:1], *reversed(before), *reversed(shared)]:
        names = _compared(context, cue.end)
        if names:
            return Decision(names, cue.rule.id)
    return Decision((), "baseline.none")


def _compared(context: Context, start: int) -> Slots:
    """The names or the phrase from `start` on: "FNet", "previous one-step methods"."""
    phrase = phrase_after(context, start, context.sentence.end, longest=LONGEST)
    if phrase is None:
        return ()
    listed = _list_from(context, context.sentence.of(Label.METHOD), phrase)
    if listed:
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
