"""What is read and what is extracted, as frozen records: Paper, Mention, Quantity, Slot, Claim, Extraction.
A record that breaks a rule of its kind can't be made: spans lie inside the text, `source[start:end] == text`,
`low <= high`, both finite, a direction only where something moved. Never touches files or spaCy."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

RECORD_VERSION = "1"
"""Another one where a field goes or changes its meaning; a field with a default may be added without."""


class Label(StrEnum):
    """What a mention names."""

    METHOD = "METHOD"
    DATASET = "DATASET"
    METRIC = "METRIC"
    TASK = "TASK"


class Kind(StrEnum):
    """What a number says. Those in `MOVES` are changes, the others levels or counts."""

    SCORE = "score"
    GAIN = "gain"
    SPEEDUP = "speedup"
    COMPRESSION = "compression"
    EFFICIENCY = "efficiency"
    MEASURE = "measure"
    SCALE = "scale"
    OTHER = "other"


class Role(StrEnum):
    """Whose number it is: the paper's outcome, a value it is set against, or the world's."""

    RESULT = "result"
    REFERENCE = "reference"
    BACKGROUND = "background"


class Qualifier(StrEnum):
    EXACT = "exact"
    UP_TO = "up_to"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    APPROX = "approx"
    AVERAGE = "average"


class Direction(StrEnum):
    INCREASE = "increase"
    DECREASE = "decrease"


MOVES = frozenset({Kind.GAIN, Kind.SPEEDUP, Kind.COMPRESSION, Kind.EFFICIENCY})
"""The kinds that are changes and so have a direction; the other kinds never do."""

UNFIT_UNITS = {
    Kind.SCALE: frozenset({"%", "points"}),  # a count or an extent is never a share
    Kind.MEASURE: frozenset({"points"}),
    Kind.SPEEDUP: frozenset({"points"}),
    Kind.COMPRESSION: frozenset({"points"}),
    Kind.EFFICIENCY: frozenset({"points"}),
}
"""Units that a kind can't have."""

Confidence = Annotated[float, Field(ge=0, le=1)]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Place(Record):
    """Where a paper stood: the file's name as given, and its first line there (from 1; 0 = no lines)."""

    file: str
    line: int = Field(0, ge=0)


class Paper(Record):
    """A title and an abstract as read, with whatever else the source gave. Offsets count in `source`."""

    id: str = Field(min_length=1)
    title: str = ""
    abstract: str = ""
    places: tuple[Place, ...] = ()
    date: str = ""  # ISO 8601 as far as known: "2022-12-08", "2022-12", "03-11" (a page that gives no year)
    authors: tuple[str, ...] = ()
    author_count: int | None = Field(None, ge=0)
    venue: str = ""
    url: str = ""
    doi: str = ""

    @cached_property
    def source(self) -> str:
        """The text that every offset counts in: title, newline, abstract."""
        return f"{self.title}\n{self.abstract}"


class Span(Record):
    """Characters `start` to `end` of `Paper.source`, as Python string indices."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)

    @model_validator(mode="after")
    def _in_order(self):
        if self.end < self.start:
            raise ValueError(f"span ends at {self.end}, before its start at {self.start}")
        return self


class Slot(Span):
    """A written form, `source[start:end]`, and its canonical `name`."""

    text: str = Field(min_length=1)
    name: str = ""  # canonical; equals `text` where no rule and no alias knows better
    inferred: str = ""  # from which words it was reached where the sentence has only those: "our method"

    @model_validator(mode="after")
    def _as_long_as_its_text(self):
        if self.end - self.start != len(self.text):
            raise ValueError(f"span {self.start}-{self.end} is not as long as its text {self.text!r}")
        return self


class Mention(Slot):
    """A name in the text. `proposed`: the paper introduces it. `origin`: rule ids and models at work."""

    label: Label
    proposed: bool = False
    confidence: Confidence = 1.0
    origin: tuple[str, ...] = ()


class Quantity(Span):
    """A number as written, with its unit or multiplier: "4.86x", "25-50\\%", "1.4 trillion", "twice"."""

    text: str = Field(min_length=1)
    low: float  # in the written unit; equals `high` unless a range
    high: float
    unit: str = ""  # "%", "x", "points", else as written ("ms", "FPS", "$"); "" = a bare number

    @model_validator(mode="after")
    def _consistent(self):
        if self.end - self.start != len(self.text):
            raise ValueError(f"span {self.start}-{self.end} is not as long as its text {self.text!r}")
        if not self.low <= self.high:
            raise ValueError(f"low {self.low} is above high {self.high} in {self.text!r}")
        return self


class Claim(Record):
    """A number that the paper reports, with what it means."""

    value: Quantity
    kind: Kind
    role: Role
    qualifier: Qualifier = Qualifier.EXACT
    direction: Direction | None = None
    metric: Slot | None = None
    method: Slot | None = None
    task: Slot | None = None
    condition: Slot | None = None
    baseline: tuple[Slot, ...] = ()
    dataset: tuple[Slot, ...] = ()
    sentence: Span
    confidence: Confidence = 1.0  # that the row is right: value, kind, role, metric, method and dataset
    origin: tuple[str, ...] = ()  # "field:rule id" or "field:model", in the order decided

    @model_validator(mode="after")
    def _consistent(self):
        if self.direction is not None and self.kind not in MOVES:
            raise ValueError(f"a {self.kind} has no direction, but {self.value.text!r} got {self.direction}")
        if self.value.unit in UNFIT_UNITS.get(self.kind, ()):
            raise ValueError(f"a {self.kind} can't be in {self.value.unit!r}: {self.value.text!r}")
        if not (self.sentence.start <= self.value.start and self.value.end <= self.sentence.end):
            raise ValueError(f"value {self.value.text!r} lies outside its sentence")
        return self

    def slots(self) -> list[tuple[str, Slot]]:
        """All filled slots as (field, slot), baselines and datasets one by one."""
        one = [(f, getattr(self, f)) for f in ("metric", "method", "task", "condition") if getattr(self, f)]
        return one + [("baseline", s) for s in self.baseline] + [("dataset", s) for s in self.dataset]


class Extraction(Record):
    """A paper with everything found in it. `aliases`: groups of written forms that name one thing.
    `language`: of the abstract, ISO 639-1, "" where it can't be said."""

    version: str = RECORD_VERSION
    paper: Paper
    language: str = Field("en", pattern="^([a-z]{2})?$")
    mentions: tuple[Mention, ...] = ()
    aliases: tuple[tuple[str, ...], ...] = ()
    claims: tuple[Claim, ...] = ()

    @model_validator(mode="after")
    def _grounded(self):
        source = self.paper.source
        spans = [*self.mentions, *(c.value for c in self.claims)]
        spans += [slot for c in self.claims for _, slot in c.slots()]
        for span in spans:
            if source[span.start : span.end] != span.text:
                at = f"paper {self.paper.id!r}, {span.start}-{span.end}"
                found = source[span.start : span.end]
                raise ValueError(f"{at}: source has {found!r}, record says {span.text!r}")
        if any(c.sentence.end > len(source) for c in self.claims):
            raise ValueError(f"paper {self.paper.id!r}: a sentence ends after the text does")
        return self
