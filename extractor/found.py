"""What the finders and the linker hand on, before records are made: offsets count in the CLEAN text.
Plain frozen dataclasses, cheap to make; `pipeline.py` maps them to the source and makes records of them."""

from dataclasses import dataclass, field

from extractor.records import Direction, Kind, Label, Qualifier, Role


@dataclass(frozen=True, slots=True)
class FoundQuantity:
    """A quantity at `text[start:end]` of the clean text, as `records.Quantity` describes it."""

    start: int
    end: int
    low: float
    high: float
    unit: str = ""
    qualifier: Qualifier = Qualifier.EXACT
    cue: tuple[int, int] | None = None  # where the qualifier stands
    setting: str = (
        ""  # id of the rule that takes it for a setting, a name or a date; "" = may well be a claim
    )
    origin: tuple[str, ...] = ()  # ids of the rules that took part


@dataclass(frozen=True, slots=True)
class FoundMention:
    """A name in the clean text. `rules`: ids of the rules (or "model") that found it."""

    start: int
    end: int
    label: Label
    proposed: bool = False
    rules: tuple[str, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class FoundSlot:
    """The span that fills a slot. `inferred`: the words it was reached from ("our method"), if not itself."""

    start: int
    end: int
    inferred: str = ""


@dataclass(frozen=True, slots=True)
class FoundClaim:
    """A quantity that is a claim, by its clean-text span, with all that was decided about it.
    `origin`: "field:rule id" or "field:model", a decision each, in the order they were taken."""

    start: int
    end: int
    kind: Kind
    role: Role
    qualifier: Qualifier = Qualifier.EXACT
    direction: Direction | None = None
    metric: FoundSlot | None = None
    method: FoundSlot | None = None
    task: FoundSlot | None = None
    condition: FoundSlot | None = None
    baseline: tuple[FoundSlot, ...] = ()
    dataset: tuple[FoundSlot, ...] = ()
    confidence: float = 1.0
    origin: tuple[str, ...] = field(default=())
