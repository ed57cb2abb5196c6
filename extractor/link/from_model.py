"""A claim as the trained model reads it: the likeliest value of every field and slot, each decision marked
"field:model". The rules have the last word where they are certain: a kind that can have the unit, a direction
only where something moves, and never a claim where they bar one. Works on the clean text."""

from collections.abc import Sequence
from dataclasses import replace

from extractor.decode import MODEL, Candidate, QuantityReading
from extractor.found import FoundClaim, FoundMention, FoundQuantity, FoundSlot
from extractor.layout import CLAIM_FIELDS, MANY_SLOTS, ONE_SLOTS
from extractor.link.context import Context
from extractor.link.dataset import bracketed
from extractor.link.lists import in_step as paired
from extractor.link.measured import measured_by
from extractor.records import MOVES, UNFIT_UNITS, Direction, Kind, Label, Qualifier, Role

CLAIM_AT_LEAST = 0.6
EMPTY_WEIGHTS = {"metric": 2.0, "method": 0.5, "condition": 0.6}
"""How much "empty" counts against the likeliest filling of a slot; by F1 on held-out papers."""


def is_claim(reading: QuantityReading, barred: bool) -> bool:
    """Whether the model takes a quantity for a claim, and no rule forbids it."""
    return not barred and reading.fields["claim"][1] >= CLAIM_AT_LEAST


def claim_from_model(
    quantity: FoundQuantity, reading: QuantityReading, mentions: Sequence[FoundMention]
) -> FoundClaim:
    """What the model makes of one quantity."""
    kind = Kind(_fitting_kind(reading, quantity.unit))
    direction = _direction(reading) if kind in MOVES else None
    one = {slot: _one(slot, quantity, reading, mentions) for slot in ONE_SLOTS}
    many = {slot: _many(slot, reading.slots[slot], mentions) for slot in MANY_SLOTS}
    if one["method"]:  # nothing is compared with itself
        many["baseline"] = tuple(slot for slot in many["baseline"] if slot != one["method"])
    decided = ["claim", "kind", "role", "qualifier", *(["direction"] if direction else [])]
    decided += [slot for slot, value in (one | many).items() if value]
    return FoundClaim(
        quantity.start,
        quantity.end,
        kind,
        Role(reading.best("role")[0]),
        Qualifier(reading.best("qualifier")[0]),
        direction,
        **one,
        **many,
        origin=tuple(f"{field}:{MODEL}" for field in decided),
    )


def _fitting_kind(reading: QuantityReading, unit: str) -> Kind:
    """The likeliest kind that can have the unit."""
    ranked = sorted(zip(reading.fields["kind"], Kind, strict=True), key=lambda x: -x[0])
    return next(kind for _, kind in ranked if unit not in UNFIT_UNITS.get(kind, ()))


def _direction(reading: QuantityReading) -> Direction:
    """The likelier way of a move; whatever moves goes up or down."""
    names = CLAIM_FIELDS["direction"]
    return max(Direction, key=lambda way: reading.fields["direction"][names.index(way)])


def _one(slot: str, quantity: FoundQuantity, reading: QuantityReading, mentions) -> FoundSlot | None:
    """The likeliest filling that doesn't hold the value itself, unless "empty", as weighted, is likelier."""
    apart = [
        c for c in reading.slots[slot] if not _overlap(c, quantity) and not _names_another(slot, c, mentions)
    ]
    if not apart or apart[0].probability < EMPTY_WEIGHTS.get(slot, 1.0) * reading.empty[slot]:
        return None
    return _slot(slot, apart[0], mentions)


NO_NAMES_FOR = {
    "method": frozenset({Label.DATASET, Label.METRIC, Label.TASK}),
    "metric": frozenset({Label.METHOD, Label.DATASET}),
}
"""Labels whose names never fill a slot."""


def _names_another(slot: str, candidate: Candidate, mentions: Sequence[FoundMention]) -> bool:
    barred = NO_NAMES_FOR.get(slot, frozenset())
    return any(mention.label in barred and _overlap(candidate, mention) for mention in mentions)


def _overlap(one: Candidate, other: FoundMention | FoundQuantity) -> bool:
    return one.start < other.end and other.start < one.end


IN_STEP = {"dataset": Label.DATASET, "metric": Label.METRIC, "task": Label.TASK}


def by_place(claim: FoundClaim, context: Context) -> FoundClaim:
    """The claim with the dataset, metric or task of its place, where as many are listed as values ("4.3% and
    5.0% on A and B, respectively") or the value stands in brackets behind a dataset: rules see better than
    the model which goes with which. A list of methods is as often what
    was compared with, so the model keeps that."""
    if claim.kind == Kind.SCALE:
        return claim
    for field, label in IN_STEP.items():
        mention = paired(context, context.sentence.of(label))
        if mention is not None:
            claim = _set(claim, field, mention, "in_step")
            if label == Label.METRIC:
                claim = _of_its_own_kind(claim, context, mention)
    before = bracketed(context)
    claim = _set(claim, "dataset", before, "bracket") if before is not None else claim
    return _hardware_apart(claim, context)


def _hardware_apart(claim: FoundClaim, context: Context) -> FoundClaim:
    """What the rules know for hardware is no dataset; it is the condition, if the model sees no other."""
    known = context.paper.lexicon.links["condition"]
    hardware = [slot for slot in claim.dataset if known.whole(context.text[slot.start : slot.end])]
    if not hardware:
        return claim
    datasets = tuple(slot for slot in claim.dataset if slot not in hardware)
    origin = tuple(x for x in claim.origin if datasets or not x.startswith("dataset:"))
    if claim.condition:
        return replace(claim, dataset=datasets, origin=origin)
    return replace(
        claim, dataset=datasets, condition=hardware[0], origin=(*origin, "condition:link.hardware")
    )


RESOURCES = frozenset({Kind.SPEEDUP, Kind.COMPRESSION, Kind.EFFICIENCY})


def _of_its_own_kind(claim: FoundClaim, context: Context, metric: FoundMention) -> FoundClaim:
    """With the kind of its own metric where several are listed: "time and memory by factors of 2 and 3"."""
    measured = measured_by(context, (metric.start, metric.end))
    if measured is None or claim.kind not in RESOURCES or measured.change not in RESOURCES - {claim.kind}:
        return claim
    origin = (*(x for x in claim.origin if not x.startswith("kind:")), "kind:metric.in_step")
    return replace(claim, kind=measured.change, origin=origin)


def _set(claim: FoundClaim, field: str, mention: FoundMention, rule: str) -> FoundClaim:
    slot = FoundSlot(mention.start, mention.end)
    origin = (*(x for x in claim.origin if not x.startswith(f"{field}:")), f"{field}:{field}.{rule}")
    return replace(claim, **{field: (slot,) if field in MANY_SLOTS else slot}, origin=origin)


def _many(slot: str, candidates: Sequence[Candidate], mentions) -> tuple[FoundSlot, ...]:
    """The candidates' spans; one that runs over several names ("A, B and C") is those names."""
    found = []
    for candidate in candidates:
        inside = [m for m in mentions if m.label == LABEL_OF_NAMES[slot] and _holds(candidate, m)]
        if len(inside) > 1:
            found += [FoundSlot(m.start, m.end) for m in inside]
        else:
            found.append(_slot(slot, candidate, mentions))
    return tuple(found)


def _holds(candidate: Candidate, mention: FoundMention) -> bool:
    return candidate.start <= mention.start and mention.end <= candidate.end


LABEL_OF_SLOT = {"method": Label.METHOD, "dataset": Label.DATASET, "task": Label.TASK}
LABEL_OF_NAMES = {"dataset": Label.DATASET, "baseline": Label.METHOD}


def _slot(slot: str, candidate: Candidate, mentions) -> FoundSlot:
    """The candidate's span, widened to the mention of the slot's label that it is part of."""
    label = LABEL_OF_SLOT.get(slot)
    for mention in mentions:
        if mention.label == label and mention.start <= candidate.start and candidate.end <= mention.end:
            return FoundSlot(mention.start, mention.end)
    return FoundSlot(candidate.start, candidate.end)
