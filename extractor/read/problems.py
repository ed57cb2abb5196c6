"""What could not be read: where, what is wrong, and what to do about it.
Readers add to `Problems`, one per file; nothing here raises or prints."""

from pydantic import Field

from extractor.records import Record


class ReadError(Exception):
    """The request itself is wrong: a source that does not exist, or a mapping of unknown fields."""


class Problem(Record):
    file: str
    line: int = Field(0, ge=0)  # from 1; 0 = the file as a whole
    message: str
    skipped: bool = False  # a record is missing from the result because of it
    empty: bool = False  # and it has neither title nor abstract

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}"


class Problems:
    """The problems of one file, as its reader meets them."""

    def __init__(self, file: str):
        self.file = file
        self.found: list[Problem] = []

    def add(self, line: int, message: str) -> None:
        """Something to know: the record was read all the same, or none is known to be lost."""
        self.found.append(Problem(file=self.file, line=line, message=message))

    def skip(self, line: int, message: str) -> None:
        """A record that could not be read."""
        self.found.append(Problem(file=self.file, line=line, message=message, skipped=True))

    def in_order(self) -> list[Problem]:
        return sorted(self.found, key=lambda problem: problem.line)
