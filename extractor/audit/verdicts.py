"""What a verdict is: the records that `extractor check` gives, and the words for them. Never judges."""

from enum import StrEnum

from pydantic import Field

from extractor.records import Record


class State(StrEnum):
    """What the source says of a cell: the same, another thing, or nothing."""

    OK = "ok"
    WRONG = "wrong"
    MISSING = "missing"


class Judgement(StrEnum):
    """contradicted: the source has the same thing with another number, or the number with another owner."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    PARTLY = "partly"
    NOT_FOUND = "not_found"


class Passage(Record):
    """A piece of a paper that speaks for or against a row: `text` is what stands at `start` to `end`."""

    paper: str
    start: int
    end: int
    text: str


class Verdict(Record):
    """`row`: from 1. `cells`: the row's filled cells, by the table's own columns. `evidence`: the sentence
    first, then the number, then the names. `reason`: a plain sentence. `made_up`: the quote stands in no
    paper."""

    row: int
    verdict: Judgement
    cells: dict[str, State] = Field(default_factory=dict)
    evidence: tuple[Passage, ...] = ()
    reason: str = ""
    made_up: bool = Field(default=False, exclude=True)  # no output has a column for it
