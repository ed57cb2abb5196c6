"""Is a quote really in a source? Punctuation, capitals, spaces and LaTeX signs may differ and "..." may
leave words out; no word may. Takes a quote and a source, returns the span."""

import regex

from extractor.audit.naming import Span
from extractor.audit.sources import Source

WORD = regex.compile(r"\p{L}+|\d+(?:[.,]\d+)*")
LEFT_OUT = regex.compile(r"\.\.\.|…|\[\s?\.{2,3}\s?\]")
LATEX = frozenset(["textbf", "textit", "emph", "times", "sim", "approx", "pm", "mathbf"])
SHORTEST = 3  # words of a quote, between two gaps too


def find_quote(source: Source, quote: str) -> Span | None:
    """From the first to the last word of the quote in the source; None if it isn't there or too short."""
    if is_too_short(quote):
        return None
    words = [(m.group().casefold(), m.span()) for m in WORD.finditer(source.text)]
    words = [each for each in words if each[0] not in LATEX]
    texts = [word for word, _ in words]
    at, first, last = 0, None, None
    for wanted in _pieces(quote):
        index = next((i for i in range(at, len(texts)) if texts[i : i + len(wanted)] == wanted), None)
        if index is None:
            return None
        first = words[index][1][0] if first is None else first
        at = index + len(wanted)
        last = words[at - 1][1][1]
    return (first, last)


def is_too_short(quote: str) -> bool:
    """Whether a piece of the quote is so short that it stands anywhere."""
    pieces = _pieces(quote)
    return not pieces or any(len(piece) < SHORTEST for piece in pieces)


def _pieces(quote: str) -> list[list[str]]:
    """The words of the quote between its gaps."""
    split = (
        [word for m in WORD.finditer(piece) if (word := m.group().casefold()) not in LATEX]
        for piece in LEFT_OUT.split(quote)
    )
    return [words for words in split if words]
