"""What the reader is told about each quantity beside the words: how far each word stands from it, which
words are numbers, which sentence they stand in, and what the rules know of the number."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractor.find.quantities import FoundQuantity
from extractor.layout import MARKS, PLACES, QUANTITY_FEATURES, UNITS, bucket
from extractor.pieces import words_of_span
from extractor.records import Qualifier

_FAR = 400
_BUCKETS = np.array([bucket(d) for d in range(-_FAR, _FAR + 1)], dtype=np.int64)


@dataclass(frozen=True)
class Views:
    """A text of w words as seen from each of q quantities. All int64: (q, w), `features` (q, n)."""

    distance: np.ndarray
    mark: np.ndarray
    place: np.ndarray
    features: np.ndarray


Spans = Sequence[tuple[int, int]]


def views(text: str, words: Spans, sentences: Spans, quantities: Sequence[FoundQuantity]) -> Views:
    """The views of the quantities found in `text`, whose words and sentences are given."""
    q, w = len(quantities), len(words)
    spans = [words_of_span(words, x.start, x.end) or (0, 0) for x in quantities]
    sentence = _sentence_of_words(words, sentences)
    number = np.zeros(w, dtype=np.int64)
    for first, last in spans:
        number[first : last + 1] = MARKS.index("other")
    distance, mark, place = (np.zeros((q, w), dtype=np.int64) for _ in range(3))
    at = np.arange(w)
    for row, (first, last) in enumerate(spans):
        offset = np.where(at < first, at - first, np.where(at > last, at - last, 0))
        distance[row] = _BUCKETS[np.clip(offset, -_FAR, _FAR) + _FAR]
        mark[row] = number
        mark[row, first : last + 1] = MARKS.index("own")
        place[row] = _places(sentence, sentence[first])
    return Views(distance, mark, place, np.array([_features(text, x) for x in quantities], dtype=np.int64))


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


def _features(text: str, quantity: FoundQuantity) -> list[int]:
    values = {
        "unit": UNITS.index(quantity.unit if quantity.unit in UNITS else "other"),
        "qualifier": list(Qualifier).index(quantity.qualifier),
        "setting": int(bool(quantity.setting)),
        "spelled": int(not any(c.isdigit() for c in text[quantity.start : quantity.end])),
    }
    return [values[name] for name in QUANTITY_FEATURES]
