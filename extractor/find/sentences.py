"""Clean text to sentences: takes the text (title, newline, abstract), returns spans that cover every
non-blank character once, in order. Never splits inside a number, an abbreviation or a citation ("et al.")."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

import regex

ABBREVIATIONS = r"e\.g|i\.e|et al|etc|vs|cf|resp|approx|figs?|eqs?|w\.r\.t|a\.k\.a|i\.i\.d|ca|dr|prof"
"""What ends in a full stop without ending a sentence. "etc." and "et al." do end one before a capital."""

CANDIDATE = regex.compile(
    r"""\n+
      | (?<=[.?!]|[.?!]['"”’)\]]) \s+   # "done. We", "done.) In", "done. iALS"
        (?=["'“‘(\[$<~*]* (?:[\p{Lu}\d] | [a-z]\p{Lu}))
      | (?<=[\p{Ll})%][.?!]) (?=\p{Lu}\p{Ll}+\s)   # "done.We": a lost space
    """,
    regex.VERBOSE,
)
END_OF_ABBREVIATION = regex.compile(rf"(?:^|[\s.(])(?i:{ABBREVIATIONS})\.$|(?:^|\s)[A-Z]\.$")
CLAUSE_END = regex.compile(r"(?r)(?:[.;:!?]\s|\n)")
ENDS_SENTENCE = regex.compile(r"(?i:etc|et al)\.$")
LAST_BLANK = regex.compile(r"(?r)\s")

LONGEST, MOST_VALUES = 3_000, 50
"""Characters, and values in them, over which a sentence is none but a table, a list or noise. In 17,392
abstracts the longest has 1,529 characters, the fullest 10 values."""


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of `text`, without surrounding blanks; a newline always ends one.

    >>> sentences("SEW is fast. It, e.g. on CPU, is 1.9x faster.")
    [(0, 12), (13, 45)]
    """
    cuts = [0, *_boundaries(text), len(text)]
    return [span for start, end in pairwise(cuts) for span in _stripped(text, start, end)]


def _boundaries(text: str) -> list[int]:
    return [
        m.start()
        for m in CANDIDATE.finditer(text)
        if m.group().startswith("\n") or not _ends_abbreviation(text[max(0, m.start() - 12) : m.start()])
    ]


def _ends_abbreviation(before: str) -> bool:
    return bool(END_OF_ABBREVIATION.search(before)) and not ENDS_SENTENCE.search(before)


def split_endless(
    text: str, spans: Sequence[tuple[int, int]], values: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The sentences as they are, but those over `LONGEST` or `MOST_VALUES` in several, cut at blanks and
    never inside one of the `values` (spans in order, apart): what is read for each value in its sentence must
    not grow with the text."""
    starts = [start for start, _ in values]
    return [piece for span in spans for piece in _pieces(text, span, values, starts)]


def _pieces(
    text: str, span: tuple[int, int], values: Sequence[tuple[int, int]], starts: Sequence[int]
) -> Iterator[tuple[int, int]]:
    start, end = span
    first, behind = bisect_left(starts, start), bisect_left(starts, end)
    while end - start > LONGEST or behind - first > MOST_VALUES:
        stop = min(start + LONGEST, starts[first + MOST_VALUES] if behind - first > MOST_VALUES else end)
        after = bisect_left(starts, stop, first, behind)  # the first value that begins behind the cut
        last_end = values[after - 1][1] if after > first else start
        if last_end <= stop:
            blank = LAST_BLANK.search(text, last_end, stop)
            stop = blank.end() if blank else stop
        elif starts[after - 1] > start:
            after, stop = after - 1, starts[after - 1]
        else:
            stop = min(last_end, end)
        yield from _stripped(text, start, stop)
        start, first = stop, after
    yield from _stripped(text, start, end)


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without surrounding blanks, if it is more than that."""
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def clause_start(text: str, at: int) -> int:
    """Where the clause that `at` stands in begins, looked for in the 200 characters before it."""
    match = CLAUSE_END.search(text, max(0, at - 200), at)
    return match.end() if match else max(0, at - 200)
