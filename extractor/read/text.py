"""Text files: a listing page, or one paper, its title on the first line and its abstract below.
Takes a stream, yields papers. Never guesses at headings inside a single paper: the rest of the file is its
abstract, with its line breaks."""

import io
from collections.abc import Iterator

from extractor.read.fields import build_paper
from extractor.read.lines import read_lines
from extractor.read.pages import LONGEST_TITLE, is_page, read_page
from extractor.read.problems import Problems
from extractor.read.rows import Rows
from extractor.records import Paper, Place

MOST_TEXT = 20_000_000
"""Characters of a file. The longest listing pages have under a million."""


def read(stream: io.BufferedReader, problems: Problems, rows: Rows) -> Iterator[Paper]:
    """`rows` has nothing to tell here; every reader takes it."""
    lines = all_lines(stream, problems)
    return read_page(lines, problems) if is_page(lines) else read_paper(lines, problems)


def read_listing(stream: io.BufferedReader, problems: Problems, rows: Rows) -> Iterator[Paper]:
    """Of a file that is known to be a listing page."""
    return read_page(all_lines(stream, problems), problems)


def all_lines(stream: io.BufferedReader, problems: Problems) -> list[str]:
    """The lines of a text, which has to be seen as a whole; what is over `MOST_TEXT` is left out."""
    lines, length = [], 0
    for line in read_lines(stream, problems):
        length += len(line) + 1
        if length > MOST_TEXT:
            limit = f"{MOST_TEXT // 1_000_000} million characters"
            problems.skip(len(lines) + 1, f"a text of more than {limit}, the rest not read; split the file")
            break
        lines.append(line)
    return lines


def read_paper(lines: list[str], problems: Problems) -> Iterator[Paper]:
    """One paper, its title on the first line that isn't blank."""
    first = next((at for at, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return
    title, below = lines[first].strip(), first + 1
    if len(title) > LONGEST_TITLE:
        problems.add(
            first + 1, f"the first line has {len(title):,} characters and is no title; read as abstract"
        )
        title, below = "", first
    abstract = "\n".join(lines[below:]).strip()
    place = Place(file=problems.file, line=first + 1)
    if not abstract:
        problems.add(first + 1, "a title without an abstract: the file has one line of text only")
    paper = build_paper(title=title, abstract=abstract, place=place, problems=problems)
    if paper:
        yield paper
