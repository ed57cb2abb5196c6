"""A full or damaged disk said in one sentence, whoever met it: a file, SQLite or a worker process."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extractor.export import NoSpace, is_full
from extractor.running.manifest import ResumeError, how_to_go_on

FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_TRUNCATE"})


@contextmanager
def telling_full_disk(output: Path, name: str = "") -> Iterator[None]:
    """NoSpace with what to do, where the block fails for want of space, ResumeError where SQLite does for
    anything else; `name` is what the user calls the
    folder `output`."""
    try:
        yield
    except (NoSpace, OSError, sqlite3.Error) as error:
        if isinstance(error, OSError) and not is_full(error):
            raise
        if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorname", "") not in FULL:
            raise ResumeError(
                f"{name or output}: its work folder is damaged ({error}); run it anew, with its sources"
            ) from error
        how = how_to_go_on(output, name or str(output)) or "it again"
        raise NoSpace(f"{output}: the disk is full; free space and run {how}") from error
