"""Clean text to sentences: takes the text (title, newline, abstract), returns spans that cover every
non-blank character once, in order. Never splits inside a number, an abbreviation or a citation ("et al.")."""

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


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of `text`, without surrounding blanks; a newline always ends one.

    >>> sentences("SEW is fast. It, e.g. on CPU, is 1.9x faster.")
    [(0, 12), (13, 45)]
    """
    spans, start = [], 0
    for cut in [*_boundaries(text), len(text)]:
        piece = text[start:cut]
        left = len(piece) - len(piece.lstrip())
        if piece.strip():
            spans.append((start + left, start + len(piece.rstrip())))
        start = cut
    return spans


def _boundaries(text: str) -> list[int]:
    return [
        m.start()
        for m in CANDIDATE.finditer(text)
        if m.group().startswith("\n") or not _ends_abbreviation(text[max(0, m.start() - 12) : m.start()])
    ]


def _ends_abbreviation(before: str) -> bool:
    return bool(END_OF_ABBREVIATION.search(before)) and not ENDS_SENTENCE.search(before)


def clause_start(text: str, at: int) -> int:
    """Where the clause that `at` stands in begins, looked for in the 200 characters before it."""
    match = CLAUSE_END.search(text, max(0, at - 200), at)
    return match.end() if match else max(0, at - 200)
