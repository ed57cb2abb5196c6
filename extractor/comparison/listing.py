"""The list: a row a claim, the best first. A table a kind of claim, in it a group of rows for what can be
compared: of changes the same way and unit, of levels and counts the same metric and unit."""

from collections import defaultdict
from collections.abc import Sequence

from extractor.comparison.block import SOURCE, Block, Cell, Column, value_cell
from extractor.comparison.groups import grouped, texts
from extractor.comparison.point import Nature, Point
from extractor.records import Kind

TITLES = {
    Kind.SCORE: "Scores",
    Kind.GAIN: "Gains and losses of quality",
    Kind.SPEEDUP: "Speed: changes",
    Kind.COMPRESSION: "Size: changes",
    Kind.EFFICIENCY: "Other resources: changes",
    Kind.MEASURE: "Speed, size and resources: levels",
    Kind.SCALE: "Sizes of data, models and studies",
    Kind.OTHER: "Other numbers",
}
COLUMNS = (
    Column("value", numeric=True),
    Column("metric"),
    Column("method"),
    Column("over"),
    Column("dataset"),
    Column("condition"),
    Column("sure", numeric=True),
    Column(SOURCE),
)


def listing(points: Sequence[Point], limit: int | None = None) -> list[Block]:
    """A block a kind, in the order of `TITLES`; `limit`: rows a block at most."""
    by_kind: dict[Kind, list[Point]] = defaultdict(list)
    for point in points:
        by_kind[point.entry.kind].append(point)
    return [_block(kind, by_kind[kind], limit) for kind in TITLES if kind in by_kind]


def in_order(points: Sequence[Point]) -> list[Point]:
    """The points as the list shows them, of all kinds."""
    order = list(TITLES)
    groups = _groups(points)
    return sorted(
        (point for group in groups for point in group), key=lambda point: order.index(point.entry.kind)
    )


def _groups(points: Sequence[Point]) -> list[list[Point]]:
    """Of improvements before others, then the largest first."""
    groups = grouped(points, _like).values()
    return sorted(
        groups,
        key=lambda group: (group[0].improves is False, -len(group), group[0].measure.metric, _like(group[0])),
    )


def _like(point: Point) -> tuple[str, ...]:
    measure, entry = point.measure, point.entry
    if measure.nature is Nature.CHANGE:
        return (entry.kind, str(entry.direction or ""), str(point.improves), measure.unit)
    return (entry.kind, measure.metric, measure.unit)


def _block(kind: Kind, points: Sequence[Point], limit: int | None) -> Block:
    rows, breaks, left = [], set(), limit or len(points)
    for group in _groups(points):
        shown = group[:left]
        if shown and rows:
            breaks.add(len(rows))
        rows += [_row(point, text) for point, text in zip(shown, texts(shown), strict=True)]
        left -= len(shown)
        if not left:
            break
    more = len(points) - len(rows)
    note = f"{more} more; --limit {len(points)} shows all" if more else ""
    return Block(f"{TITLES[kind]} ({len(points)})", COLUMNS, tuple(rows), note, frozenset(breaks))


def _row(point: Point, text: str) -> tuple[Cell, ...]:
    entry = point.entry
    metric = f"{entry.name('metric')}{point.measure.arrow}" if entry.name("metric") else ""
    if point.measure.nature is Nature.CHANGE and point.improves is not False:
        metric = entry.name("metric")
    worse = " (worse)" if point.improves is False else ""
    return (
        value_cell(point, text + worse),
        Cell(metric),
        *(Cell(entry.name(slot)) for slot in ("method", "baseline", "dataset", "condition")),
        Cell(f"{entry.confidence:.2f}"),
        Cell(entry.id),
    )
