"""`Finding`: one thing that is wrong, or may be, at one place of one paper."""

from collections.abc import Iterator
from enum import StrEnum

from extractor.records import Record


class Severity(StrEnum):
    """error: the record contradicts its source or itself. warning: it very likely does. note: worth a
    look."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(Record):
    """`start`, `end`: the span, in the paper's source, of the value of the claim concerned, or of the
    mention; 0, 0 where it is about the paper or a file. `check`: which one found it. `message`: a plain
    sentence."""

    paper: str
    start: int
    end: int
    severity: Severity
    check: str
    message: str


Findings = Iterator[Finding]
