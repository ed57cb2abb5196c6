"""The columns of the tables that people get, in one place, and the rows of an extraction in them. `claims`,
`mentions` and `papers` hold together everything an `Extraction` holds: `extractions` puts it back together.
Every name stands with its offsets in the paper's source (title, newline, abstract), so that each cell leads
back to the text. Never touches files."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from extractor.records import Claim, Extraction, Mention, Paper, Place, Quantity, Slot, Span

Row = dict[str, Any]


class Cell(StrEnum):
    """What a column's cells hold."""

    TEXT = "text"
    WORD = "word"  # one of a few, such as a kind
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    TEXTS = "texts"
    INTEGERS = "integers"
    GROUPS = "groups"  # lists of lists of texts


@dataclass(frozen=True)
class Table:
    """`columns` in the order in which they are written; `rows` gives each row with exactly these keys."""

    name: str
    columns: dict[str, Cell]
    rows: Callable[[Extraction], Iterator[Row]]


# A slot's columns: what the field's name gets added, the slot's attribute, the cell of one, the cell of many.
WRITTEN = (("", "text", Cell.TEXT, Cell.TEXTS), ("_name", "name", Cell.TEXT, Cell.TEXTS))
WHERE = (
    ("_start", "start", Cell.INTEGER, Cell.INTEGERS),
    ("_end", "end", Cell.INTEGER, Cell.INTEGERS),
    ("_inferred", "inferred", Cell.TEXT, Cell.TEXTS),
)
PARTS = WRITTEN + WHERE
SINGLE = ("metric", "method", "task", "condition")
MULTIPLE = ("baseline", "dataset")
SLOTS = ("metric", "method", "baseline", "dataset", "task", "condition")


def _columns(fields: Iterable[str], parts: tuple) -> dict[str, Cell]:
    return {f + end: many if f in MULTIPLE else one for f in fields for end, _, one, many in parts}


CLAIM_COLUMNS = {
    "paper": Cell.TEXT,
    "title": Cell.TEXT,
    "value": Cell.TEXT,
    "low": Cell.NUMBER,
    "high": Cell.NUMBER,
    "unit": Cell.WORD,
    "kind": Cell.WORD,
    "role": Cell.WORD,
    "qualifier": Cell.WORD,
    "direction": Cell.WORD,
    **_columns(SLOTS, WRITTEN),
    "sentence": Cell.TEXT,
    "confidence": Cell.NUMBER,
    "origin": Cell.TEXTS,
    "value_start": Cell.INTEGER,
    "value_end": Cell.INTEGER,
    **_columns(SLOTS, WHERE),
    "sentence_start": Cell.INTEGER,
    "sentence_end": Cell.INTEGER,
    "file": Cell.TEXT,
    "line": Cell.INTEGER,
    "url": Cell.TEXT,
    "doi": Cell.TEXT,
    "version": Cell.WORD,
}

MENTION_COLUMNS = {
    "paper": Cell.TEXT,
    "title": Cell.TEXT,
    "label": Cell.WORD,
    "text": Cell.TEXT,
    "name": Cell.TEXT,
    "proposed": Cell.FLAG,
    "confidence": Cell.NUMBER,
    "origin": Cell.TEXTS,
    "start": Cell.INTEGER,
    "end": Cell.INTEGER,
    "inferred": Cell.TEXT,
    "file": Cell.TEXT,
    "line": Cell.INTEGER,
    "version": Cell.WORD,
}

PAPER_COLUMNS = {
    "paper": Cell.TEXT,
    "title": Cell.TEXT,
    "date": Cell.TEXT,
    "authors": Cell.TEXTS,
    "author_count": Cell.INTEGER,
    "venue": Cell.TEXT,
    "mentions": Cell.INTEGER,
    "claims": Cell.INTEGER,
    "aliases": Cell.GROUPS,
    "language": Cell.WORD,
    "abstract": Cell.TEXT,
    "file": Cell.TEXTS,
    "line": Cell.INTEGERS,
    "url": Cell.TEXT,
    "doi": Cell.TEXT,
    "version": Cell.WORD,
}


SINCE: Row = {"language": "en"}
"""Columns that earlier tables of the same record version lack, with what was meant there."""


def _first_place(paper: Paper) -> Row:
    place = paper.places[0] if paper.places else None
    return {"file": place.file if place else None, "line": place.line if place else None}


def _slot_cells(claim: Claim) -> Row:
    cells = {}
    for field in SLOTS:
        slot = getattr(claim, field)
        for end, attribute, _, _ in PARTS:
            if field in MULTIPLE:
                cells[field + end] = [getattr(one, attribute) for one in slot]
            else:
                cells[field + end] = getattr(slot, attribute) if slot else None
    return cells


def claim_rows(extraction: Extraction) -> Iterator[Row]:
    """A row a claim, in the order of the extraction."""
    paper = extraction.paper
    for claim in extraction.claims:
        yield {
            "paper": paper.id,
            "title": paper.title,
            "value": claim.value.text,
            "low": claim.value.low,
            "high": claim.value.high,
            "unit": claim.value.unit,
            "kind": claim.kind.value,
            "role": claim.role.value,
            "qualifier": claim.qualifier.value,
            "direction": claim.direction.value if claim.direction else None,
            "sentence": paper.source[claim.sentence.start : claim.sentence.end],
            "confidence": claim.confidence,
            "origin": list(claim.origin),
            "value_start": claim.value.start,
            "value_end": claim.value.end,
            "sentence_start": claim.sentence.start,
            "sentence_end": claim.sentence.end,
            "url": paper.url,
            "doi": paper.doi,
            "version": extraction.version,
            **_slot_cells(claim),
            **_first_place(paper),
        }


def mention_rows(extraction: Extraction) -> Iterator[Row]:
    """A row a mention, in the order of the extraction."""
    paper = extraction.paper
    for mention in extraction.mentions:
        yield {
            "paper": paper.id,
            "title": paper.title,
            "label": mention.label.value,
            "text": mention.text,
            "name": mention.name,
            "proposed": mention.proposed,
            "confidence": mention.confidence,
            "origin": list(mention.origin),
            "start": mention.start,
            "end": mention.end,
            "inferred": mention.inferred,
            "version": extraction.version,
            **_first_place(paper),
        }


def paper_rows(extraction: Extraction) -> Iterator[Row]:
    """One row: the paper with all its places, and how many mentions and claims the other tables have of
    it."""
    paper = extraction.paper
    yield {
        "paper": paper.id,
        **paper.model_dump(exclude={"id", "authors", "places"}),
        "authors": list(paper.authors),
        "mentions": len(extraction.mentions),
        "claims": len(extraction.claims),
        "aliases": [list(group) for group in extraction.aliases],
        "language": extraction.language,
        "file": [place.file for place in paper.places],
        "line": [place.line for place in paper.places],
        "version": extraction.version,
    }


CLAIMS = Table("claims", CLAIM_COLUMNS, claim_rows)
MENTIONS = Table("mentions", MENTION_COLUMNS, mention_rows)
PAPERS = Table("papers", PAPER_COLUMNS, paper_rows)
TABLES = (CLAIMS, MENTIONS, PAPERS)


def extractions(
    papers: Iterable[Row], mentions: Iterable[Row], claims: Iterable[Row]
) -> Iterator[Extraction]:
    """The records whose rows these are, all three in the order in which they were written.
    ValueError where `mentions` or `claims` has other rows than `papers` counts."""
    mentions, claims = iter(mentions), iter(claims)
    for row in papers:
        yield Extraction(
            version=row["version"],
            paper=_paper(row),
            language=row.get("language", SINCE["language"]),
            mentions=tuple(_mention(each) for each in _rows_of(row, mentions, MENTIONS)),
            aliases=row["aliases"],
            claims=tuple(_claim(each) for each in _rows_of(row, claims, CLAIMS)),
        )
    for rest, table in ((mentions, MENTIONS), (claims, CLAIMS)):
        if next(rest, None) is not None:
            raise ValueError(
                f"the {table.name} table goes on after the last paper; take all three of one run"
            )


def _rows_of(paper: Row, rows: Iterator[Row], table: Table) -> list[Row]:
    """The next rows of a table, as many as the paper counts."""
    found = list(islice(rows, paper[table.name]))
    if len(found) < paper[table.name] or any(row["paper"] != paper["paper"] for row in found):
        raise ValueError(
            f"the {table.name} table doesn't have the {paper[table.name]} rows of paper {paper['paper']!r}; "
            "take all three tables of one run"
        )
    return found


def _paper(row: Row) -> Paper:
    places = zip(row["file"], row["line"], strict=True)
    return Paper(
        id=row["paper"],
        places=tuple(Place(file=file, line=line) for file, line in places),
        **{name: row[name] for name in Paper.model_fields if name not in ("id", "places")},
    )


def _mention(row: Row) -> Mention:
    return Mention(**{name: row[name] for name in Mention.model_fields})


def _claim(row: Row) -> Claim:
    return Claim(
        value=Quantity(
            text=row["value"],
            start=row["value_start"],
            end=row["value_end"],
            low=row["low"],
            high=row["high"],
            unit=row["unit"],
        ),
        sentence=Span(start=row["sentence_start"], end=row["sentence_end"]),
        **{name: row[name] for name in ("kind", "role", "qualifier", "direction", "confidence", "origin")},
        **{field: _one_slot(row, field) for field in SINGLE},
        **{field: _many_slots(row, field) for field in MULTIPLE},
    )


def _one_slot(row: Row, field: str) -> Slot | None:
    if row[field] is None:
        return None
    return Slot(**{attribute: row[field + end] for end, attribute, _, _ in PARTS})


def _many_slots(row: Row, field: str) -> tuple[Slot, ...]:
    attributes = [attribute for _, attribute, _, _ in PARTS]
    parts = [row[field + end] for end, _, _, _ in PARTS]
    return tuple(Slot(**dict(zip(attributes, values, strict=True))) for values in zip(*parts, strict=True))
