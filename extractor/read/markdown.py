"""Markdown: one paper, whose title is the first heading (or in the front matter), or a list of papers, whose
headings are links. An abstract is what stands under "Abstract", else all below the title, with its marks.
Takes a stream, yields papers."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from extractor.read.fields import common_facts
from extractor.read.problems import Problems
from extractor.read.rows import Rows
from extractor.read.text import all_lines, read_paper
from extractor.records import Paper, Place

HEADING = re.compile(r" {0,3}(#{1,6})\s+(\S.*?)(?:\s+#+)?\s*")
UNDERLINE = re.compile(r" {0,3}(=+|-{3,})\s*")
FENCE = re.compile(r" {0,3}(?:```|~~~)")
LINK = re.compile(r"\[(?P<title>.+)\]\((?P<url>[^()\s]+(?:\([^()\s]*\)[^()\s]*)?)\)")
ABSTRACT = re.compile(r"(?:[*_]{1,3})?abstract(?:[*_]{1,3})?\s*[:.]?(?:[*_]{1,3})?", re.IGNORECASE)
RUN_IN = re.compile(r" {0,3}([*_]{1,3})abstract\s*[:.—–-]?\1\s*[:.—–-]?\s*", re.IGNORECASE)
FRONT = "---"
LONGEST_FRONT = 200  # lines


@dataclass(frozen=True)
class Section:
    level: int
    title: str
    line: int  # of its heading, from 1
    start: int  # of its text, as an index into the lines
    end: int  # of its text, with that of the sections inside it


def read(stream: io.BufferedReader, problems: Problems, rows: Rows) -> Iterator[Paper]:
    lines = all_lines(stream, problems)
    front, below = _front_matter(lines, problems)
    sections = _sections(lines, below)
    linked = [section for section in sections if LINK.fullmatch(section.title)]
    if len(linked) > 1:
        for section in linked:
            yield from _paper(_facts(section, lines), {}, section.line, problems, rows)
    elif front or sections:
        told = {name: held for name, held in common_facts(front).items() if held}
        facts = _single(lines, below, sections, titled="title" in told)
        line = sections[0].line if sections and "title" not in told else 1
        yield from _paper({**facts, **told}, front, line, problems, rows)
    else:
        yield from read_paper(lines, problems)


def _paper(
    facts: Mapping[str, object], row: Mapping[str, object], line: int, problems: Problems, rows: Rows
) -> Iterator[Paper]:
    if paper := rows.paper_of(facts, row, Place(file=problems.file, line=line), problems):
        yield paper


def _single(lines: list[str], below: int, sections: list[Section], titled: bool) -> dict[str, object]:
    """Title and abstract of a text that is one paper. `titled`: the front matter has its title already, so
    that the text may begin with the abstract."""
    first = sections[0].line - 1 if sections else len(lines)
    lead = "\n".join(lines[below:first]).strip()
    facts = {"abstract": lead} if (titled and lead) or not sections else _facts(sections[0], lines)
    named = sections if titled else sections[1:]
    if abstract := next((each for each in named if ABSTRACT.fullmatch(each.title)), None):
        return facts | {"abstract": _text(abstract, lines)}
    at = next((at for at in range(below, len(lines)) if RUN_IN.match(lines[at])), None)
    if at is None:
        return facts
    end = next((each.line - 1 for each in sections if each.line - 1 > at), len(lines))
    return facts | {"abstract": RUN_IN.sub("", "\n".join(lines[at:end]), count=1).strip()}


def _front_matter(lines: list[str], problems: Problems) -> tuple[dict, int]:
    """YAML between two lines of dashes at the top, and the index of the first line below it."""
    if not lines or lines[0].rstrip() != FRONT:
        return {}, 0
    end = next((at for at, line in enumerate(lines[1:LONGEST_FRONT], 1) if line.rstrip() == FRONT), None)
    if end is None:
        return {}, 0
    try:
        held = yaml.safe_load("\n".join(lines[1:end]))
    except (yaml.YAMLError, ValueError, RecursionError):
        problems.add(1, "the front matter is no YAML; read without it")
        return {}, end + 1
    return {str(key): value for key, value in held.items()} if isinstance(held, dict) else {}, end + 1


def _sections(lines: list[str], below: int) -> list[Section]:
    """All headings, "# Title" or underlined, outside of code."""
    heads: list[tuple[int, str, int, int]] = []  # level, title, index of its line, index of the text below
    fenced = False
    for at in range(below, len(lines)):
        fenced ^= bool(FENCE.match(lines[at]))
        if fenced:
            continue
        if found := HEADING.fullmatch(lines[at]):
            heads.append((len(found[1]), found[2], at, at + 1))
        elif at > below and (under := UNDERLINE.fullmatch(lines[at])) and _is_text(lines[at - 1]):
            heads.append((1 if under[1][0] == "=" else 2, lines[at - 1].strip(), at - 1, at + 1))
    return [
        Section(level, title, at + 1, start, _end(heads[number + 1 :], level, len(lines)))
        for number, (level, title, at, start) in enumerate(heads)
    ]


def _end(following: list[tuple[int, str, int, int]], level: int, last: int) -> int:
    return next((at for other, _, at, _ in following if other <= level), last)


def _is_text(line: str) -> bool:
    return bool(line.strip()) and not HEADING.fullmatch(line) and not FENCE.match(line)


def _facts(section: Section, lines: list[str]) -> dict[str, object]:
    link = LINK.fullmatch(section.title)
    named = link.groupdict() if link else {"title": section.title}
    return {**named, "abstract": _text(section, lines)}


def _text(section: Section, lines: list[str]) -> str:
    return "\n".join(lines[section.start : section.end]).strip()
