"""Files that appear whole or not at all: written beside their place under another name, then renamed.
A file that stood there before stays until then, and stays for good if writing fails."""

import errno
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class OutputError(Exception):
    """A place that can't be written to; the message names it and says what to do."""


class NoSpace(Exception):
    """The disk is full; the message says where."""


def is_full(error: OSError) -> bool:
    """Whether the error says that no more can be stored: the disk, the quota or the file size is at its
    limit."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def make_directory(directory: Path) -> None:
    """`directory` with its parents, unless it is there; OutputError if it can't be made."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise OutputError(f"{directory}: a file stands in the way; name another directory") from error
    except OSError as error:
        raise _unwritable(directory, error) from error


@contextmanager
def replacing(path: Path, mode: str = "w", encoding: str = "utf-8", *, durable: bool = True) -> Iterator[IO]:
    """A file to write to that becomes `path` when the block ends, and vanishes when the block raises.
    `mode` is "w" (text, line ends as written) or "wb"; `durable`: on the disk by then, whatever happens to
    the machine. OutputError if the place can't be written to, NoSpace if the disk is full."""
    partial = _partial(path)
    as_text = {} if "b" in mode else {"encoding": encoding, "newline": ""}
    try:
        file = partial.open(mode, **as_text)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        _rename(partial, path)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError) and is_full(error):
            raise _unwritable(path, error) from error
        raise


@contextmanager
def replacing_path(path: Path) -> Iterator[Path]:
    """As `replacing`, for what writes to a path of its own accord: the path to write to, where nothing stands
    yet."""
    partial = _partial(path)
    try:
        partial.touch()
        partial.unlink()
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        yield partial
        _rename(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _partial(path: Path) -> Path:
    """Of this process alone, also where several machines write to one folder."""
    return path.with_name(f".{path.name}.{platform.node()}.{os.getpid()}.partial")


def _rename(partial: Path, path: Path) -> None:
    try:
        partial.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> OutputError | NoSpace:
    if is_full(error):
        return NoSpace(f"{path}: can't be written ({error.strerror}); free space and try again")
    return OutputError(
        f"{path}: can't be written ({error.strerror}); name another directory or free this one"
    )
