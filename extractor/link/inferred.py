"""A claim and its context -> the same claim, each slot that was not read in the claim's own sentence marked
with the words it was reached from. Decides nothing else."""

from dataclasses import replace

from extractor.found import FoundClaim, FoundSlot
from extractor.layout import MANY_SLOTS, ONE_SLOTS
from extractor.link.context import Context

FROM_CONTEXT = "context"  # from another sentence, with no word in this one that points there


def mark_inferred(claim: FoundClaim, context: Context) -> FoundClaim:
    """`inferred` is the nearest "our method", "we" or "it" before the value for a method, else "context"."""
    marked = {slot: _marked(getattr(claim, slot), slot, context) for slot in ONE_SLOTS}
    marked |= {slot: tuple(_marked(s, slot, context) for s in getattr(claim, slot)) for slot in MANY_SLOTS}
    return replace(claim, **marked)


def _marked(found: FoundSlot | None, field: str, context: Context) -> FoundSlot | None:
    sentence = context.sentence
    if found is None or found.inferred or (sentence.start <= found.start and found.end <= sentence.end):
        return found
    own = [cue for cue in sentence.own if cue.end <= context.quantity.start] if field == "method" else []
    words = context.text[own[-1].start : own[-1].end] if own else FROM_CONTEXT
    return replace(found, inferred=words)
