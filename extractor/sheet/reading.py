"""An edited sheet, XLSX or CSV, as rows of texts by column. Takes a file in whatever order, with whatever
columns are left; what a cell can't be read as (a formula, a merged cell, a date) is a `CellProblem` that
names the cell, and the rest is read all the same. Never knows a claim."""

import csv
import io
import re
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl.cell.read_only import EmptyCell
from openpyxl.chartsheet import Chartsheet
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from extractor.export.csv import from_cell
from extractor.export.tables import Cell
from extractor.sheet.cells import unescaped
from extractor.sheet.columns import ANSWERS, Column, column_named

HEAD_WITHIN = 10  # rows; people put titles above a table
SEPARATORS = (",", ";", "\t", "|")
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=\"([A-Z]+)(\d+):([A-Z]+)(\d+)\"")
CHUNK = 1 << 20
DAMAGED = (BadZipFile, ParseError, csv.Error, zlib.error)
ENTERED = {*ANSWERS, "claim"}
"""Columns whose cells must be readable; the others are only compared."""
FREE_TEXT = frozenset({"note", "reviewer"})
AS_WRITTEN = FREE_TEXT | {"claim"}  # an apostrophe in front belongs to the text
PLACE = ("paper", "value_start", "value_end")


class SheetError(ValueError):
    """A file that is no sheet of claims; the message says what to do."""


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with a cell, or with a row where `column` is empty."""

    sheet: str  # empty in CSV
    row: int  # from 1, the head counted
    column: str  # letters
    header: str
    message: str

    def __str__(self) -> str:
        """ "Claims!R12 (Corrected method): ..." """
        place = f"{self.sheet}!{self.column}{self.row}" if self.column and self.sheet else ""
        place = place or " ".join(
            filter(None, (self.sheet, f"row {self.row}", self.column and f"column {self.column}"))
        )
        return f"{place}{f' ({self.header})' if self.header else ''}: {self.message}"


@dataclass(frozen=True)
class Head:
    """Which columns a sheet has, where."""

    sheet: str
    columns: dict[int, Column]  # by position, from 0
    headers: dict[str, str]  # by key, as written
    csv: bool = False

    @property
    def positions(self) -> dict[str, int]:
        return {column.key: at for at, column in self.columns.items()}

    @property
    def in_place(self) -> bool:
        """Whether the extraction's own cells are where one corrects: a CSV without columns for that."""
        return self.csv and not any(key.startswith("corrected_") for key in self.positions)


@dataclass(frozen=True)
class SheetRow:
    """`texts`: by column key, also empty ones, without what could not be read."""

    head: Head
    number: int
    texts: dict[str, str]

    def problem(self, message: str, key: str = "") -> CellProblem:
        at = self.head.positions.get(key)
        letters = "" if at is None else get_column_letter(at + 1)
        return CellProblem(self.head.sheet, self.number, letters, self.head.headers.get(key, ""), message)


@dataclass
class Sheet:
    """All rows that name a claim or that somebody wrote into, and what was wrong with cells."""

    rows: list[SheetRow] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # headers that say nothing to us


def read_sheet(path: Path) -> Sheet:
    """The rows of every sheet that has a Claim column. SheetError if there is none, or no sheet at all."""
    sheet = Sheet()
    tables = _csv_tables(path) if path.suffix.lower() in (".csv", ".tsv", ".txt") else _xlsx_tables(path)
    try:
        found = [_read_table(name, rows, merged, sheet) for name, rows, merged in tables]
    except DAMAGED as error:
        raise SheetError(f"{path}: damaged ({error}); save it again as .xlsx or .csv") from error
    if not any(found):
        raise SheetError(
            f"{path}: no column Claim in it, by which rows are found again; "
            "take a sheet that `extractor export` wrote and leave that column in"
        )
    return sheet


class Merged(NamedTuple):
    """A merged range: rows from 1, columns from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int

    def hides(self, row: int, at: int) -> bool:
        """Whether a cell lies under it; the first one is what shows."""
        inside = self.top <= row <= self.bottom and self.left <= at <= self.right
        return inside and (row, at) != (self.top, self.left)

    def __str__(self) -> str:
        first, last = (get_column_letter(at + 1) for at in (self.left, self.right))
        return f"{first}{self.top}:{last}{self.bottom}"


Table = tuple[str, Iterator[Sequence[Any]], list[Merged]]
"""A sheet's name ("" in CSV), its rows of raw cells, and its merged ranges."""


class _Reader(ExcelReader):
    """Loads sheets of cells; a chart sheet only keeps its place (openpyxl stumbles over one without a
    chart)."""

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        chart = Chartsheet()
        chart._parent, chart.title = self.wb, sheet.name
        self.wb._add_sheet(chart)


def _load(path: Path) -> Workbook:
    reader = _Reader(path, read_only=True)
    reader.read()
    return reader.wb


def _xlsx_tables(path: Path) -> Iterator[Table]:
    try:
        book = _load(path)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError) as error:
        if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
            raise
        raise SheetError(
            f"{path}: can't be read as XLSX; save it as .xlsx without a password, or .csv"
        ) from error
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            yield sheet.title, iter(sheet.iter_rows()), _merged(path, sheet._worksheet_path)
    finally:
        book.close()


def _merged(path: Path, part: str) -> list[Merged]:
    """The merged ranges of a sheet, from top to bottom."""
    found: set[Merged] = set()  # where two chunks meet, one may be read twice
    with ZipFile(path) as book, book.open(part) as stream:
        tail = b""
        while chunk := stream.read(CHUNK):
            text = tail + chunk
            for left, top, right, bottom in MERGED.findall(text):
                first, last = (column_index_from_string(letters.decode()) - 1 for letters in (left, right))
                found.add(Merged(int(top), first, int(bottom), last))
            tail = text[-200:]
    return sorted(found)


def _csv_tables(path: Path) -> Iterator[Table]:
    text = _decoded(path.read_bytes())
    head = text.partition("\n")[0]
    limit = csv.field_size_limit(1 << 30)
    try:
        yield "", csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=head.count)), []
    except csv.Error as error:
        raise SheetError(f"{path}: not CSV ({error}); save it again as CSV UTF-8") from error
    finally:
        csv.field_size_limit(limit)


def _decoded(content: bytes) -> str:
    """UTF-8, or what Excel writes instead: UTF-16 with a mark, else Windows' own encoding."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _read_table(name: str, rows: Iterator[Sequence[Any]], merged: list[Merged], sheet: Sheet) -> bool:
    """Adds the rows of one table to `sheet`; whether it is one of claims."""
    head = None
    ahead, here = deque(merged), []  # merged ranges further down, and those that reach the row
    told: set[Merged] = set()
    for number, cells in enumerate(rows, 1):
        while ahead and ahead[0].top <= number:
            here.append(ahead.popleft())
        here = [each for each in here if each.bottom >= number]
        if head is None:
            head = _head(name, cells, sheet)
            if head is None and number == HEAD_WITHIN:
                return False
        else:
            row = _row(head, number, cells, here, told, sheet.problems)
            if any(row.texts.get(key) for key in ENTERED):
                sheet.rows.append(row)
    return head is not None


def _head(name: str, cells: Sequence[Any], sheet: Sheet) -> Head | None:
    """The head, if the row is one: it has a column of claims, or those that place one."""
    headers = [str(_raw(cell) or "").strip() for cell in cells]
    columns: dict[int, Column] = {}
    unknown = []
    for at, header in enumerate(headers):
        column = column_named(header) if header else None
        if column and column.key not in {c.key for c in columns.values()}:
            columns[at] = column
        elif header:
            unknown.append(header)
    keys = {column.key for column in columns.values()}
    if "claim" not in keys and not keys.issuperset(PLACE):
        return None
    sheet.unknown += unknown
    return Head(name, columns, {c.key: headers[at] for at, c in columns.items()}, csv=not name)


def _row(
    head: Head,
    number: int,
    cells: Sequence[Any],
    merged: list[Merged],
    told: set[Merged],
    problems: list[CellProblem],
) -> SheetRow:
    """`merged`: the ranges that reach the row; `told`: those that are among the problems, once each."""
    row = SheetRow(head, number, {})
    for at, column in head.columns.items():
        key = column.key
        cell = cells[at] if at < len(cells) else None
        if over := next((each for each in merged if each.hides(number, at)), None):
            if key in ENTERED and over not in told:
                told.add(over)
                message = f"of the merged cells {over} only the first was read; unmerge them"
                problems.append(row.problem(message, key))
            continue
        try:
            row.texts[key] = _text(cell, key)
        except ValueError as error:
            if key in ENTERED:
                problems.append(row.problem(str(error), key))
    if "claim" not in head.positions:
        paper, start, end = (row.texts.get(key, "") for key in PLACE)
        row.texts["claim"] = f"{paper}:{start}-{end}" if paper else ""
    return row


def _raw(cell: Any) -> Any:
    return cell if isinstance(cell, str) or cell is None else cell.value


def _text(cell: Any, key: str) -> str:
    """What a person sees in the cell. ValueError for what is no text and no number."""
    if cell is None or isinstance(cell, EmptyCell):
        return ""
    if isinstance(cell, str):
        return from_cell(cell, Cell.TEXT).strip()
    value = cell.value
    if cell.data_type == "f":
        raise ValueError(f"a formula ({str(value)[:40]}); put in what it gives")
    if cell.data_type == "e":
        raise ValueError(f"an error ({value}); empty the cell or fill it in again")
    if isinstance(value, bool):
        return _if_free("TRUE" if value else "FALSE", key, "holds TRUE or FALSE; put in a text")
    if isinstance(value, datetime | date | time):
        told = value.isoformat().removesuffix("T00:00:00")
        return _if_free(
            told,
            key,
            f"holds the date {told}, which the spreadsheet made of what was typed; begin with an apostrophe",
        )
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    text = "" if value is None else unescaped(str(value)).strip()
    return text if key in AS_WRITTEN else text.removeprefix("'")  # LibreOffice keeps it in cells of text


def _if_free(text: str, key: str, message: str) -> str:
    if key in FREE_TEXT:
        return text
    raise ValueError(message)


def _number(value: float, shown_as: str) -> str:
    """A number as it was typed: "84.3%" is stored as 0.843 by spreadsheets."""
    unquoted = re.sub(r'"[^"]*"|\\.', "", shown_as)
    if "%" in unquoted:
        return f"{round(value * 100, 10):.12g}%"
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
