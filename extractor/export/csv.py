"""CSV for people and spreadsheets: UTF-8, RFC 4180 (commas, CRLF, quotes doubled), one header, a row a
record.

A spreadsheet runs a cell such as `=1+1`, takes `5-10` for a date and `2301.10970` for a number that loses its
last digit. A text cell that it would not leave as written gets an apostrophe in front, and so does one that
begins with an apostrophe itself; `read_csv` takes exactly that one off again. A list is joined by "; ", a
group of aliases by " = "; where such a sign is part of a text, a backslash stands before it. Nothing (no
slot, an empty text, a list that is empty or holds only empty texts) is an empty cell. The record version
stands in the last column."""

import csv
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from extractor.export.replacing import replacing
from extractor.export.tables import CLAIMS, SINCE, Cell, Row, Table
from extractor.records import Extraction

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
BETWEEN = r"\s?[-/:]\s?"
UNSAFE = (
    r"\s*[=+\-@＝＋－＠]",  # a formula: =1+1  +7.4  @SUM
    r"[\t\r\n']",  # a cell that a spreadsheet cuts, and our own mark
    # A date or a time (5-10  1/8  2:4), unless it is one: 2022-12-08
    rf"(?!\d{{4}}-\d\d-\d\d$)\d{{1,4}}{BETWEEN}\d{{1,4}}(?:{BETWEEN}\d{{1,4}})?\s*$",
    rf"\d{{1,2}}[ -]?{MONTH}(?:[ -]\d{{1,4}})?$|{MONTH}[ -]?\d{{1,4}}$",  # a date: SEPT2  10 May
    r"0\d+(?:\.\d+)?$|\d*\.\d*0$|\d+(?:\.\d+)?e\d+$|\d{16,}$",  # a number with other digits: 007  0.90  4e10
)
LINE_END = "\r\n"
GUARDED = re.compile("|".join(UNSAFE), re.IGNORECASE)


@contextmanager
def csv_writer(path: Path, table: Table, *, bom: bool = False) -> Iterator[Callable[[Extraction], int]]:
    """A function that adds an extraction's rows to `path` and says how many; the file is there when the block
    ends. `bom`: begin with a byte order mark, which Excel wants where its own encoding isn't UTF-8."""
    with replacing(path, encoding=encoding(bom)) as file:
        file.write(header(table))

        def write(extraction: Extraction) -> int:
            return write_rows(file, table, table.rows(extraction))

        yield write


def encoding(bom: bool) -> str:
    return "utf-8-sig" if bom else "utf-8"


def header(table: Table) -> str:
    """The first line of a table's file."""
    return ",".join(table.columns) + LINE_END


def write_rows(file: TextIO, table: Table, rows: Iterable[Row]) -> int:
    """Adds rows to a file whose header is written elsewhere; returns how many."""
    cells = [[to_cell(row[name], cell) for name, cell in table.columns.items()] for row in rows]
    csv.writer(file, lineterminator=LINE_END).writerows(cells)
    return len(cells)


def write_csv(
    extractions: Iterable[Extraction], path: Path, table: Table = CLAIMS, *, bom: bool = False
) -> int:
    """One file of one table, columns as in `table.columns`; returns the number of rows."""
    with csv_writer(path, table, bom=bom) as write:
        return sum(write(extraction) for extraction in extractions)


def read_csv(path: Path, table: Table = CLAIMS) -> list[Row]:
    """The rows that `write_csv` wrote, with the texts, numbers and lists that they had.
    No text and an empty text are both "", no number is None; a column of `SINCE` that an earlier file lacks
    has what was meant there. ValueError if the columns are others."""
    limit = csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *lines = list(csv.reader(file)) or [[]]
    finally:
        csv.field_size_limit(limit)
    cells = {name: cell for name, cell in table.columns.items() if name in header or name not in SINCE}
    if header != list(cells):
        raise ValueError(
            f"{path}: not the columns of the {table.name} table; give a file that `extractor run` wrote"
        )
    later = {name: SINCE[name] for name in table.columns if name not in cells}
    return [
        {name: from_cell(text, cell) for (name, cell), text in zip(cells.items(), line, strict=True)} | later
        for line in lines
    ]


def to_cell(value: Any, cell: Cell) -> str:
    """`value` as it is written: "'+7.4" for "+7.4", "SQuAD; GLUE" for a list, "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "'" + value if GUARDED.match(value) else value
    match cell:
        case Cell.INTEGER:
            return str(value)
        case Cell.NUMBER:
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case Cell.FLAG:
            return "true" if value else "false"
        case Cell.INTEGERS:
            return "; ".join(map(str, value))
        case Cell.TEXTS:
            text = _join(value, ";") if any(value) else ""
        case Cell.GROUPS:
            text = _join([_join(group, "=") for group in value], ";")
    return "'" + text if GUARDED.match(text) else text


def from_cell(text: str, cell: Cell) -> Any:
    """What `to_cell` wrote as `text`."""
    match cell:
        case Cell.INTEGER:
            return int(text) if text else None
        case Cell.NUMBER:
            return float(text) if text else None
        case Cell.FLAG:
            return text == "true"
        case Cell.INTEGERS:
            return [int(each) for each in text.split("; ")] if text else []
    text = text.removeprefix("'")
    match cell:
        case Cell.TEXTS:
            return _split(text, ";")
        case Cell.GROUPS:
            return [_split(group, "=") for group in _split(text, ";")]
        case _:
            return text


def _join(items: Iterable[str], sign: str) -> str:
    """Items with `sign` between them. In an item, backslashes before a sign or the end are doubled and the
    sign gets one, so that a sign after an even number of backslashes always separates."""
    space = " " if sign == "=" else ""
    return f"{space}{sign} ".join(_marked(item, sign) for item in items)


def _marked(item: str, sign: str) -> str:
    if sign not in item and not item.endswith("\\"):
        return item
    return re.sub(rf"(\\*)({sign}|\Z)", lambda m: 2 * m[1] + (f"\\{sign}" if m[2] else ""), item)


def _split(text: str, sign: str) -> list[str]:
    """The items that `_join` put together."""
    if not text:
        return []
    space = " " if sign == "=" else ""
    items = re.split(rf"(?<!\\)((?:\\\\)*){space}{sign} ", text)
    joined = [item + run for item, run in zip(items[::2], [*items[1::2], ""], strict=True)]
    return [re.sub(rf"(\\*)({sign}|\Z)", lambda m: m[1][: len(m[1]) // 2] + m[2], item) for item in joined]
