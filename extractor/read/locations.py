"""Where files are: below folders, on standard input, at addresses (`https://`, `s3://`, `gs://`), with what
the names of their folders say of them. Opens each as a stream that can be rewound; what can't be is first
copied into a temporary file. Never reads a format."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote

from extractor.read.problems import Problem, ReadError
from extractor.read.streams import CHUNK, HEAD_BYTES

STANDARD_INPUT = "-"

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)

BESIDE_DATASETS = frozenset(
    [
        "dataset_info.json",
        "dataset_infos.json",
        "dataset_dict.json",
        "state.json",
        "_SUCCESS",
        "_metadata",
        "_common_metadata",
    ]
)
"""What Hugging Face and Spark put beside the files of a dataset."""

ABOUT_FOLDERS = re.compile(
    r"(?:readme|license|licence|changelog|contributing|citation)\b[^/]*", re.IGNORECASE
)

PARTITION = re.compile(r"([^=/]+)=([^/]*)")
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


LeavesOut = Callable[[Path | str, Path | str | None], bool]
"""Whether a file or address is not to be read, where it was met below a folder, which is given too; None if
it was named itself."""


def leaves_out_nothing(found: Path | str, folder: Path | str | None) -> bool:
    return False


@dataclass(frozen=True)
class Source:
    name: str  # as the user gave it, or as found below the folder that the user gave
    path: Path | None = None
    address: str = ""  # with neither a path: standard input

    def open(self) -> BinaryIO:
        """A buffered stream that can be rewound. OSError where it can't be read."""
        if self.path and self.path.is_file():
            return self.path.open("rb", buffering=HEAD_BYTES)
        copy = tempfile.TemporaryFile(buffering=HEAD_BYTES)  # noqa: SIM115 - the caller closes it
        try:
            with self._read_once() as stream:
                shutil.copyfileobj(stream, copy, CHUNK)
        except BaseException:
            copy.close()
            raise
        copy.seek(0)
        return copy

    def _read_once(self) -> AbstractContextManager[BinaryIO]:
        if self.address:
            return _remote(self.address)[0].open(self.address, "rb")
        if self.path:
            return self.path.open("rb")
        return nullcontext(sys.stdin.buffer)


def partition_of(name: str) -> dict[str, str]:
    """What the folders of a partitioned dataset say: {"year": "2020"} for "papers/year=2020/0.parquet"."""
    named = (PARTITION.fullmatch(part) for part in PurePosixPath(name).parts[:-1])
    values = {unquote(found[1]): unquote(found[2]) for found in named if found}
    return {key: value for key, value in values.items() if value != NO_VALUE}


def find(
    names: Iterable[str | Path],
    readable: Callable[[str], bool],
    problems: list[Problem],
    known: str,
    leaves_out: LeavesOut,
) -> list[Source]:
    """All files to read; one that is reached twice, by its name and by its folder, is read once. In folders
    those whose names are `readable`, others reported; `known` says in words which would be; none that
    `leaves_out` is true of. ReadError for
    what doesn't exist."""
    found: dict[object, Source] = {}
    for name in map(str, names):
        path = Path(name)
        if name == STANDARD_INPUT:
            found.setdefault(None, Source(name))
        elif ADDRESS.match(name):
            for address in _addresses(name, readable, problems, known, leaves_out):
                found.setdefault(address, Source(address, address=address))
        elif path.is_dir():
            files = {_printable(file): file for file in sorted(path.rglob("*")) if file.is_file()}
            files = {name: file for name, file in files.items() if not leaves_out(file, path)}
            below = len(PurePosixPath(_printable(path)).parts)
            for file in _wanted(_printable(path), list(files), below, readable, problems, known):
                found.setdefault(files[file].resolve(), Source(file, files[file]))
        elif path.exists():
            leaves_out(path, None)
            found.setdefault(path.resolve(), Source(_printable(path), path))
        else:
            raise ReadError(f"{name}: no such file or folder")
    return list(found.values())


def _wanted(
    folder: str,
    names: list[str],
    below: int,
    readable: Callable[[str], bool],
    problems: list[Problem],
    known: str,
) -> Iterator[str]:
    """The readable files below a folder; one of an unknown suffix is reported, not guessed at."""
    count = 0
    for name in names:
        parts = PurePosixPath(name).parts[below:]
        if any(part.startswith(".") for part in parts) or parts[-1] in BESIDE_DATASETS:
            continue
        if ABOUT_FOLDERS.fullmatch(parts[-1]):
            message = "not read: it is about its folder; name the file itself to have it read as a paper"
            problems.append(Problem(file=name, message=message))
        elif readable(name):
            count += 1
            yield name
        else:
            message = "not read: no known suffix; name the file itself to have it read by its content"
            problems.append(Problem(file=name, message=message))
    if not count:
        message = f"nothing to read in this folder; {known}"
        problems.append(Problem(file=folder, message=message))


def _printable(path: Path) -> str:
    """The path as text, even if its bytes are not UTF-8."""
    return os.fsencode(path.as_posix()).decode(errors="replace")


def _remote(address: str):
    """The file system of an address and the path there. ReadError where a library for it is missing."""
    protocol = address.partition("://")[0]
    try:
        import fsspec

        return fsspec.core.url_to_fs(address)
    except ImportError as error:
        raise ReadError(
            f"{address}: reading from {protocol}:// needs more libraries ({error}); "
            "pip install 'claim-extractor[remote]'"
        ) from error
    except ValueError as error:
        raise ReadError(f"{address}: {error}") from error


def _addresses(
    address: str,
    readable: Callable[[str], bool],
    problems: list[Problem],
    known: str,
    leaves_out: LeavesOut,
) -> Iterator[str]:
    """The address itself, or those of the files below it, where it is a folder."""
    system, path = _remote(address)
    try:
        is_folder = system.isdir(path) and not system.isfile(path)
        names = sorted(system.unstrip_protocol(name) for name in system.find(path)) if is_folder else []
        exists = is_folder or system.exists(path)
    except Exception as error:  # every file system has errors of its own
        raise ReadError(f"{address}: can't be reached ({type(error).__name__}: {error})") from error
    if not exists:
        raise ReadError(f"{address}: no such file or folder")
    if not is_folder:
        leaves_out(address, None)
        yield address
        return
    below = len(PurePosixPath(system.unstrip_protocol(path)).parts)
    names = [name for name in names if not leaves_out(name, address)]
    yield from _wanted(address, names, below, readable, problems, known)
