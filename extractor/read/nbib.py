"""PubMed's tagged export (.nbib, the MEDLINE format): a line a field, its tag in four columns and a hyphen;
what is indented goes on with the field above; a blank line or the next PMID ends a record. Takes a stream,
yields papers. (rispy, which reads RIS, knows nothing of it.)"""

import io
import re
from collections.abc import Iterator

from extractor.read.dates import iso_date
from extractor.read.identifiers import given_first, joined
from extractor.read.lines import read_lines
from extractor.read.problems import Problems
from extractor.read.pubmed import PAGE
from extractor.read.rows import Rows
from extractor.read.streams import LONGEST_RECORD
from extractor.records import Paper, Place

NUMBER = "PMID"
FIELD = re.compile(r"([A-Z][A-Z\d ]{3})- ?(.*)")
SHORT_NAME = re.compile(r"(.+?) ([^\W\d_a-z]{1,4})(?: (Jr|Sr|\d[a-z]{2}))?")  # "van der Berg JA 3rd"
CUT = re.compile(r"et al\.?", re.IGNORECASE)  # in place of the authors that a list leaves out
DOI = re.compile(r"(\S+) ?\[doi\]")

Record = list[tuple[str, str]]
"""Tags and texts, in the order in which they stand."""


def looks_like_nbib(head: str) -> bool:
    return bool(re.match(r"(?:[A-Z]{2,4} *- .*\n){0,2}PMID- ?\d", head))


def read(stream: io.BufferedReader, problems: Problems, rows: Rows) -> Iterator[Paper]:
    for line, record in _records(read_lines(stream, problems), problems):
        by_tag: dict[str, list[str]] = {}
        for tag, text in record:
            by_tag.setdefault(tag, []).append(text)
        row = {tag: "; ".join(texts) for tag, texts in by_tag.items()}
        place = Place(file=problems.file, line=line)
        if paper := rows.paper_of(facts(record), row, place, problems):
            yield paper


def facts(record: Record) -> dict[str, object]:
    texts = dict(reversed(record))  # of several with a tag the first

    def first(*tags: str) -> str:
        return next((texts[tag] for tag in tags if texts.get(tag)), "")

    number, authors = first(NUMBER), _authors(record)
    complete = bool(authors) and not CUT.fullmatch(authors[-1])
    located = [text for wanted in ("LID", "AID") for tag, text in record if tag == wanted]
    dois = [found[1] for text in located if (found := DOI.match(text))]
    return {
        "id": number,
        "title": first("TI", "BTI", "TT"),
        "abstract": first("AB"),
        "date": iso_date(first("DP")) or iso_date(first("DEP")),
        "authors": authors if complete else authors[:-1],
        "author_count": len(authors) if complete else None,
        "venue": first("JT", "TA", "BTI"),
        "url": f"{PAGE}{number}/" if number else "",
        "doi": next(iter(dois), ""),
    }


def _authors(record: Record) -> list[str]:
    """In their order, groups (CN) among them; by their full names where the record has these."""
    full = any(tag == "FAU" for tag, _ in record)
    written = {"FAU": given_first, "CN": str} if full else {"AU": _from_short, "CN": str}
    return [written[tag](text) for tag, text in record if tag in written and text]


def _from_short(name: str) -> str:
    """ "Doe JA" is "JA Doe"."""
    found = SHORT_NAME.fullmatch(name)
    return joined(found[2], found[1], found[3]) if found else name


def _records(lines: Iterator[str], problems: Problems) -> Iterator[tuple[int, Record]]:
    """Each record with the line on which it starts, broken lines joined."""
    start, length = 0, 0
    fields: list[tuple[str, list[str]]] = []
    for number, line in enumerate(lines, 1):
        found = FIELD.match(line)
        begins = found and found[1] == NUMBER and any(tag == NUMBER for tag, _ in fields)
        if fields and (begins or not line.strip()):
            yield start, _joined(fields)
            fields = []
        if found:
            if not fields:
                start, length = number, 0
            fields.append((found[1].rstrip(), [found[2].strip()]))
        elif fields:
            fields[-1][1].append(line.strip())
        length += len(line)
        if fields and length > LONGEST_RECORD:
            limit = f"{LONGEST_RECORD // 1_000_000} MB"
            problems.skip(start, f"a record of more than {limit}, not read; look for the blank line after it")
            fields = []
    if fields:
        yield start, _joined(fields)


def _joined(fields: list[tuple[str, list[str]]]) -> Record:
    return [(tag, " ".join(filter(None, lines))) for tag, lines in fields]
