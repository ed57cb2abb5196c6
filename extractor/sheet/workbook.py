"""The workbook: sheets Claims, Papers, Mentions, Summary and About. Takes a run's papers with the decisions
on them, one at a time. What was extracted is locked (without a password), what people fill in is open."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from extractor.decisions import claim_id, claim_key
from extractor.export.csv import to_cell
from extractor.export.replacing import replacing
from extractor.export.tables import (
    MENTION_COLUMNS,
    PAPER_COLUMNS,
    Cell,
    Row,
    claim_rows,
    mention_rows,
    paper_rows,
)
from extractor.records import Claim
from extractor.run_folder import Reviewed
from extractor.sheet import cells
from extractor.sheet.about import write_about
from extractor.sheet.cells import Rows
from extractor.sheet.columns import BEFORE, COLUMNS, Column, answers, remembered
from extractor.sheet.looks import BANDS, GREEN, GREY, RED, YELLOW, Looks
from extractor.sheet.summary import Totals, write_summary
from extractor.sheet.table import SheetTable

OPTIONS = {"constant_memory": True, "use_zip64": True}
KEYS = [column.key for column in COLUMNS]
JUDGED = KEYS.index("note")  # the columns before it are what is judged
ALLOWED = ("autofilter", "sort", "format_cells", "format_columns", "format_rows", "delete_rows")
VERDICT_COLOURS = {"accept": GREEN, "reject": RED, "unsure": YELLOW}
FIRST = {
    "papers": ("title", "date", "venue", "claims", "mentions", "paper"),
    "mentions": ("name", "label", "text"),
}
LEFT_OUT = {"mentions": ("title", "file", "line", "version")}  # the Papers sheet has them
WIDTHS = {
    "title": 50,
    "abstract": 60,
    "authors": 30,
    "aliases": 30,
    "name": 30,
    "text": 30,
    "paper": 18,
    "doi": 20,
}
WIDTHS |= {"url": 30, "file": 24, "origin": 18, "venue": 18}


def write_workbook(papers: Iterable[Reviewed], path: Path, about: Mapping[str, Any]) -> int:
    """`about`: what run.json holds. Returns the number of claims."""
    with replacing(path, "wb") as file, Workbook(file, OPTIONS) as book:
        looks, totals = Looks(book), Totals()
        claims = SheetTable(book, "Claims", COLUMNS, looks, frozen=3, quiet=KEYS.index("claim"))
        others = [
            _OtherTable(book, "papers", PAPER_COLUMNS, looks),
            _OtherTable(book, "mentions", MENTION_COLUMNS, looks),
        ]
        summary, last = book.add_worksheet("Summary"), book.add_worksheet("About")
        render = _ClaimCells(looks)
        for paper in papers:
            for row, lines in render.rows(paper):
                claims.add_row(row, lines)
            for table, rows in zip(others, (paper_rows, mention_rows), strict=True):
                for row in rows(paper.extracted):
                    table.add(row)
            totals.add(paper)
        for table in (claims, *(other.table for other in others)):
            table.finish()
        for sheet in claims.sheets:
            _protect(sheet, looks)
        write_summary(summary, totals, [sheet.name for sheet in claims.sheets], looks)
        write_about(last, about, looks)
    return totals.claims


class _ClaimCells:
    """A claim as the cells of its row."""

    def __init__(self, looks: Looks):
        self.looks = looks
        self.plain = {column.key: self._looks_of(column) for column in COLUMNS}

    def rows(self, paper: Reviewed) -> Iterator[tuple[list[str], int]]:
        """Each claim's row, and how many lines of text it takes."""
        shown = paper.rows()
        extraction = paper.extracted.model_copy(update={"claims": tuple(claim for claim, _ in shown)})
        address = _address(paper.extracted.paper.url, paper.extracted.paper.doi)
        for (claim, decision), row in zip(shown, claim_rows(extraction), strict=True):
            said = answers(claim, decision)
            key = decision.key if decision else claim_key(extraction.paper, claim)
            row |= {**said, "claim": claim_id(key), BEFORE: remembered(said)}
            wrapped = (c for c in COLUMNS[:JUDGED] if c.cell is Cell.TEXT and row.get(c.key))
            yield self._row(claim, row, address), max(cells.lines(row[c.key], c.width) for c in wrapped)

    def _row(self, claim: Claim, row: Row, address: str) -> list[str]:
        numbers = self.looks.numbers(claim.value.unit)
        start = claim.value.start - claim.sentence.start
        made = {
            "title": cells.link(address, row["title"], self.looks.link, self.looks.wrapped),
            "sentence": cells.bold_in(
                row["sentence"], start, start + len(claim.value.text), self.looks.wrapped, self.looks.bold
            ),
            "low": cells.number(claim.value.low, numbers),
            "high": cells.number(claim.value.high, numbers),
        }
        return [made.get(c.key) or _cell(row.get(c.key), c.cell, self.plain[c.key]) for c in COLUMNS]

    def _looks_of(self, column: Column) -> str:
        looks = {"value": self.looks.strong, "confidence": self.looks.share, "unit": self.looks.unit}
        if column.filled_in:
            return self.looks.to_fill_in
        if column.cell is Cell.INTEGER:
            return self.looks.whole
        if column.key in looks:
            return looks[column.key]
        return self.looks.wrapped if KEYS.index(column.key) < JUDGED else self.looks.quiet


class _OtherTable:
    """Papers or mentions: the columns of that table, those that a reader wants first in front."""

    def __init__(self, book: Workbook, name: str, types: Mapping[str, Cell], looks: Looks):
        keys = [*FIRST[name], *(key for key in types if key not in FIRST[name])]
        kept = [key for key in keys if key not in LEFT_OUT.get(name, ())]
        headers = {"paper": "Paper id", "url": "URL", "doi": "DOI"}
        columns = [
            Column(
                key, headers.get(key, key.replace("_", " ").capitalize()), WIDTHS.get(key, 11), "", types[key]
            )
            for key in kept
        ]
        self.looks = looks
        self.table = SheetTable(book, name.capitalize(), columns, looks, frozen=1, quiet=len(FIRST[name]))

    def add(self, row: Row) -> None:
        self.table.add_row([self._cell(column, row) for column in self.table.columns])

    def _cell(self, column: Column, row: Row) -> str:
        if column.key == "title":
            return cells.link(
                _address(row["url"], row["doi"]), row["title"], self.looks.link, self.looks.wrapped
            )
        looks = self.looks.share if column.key == "confidence" else self.looks.text
        return _cell(row[column.key], column.cell, looks)


def _cell(value: Any, cell: Cell, looks: str) -> str:
    """A typed cell: numbers as numbers, lists joined, flags as TRUE and FALSE, nothing as nothing."""
    if value is None or value == "":
        return ""
    if cell in (Cell.NUMBER, Cell.INTEGER):
        return cells.number(value, looks)
    if cell is Cell.FLAG:
        return cells.flag(value, looks)
    if cell in (Cell.TEXT, Cell.WORD):
        return cells.text(value, looks)
    return cells.text(to_cell(value, cell).removeprefix("'"), looks)


def _address(url: str, doi: str) -> str:
    return url or (f"https://doi.org/{doi.removeprefix('https://doi.org/')}" if doi else "")


def _protect(sheet: Rows, looks: Looks) -> None:
    """Locks what was extracted, offers what may be filled in, and colours rows by confidence and decision."""
    sheet.protect("", dict.fromkeys(ALLOWED, True))
    last = max(1, sheet.rows - 1)
    sheet.print_area(0, 0, last, JUDGED)
    for at, column in enumerate(COLUMNS):
        if column.filled_in:
            sheet.data_validation(1, at, last, at, _offered(column))
    sure = KEYS.index("confidence")
    for lowest, colour, _ in BANDS:
        banded = {
            "type": "cell",
            "criteria": ">=",
            "value": lowest,
            "format": looks.band(colour),
            "stop_if_true": True,
        }
        sheet.conditional_format(1, sure, last, sure, banded)
    for verdict, colour in VERDICT_COLOURS.items():
        said = {"type": "cell", "criteria": "==", "value": f'"{verdict}"', "format": looks.band(colour)}
        sheet.conditional_format(1, 0, last, 0, said)
    gone = {"type": "formula", "criteria": '=$A2="reject"', "format": looks.struck(GREY)}
    sheet.conditional_format(1, 1, last, JUDGED - 1, gone)


def _offered(column: Column) -> dict[str, Any]:
    told = {"input_title": column.header, "input_message": column.meaning.capitalize()}
    if not column.choices:
        return {"validate": "any", **told}
    error = f"Choose one of {', '.join(column.choices)}, or leave the cell empty."
    return {
        "validate": "list",
        "source": list(map(str, column.choices)),
        "error_title": column.header,
        "error_message": error,
        **told,
    }
