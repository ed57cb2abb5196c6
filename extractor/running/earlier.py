"""What an earlier run in the same folder extracted, looked up by text. Takes its `extractions.jsonl`, whole
or in parts; an index on disk leads from a text's checksum to the place of its line, so that memory does not
grow with the run. Never believes the index: the line must hold the very same text."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError
from pydantic_core import from_json

from extractor.export.folder import JSONL, RUN_FILE
from extractor.records import Extraction, Paper
from extractor.running.parts import EXTRACTIONS

DECIDE = ("claim-extractor", "code", "rules", "model", "spacy", "onnxruntime")
"""The versions that decide on what is found in a text."""


def index_earlier(output: Path, index: Path, versions: dict[str, str], options: dict) -> bool:
    """Writes to the new file `index` where in the finished run in `output` each text stands; False, and no
    file, if there is none or it was made in another way than `versions` and `options` say."""
    try:
        about = json.loads((output / RUN_FILE).read_bytes())
        same = all(about["versions"].get(name) == versions[name] for name in DECIDE)
        same &= about["options"]["any_language"] == options["any_language"]
        same &= about["options"]["min_confidence"] <= options["min_confidence"]
        checksum = about["checksums"][JSONL]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    files = _files(output)
    if not (same and files):
        return False
    with closing(sqlite3.connect(index, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA synchronous = OFF")
        base.execute("CREATE TABLE files (number INTEGER PRIMARY KEY, path TEXT)")
        base.execute("CREATE TABLE lines (key BLOB PRIMARY KEY, file, start, length) WITHOUT ROWID")
        base.execute("BEGIN")
        base.executemany("INSERT INTO files VALUES (?, ?)", enumerate(map(str, files)))
        digest = hashlib.sha256()
        try:
            base.executemany("INSERT OR IGNORE INTO lines VALUES (?, ?, ?, ?)", _lines(files, digest))
        except (ValueError, KeyError, TypeError):
            digest.update(b"damaged")
        base.execute("COMMIT")
    if digest.hexdigest() != checksum:
        index.unlink()
        return False
    return True


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


def _files(output: Path) -> list[Path]:
    whole = output / JSONL
    return [whole] if whole.is_file() else sorted((output / EXTRACTIONS).glob("part-*.jsonl"))


def _lines(files: Sequence[Path], digest) -> Iterator[tuple[bytes, int, int, int]]:
    for number, path in enumerate(files):
        start = 0
        with path.open("rb") as file:
            for line in file:
                digest.update(line)
                paper = from_json(line)["paper"]
                yield _key(paper["title"], paper["abstract"]), number, start, len(line)
                start += len(line)


def _key(title: str, abstract: str) -> bytes:
    return hashlib.blake2b(f"{title}\n{abstract}".encode(), digest_size=16).digest()
