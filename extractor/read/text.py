"""Text files: a listing page, or one paper, its title on the first line and its abstract below.
Takes a stream, yields papers. Never guesses at headings inside a single paper: the rest of the file is its
abstract, with its line breaks."""

from collections.abc import Iterator
from typing import BinaryIO

from extractor.read.fields import Columns, build_paper
from extractor.read.lines import read_lines
from extractor.read.pages import LONGEST_TITLE, is_page, read_page
from extractor.read.problems import Problems
from extractor.records import Paper, Place


def read(stream: BinaryIO, problems: Problems, columns: Columns) -> Iterator[Paper]:
    """`columns` names nothing here; every reader takes it."""
    lines = list(read_lines(stream, problems))
    return read_page(lines, problems) if is_page(lines) else _read_paper(lines, problems)


def _read_paper(lines: list[str], problems: Problems) -> Iterator[Paper]:
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
