"""Claims as the trained model reads them: the likeliest value of every field and slot, each decision marked
"field:model". The rules' deciders then overrule where they are certain. Works on the clean text."""

from collections.abc import Sequence

from extractor.decode import MODEL, Candidate, QuantityReading
from extractor.found import FoundClaim, FoundMention, FoundSlot
from extractor.layout import MANY_SLOTS, ONE_SLOTS
from extractor.records import MOVES, UNFIT_UNITS, Direction, Kind, Label, Qualifier, Role

CLAIM_AT_LEAST = 0.5


def claims_from_model(
    quantities: Sequence, readings: Sequence[QuantityReading], mentions: Sequence[FoundMention]
) -> list[FoundClaim]:
    """A claim for each quantity that the model takes for one."""
    return [
        _claim(quantity, reading, mentions)
        for quantity, reading in zip(quantities, readings, strict=True)
        if reading.fields["claim"][1] >= CLAIM_AT_LEAST
    ]


def _claim(quantity, reading: QuantityReading, mentions: Sequence[FoundMention]) -> FoundClaim:
    kind = Kind(_fitting_kind(reading, quantity.unit))
    direction = reading.best("direction")[0] if kind in MOVES else None
    one = {slot: _one(slot, reading, mentions) for slot in ONE_SLOTS}
    many = {slot: tuple(_slot(slot, c, mentions) for c in reading.slots[slot]) for slot in MANY_SLOTS}
    decided = ["claim", "kind", "role", "qualifier", *(["direction"] if direction else [])]
    decided += [slot for slot, value in (one | many).items() if value]
    return FoundClaim(
        quantity.start,
        quantity.end,
        kind,
        Role(reading.best("role")[0]),
        Qualifier(reading.best("qualifier")[0]),
        Direction(direction) if direction else None,
        **one,
        **many,
        confidence=_confidence(reading),
        origin=tuple(f"{field}:{MODEL}" for field in decided),
    )


def _fitting_kind(reading: QuantityReading, unit: str) -> Kind:
    """The likeliest kind that can have the unit."""
    ranked = sorted(zip(reading.fields["kind"], Kind, strict=True), key=lambda x: -x[0])
    return next(kind for _, kind in ranked if unit not in UNFIT_UNITS.get(kind, ()))


def _one(slot: str, reading: QuantityReading, mentions) -> FoundSlot | None:
    candidates = reading.slots[slot]
    if not candidates or candidates[0].probability < reading.empty[slot]:
        return None
    return _slot(slot, candidates[0], mentions)


LABEL_OF_SLOT = {"method": Label.METHOD, "dataset": Label.DATASET, "task": Label.TASK}


def _slot(slot: str, candidate: Candidate, mentions) -> FoundSlot:
    """The candidate's span, widened to the mention of the slot's label that it is part of."""
    label = LABEL_OF_SLOT.get(slot)
    for mention in mentions:
        if mention.label == label and mention.start <= candidate.start and candidate.end <= mention.end:
            return FoundSlot(mention.start, mention.end)
    return FoundSlot(candidate.start, candidate.end)


def _confidence(reading: QuantityReading) -> float:
    """Product of the probabilities that a right row needs; calibrated by `Calibration`."""
    p = float(reading.fields["claim"][1]) * reading.best("kind")[1] * reading.best("role")[1]
    for slot in ("metric", "method"):
        best = reading.slots[slot][0].probability if reading.slots[slot] else 0.0
        p *= max(best, reading.empty[slot])
    for candidate in reading.slots["dataset"]:
        p *= candidate.probability
    return round(min(1.0, p), 4)
