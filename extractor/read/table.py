"""CSV and TSV: a header, then a paper a row, the separator being whichever the header has most of.
Takes a stream, yields papers. Never reads a row with more cells than the header: its text was cut in two."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from extractor.read.fields import find_columns
from extractor.read.lines import read_lines
from extractor.read.problems import Problems
from extractor.read.rows import Rows, shape_of
from extractor.read.streams import LONGEST_RECORD
from extractor.records import Paper, Place

SEPARATORS = (",", "\t", ";", "|")
SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?", re.IGNORECASE)  # what Excel writes above a header


def read(stream: io.BufferedReader, problems: Problems, rows: Rows) -> Iterator[Paper]:
    lines = _rows(read_lines(stream, problems), problems)
    number, header = next(lines, (0, []))
    if complaint := rows.lacking(header):
        problems.add(number, complaint)
        return
    for number, cells in lines:
        if len(cells) > len(header):
            counts = f"{len(cells)} cells under a header of {len(header)}"
            problems.skip(number, f"{counts}, not read; quote text that holds the separator")
            continue
        row = dict(zip(header, cells, strict=False))
        if paper := rows.paper(row, Place(file=problems.file, line=number), problems):
            yield paper


def looks_like_table(head: str) -> bool:
    """Whether a text begins with the header of a table of papers: that of a known source, or two or more
    known columns, titles or abstracts among them."""
    first_line, _, below = head.partition("\n")
    told = SEPARATOR_LINE.fullmatch(first_line)
    header = below.partition("\n")[0] if told else first_line
    names = [name.strip('"') for name in header.split(told[1] if told else _separator(header))]
    found = find_columns(names)
    many = sum(map(bool, found.values())) > 1 and bool(found["title"] or found["abstract"])
    return many or shape_of(dict.fromkeys(names)) is not None


def _rows(lines: Iterator[str], problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Each row that has cells, with the line it starts on. Strict, so that a row with a quotation mark out of
    place is reported: it would swallow the rows below it. Reading goes on at the next line that is a row as
    wide as the header, and begins with a quotation mark if that does."""
    csv.field_size_limit(LONGEST_RECORD)  # of the whole process: the module has no other
    source = _Lines(lines)
    separator = source.separator()
    width, quoted, damage = 0, False, None
    while True:
        number = source.begin()
        try:
            cells = next(csv.reader(source, delimiter=separator, strict=True), None)
        except csv.Error as error:
            damage = damage or _Damage(number, str(error), source.row_lines > 1)
            source.go_back()
            continue
        alike = cells is None or (len(cells) == width and source.is_quoted >= quoted)
        if damage and damage.swallowed and not alike:
            source.go_back()
            continue
        if damage:
            damage.report(number - 1, problems)
            damage = None
        if cells is None:
            return
        if not width:
            width, quoted = len(cells), source.is_quoted
        if any(cells):
            yield number, cells


@dataclass(frozen=True)
class _Damage:
    """Lines that are no row. `swallowed`: whether the first took others with it, so that it is unknown which
    of these begin a row."""

    first: int
    why: str
    swallowed: bool

    def report(self, last: int, problems: Problems) -> None:
        rows = f"lines {self.first} to {last} can't be read as a row ({self.why})"
        problems.skip(self.first, f"{rows}; look for a quotation mark left open or not doubled")


class _Lines:
    """Lines with the ends that the csv module needs inside quoted cells; a row's can be given twice."""

    def __init__(self, lines: Iterator[str]):
        self._lines = lines
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self._number = 0  # of the last line given

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines) + "\n"
        self._row.append(line)
        self._number += 1
        return line

    @property
    def row_lines(self) -> int:
        return len(self._row)

    @property
    def is_quoted(self) -> bool:
        return bool(self._row) and self._row[0].startswith('"')

    def separator(self) -> str:
        """What the line that is there for it says, or else the header has most of."""
        first = next(self, "").removesuffix("\n")
        if told := SEPARATOR_LINE.fullmatch(first):
            return told[1]
        if self._row:
            self.go_back(keep=0)
        return _separator(first)

    def begin(self) -> int:
        """Starts a row; the number of its first line."""
        self._row.clear()
        return self._number + 1

    def go_back(self, keep: int = 1) -> None:
        """To the line behind the first `keep` of the row."""
        self._again.extendleft(reversed(self._row[keep:]))
        self._number -= len(self._row) - keep
        del self._row[keep:]


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)
