"""Listing pages, as they come when a page of paper abstracts is copied from a browser.
Takes the lines of a page, yields its entries as papers with line, date and author count. Never joins or cuts
text: a title and an abstract are each one line of the page. What is neither is reported.

Three layouts, which need no telling apart, since each line shows what it is:

    Get trending papers in your email inbox!    Daily Papers      byAK and the research community
    SubscribeFirst title
    First abstract.                             First title       First title
    Second title
    Second abstract.                            First abstract.   First abstract.

                                                Second title        • 7 authors
                                                                  ·
                                                Second abstract.  Dec 8, 2022 3

In the third, an organisation may stand where the authors do, dates of the current year have no year, and the
number after a date (or on a line of its own, behind a bullet) counts comments."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise

from extractor.read.dates import iso_date
from extractor.read.fields import build_paper
from extractor.read.problems import Problems
from extractor.records import Paper, Place

LONGEST_TITLE = 250
"""Characters. A longer line is an abstract for certain; a shorter one only if it ends like a sentence."""

MARKER = re.compile(
    r"Get trending papers in your email inbox(?: [a-z ]+)?!|Daily Papers|by ?AK and the research community"
)
BANNER = re.compile(rf"{MARKER.pattern}|new|Subscribe")
GLUED_BANNER = re.compile(r"Subscribe(?=\S)")

MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
DATE = rf"(?P<date>{MONTH} [0-9]{{1,2}}(?:, [0-9]{{4}})?)"  # Dec 8, 2022   May 16
COMMENTS = r"[0-9]{1,6}"
FACT = re.compile(rf"(?P<authors>[0-9]{{1,6}}) authors?|{DATE}(?: {COMMENTS})?|{COMMENTS}|")
BULLET = re.compile(r"[•·]")

SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]}]*$")


class Role(Enum):
    """What a line of a page is."""

    BANNER = auto()
    FACTS = auto()
    ORGANISATION = auto()
    TEXT = auto()


@dataclass(frozen=True)
class Line:
    number: int
    text: str
    role: Role = Role.TEXT
    facts: dict[str, str] = field(default_factory=dict)  # "date" and "authors", as written

    @property
    def is_text(self) -> bool:
        return self.role is Role.TEXT

    @property
    def is_long(self) -> bool:
        return self.is_text and len(self.text) > LONGEST_TITLE

    @property
    def is_sentence(self) -> bool:
        return self.is_text and bool(SENTENCE_END.search(self.text))


@dataclass(frozen=True)
class Entry:
    title: Line
    abstract: Line | None
    facts: dict[str, str]


def is_page(lines: list[str]) -> bool:
    """Whether a text is a page, not one paper: it has a line that only pages have (a banner, or a date or
    authors behind a bullet), or it is two or more titles, each with an abstract too long for a title."""
    page = _lines(lines)
    if any(MARKER.fullmatch(line.text) or (line.facts and BULLET.search(line.text)) for line in page):
        return True
    if any(before.text == "·" and line.facts for before, line in pairwise(page)):
        return True
    titles, abstracts = page[::2], page[1::2]
    return (
        len(titles) == len(abstracts) > 1
        and not any(title.is_long for title in titles)
        and all(abstract.is_long for abstract in abstracts)
    )


def read_page(lines: list[str], problems: Problems) -> Iterator[Paper]:
    """The papers of a page; a title without an abstract is a paper too, but reported."""
    lost: list[Line] = []
    for entry in _entries(_lines(lines)):
        if entry.abstract is None and not entry.facts:
            lost.append(entry.title)
            continue
        yield from _lone_title(lost, entry.title, problems)
        lost = []
        yield from _papers(entry, problems)
    yield from _lone_title(lost, None, problems)


def _lines(lines: Iterable[str]) -> list[Line]:
    """The lines that are not blank, with their roles."""
    found: list[Line] = []
    for number, text in enumerate((line.strip() for line in lines), 1):
        after_banner = bool(found) and found[-1].role is Role.BANNER
        if after_banner and GLUED_BANNER.match(text) and not BANNER.fullmatch(text):
            text = GLUED_BANNER.sub("", text, count=1)
        if text:
            found.append(_line(number, text))
    return _with_organisations(found)


def _line(number: int, text: str) -> Line:
    if BANNER.fullmatch(text):
        return Line(number, text, Role.BANNER)
    pieces = [FACT.fullmatch(piece.strip()) for piece in BULLET.split(text)]
    if not all(pieces):
        return Line(number, text)
    facts = {name: value for piece in pieces for name, value in piece.groupdict().items() if value}
    return Line(number, text, Role.FACTS, facts)


def _with_organisations(lines: list[Line]) -> list[Line]:
    """An organisation is a short line straight above the facts of an entry that has its abstract already."""
    found = lines[:]
    for at in range(1, len(lines) - 1):
        before, line, after = found[at - 1], lines[at], lines[at + 1]
        follows_abstract = before.is_long or before.is_sentence
        above_facts = after.role is Role.FACTS and after.number == line.number + 1
        if line.is_text and not line.is_long and not line.is_sentence and follows_abstract and above_facts:
            found[at] = Line(line.number, line.text, Role.ORGANISATION)
    return found


def _entries(lines: list[Line]) -> Iterator[Entry]:
    """Each title with the abstract and the facts below it. Facts above the first title are the page's own."""
    at = 0
    while at < len(lines):
        title = lines[at]
        at += 1
        if not title.is_text:
            continue
        abstract = None
        if not title.is_long and _starts_abstract(lines[at : at + 2]):
            abstract = lines[at]
            at += 1
        facts: dict[str, str] = {}
        while at < len(lines) and lines[at].role in (Role.FACTS, Role.ORGANISATION):
            facts |= lines[at].facts
            at += 1
        yield Entry(title, abstract, facts)


def _starts_abstract(lines: list[Line]) -> bool:
    """Whether the first of the lines after a title is its abstract, rather than the next title."""
    if not lines or lines[0].is_long:
        return bool(lines)
    next_is_abstract = len(lines) > 1 and lines[1].is_long
    return lines[0].is_sentence and not next_is_abstract


def _papers(entry: Entry, problems: Problems) -> Iterator[Paper]:
    title, abstract = entry.title, entry.abstract
    if title.is_long:
        problems.skip(title.number, "an abstract without a title, not read; put its title on a line above it")
        return
    if abstract is None:
        problems.add(title.number, f"no abstract below the title {title.text!r}; read as a title alone")
    paper = build_paper(
        title=title.text,
        abstract=abstract.text if abstract else "",
        date=iso_date(entry.facts.get("date", "")),
        author_count=int(entry.facts["authors"]) if "authors" in entry.facts else None,
        place=Place(file=problems.file, line=title.number),
        problems=problems,
    )
    if paper:
        yield paper


def _lone_title(lost: list[Line], found: Line | None, problems: Problems) -> Iterator[Paper]:
    """What stood between two entries: one short line is a title alone, more than that is no entry at all."""
    if not lost:
        return
    if len(lost) == 1:
        yield from _papers(Entry(lost[0], None, {}), problems)
        return
    first, last = lost[0].number, lost[-1].number
    again = f"reading goes on at line {found.number}" if found else "nothing more was read"
    problems.skip(
        first, f"lost the thread: lines {first} to {last} are not titles with abstracts, not read; {again}"
    )
