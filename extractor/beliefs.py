"""What the network would fill the slots of each number of a text with: probabilities of any words, not of
the best ones alone. Takes and gives offsets of the source. Never decides."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from extractor.clean import Cleaned
from extractor.decode import QuantityReading
from extractor.find.quantities import FoundQuantity
from extractor.layout import CLAIM_FIELDS, MANY_SLOTS
from extractor.records import Direction

HARDLY_MOVED = 0.8  # probability that a number has no direction, from which it has none
Span = tuple[int, int]


class Beliefs:
    """Readings of `quantities`, in order; all offsets in them count in the clean text."""

    def __init__(
        self,
        cleaned: Cleaned,
        words: Sequence[Span],
        quantities: Sequence[FoundQuantity],
        readings: Sequence[QuantityReading],
    ):
        self._starts = [cleaned.to_source(*word)[0] for word in words]
        self._numbers = [cleaned.to_source(q.start, q.end) for q in quantities]
        self._readings = [Belief(self, reading) for reading in readings]

    def at(self, start: int, end: int) -> "Belief | None":
        """Of the number that covers most of a span; None if the network was not asked about one."""
        shared = [min(last, end) - max(first, start) for first, last in self._numbers]
        best = max(range(len(shared)), key=shared.__getitem__, default=None)
        found = best is not None and shared[best] > 0 and best < len(self._readings)
        return self._readings[best] if found else None

    def words(self, span: Span) -> range:
        """The indices of the words that a span touches."""
        return range(max(0, bisect_right(self._starts, span[0]) - 1), bisect_left(self._starts, span[1]))


@dataclass(frozen=True)
class Belief:
    """Of one number."""

    beliefs: Beliefs
    reading: QuantityReading

    def filled(self, slot: str, spans: Iterable[Span]) -> float:
        """The probability that one of the spans holds the slot's first word; in a slot of several names, of
        the likeliest word."""
        words = {word for span in spans for word in self.beliefs.words(span)}
        chances = self.reading.starts[slot]
        seen = [at for word in words if 0 <= (at := word - self.reading.begin) < len(chances)]
        held = chances[seen] if seen else np.zeros(1)
        return float(held.max() if slot in MANY_SLOTS else min(1.0, held.sum()))

    def direction(self) -> Direction | None:
        """Which way the number says that something moved; None: hardly any."""
        chances = dict(zip(CLAIM_FIELDS["direction"], self.reading.fields["direction"], strict=True))
        return None if chances[None] > HARDLY_MOVED else max(Direction, key=chances.__getitem__)

    def empty(self, slot: str) -> float:
        """The probability that nothing fills the slot."""
        if slot in MANY_SLOTS:
            return 1.0 - float(self.reading.starts[slot].max(initial=0.0))
        return self.reading.empty[slot]
