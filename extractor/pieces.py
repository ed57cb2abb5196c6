"""Clean text to what the encoder reads: word pieces, the case and shape of each piece's word, and which
piece begins each word. Knows the tokenizer file, never the network."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import regex
from tokenizers import Tokenizer

LOWER, TITLE, UPPER, MIXED, ALNUM, NUMBER, OTHER, INITIAL = range(8)
"""Shapes of a word; the encoder is uncased and reads them through its token-type embedding."""

WORD = regex.compile(r"[^\W_]+|[^\w\s]|_")
WINDOW = 510  # word pieces that one pass of the encoder reads, besides [CLS] and [SEP]
OVERLAP = 128  # word pieces that two neighbouring windows share


@lru_cache(maxsize=16_384)
def shape_of(word: str) -> int:
    """The shape of a word without blanks: "GAN" UPPER, "iALS" MIXED, "4K" ALNUM, "95" NUMBER."""
    if word.isdigit():
        return NUMBER
    if any(c.isdigit() for c in word):
        return ALNUM
    if not word.isalpha():
        return OTHER
    if word.islower():
        return LOWER
    if len(word) == 1:
        return INITIAL
    if word.isupper():
        return UPPER
    return TITLE if word[0].isupper() and word[1:].islower() else MIXED


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text of n pieces and w words. `words`: (start, end) character offsets, one per word."""

    ids: list[int]  # n vocabulary ids, [CLS] and [SEP] left out
    shapes: list[int]  # n shapes
    firsts: list[int]  # w indices into `ids`: the first piece of each word
    words: list[tuple[int, int]]

    def windows(self) -> list[tuple[int, int]]:
        """Spans of pieces for the encoder: one for a usual abstract, overlapping ones for a long text."""
        n, step = len(self.ids), WINDOW - OVERLAP
        return [(a, min(a + WINDOW, n)) for a in range(0, max(1, n - OVERLAP), step)]


class Tokenizing:
    """Cuts texts into pieces by the tokenizer file at `path`. Raises what `tokenizers` raises if damaged."""

    def __init__(self, path: Path):
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.cls = self.tokenizer.token_to_id("[CLS]")
        self.sep = self.tokenizer.token_to_id("[SEP]")

    def pieces(self, text: str) -> Pieces:
        """Word pieces of `text`; a character that the vocabulary can't write becomes [UNK], never nothing."""
        encoded = self.tokenizer.encode(text, add_special_tokens=False)
        offsets = encoded.offsets
        shapes, firsts, words, last = [], [], [], None
        for i, (word, (start, end)) in enumerate(zip(encoded.word_ids, offsets, strict=True)):
            if word != last:
                firsts.append(i)
                words.append((start, end))
                last = word
            else:
                words[-1] = (words[-1][0], max(words[-1][1], end))
        spans = [(m.start(), m.end(), shape_of(m.group())) for m in WORD.finditer(text)]
        k = 0
        for start, end in offsets:
            while k < len(spans) and spans[k][1] <= start:
                k += 1
            inside = k < len(spans) and spans[k][0] < end
            shapes.append(spans[k][2] if inside else OTHER)
        return Pieces(encoded.ids, shapes, firsts, words)


def spread(pieces: Pieces, of_words: list[int]) -> list[int]:
    """A code of each word given to all its pieces."""
    bounds = [*pieces.firsts[1:], len(pieces.ids)]
    return [code for code, a, b in zip(of_words, pieces.firsts, bounds, strict=True) for _ in range(b - a)]


def words_of_span(words: list[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """First and last word (inclusive) that touch characters `start` to `end`; None if no word does."""
    first = bisect_right(words, start, key=lambda word: word[1])
    behind = bisect_left(words, end, key=lambda word: word[0])
    return (first, behind - 1) if first < behind else None
