"""One paper to its extraction, or to a `Failure`: a paper on which the program breaks or takes too long must
not cost the others."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from extractor.records import Extraction, Paper, Record

Extract = Callable[[Paper], Extraction]


class Failure(Record):
    """A paper that the program broke on, which is a mistake in the program."""

    paper: Paper
    message: str


class TookTooLong(BaseException):
    """Raised in the middle of a paper; no `except Exception` on the way stops it."""


def extract_one(extract: Extract, paper: Paper, seconds: float | None = None) -> Extraction | Failure:
    """A Failure too where it takes longer than `seconds`, on systems that have timers."""
    try:
        with _at_most(seconds):
            return extract(paper)
    except TookTooLong:
        return Failure(paper=paper, message=too_long(seconds))
    except Exception as error:
        what = " ".join(str(error).split())[:200]
        return Failure(paper=paper, message=f"{type(error).__name__}: {what}")


def too_long(seconds: float | None) -> str:
    return f"it took longer than {seconds:g} s"


def at_least(extraction: Extraction, confidence: float) -> Extraction:
    """The extraction without its less certain claims."""
    claims = tuple(claim for claim in extraction.claims if claim.confidence >= confidence)
    return (
        extraction
        if len(claims) == len(extraction.claims)
        else extraction.model_copy(update={"claims": claims})
    )


@contextmanager
def _at_most(seconds: float | None) -> Iterator[None]:
    """Only the main thread of a process can be interrupted so, and not on Windows."""
    timed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not (seconds and timed):
        yield
        return
    before = signal.signal(signal.SIGALRM, _interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _interrupt(number: int, frame: object) -> None:
    raise TookTooLong
