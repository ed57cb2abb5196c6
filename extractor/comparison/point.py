"""An entry with what it can be compared by: its measure, its number in the common unit, whether it is an
improvement. `Measure` is what must be equal for two numbers to stand in one column."""

from dataclasses import dataclass
from enum import StrEnum

from extractor.comparison.better import WAYS, good_direction, higher_is_better, improves
from extractor.comparison.entry import Entry
from extractor.comparison.scale import Reading, as_meant, as_reported, in_common_unit, ways_back
from extractor.records import Direction, Kind, Role
from extractor.rules import Rules

COUNTS = frozenset({Kind.SCALE, Kind.OTHER})
NO_METRIC = {Kind.SPEEDUP: "speedup", Kind.COMPRESSION: "size"}
"""What a number measures where the text has only a comparative ("faster"); of other kinds that stays open."""

UNNAMED = "(metric not named)"
SAYS_CHANGE = frozenset({"speedup", "compression"})  # metrics that are changes themselves


class Nature(StrEnum):
    """Levels, changes and counts are never compared with each other."""

    LEVEL = "level"
    CHANGE = "change"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured and in which unit. `better`: the way an improvement goes, up for a level that is
    better when higher and for a change that adds to what should be more; None where no rule says it."""

    nature: Nature
    metric: str
    unit: str
    better: Direction | None

    @property
    def name(self) -> str:
        """ "mIoU", "change of FLOPs" """
        change = self.nature is Nature.CHANGE and self.metric not in SAYS_CHANGE
        return f"change of {self.metric}" if change else self.metric

    @property
    def is_named(self) -> bool:
        """Whether it is known what was measured; else two numbers of it may be of different things."""
        return self.metric != UNNAMED

    @property
    def arrow(self) -> str:
        return {Direction.INCREASE: "↑", Direction.DECREASE: "↓"}.get(self.better, "")


@dataclass(frozen=True, slots=True)
class Point:
    """`meant`: the number in its own unit; `common`: in the measure's; `others`: in units that lead there."""

    entry: Entry
    measure: Measure
    meant: Reading
    common: Reading
    others: tuple[Reading, ...]
    improves: bool | None

    def in_unit(self, unit: str) -> Reading | None:
        """The number in this unit, if a rule leads there."""
        readings = (self.meant, self.common, *self.others)
        return next((reading for reading in readings if reading.unit == unit), None)

    @property
    def rank_key(self) -> tuple:
        """Sorts the points of one measure, the best first; then by confidence, then by place. Where the
        better way is not known, the larger first."""
        size = self.common.middle
        if self.measure.nature is Nature.CHANGE:
            size = abs(size) if self.improves is not False else -abs(size)
            known = 1 if self.improves is None else 0
        else:
            size = -size if self.measure.better is Direction.DECREASE else size
            known = 0
        return (known, -size, -self.entry.confidence, self.entry.paper, self.entry.start)

    @property
    def is_result(self) -> bool:
        return self.entry.role is Role.RESULT


def point(entry: Entry, rules: Rules, *, convert: bool = True) -> Point:
    """`convert`: by the rules; else every number stays as reported and units are kept apart."""
    meant = as_meant(entry, rules) if convert else as_reported(entry)
    common = in_common_unit(entry, rules) if convert else meant
    nature = _nature(entry)
    metric = entry.name("metric") or NO_METRIC.get(entry.kind, UNNAMED)
    measure = Measure(nature, metric, common.unit, _better(entry, nature, rules))
    others = tuple(ways_back(entry, common, rules)) if convert else ()
    return Point(entry, measure, meant, common, others, improves(entry, rules) if entry.is_change else None)


def _nature(entry: Entry) -> Nature:
    if entry.is_change:
        return Nature.CHANGE
    return Nature.COUNT if entry.kind in COUNTS else Nature.LEVEL


def _better(entry: Entry, nature: Nature, rules: Rules) -> Direction | None:
    if nature is Nature.CHANGE:
        return good_direction(entry, rules)
    metric = entry.name("metric")
    return WAYS.get(higher_is_better(metric, rules)) if metric and nature is Nature.LEVEL else None
