"""A claim in few words, as headings, cells and notes have it. Takes claims, returns texts."""

from typing import NamedTuple

from extractor.export.csv import to_cell
from extractor.export.tables import Cell
from extractor.normalise import canonical_unit
from extractor.records import MOVES, Claim, Qualifier, Slot

MARKS = {
    Qualifier.UP_TO: "up to",
    Qualifier.AT_LEAST: "at least",
    Qualifier.AT_MOST: "at most",
    Qualifier.APPROX: "about",
    Qualifier.AVERAGE: "on average",
}


class Heading(NamedTuple):
    """What the numbers of a column have in common."""

    metric: str
    change: bool
    unit: str

    def __str__(self) -> str:
        """ "accuracy (%)", "accuracy, change (points)", "speedup (x)"."""
        change = ", change" if self.change else ""
        return f"{self.metric}{change} ({self.unit})" if self.unit else f"{self.metric}{change}"


def heading(claim: Claim) -> Heading:
    """Where the claim's number stands; without a metric under its kind ("speedup")."""
    metric = claim.metric.name or claim.metric.text if claim.metric else claim.kind.value
    return Heading(
        metric, claim.kind in MOVES and metric != claim.kind.value, canonical_unit(claim.value.unit)
    )


def numbers(claim: Claim) -> str:
    """ "84.3", a range as "3 to 4"."""
    low, high = (to_cell(number, Cell.NUMBER) for number in (claim.value.low, claim.value.high))
    return low if low == high else f"{low} to {high}"


def described(claim: Claim) -> str:
    """ "up to 4.86x: SEW, over wav2vec 2.0, on LibriSpeech"."""
    mark = f"{MARKS[claim.qualifier]} " if claim.qualifier in MARKS else ""
    parts = [named(claim.method)] if claim.method else []
    parts += [f"over {', '.join(map(named, claim.baseline))}"] if claim.baseline else []
    parts += [f"on {', '.join(map(named, claim.dataset))}"] if claim.dataset else []
    return f"{mark}{claim.value.text}" + (f": {', '.join(parts)}" if parts else "")


def named(slot: Slot) -> str:
    return slot.name or slot.text
