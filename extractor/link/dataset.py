"""A quantity in its context -> the datasets on which it holds, in step with the values of a list; for a
count, the resource that it describes."""

import regex

from extractor.found import FoundMention
from extractor.link.context import Context
from extractor.link.decision import Decision
from extractor.link.lists import in_step, lists
from extractor.link.names import own_name
from extractor.link.spans import Slots, slot_of
from extractor.records import Kind, Label

OF_DATASET = regex.compile(r"\b(?:on|of|from|in|within)\b[^,;]{0,30}$")
SENTENCES_BACK = 5  # in which the datasets of an evaluation are still meant


def decide_dataset(context: Context, kind: Kind) -> Decision[Slots]:
    """The datasets on which the number holds, in step with the values where they are as many; for a count
    the resource that it describes."""
    datasets = context.sentence.of(Label.DATASET)
    paired = in_step(context, datasets)
    if paired is not None and kind != Kind.SCALE:
        return Decision((slot_of(paired),), "dataset.in_step")
    before = bracketed(context)
    if before is not None:
        return Decision((slot_of(before),), "dataset.bracket", certain=True)
    if kind == Kind.SCALE:
        return _described_resource(context)
    listed = lists(context, datasets)
    if listed:
        after = [x for x in listed if context.end <= x[0].start < context.right_to]
        inner = [x for x in listed if context.left_from <= x[0].start and x[-1].end <= context.start]
        before = [x for x in listed if x[-1].end <= context.start]
        chosen = (after or inner[-1:] or before[-1:] or listed)[0]
        return Decision(tuple(map(slot_of, chosen)), "dataset.sentence")
    if kind not in (Kind.SCORE, Kind.GAIN):
        return Decision((), "dataset.none")
    own = own_name(context.paper, Label.DATASET)
    if own is not None:
        return Decision((slot_of(own),), "dataset.own")
    return _dataset_before(context)


def bracketed(context: Context) -> FoundMention | None:
    """The dataset that a bracket with the value follows: "on MNIST (FID 1.7)"."""
    left = context.text[context.left_from : context.start]
    named = [m for m in context.sentence.of(Label.DATASET) if m.end <= context.start]
    if not named or left.rfind("(") <= left.rfind(")"):
        return None
    return named[-1] if "(" in context.text[named[-1].end : context.start][:3] else None


def _dataset_before(context: Context) -> Decision[Slots]:
    """The datasets of the nearest sentence before that names any."""
    for index in range(context.index - 1, max(context.index - 1 - SENTENCES_BACK, 0), -1):
        start, end = context.paper.spans[index]
        named = context.paper.mentions_in(start, end, Label.DATASET)
        if named:
            last = lists(context, named)[-1]
            return Decision(tuple(map(slot_of, last)), "dataset.sentence_before")
    return Decision((), "dataset.none")


def _described_resource(context: Context) -> Decision[Slots]:
    """The resource whose size is told: the dataset named before the count, or after it by "of", "from",
    "on"."""
    datasets = context.sentence.of(Label.DATASET)
    before = [m for m in datasets if m.end <= context.start and m.proposed]
    if before:
        return Decision((slot_of(before[-1]),), "dataset.described")
    after = [m for m in datasets if context.end <= m.start < context.right_to]
    if after and OF_DATASET.search(context.text, context.end, after[0].start):
        return Decision((slot_of(after[0]),), "dataset.counted_in")
    own = own_name(context.paper, Label.DATASET)
    if own is not None and any(c.end <= context.start for c in context.sentence.own):
        return Decision((slot_of(own),), "dataset.own_resource")
    return Decision((), "dataset.none")
