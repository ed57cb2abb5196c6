"""One run at a time in a folder. The system holds the lock, so that none is left by a process that was
killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from extractor.export import OutputError

FILE = ".lock"


@contextmanager
def only_run(output: Path, name: str = "") -> Iterator[None]:
    """Holds the folder `output`, which the user calls `name`; OutputError if another run does."""
    lock = FileLock(output / FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise OutputError(
            f"{name or output}: another run is at work there; wait for it, or name another directory"
        ) from None
    try:
        yield
    finally:
        (output / FILE).unlink(missing_ok=True)
        lock.release()
