"""The workbook: sheets Claims, Papers, Mentions, Summary and About. Takes a run's papers with the decisions
on them, one at a time. What was extracted is locked (without a password), what people fill in is open."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from extractor.decisions import claim_id, claim_key
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
from extractor.sheet.looks import BANDS, BOLD, GREEN, GREY, RED, YELLOW, Looks
from extractor.sheet.summary import Totals, write_summary
from extractor.sheet.table import SheetTable

OPTIONS = {"constant_memory": True, "use_zip64": True}
KEYS = [column.key for column in COLUMNS]
JUDGED = KEYS.index("note")  # the columns before it are what is judged
ALLOWED = ("autofilter", "sort", "format_cells", "format_columns", "format_rows", "delete_rows")
WRAPPED = [(c.key, c.width) for c in COLUMNS[1:JUDGED] if c.cell is Cell.TEXT and c.key != "report"]
SEE = "see"
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


def write_workbook(papers: Iterable[Reviewed], path: Path, about: Mapping[str, Any], report: str = "") -> int:
    """`about`: what run.json holds; `report`: the address of the audit report, in which paper 1 is at `#p1`.
    Returns the number of claims."""
    with replacing(path, "wb") as file, Workbook(file, OPTIONS) as book:
        looks, totals = Looks(book), Totals()
        claims = SheetTable(book, "Claims", COLUMNS, looks, frozen=3, quiet=KEYS.index("claim"))
        others = [
            _OtherTable(book, "papers", PAPER_COLUMNS, looks),
            _OtherTable(book, "mentions", MENTION_COLUMNS, looks),
        ]
        summary, last = book.add_worksheet("Summary"), book.add_worksheet("About")
        render = _ClaimCells(looks)
        for number, paper in enumerate(papers, 1):
            in_report = f"{report}#p{number}" if report else ""
            for row, lines in render.rows(paper, in_report):
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
        self.render = [(c.key, cells.renderer(c.cell, self._looks_of(c))) for c in COLUMNS]

    def rows(self, paper: Reviewed, in_report: str) -> Iterator[tuple[list[str], int]]:
        """Each claim's row, and how many lines of text it takes. `in_report`: the paper's place there."""
        shown = paper.rows
        extraction = paper.extracted.model_copy(update={"claims": tuple(claim for claim, _ in shown)})
        web = _address(paper.extracted.paper.url, paper.extracted.paper.doi)
        for (claim, decision), row in zip(shown, claim_rows(extraction), strict=True):
            said = answers(claim, decision)
            key = decision.key if decision else claim_key(extraction.paper, claim)
            row |= {**said, "claim": claim_id(key), BEFORE: remembered(said)}
            yield self._row(claim, row, web, in_report), max(cells.lines(row[k] or "", w) for k, w in WRAPPED)

    def _row(self, claim: Claim, row: Row, web: str, in_report: str) -> list[str]:
        looks, numbers = self.looks, self.looks.numbers(claim.value.unit)
        start = claim.value.start - claim.sentence.start
        end = start + len(claim.value.text)
        made = {
            "title": cells.link(web, row["title"], looks.link, looks.wrapped),
            "report": cells.link(in_report, SEE if in_report else "", looks.link, looks.wrapped),
            "sentence": cells.bold_in(row["sentence"], start, end, looks.wrapped, BOLD),
            "low": cells.number(claim.value.low, numbers),
            "high": cells.number(claim.value.high, numbers),
        }
        return [made[key] if key in made else render(row.get(key)) for key, render in self.render]

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
        columns = [
            Column(key, _header(key), WIDTHS.get(key, 11), "", types[key])
            for key in keys
            if key not in LEFT_OUT.get(name, ())
        ]
        own_looks = {"confidence": looks.share}
        self.looks = looks
        self.render = [(c.key, cells.renderer(c.cell, own_looks.get(c.key, looks.text))) for c in columns]
        self.table = SheetTable(book, name.capitalize(), columns, looks, frozen=1, quiet=len(FIRST[name]))

    def add(self, row: Row) -> None:
        made = [render(row[key]) for key, render in self.render]
        if self.render[0][0] == "title":
            address = _address(row["url"], row["doi"])
            made[0] = cells.link(address, row["title"], self.looks.link, self.looks.wrapped)
        self.table.add_row(made)


def _header(key: str) -> str:
    return {"paper": "Paper id", "url": "URL", "doi": "DOI"}.get(key) or key.replace("_", " ").capitalize()


def _address(url: str, doi: str) -> str:
    """Where the paper is, if that is a web address."""
    address = url or (f"https://doi.org/{doi.removeprefix('https://doi.org/')}" if doi else "")
    return address if address.startswith(("http://", "https://")) else ""


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
