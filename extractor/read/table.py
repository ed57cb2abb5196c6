"""CSV and TSV: a header, then a paper a row, the separator being whichever the header has most of.
Takes a stream, yields papers. Never reads a row with more cells than the header: its text was cut in two."""

import csv
import io
import re
from collections.abc import Iterator

from extractor.read.fields import find_columns
from extractor.read.lines import read_lines
from extractor.read.problems import Problems
from extractor.read.rows import Rows, shape_of
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
    """Whether a text begins with the header of a table of papers: that of a known source, or two or more known
    columns, titles or abstracts among them."""
    first_line, _, below = head.partition("\n")
    told = SEPARATOR_LINE.fullmatch(first_line)
    header = below.partition("\n")[0] if told else first_line
    names = [name.strip('"') for name in header.split(told[1] if told else _separator(header))]
    found = find_columns(names)
    many = sum(map(bool, found.values())) > 1 and bool(found["title"] or found["abstract"])
    return many or shape_of(dict.fromkeys(names)) is not None


def _rows(lines: Iterator[str], problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Each row that has cells, with the line it starts on. Strict, so that a row with a quotation mark out of
    place is reported: else it would swallow the rows below it."""
    first = next(lines, "")
    reader = csv.reader(_with_ends(first, lines), delimiter=_separator(first), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            rows = f"lines {number} to {reader.line_num} can't be read as a row ({error})"
            problems.skip(number, f"{rows}; look for a quotation mark left open or not doubled")
            continue
        if any(cells):
            yield number, cells


def _with_ends(first: str, lines: Iterator[str]) -> Iterator[str]:
    """Lines with the line ends that the csv module needs inside quoted cells."""
    yield first + "\n"
    for line in lines:
        yield line + "\n"


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)
