"""A row of the claims table as a comparison sees it: names merged, units in one spelling, each slot a tuple.
Takes rows, returns `Entry`s. Never converts or judges a number."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from extractor.comparison.names import Names
from extractor.decisions import claim_id
from extractor.export.tables import MULTIPLE, SLOTS, Row
from extractor.normalise import canonical_unit
from extractor.records import MOVES, Direction, Kind, Qualifier, Role
from extractor.rules import Rules


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim. `names` and `written`: slot -> its names, canonical or as written; a slot without any has no
    key. Offsets count in the paper's source (title, newline, abstract)."""

    paper: str
    title: str
    url: str
    text: str
    low: float
    high: float
    unit: str
    kind: Kind
    role: Role
    qualifier: Qualifier
    direction: Direction | None
    sentence: str
    sentence_start: int
    start: int
    end: int
    confidence: float
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    written: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """ "2212.01234:812-816" """
        return claim_id((self.paper, self.start, self.end))

    @property
    def is_change(self) -> bool:
        return self.kind in MOVES

    def name(self, slot: str) -> str:
        """The slot's names in one text, or nothing."""
        return ", ".join(self.names.get(slot, ()))

    def around(self) -> tuple[str, str, str]:
        """The sentence before its value, the value, and the rest."""
        start, end = self.start - self.sentence_start, self.end - self.sentence_start
        return self.sentence[:start], self.sentence[start:end], self.sentence[end:]


def entries(rows: Iterable[Row], rules: Rules, *, merge: bool = True) -> list[Entry]:
    """An entry a row. `merge`: names that differ only in writing are one; else they stay as written."""
    names = Names(rules, merge)
    read = [(row, {slot: _forms(row, slot) for slot in SLOTS}) for row in map(_needed, rows)]
    for _, forms in read:
        for slot, pairs in forms.items():
            names.count(pairs, slot)
    return [_entry(row, forms, names, rules) for row, forms in read]


NEEDED = (
    *("paper", "title", "url", "value", "low", "high", "unit", "kind", "role", "qualifier", "direction"),
    *("sentence", "sentence_start", "value_start", "value_end", "confidence"),
    *(slot + end for slot in SLOTS for end in ("", "_name")),
)


def _needed(row: Row) -> Row:
    return {column: row[column] for column in NEEDED}


def _forms(row: Row, slot: str) -> tuple[tuple[str, str], ...]:
    """(as written, canonical name) of each name in the slot."""
    if slot in MULTIPLE:
        return tuple(zip(row[slot], row[slot + "_name"], strict=True))
    return ((row[slot], row[slot + "_name"] or row[slot]),) if row[slot] else ()


def _entry(row: Row, forms: dict[str, tuple[tuple[str, str], ...]], names: Names, rules: Rules) -> Entry:
    filled = {slot: pairs for slot, pairs in forms.items() if pairs}
    return Entry(
        paper=row["paper"],
        title=row["title"] or "",
        url=row["url"] or "",
        text=row["value"],
        low=row["low"],
        high=row["high"],
        unit=canonical_unit(row["unit"] or "", rules),
        kind=Kind(row["kind"]),
        role=Role(row["role"]),
        qualifier=Qualifier(row["qualifier"]),
        direction=Direction(row["direction"]) if row["direction"] else None,
        sentence=row["sentence"],
        sentence_start=row["sentence_start"],
        start=row["value_start"],
        end=row["value_end"],
        confidence=row["confidence"],
        names={slot: names.shown(pairs, slot) for slot, pairs in filled.items()},
        written={slot: tuple(written for written, _ in pairs) for slot, pairs in filled.items()},
    )
