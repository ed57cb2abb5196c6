"""Points -> groups of like ones: equal in measure, so that their numbers may stand in one column."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from extractor.comparison.point import Nature, Point
from extractor.comparison.values import value_text

Key = TypeVar("Key", bound=Hashable)


def grouped(points: Iterable[Point], key: Callable[[Point], Key]) -> dict[Key, list[Point]]:
    """The points under each key, the best first."""
    found: dict[Key, list[Point]] = defaultdict(list)
    for point in points:
        found[key(point)].append(point)
    return {each: sorted(group, key=lambda point: point.rank_key) for each, group in found.items()}


def texts(points: Sequence[Point]) -> list[str]:
    """Each point's text as it stands in a column of these points."""
    unit = shown_unit(points)
    return [value_text(point, unit) for point in points]


def shown_unit(points: Sequence[Point]) -> str:
    """The unit of a column of these points of one measure, "" for bare numbers: the one that most are
    reported in, if a rule leads there from all, else the measure's."""
    counts = Counter(point.meant.unit for point in points)
    most = max(counts, key=lambda unit: (counts[unit], unit == points[0].measure.unit))
    return most if all(point.in_unit(most) for point in points) else points[0].measure.unit


def best_of(points: Sequence[Point]) -> list[bool]:
    """Which of these points of one measure is the best: the paper's own result, by a known way; ties all.
    Nothing is best of one, nor where a change is for the worse."""
    ranked = [point for point in points if ranks(point)]
    if len(ranked) < 2:
        return [False] * len(points)
    top = min(strength(point) for point in ranked)
    return [ranks(point) and strength(point) == top for point in points]


def ranks(point: Point) -> bool:
    """Whether the point can be the best: a result, of one dataset at most, of a named measure whose better
    way is known, and no worsening."""
    known = point.measure.better is not None and point.measure.is_named
    if point.measure.nature is Nature.CHANGE:
        known = point.improves is True and point.measure.is_named
    return point.is_result and known and len(point.entry.names.get("dataset", ())) < 2


def strength(point: Point) -> tuple:
    """Equal for ties, smaller for the better."""
    return point.rank_key[:2]
