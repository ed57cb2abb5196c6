"""Where papers come from: files, folders, `.gz` and standard input, each read by the reader of its format.
Takes the names that a user gave, returns a `Reading`: distinct papers, problems, and which files were read.
Never raises for what a file holds; `ReadError` is for a missing source and a map of unknown fields."""

import gzip
import hashlib
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from extractor.read import jsonl, parquet, table, text
from extractor.read.fields import Columns, check_columns
from extractor.read.lines import UNREADABLE, UTF_16
from extractor.read.problems import Problem, Problems, ReadError
from extractor.read.repeats import new_distinct
from extractor.records import Paper, Record

Reader = Callable[[BinaryIO, Problems, Columns], Iterator[Paper]]

READERS: dict[str, Reader] = {
    ".jsonl": jsonl.read,
    ".ndjson": jsonl.read,
    ".json": jsonl.read,
    ".csv": table.read,
    ".tsv": table.read,
    ".parquet": parquet.read,
    ".pq": parquet.read,
    ".txt": text.read,
    ".text": text.read,
}
"""By suffix, `.gz` left out. A file that the user names may have any other: then its content decides."""

NOT_TEXT = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or an Office document",
}
PARQUET = b"PAR1"
GZIP = b"\x1f\x8b"

STANDARD_INPUT = "-"

HEAD_BYTES = 8192
"""How much of a file is looked at to see what it is."""

MOST_NOISE = 0.2
"""The share of control characters and broken UTF-8 in the head above which a file is no text."""


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


@dataclass(frozen=True)
class _Source:
    name: str  # as the user gave it, or as found below the folder that the user gave
    path: Path | None  # None: standard input


def stream_sources(
    sources: Sequence[str | Path], *, columns: Mapping[str, str] | None = None, form: str | None = None
) -> Iterator[Paper | Problem | FileRead]:
    """Papers in the order in which they stand, each with its one place, not merged with repeats; problems as
    they are met; a `FileRead` when a file is finished.

    Folders are walked in sorted order, without hidden files; "-" is standard input. `columns` maps fields of
    a paper to the names they have in tables, JSONL and Parquet, as in `{"title": "Headline"}`; common names
    are found without. ReadError if a source does not exist or `columns` maps an unknown field.
    """
    columns = columns or {}
    check_columns(columns)
    problems: list[Problem] = []
    for source in _each_once(sources, problems):
        found = Problems(source.name)
        try:
            with _open(source) as stream:
                checksum = hashlib.file_digest(stream, "sha256").hexdigest()
                entries = 0
                for paper in _read(stream, found, columns):
                    entries += 1
                    yield paper
        except OSError as error:
            found.add(0, f"can't be read: {error.strerror or error}")
        else:
            yield FileRead(name=source.name, sha256=checksum, entries=entries)
        problems += found.in_order()
        yield from problems
        problems.clear()
    yield from problems


def read_sources(
    sources: Sequence[str | Path], *, columns: Mapping[str, str] | None = None, form: str | None = None
) -> Reading:
    """All of `stream_sources` in memory, each paper once, with all its places."""
    distinct, problems, files = new_distinct(), [], []
    for met in stream_sources(sources, columns=columns, form=form):
        if isinstance(met, Paper):
            distinct.add(met)
        else:
            (problems if isinstance(met, Problem) else files).append(met)
    problems += distinct.finish()
    return Reading(list(distinct.papers()), problems, files)


def _each_once(sources: Iterable[str | Path], problems: list[Problem]) -> list[_Source]:
    """All files to read; one that is reached twice, by its name and by its folder, is read once."""
    found: dict[Path | None, _Source] = {}
    for name in map(str, sources):
        path = Path(name)
        if name == STANDARD_INPUT:
            found.setdefault(None, _Source(name, None))
        elif path.is_dir():
            for file in _walk(path, problems):
                found.setdefault(file.resolve(), _Source(_printable(file), file))
        elif path.exists():
            found.setdefault(path.resolve(), _Source(_printable(path), path))
        else:
            raise ReadError(f"{name}: no such file or folder")
    return list(found.values())


def _walk(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """The readable files below a folder; one of an unknown suffix is reported, not guessed at."""
    readable = 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if _suffix(path.name) in READERS:
            readable += 1
            yield path
        else:
            message = "not read: no known suffix; name the file itself to have it read by its content"
            problems.append(Problem(file=_printable(path), message=message))
    if not readable:
        message = (
            f"nothing to read in this folder; known suffixes are {', '.join(READERS)}, each also with .gz"
        )
        problems.append(Problem(file=_printable(folder), message=message))


def _printable(path: Path) -> str:
    """The path as text, even if its bytes are not UTF-8."""
    return os.fsencode(path.as_posix()).decode(errors="replace")


def _open(source: _Source) -> BinaryIO:
    """A seekable stream; what can't be rewound, such as a pipe, is read into memory."""
    if source.path is None:
        return io.BytesIO(sys.stdin.buffer.read())
    if not source.path.is_file():
        return io.BytesIO(source.path.read_bytes())
    return source.path.open("rb")


def _read(stream: BinaryIO, problems: Problems, columns: Columns) -> Iterator[Paper]:
    stream.seek(0)
    compressed = stream.read(len(GZIP)) == GZIP
    stream.seek(0)
    if compressed:
        stream = gzip.GzipFile(fileobj=stream)
    try:
        head = stream.read1(HEAD_BYTES)
        stream.seek(0)
    except UNREADABLE as error:
        problems.add(0, f"damaged from its first byte ({error}); nothing could be read")
        return
    reader = _reader(problems.file, head, problems)
    none = True
    for paper in reader(stream, problems, columns) if reader else ():
        none = False
        yield paper
    if none and not problems.found:
        problems.add(0, "holds no papers")


def _reader(name: str, head: bytes, problems: Problems) -> Reader | None:
    """Binary content decides first, then the suffix, then what the first line looks like."""
    if head.startswith(PARQUET):
        return parquet.read
    if complaint := _unreadable(head):
        problems.add(0, complaint)
        return None
    if reader := READERS.get(_suffix(name)):
        return reader
    first_line = head.decode(errors="replace").removeprefix("\ufeff").lstrip().partition("\n")[0]
    if first_line.startswith("{"):
        return jsonl.read
    return table.read if table.looks_like_table(first_line) else text.read


def _unreadable(head: bytes) -> str | None:
    """Why a file with this head holds no papers, if it can't."""
    if not head:
        return "an empty file"
    for start, what in NOT_TEXT.items():
        if head.startswith(start):
            return f"{what}, not text; nothing was read"
    if head.startswith(UTF_16):
        return None
    characters = head.decode(errors="replace")
    noise = sum(c == "\ufffd" or (c < " " and not c.isspace()) for c in characters)
    if noise > MOST_NOISE * len(characters):
        return "not text in UTF-8, but a binary file or another encoding; text can be saved again as UTF-8"
    return None


def _suffix(name: str) -> str:
    return Path(name.lower().removesuffix(".gz")).suffix
