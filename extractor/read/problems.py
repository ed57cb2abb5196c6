"""What could not be read: where, what is wrong, and what to do about it.
Readers add to `Problems`, one per file; nothing here raises or prints."""

from collections import Counter
from collections.abc import Callable

from pydantic import Field

from extractor.records import Record


class ReadError(Exception):
    """The request itself is wrong: a source that does not exist, an unknown format, a mapping of unknown
    fields."""


class Problem(Record):
    file: str
    line: int = Field(0, ge=0)  # from 1; 0 = the file as a whole
    message: str
    skipped: bool = False  # a record is missing from the result because of it
    empty: bool = False  # the record that is missing has neither title nor abstract

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}"


class Problems:
    """The problems of one file, as its reader meets them."""

    def __init__(self, file: str):
        self.file = file
        self.met = 0
        self.found: list[Problem] = []
        self.left_out: Counter[str] = Counter()
        self.mapped: dict[str, str] = {}

    def add(self, line: int, message: str) -> None:
        """Something to know: the record was read all the same, or none is known to be lost."""
        self._met(Problem(file=self.file, line=line, message=message))

    def skip(self, line: int, message: str, *, empty: bool = False) -> None:
        """A record that could not be read."""
        self._met(Problem(file=self.file, line=line, message=message, skipped=True, empty=empty))

    def leave_out(self, what: str) -> None:
        """A record that is no paper: counted, and told once for the whole file."""
        self.left_out[what] += 1

    def look_up(self, column: str, why_nothing: Callable[[], str] | None) -> None:
        """Whether a record has something where a field was mapped to, and why not; told once if none has."""
        if why_nothing is None:
            self.mapped[column] = ""
        elif column not in self.mapped:
            self.mapped[column] = why_nothing()

    def taken(self) -> list[Problem]:
        """What was met since this was last asked."""
        taken, self.found = self.found, []
        return taken

    def finish(self) -> list[Problem]:
        """The last problems, with what was left out."""
        for what, count in self.left_out.items():
            self.add(0, f"left out: {count} {what}")
        for column, why_nothing in self.mapped.items():
            if why_nothing:
                self.add(0, f"nothing at {column!r}, to which a field was mapped: {why_nothing}")
        self.left_out.clear()
        self.mapped.clear()
        return self.taken()

    def _met(self, problem: Problem) -> None:
        self.met += 1
        self.found.append(problem)
