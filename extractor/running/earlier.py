"""What an earlier run in the same folder extracted, looked up by text. Takes its `extractions.jsonl`, whole
or in parts, and the finished parts of one that was given up; an index on disk leads from a text's
checksum to the place of its line, so that memory does not grow with the run. Never believes the index: the
line must hold the very same text."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError
from pydantic_core import from_json

from extractor.export.folder import EXTRACTIONS, JSONL, RUN_FILE, WORK, extraction_files, numbered
from extractor.records import Extraction, Paper
from extractor.running.manifest import Manifest
from extractor.running.parts import finished_part, part_file
from extractor.running.store import LocalStore, Store

KEPT = "kept"
DECIDE = ("claim-extractor", "code", "rules", "model", "spacy", "onnxruntime", "py3langid")
"""The versions that decide on what is found in a text."""


def index_earlier(output: Path, index: Path, versions: dict[str, str], options: dict) -> bool:
    """Writes to the new file `index` where each text stands in the finished run in `output`, unless it was
    made in another way than `versions` and `options` say, and in the parts that were kept of unfinished ones
    there; False, and no file, if there is nothing."""
    kept = numbered((output / WORK / KEPT).glob("*.jsonl"))
    finished, checksum = _finished(output, versions, options)
    if not (kept or finished):
        return False
    with closing(sqlite3.connect(index, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA synchronous = OFF")
        base.execute("CREATE TABLE files (number INTEGER PRIMARY KEY, path TEXT)")
        base.execute("CREATE TABLE lines (key BLOB PRIMARY KEY, file, start, length) WITHOUT ROWID")
        base.execute("BEGIN")
        if finished and _add(base, finished) != checksum:
            base.execute("DELETE FROM lines")
            finished = []
        _add(base, kept, len(finished))
        base.executemany("INSERT INTO files VALUES (?, ?)", enumerate(map(str, (*finished, *kept))))
        base.execute("COMMIT")
    if not (kept or finished):
        index.unlink()
        return False
    return True


def holds_for(before: Manifest, asked: Manifest) -> bool:
    """Whether what one run finds in a text is what the other would."""
    return _alike(before.versions, before.options, asked.versions, asked.options)


def keep_parts(name: str, parts: int, store: Store, work: LocalStore) -> int:
    """Keeps the extractions of a run's finished parts, for `index_earlier`, in the folder `KEPT` of `work`;
    `name` is one that no other run has. Returns how many parts."""
    finished, kept = store.names("done"), 0
    for number in range(parts):
        if part_file("done", number, "json") in finished and (done := finished_part(number, store)):
            extractions = part_file(EXTRACTIONS, done.number, "jsonl")
            work.put(f"{KEPT}/{name}-{number:05}.jsonl", store.get(extractions))
            kept += 1
    return kept


class EarlierRun:
    """Reads by the index that `index_earlier` wrote."""

    def __init__(self, index: Path):
        self._base = sqlite3.connect(f"{index.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        self._paths = dict(self._base.execute("SELECT number, path FROM files"))
        self._open: tuple[int, BinaryIO] | None = None

    def get(self, paper: Paper) -> Extraction | None:
        """The extraction of the same text, as one of `paper`."""
        line = self.line(paper)
        return of_line(line, paper) if line else None

    def line(self, paper: Paper) -> bytes | None:
        """The line where it should stand."""
        key = _key(paper.title, paper.abstract)
        row = self._base.execute("SELECT file, start, length FROM lines WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        number, start, length = row
        try:
            file = self._file(number)
            file.seek(start)
            return file.read(length)
        except OSError:
            return None

    def _file(self, number: int) -> BinaryIO:
        if self._open is None or self._open[0] != number:
            if self._open:
                self._open[1].close()
            self._open = (number, open(self._paths[number], "rb"))  # noqa: SIM115
        return self._open[1]


def of_line(line: bytes, paper: Paper) -> Extraction | None:
    """The extraction in a line of an earlier run, as one of `paper`; None if it is of another text."""
    try:
        found = Extraction.model_validate_json(line)
    except ValidationError:
        return None
    same = (found.paper.title, found.paper.abstract) == (paper.title, paper.abstract)
    return found.model_copy(update={"paper": paper}) if same else None


def _finished(output: Path, versions: dict[str, str], options: dict) -> tuple[list[Path], str]:
    """The files of the finished run's extractions, if they hold, and the checksum of all."""
    try:
        about = json.loads((output / RUN_FILE).read_bytes())
        alike = _alike(about["versions"], about["options"], versions, options)
        return (extraction_files(output), about["checksums"][JSONL]) if alike else ([], "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [], ""


def _alike(versions: dict[str, str], options: dict, now: dict[str, str], wanted: dict) -> bool:
    return (
        all(versions.get(name) == now.get(name) for name in DECIDE)
        and options["any_language"] == wanted["any_language"]
        and options["min_confidence"] <= wanted["min_confidence"]
    )


def _add(base: sqlite3.Connection, files: Sequence[Path], first: int = 0) -> str:
    """Adds the lines of the files, numbered from `first`; the sha256 of all, or of as much as can be read and
    more."""
    digest = hashlib.sha256()
    try:
        base.executemany("INSERT OR IGNORE INTO lines VALUES (?, ?, ?, ?)", _lines(files, first, digest))
    except (ValueError, KeyError, TypeError):
        digest.update(b"damaged")
    return digest.hexdigest()


def _lines(files: Sequence[Path], first: int, digest) -> Iterator[tuple[bytes, int, int, int]]:
    for number, path in enumerate(files, first):
        start = 0
        with path.open("rb") as file:
            for line in file:
                digest.update(line)
                paper = from_json(line)["paper"]
                yield _key(paper["title"], paper["abstract"]), number, start, len(line)
                start += len(line)


def _key(title: str, abstract: str) -> bytes:
    return hashlib.blake2b(f"{title}\n{abstract}".encode(), digest_size=16).digest()
