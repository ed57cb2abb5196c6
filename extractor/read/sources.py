"""Papers from wherever they are: files, folders, archives, addresses and standard input, each read by the
reader of its format. Takes the names that a user gave; `stream_sources` gives papers and problems as they
come, `read_sources` a `Reading` with repeats merged.
Never raises for what a file holds; `ReadError` is for a missing source, an unknown format or field."""

import hashlib
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extractor.read import archives
from extractor.read.archives import ARCHIVE_SUFFIXES, PACKED_SUFFIXES
from extractor.read.fields import check_columns
from extractor.read.formats import BY_SUFFIX, Asked, is_html, suffix_of
from extractor.read.lines import UNREADABLE
from extractor.read.locations import LeavesOut, Source, find, leaves_out_nothing, partition_of
from extractor.read.problems import Problem, Problems
from extractor.read.repeats import new_distinct
from extractor.read.rows import Rows
from extractor.read.streams import head_of, rewindable
from extractor.records import Paper, Record

SUFFIXES = ", ".join((*BY_SUFFIX, *ARCHIVE_SUFFIXES))
KNOWN = f"known suffixes are {SUFFIXES}, each also with {', '.join(PACKED_SUFFIXES)}"


class FileRead(Record):
    name: str
    sha256: str  # of the file's bytes as they are stored, compressed or not
    entries: int


@dataclass(frozen=True)
class Reading:
    papers: list[Paper]  # distinct, in order of first appearance, each with all its places
    problems: list[Problem]
    files: list[FileRead]

    @property
    def entries(self) -> int:
        """Papers met, repeats included."""
        return sum(file.entries for file in self.files)

    @property
    def repeats(self) -> int:
        return self.entries - len(self.papers)

    @property
    def skipped(self) -> int:
        """Records that could not be read, each with its problem."""
        return sum(problem.skipped for problem in self.problems)


def read_sources(
    sources: Sequence[str | Path], *, columns: Mapping[str, str] | None = None, form: str | None = None
) -> Reading:
    """All papers of `stream_sources`, the same papers merged, the problems of each file by line."""
    distinct = new_distinct()
    problems: list[Problem] = []
    files: list[FileRead] = []
    for met in stream_sources(sources, columns=columns, form=form):
        if isinstance(met, Paper):
            distinct.add(met)
        elif isinstance(met, FileRead):
            files.append(met)
        else:
            problems.append(met)
    order = {file: at for at, file in reversed(list(enumerate(problem.file for problem in problems)))}
    problems.sort(key=lambda problem: (order[problem.file], problem.line))
    shared_ids = list(distinct.finish())
    return Reading(list(distinct.papers()), problems + shared_ids, files)


def stream_sources(
    sources: Sequence[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    form: str | None = None,
    leaves_out: LeavesOut = leaves_out_nothing,
) -> Iterator[Paper | Problem | FileRead]:
    """Papers in order, each with its one place, not merged with repeats; problems as they are met; a FileRead
    when a file is finished. In constant memory, however large a file is.

    Sources are files, folders, addresses ("s3://..."), and "-", standard input. Folders are walked in sorted
    order, without hidden files. `columns` maps fields of a paper to the names they have in tables, JSON,
    Parquet and the like, or to a path to them, as in `{"title": "content.title"}`; common names are found
    without. `form`: how to read all of it, one of `formats.NAMES`; None: found out for each file.
    `leaves_out` is asked of each file that is found, before any is read.
    ReadError if a source does not exist, there is no such format, or `columns` maps an unknown field.
    """
    check_columns(columns or {})
    asked = Asked.of(form, Rows(columns or {}))
    found: list[Problem] = []

    def readable(name: str) -> bool:
        return bool(form) or _has_known_suffix(name)

    listed = find(sources, readable, found, KNOWN, leaves_out)
    return _all_read(listed, found, asked, readable)


def _all_read(listed: list[Source], found: list[Problem], asked: Asked, readable) -> Iterator:
    yield from found
    for source in listed:
        yield from _file(source, asked, readable)


def _file(source: Source, asked: Asked, readable) -> Iterator[Paper | Problem | FileRead]:
    """What is in a file or archive, and last the file itself, unless it can't be opened."""
    problems = Problems(source.name)
    asked = replace(asked, rows=replace(asked.rows, partition=partition_of(source.name)))
    checksum, entries = "", 0
    try:
        with source.open() as stream:
            checksum = hashlib.file_digest(stream, "sha256").hexdigest()
            size = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            met = 0
            for member, inner in archives.unpacked(stream, size, problems, readable):
                yield from problems.taken()
                for item in _document(source.name, member, inner, asked):
                    entries += isinstance(item, Paper)
                    met += isinstance(item, Problem)
                    yield item
    except UNREADABLE as error:
        problems.add(0, f"can't be read: {getattr(error, 'strerror', None) or error}")
    else:
        if not (entries or met or problems.met):
            problems.add(0, "holds no papers")
    yield from problems.finish()
    if checksum:
        yield FileRead(name=source.name, sha256=checksum, entries=entries)


def _document(source: str, member: str, stream: io.BufferedReader, asked: Asked) -> Iterator[Paper | Problem]:
    """The papers of a file, or of a member of an archive, in between the problems that were met."""
    name = f"{source}/{member}" if member else source
    problems = Problems(name)
    count = 0
    try:
        head = head_of(stream)
        form = asked.format_of(_unpacked_name(name), head, problems)
        if form and not asked.form and is_html(head):
            problems.add(0, "a web page, not text; copy its text into a file, or save its data instead")
            form = None
        if form:
            inner = rewindable(stream) if form.seeks else stream
            for paper in form.read(inner, problems, asked.rows):
                count += 1
                yield from problems.taken()
                yield paper
    except UNREADABLE as error:
        problems.add(0, f"damaged after {count} papers ({error}); what stands before was read")
    if member and not (count or problems.met or problems.left_out):
        problems.add(0, "holds no papers")
    yield from problems.finish()


def _unpacked_name(name: str) -> str:
    """The name without the suffix of its compression."""
    packed = suffix_of(name)
    return name[: -len(packed)] if packed in PACKED_SUFFIXES else name


def _has_known_suffix(name: str) -> bool:
    return suffix_of(_unpacked_name(name)) in BY_SUFFIX or suffix_of(_unpacked_name(name)) in ARCHIVE_SUFFIXES
