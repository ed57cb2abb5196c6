"""Extractions of texts made of the pieces that hurt: formulas, quotes, separators, dates, control
characters."""

from hypothesis import strategies as st

from extractor.records import (
    MOVES,
    Claim,
    Extraction,
    Kind,
    Label,
    Mention,
    Paper,
    Place,
    Quantity,
    Slot,
    Span,
)

FORMULAS = ["=1+1", "+7.4", "-3", "@SUM", "\t", "\r\n"]
SEPARATORS = ["'", "''", '"', "; ", ";", " = ", "=", "\\", "\\;", ",", "\n"]
REWRITTEN = ["1/8", "5-10", "0.90", "007", "SEPT2", "NaN", "true"]
PIECES = st.sampled_from([*FORMULAS, *SEPARATORS, *REWRITTEN, "🦘", "é", " "]) | st.text(max_size=3)
TEXTS = st.lists(PIECES, max_size=3).map("".join)
NAMES = TEXTS.filter(bool)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SHARES = st.floats(0, 1)
COUNTS = st.integers(0, 2**31)


def lists(of, **bounds):
    return st.lists(of, max_size=2, **bounds).map(tuple)


@st.composite
def papers(draw):
    return Paper(
        id=draw(NAMES),
        title=draw(TEXTS),
        abstract=draw(NAMES),
        places=draw(lists(st.builds(Place, file=TEXTS, line=COUNTS))),
        date=draw(TEXTS),
        authors=draw(lists(NAMES)),
        author_count=draw(st.none() | COUNTS),
        venue=draw(TEXTS),
        url=draw(TEXTS),
        doi=draw(TEXTS),
    )


@st.composite
def spans(draw, source):
    start = draw(st.integers(0, len(source) - 1))
    end = draw(st.integers(start + 1, len(source)))
    return {"text": source[start:end], "start": start, "end": end}


@st.composite
def slots(draw, source):
    return Slot(**draw(spans(source)), name=draw(TEXTS), inferred=draw(TEXTS))


@st.composite
def mentions(draw, source):
    return Mention(
        **draw(spans(source)),
        name=draw(TEXTS),
        inferred=draw(TEXTS),
        label=draw(st.sampled_from(Label)),
        proposed=draw(st.booleans()),
        confidence=draw(SHARES),
        origin=draw(lists(NAMES)),
    )


@st.composite
def claims(draw, source):
    kind = draw(st.sampled_from(Kind))
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    moved = st.none() | st.sampled_from(["increase", "decrease"])
    return Claim(
        value=Quantity(
            **draw(spans(source)), low=low, high=high, unit=draw(st.sampled_from(["", "x", "ms", "=s"]))
        ),
        kind=kind,
        role=draw(st.sampled_from(["result", "reference", "background"])),
        qualifier=draw(st.sampled_from(["exact", "up_to", "average"])),
        direction=draw(moved) if kind in MOVES else None,
        **{field: draw(st.none() | slots(source)) for field in ("metric", "method", "task", "condition")},
        **{field: draw(lists(slots(source))) for field in ("baseline", "dataset")},
        sentence=Span(start=0, end=len(source)),
        confidence=draw(SHARES),
        origin=draw(lists(NAMES)),
    )


@st.composite
def extractions(draw):
    paper = draw(papers())
    return Extraction(
        paper=paper,
        mentions=draw(lists(mentions(paper.source))),
        aliases=draw(lists(lists(NAMES, min_size=1))),
        claims=draw(lists(claims(paper.source))),
    )
