"""What an unfinished run is: its sources, options and versions, and what was read. Written before the first
part and taken away with the last, so that a run that was killed can be gone on with."""

import hashlib
import os
import platform
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from shlex import quote
from typing import Any
from uuid import uuid4

from pydantic import Field

from extractor.export import replacing
from extractor.export.folder import WORK
from extractor.read import FileRead, Problem
from extractor.read.locations import STANDARD_INPUT
from extractor.records import RECORD_VERSION, Record

FILE = "manifest.json"
PACKAGES = ("claim-extractor", "spacy", "onnxruntime", "py3langid", "pydantic", "pyarrow")


class ResumeError(Exception):
    """A run that can't be gone on with; the message says why and what to do."""


class Read(Record):
    """What came of reading the sources."""

    entries: int  # papers met, repeats included
    papers: int  # distinct
    empty: int
    unreadable: int
    problem_count: int
    problems: tuple[Problem, ...]  # the first of them
    files: tuple[FileRead, ...]
    digest: str  # of the papers and their places


def new_id() -> str:
    return uuid4().hex[:8]


class Manifest(Record):
    id: str = Field(default_factory=new_id)
    version: str = RECORD_VERSION
    sources: tuple[str, ...]
    directory: str = Field(default_factory=os.getcwd)  # in which the sources' names hold
    options: dict[str, Any]
    versions: dict[str, str]
    started: str
    read: Read | None = None  # None: not read to the end
    papers_per_part: int = 0
    reading: str = Field(default_factory=new_id)  # in the names of the files that hold what was read

    @property
    def parts(self) -> int:
        return -(-self.read.papers // self.papers_per_part) if self.read else 0

    def write(self, work: Path) -> None:
        content = self.model_dump_json(indent=2)
        with replacing(work / FILE) as file:
            file.write(f"{content}\n{_checksum(content)}\n")


def how_to_go_on(output: Path, name: str) -> str:
    """The command that goes on with the unfinished run in the folder `output`, which the user calls `name`;
    "" if there is none, or it was reading standard input."""
    manifest = read_manifest(output / WORK)
    if manifest is None or (manifest.read is None and STANDARD_INPUT in manifest.sources):
        return ""
    return f"`extractor run --resume --output {quote(name)}`"


def read_manifest(work: Path) -> Manifest | None:
    """That of the unfinished run in the folder `work`; None if there is none, or a damaged one."""
    try:
        content, _, checksum = (work / FILE).read_text(encoding="utf-8").rstrip("\n").rpartition("\n")
        return Manifest.model_validate_json(content) if checksum == _checksum(content) else None
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def _checksum(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def versions(rules: str, model: str) -> dict[str, str]:
    """Of everything that has a part in the result; `rules` and `model` are theirs."""
    installed = {package: version(package) for package in PACKAGES}
    return {"rules": rules, "model": model, "code": _code(), "python": platform.python_version(), **installed}


@lru_cache(maxsize=1)
def _code() -> str:
    """A checksum of the program itself, which may change between two versions."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
