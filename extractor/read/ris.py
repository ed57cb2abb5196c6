"""RIS, and the tagged export of Web of Science, a record at a time, each parsed by rispy.
Takes a stream, yields papers. A record without its end tag is read up to the next one, and reported."""

import io
import re
from collections.abc import Iterator
from functools import partial

import rispy

from extractor.read.dates import date_in_year, iso_date
from extractor.read.identifiers import given_first
from extractor.read.lines import read_lines
from extractor.read.problems import Problems
from extractor.read.rows import Rows
from extractor.read.shape import Row, first_of
from extractor.read.streams import LONGEST_RECORD
from extractor.records import Paper, Place

RIS_TAG = re.compile(r"(TY|ER) {1,2}-")
WOS_TAG = re.compile(r"(PT|ER)(?= |$)")


def looks_like_ris(head: str) -> bool:
    return bool(re.match(r"TY {1,2}- ", head.lstrip()))


def looks_like_wos(head: str) -> bool:
    return bool(re.match(r"(?:FN .*\n)?(?:VR .*\n)?PT [A-Z]\n", head.lstrip()))


def _read(
    stream: io.BufferedReader,
    problems: Problems,
    rows: Rows,
    *,
    tag: re.Pattern,
    parser: type[rispy.RisParser],
) -> Iterator[Paper]:
    parse = parser(skip_unknown_tags=True).parse_lines
    for number, lines in _records(read_lines(stream, problems), tag, problems):
        try:
            row = next(iter(parse(iter(lines))), {})
        except (LookupError, AttributeError, TypeError, ValueError):
            problems.skip(number, "a record that can't be parsed, not read; look for a line without its tag")
            continue
        place = Place(file=problems.file, line=number)
        if paper := rows.paper_of(facts(row), row, place, problems):
            yield paper


read = partial(_read, tag=RIS_TAG, parser=rispy.RisParser)
read_wos = partial(_read, tag=WOS_TAG, parser=rispy.WokParser)


def _records(lines: Iterator[str], tag: re.Pattern, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """The lines of each record, from its first tag to its end tag, with the line on which it starts."""
    start, length, held = 0, 0, []
    for number, line in enumerate(lines, 1):
        line = line.replace("TY - ", "TY  - ", 1) if line.startswith("TY - ") else line
        found = tag.match(line)
        ends = bool(found) and found[1] == "ER"
        if found and not ends:
            if held:
                problems.add(start, "a record without its end tag ER; read up to the next record")
                yield start, [*held, _end(tag)]
            start, length, held = number, 0, [line]
        elif held and line.strip():
            held.append(line)
        length += len(line)
        if held and length > LONGEST_RECORD:
            limit = f"{LONGEST_RECORD // 1_000_000} MB"
            problems.skip(start, f"a record of more than {limit}, not read; look for its end tag ER")
            held = []
        if held and ends:
            yield start, held
            held = []
    if held:
        problems.add(start, "the file ends in the middle of a record; read as far as it goes")
        yield start, [*held, _end(tag)]


def _end(tag: re.Pattern) -> str:
    return "ER  - " if tag is RIS_TAG else "ER"


def facts(row: Row) -> dict[str, object]:
    authors = [
        given_first(name)
        for name in first_of(row, "author_full_name", "authors", "first_authors") or ()
        if isinstance(name, str)
    ]
    urls = row.get("urls") or [None]
    return {
        "id": first_of(row, "id", "accession_number"),
        "title": first_of(row, "title", "primary_title", "document_title"),
        "abstract": first_of(row, "abstract", "notes_abstract"),
        "date": _date(row),
        "authors": authors,
        "author_count": len(authors) or None,
        "venue": first_of(
            row, "secondary_title", "journal_name", "alternate_title3", "alternate_title2", "publication_name"
        ),
        "url": urls[0],
        "doi": row.get("doi"),
    }


def _date(row: Row) -> object:
    """The fullest of DA, PY and Y1; Web of Science has "JUN" or "JUN 3" beside the year."""
    year = first_of(row, "year", "publication_year")
    within = date_in_year(row.get("publication_date"), year)
    written = [row.get("date"), within, row.get("publication_year"), year]
    known = [iso_date(str(each)) for each in written if each]
    return max(known, key=len, default="") or first_of(row, "date", "year", "publication_year")
