"""What the reader is told beside the words: what the rules take each word for, and for each quantity how far
a word stands from it, in which sentence, and what the rules make of the number."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractor.find.quantities import FoundQuantity
from extractor.found import FoundClaim, FoundMention
from extractor.layout import CLAIM_FIELDS, FILLED, MARKS, NAMES, PLACES, QUANTITY_FEATURES, UNITS, bucket
from extractor.pieces import words_of_span
from extractor.records import Kind, Qualifier, Role

_FAR = 400
_BUCKETS = np.array([bucket(d) for d in range(-_FAR, _FAR + 1)], dtype=np.int64)


@dataclass(frozen=True)
class Views:
    """A text of w words as seen from each of q quantities. All int64: (q, w), `features` (q, n)."""

    distance: np.ndarray
    mark: np.ndarray
    place: np.ndarray
    filled: np.ndarray
    features: np.ndarray


Spans = Sequence[tuple[int, int]]


def names_of_words(words: Spans, mentions: Sequence[FoundMention]) -> list[int]:
    """Codes (NAMES) of what the rules take each word for."""
    codes = [0] * len(words)
    for mention in mentions:
        span = words_of_span(words, mention.start, mention.end)
        for i in range(span[0], span[1] + 1) if span else ():
            part = "B" if i == span[0] else "I"
            codes[i] = NAMES.index(f"{mention.label}-{part}-{int(mention.proposed)}")
    return codes


def views(
    text: str,
    words: Spans,
    sentences: Spans,
    quantities: Sequence[FoundQuantity],
    claims: Sequence[FoundClaim],
    rows: Sequence[int] | None = None,
) -> Views:
    """The views of the quantities found in `text`, or of those at `rows` alone; `claims` are what the rules
    make of each of them."""
    rows = range(len(quantities)) if rows is None else rows
    q, w = len(rows), len(words)
    spans = [words_of_span(words, x.start, x.end) or (0, 0) for x in quantities]
    sentence = _sentence_of_words(words, sentences)
    number = np.zeros(w, dtype=np.int64)
    for first, last in spans:
        number[first : last + 1] = MARKS.index("other")
    distance, mark, place, filled = (np.zeros((q, w), dtype=np.int64) for _ in range(4))
    at = np.arange(w)
    for row, at_quantity in enumerate(rows):
        first, last = spans[at_quantity]
        offset = np.where(at < first, at - first, np.where(at > last, at - last, 0))
        distance[row] = _BUCKETS[np.clip(offset, -_FAR, _FAR) + _FAR]
        mark[row] = number
        mark[row, first : last + 1] = MARKS.index("own")
        place[row] = _places(sentence, sentence[first])
        _fill(filled[row], words, claims[at_quantity])
    features = [_features(text, quantities[at_quantity], claims[at_quantity]) for at_quantity in rows]
    return Views(distance, mark, place, filled, np.array(features, dtype=np.int64))


def _fill(row: np.ndarray, words: Spans, claim: FoundClaim) -> None:
    for code, slot in reversed(list(enumerate(FILLED))[1:]):
        value = getattr(claim, slot)
        for found in value if isinstance(value, tuple) else (value,) if value else ():
            span = words_of_span(words, found.start, found.end)
            if span:
                row[span[0] : span[1] + 1] = code


def _sentence_of_words(words, sentences) -> np.ndarray:
    """Index of each word's sentence; a word outside all of them goes with the one before."""
    starts = np.array([a for a, _ in sentences] or [0])
    return np.maximum(np.searchsorted(starts, [a for a, _ in words], side="right") - 1, 0)


def _places(sentence: np.ndarray, own: int) -> np.ndarray:
    code = np.full(len(sentence), PLACES.index("far"), dtype=np.int64)
    code[sentence == own - 1] = PLACES.index("before")
    code[sentence == own + 1] = PLACES.index("after")
    code[sentence == 0] = PLACES.index("title")
    code[sentence == own] = PLACES.index("own")
    return code


def _features(text: str, quantity: FoundQuantity, claim: FoundClaim) -> list[int]:
    values = {
        "unit": UNITS.index(quantity.unit if quantity.unit in UNITS else "other"),
        "qualifier": list(Qualifier).index(quantity.qualifier),
        "setting": int(bool(quantity.setting)),
        "spelled": int(not any(c.isdigit() for c in text[quantity.start : quantity.end])),
        "kind": list(Kind).index(claim.kind),
        "role": list(Role).index(claim.role),
        "direction": CLAIM_FIELDS["direction"].index(claim.direction),
    }
    return [values[name] for name in QUANTITY_FEATURES]
