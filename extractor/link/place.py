"""A quantity in its context -> the task for which it holds and the condition under which: hardware, or the
model that the method is applied to."""

from collections.abc import Iterable

import regex

from extractor.found import FoundSlot
from extractor.link.context import Context
from extractor.link.decision import Decision
from extractor.link.measured import names_metric
from extractor.link.phrases import phrase_after
from extractor.link.spans import Slots, overlaps, slot_of
from extractor.records import Kind, Label

APPLIED = regex.compile(r"\b(?:on|for|of|with)(?: the| a)? $")


def decide_task(context: Context) -> Decision[FoundSlot | None]:
    """The nearest task of the sentence, of its neighbours, or of the title."""
    paper, spans = context.paper, context.paper.spans
    inside = paper.starting_in(context.sentence.start, context.sentence.end, Label.TASK)
    if inside:
        nearest = min(inside, key=lambda m: abs(m.start - context.start))
        return Decision(slot_of(nearest), "task.sentence")
    if paper.title_task:
        return Decision(slot_of(paper.title_task), "task.title")
    first = spans[max(context.index - 1, 0)][0]
    last = spans[min(context.index + 1, len(spans) - 1)][1]
    near = paper.starting_in(first, last, Label.TASK)
    if near:
        return Decision(slot_of(min(near, key=lambda m: abs(m.start - context.start))), "task.neighbour")
    return Decision(None, "task.none")


def decide_condition(
    context: Context, kind: Kind, method: FoundSlot | None, baseline: Slots
) -> Decision[FoundSlot | None]:
    """Hardware, or the model that the method is applied to."""
    hardware = context.paper.lexicon.links["condition"].find(
        context.text, context.sentence.start, context.sentence.end
    )
    if hardware and kind != Kind.SCALE:
        behind = [c for c in hardware if context.end <= c.start and c.end <= context.right_to]
        nearest = min(behind or hardware, key=lambda c: abs(c.start - context.end))
        return Decision(FoundSlot(nearest.start, nearest.end), nearest.rule.id)
    if kind == Kind.SCALE:
        return Decision(None, "condition.none")
    taken = [slot for slot in (method, *baseline) if slot]
    applied = [
        m
        for m in context.sentence.of(Label.METHOD)
        if not m.proposed
        and not overlaps(m, taken)
        and APPLIED.search(context.text, max(0, m.start - 10), m.start)
    ]
    if applied:
        nearest = min(applied, key=lambda m: abs(m.start - context.end))
        return Decision(slot_of(nearest), "condition.applied_to")
    under = _under(context, taken)
    return Decision(under, "link.condition" if under else "condition.none")


def _under(context: Context, taken: Iterable[FoundSlot]) -> FoundSlot | None:
    """The phrase after "on", "under", "for" that follows the value and names neither data, metric nor
    task."""
    for cue in context.paper.lexicon.links["under"].find(context.text, context.end, context.right_to):
        phrase = phrase_after(context, cue.end, context.right_to)
        if phrase is None or names_metric(context, phrase):
            continue
        named = [m for m in context.sentence.mentions if m.start < phrase[1] and phrase[0] < m.end]
        if not named and not any(s.start < phrase[1] and phrase[0] < s.end for s in taken):
            return FoundSlot(*phrase)
    return None
