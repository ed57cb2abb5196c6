"""BibTeX and BibLaTeX, the ACL Anthology's among them, a batch of entries at a time.
Takes a stream, yields papers. `@string` abbreviations are put in; of LaTeX, accents and protecting braces are
resolved (`latex.py`), the rest stays. An entry that can't be parsed is reported, and the next one read."""

import io
import logging
import re
from collections.abc import Iterator, Mapping

from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from bibtexparser.model import (
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ParsingFailedBlock,
    String,
)
from bibtexparser.splitter import Splitter

from extractor.read.dates import date_of, iso_date
from extractor.read.identifiers import arxiv_url
from extractor.read.latex import plain, resolved
from extractor.read.lines import read_lines
from extractor.read.problems import Problems
from extractor.read.rows import Rows
from extractor.read.shape import Row, first_of
from extractor.read.streams import LONGEST_RECORD
from extractor.records import Paper, Place

logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it can't parse is a problem here

ENTRY = re.compile(r"\s*@\s*\w+\s*[{(]")
URL = re.compile(r"\\url\s*\{(.*)\}", re.DOTALL)
BATCH = 200_000
"""Characters parsed together, or up to the next entry."""

NAME_PART = re.compile(r"(given|prefix|family|suffix)\s*=\s*\{?([^,{}=]+)")
OTHERS = "others"


def looks_like_bibtex(head: str) -> bool:
    """Whether the first line that is no comment begins an entry."""
    lines = (line for line in head.split("\n") if line.strip() and not line.lstrip().startswith("%"))
    return bool(ENTRY.match(next(lines, "")))


def read(stream: io.BufferedReader, problems: Problems, rows: Rows) -> Iterator[Paper]:
    strings: dict[str, str] = {}
    for first_line, text in _batches(read_lines(stream, problems), problems):
        for block in Splitter(text).split().blocks:
            line = first_line + (block.start_line or 0)
            if isinstance(block, DuplicateFieldKeyBlock):
                problems.add(line, "an entry with a field given twice; the first was read")
            if isinstance(block, DuplicateFieldKeyBlock | DuplicateBlockKeyBlock):
                block = block.ignore_error_block
            if isinstance(block, String):
                strings[block.key.lower()] = _value(block.value, strings)
            elif isinstance(block, Entry):
                row = _row(block, strings)
                place = Place(file=problems.file, line=line)
                if paper := rows.paper_of(facts(row), row, place, problems):
                    yield paper
            elif isinstance(block, ParsingFailedBlock):
                problems.skip(line, "an entry that can't be parsed, not read; look for a brace left open")


def _batches(lines: Iterator[str], problems: Problems) -> Iterator[tuple[int, str]]:
    """Whole entries together, with the line on which they start."""
    held: list[str] = []
    length, start = 0, 1
    for number, line in enumerate(lines, 1):
        if length > BATCH and ENTRY.match(line):
            yield start, "\n".join(held)
            held, length, start = [], 0, number
        held.append(line)
        length += len(line) + 1
        if length > LONGEST_RECORD:
            limit = f"{LONGEST_RECORD // 1_000_000} MB without the start of an entry"
            problems.skip(start, f"{limit}, not read; look for a brace left open")
            held, length, start = [], 0, number + 1
    yield start, "\n".join(held)


def _row(entry: Entry, strings: Mapping[str, str]) -> dict[str, str]:
    row: dict[str, str] = {"key": entry.key}
    for field in entry.fields:
        row.setdefault(field.key.lower(), _value(field.value, strings))
    return row


def facts(row: Row) -> dict[str, object]:
    authors, complete = _authors(row.get("author", ""))
    eprint = row.get("eprint", "")
    is_arxiv = (first_of(row, "archiveprefix", "eprinttype") or "").lower() == "arxiv"
    return {
        "id": row["key"],
        "title": resolved(row.get("title", "")),
        "abstract": resolved(row.get("abstract", "")),
        "date": _date(row),
        "authors": authors,
        "author_count": len(authors) if authors and complete else None,
        "venue": plain(first_of(row, "booktitle", "journal", "journaltitle", "eventtitle") or ""),
        "url": _address(row.get("url", "")) or (arxiv_url(eprint) if is_arxiv else ""),
        "doi": _address(row.get("doi", "")),
    }


def _value(raw: str, strings: Mapping[str, str]) -> str:
    """What a field's value stands for: without its quotes or braces, abbreviations and "#" worked out."""
    return "".join(_piece(piece.strip(), strings) for piece in _pieces(raw))


def _pieces(raw: str) -> Iterator[str]:
    """Split at each "#" outside of braces and quotes."""
    if "#" not in raw:
        yield raw
        return
    depth, quoted, start = 0, False, 0
    for at, char in enumerate(raw):
        depth += (char == "{") - (char == "}")
        quoted ^= char == '"' and depth == 0
        if char == "#" and depth == 0 and not quoted:
            yield raw[start:at]
            start = at + 1
    yield raw[start:]


def _piece(piece: str, strings: Mapping[str, str]) -> str:
    if len(piece) > 1 and piece[0] + piece[-1] in ("{}", '""'):
        return piece[1:-1]
    return strings.get(piece.lower(), piece)


def _address(written: str) -> str:
    """An address without the command around it and the backslashes that LaTeX wants in it."""
    address = URL.sub(r"\1", written.strip())
    return re.sub(r"\\(?=[_%#&~{}])", "", address)


def _date(row: Row) -> str:
    """BibLaTeX's `date`, else `year`, `month` (a name, a number, or "6~" # jun) and `day`."""
    if given := iso_date(row.get("date", "").split("/")[0].rstrip("~?%")):
        return given
    year = re.sub(r"\D", "", row.get("year", ""))
    month = re.search(r"[A-Za-z]{3,}|\d{1,2}$", resolved(row.get("month", "")).strip())
    return (
        date_of(year, month and month[0], row.get("day"))
        or date_of(year, month and month[0])
        or date_of(year)
    )


def _authors(written: str) -> tuple[list[str], bool]:
    """Names with the given name first, and whether these are all."""
    names = split_multiple_persons_names(" ".join(written.split()))
    complete = OTHERS not in names
    return [name for each in names if each != OTHERS and (name := _author(each))], complete


def _author(written: str) -> str:
    if "=" in written and (named := dict(NAME_PART.findall(written))):  # BibLaTeX: family=B, given=A
        parts = ("given", "prefix", "family", "suffix")
        return plain(" ".join(filter(None, (named.get(part, "").strip() for part in parts))))
    try:
        name = parse_single_name_into_parts(written, strict=False).merge_first_name_first
    except InvalidNameError:
        name = written
    return plain(name)
