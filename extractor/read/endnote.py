"""EndNote's tagged export (.enw, "refer"): a line a field, "%T Title", a record from each "%0" to the next.
Takes a stream, yields papers."""

import io
import re
from collections.abc import Iterator

from extractor.read.dates import iso_date
from extractor.read.identifiers import given_first
from extractor.read.lines import read_lines
from extractor.read.problems import Problems
from extractor.read.rows import Rows
from extractor.read.streams import LONGEST_RECORD
from extractor.records import Paper, Place

FIELD = re.compile(r"%(\S) (.*)")
Fields = dict[str, list[str]]


def looks_like_endnote(head: str) -> bool:
    return bool(re.match(r"%0 \S|%[TAF] .*\n%\S ", head))


def read(stream: io.BufferedReader, problems: Problems, rows: Rows) -> Iterator[Paper]:
    for line, fields in _records(read_lines(stream, problems), problems):
        row = {tag: "; ".join(values) for tag, values in fields.items()}
        place = Place(file=problems.file, line=line)
        if paper := rows.paper_of(facts(fields), row, place, problems):
            yield paper


def facts(fields: Fields) -> dict[str, object]:
    def first(*tags: str) -> str:
        return next((fields[tag][0] for tag in tags if tag in fields), "")

    authors = [given_first(name) for name in fields.get("A", ())]
    dates = [iso_date(written) for tag in ("8", "D") for written in fields.get(tag, ())]
    return {
        "id": first("F", "M"),
        "title": first("T"),
        "abstract": first("X"),
        "date": max(dates, key=len, default="") or first("D"),
        "authors": authors,
        "author_count": len(authors) or None,
        "venue": first("J", "B"),
        "url": first("U"),
        "doi": first("R"),
    }


def _records(lines: Iterator[str], problems: Problems) -> Iterator[tuple[int, Fields]]:
    """The fields of each record by their tags, with the line on which it starts."""
    start, length, fields = 0, 0, {}
    values: list[str] = []
    for number, line in enumerate(lines, 1):
        found = FIELD.fullmatch(line)
        if found and found[1] == "0" and fields:
            yield start, fields
            fields = {}
        if found:
            if not fields:
                start, length = number, 0
            values = fields.setdefault(found[1], [])
            values.append(found[2].strip())
        elif fields and line.strip():
            values[-1] += f"\n{line}"
        length += len(line)
        if fields and length > LONGEST_RECORD:
            limit = f"{LONGEST_RECORD // 1_000_000} MB"
            problems.skip(start, f"a record of more than {limit}, not read; look for its start, %0")
            fields = {}
    if fields:
        yield start, fields
