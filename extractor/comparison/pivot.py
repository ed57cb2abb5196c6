"""The pivot: one slot down, another across, every claim in its cell. A column is one measure of one dataset,
so that what stands in it can be compared; all claims of a cell are shown."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.comparison.asked import AskedError
from extractor.comparison.block import Block, Cell, Column
from extractor.comparison.board import several, value_head
from extractor.comparison.groups import best_of, shown_unit, texts
from extractor.comparison.names import LABELS
from extractor.comparison.point import Measure, Nature, Point

SLOTS = tuple(LABELS)
MARKED = "method"  # named in the cell where it is neither down nor across
ENOUGH = 2


@dataclass(frozen=True)
class PivotColumn:
    """`head`: the name across; `dataset`: of the column, unless it is down or not said."""

    head: str
    dataset: str
    measure: Measure


@dataclass(frozen=True)
class Pivot:
    """`cells`: (row, column) -> its points, the best first. `lacking`: how many claims name nothing for the
    rows or columns; `thin`: how many columns were left out since they have too few rows."""

    down: str
    across: str
    rows: tuple[str, ...]
    columns: tuple[PivotColumn, ...]
    cells: dict[tuple[str, PivotColumn], tuple[Point, ...]]
    lacking: int = 0
    thin: int = 0

    def column(self, column: PivotColumn) -> list[Point]:
        """All points of a column, from the first row to the last."""
        return [point for row in self.rows for point in self.cells.get((row, column), ())]


def pivot(
    points: Sequence[Point], down: str = "method", across: str = "dataset", at_least: int | None = None
) -> Pivot:
    """Rows and columns in order of how many cells they fill. `at_least`: rows that a column must have; None:
    two, or one where no column has two. AskedError if both are the same slot or one is no slot."""
    if down == across or not {down, across} <= set(SLOTS):
        raise AskedError(f"rows {down!r}, columns {across!r}: give two different ones of {', '.join(SLOTS)}")
    cells = _cells(points, down, across)
    rows_of: dict[PivotColumn, set[str]] = defaultdict(set)
    for row, column in cells:
        rows_of[column].add(row)
    if at_least is None:
        at_least = min(ENOUGH, max(map(len, rows_of.values()), default=0))
    columns = {column for column, rows in rows_of.items() if len(rows) >= at_least}
    kept = {place: found for place, found in cells.items() if place[1] in columns}
    filled = Counter(row for row, _ in kept)
    return Pivot(
        down,
        across,
        rows=tuple(sorted(filled, key=lambda row: (-filled[row], row.casefold()))),
        columns=tuple(_together(columns, rows_of)),
        cells={
            place: tuple(sorted(found, key=lambda point: point.rank_key)) for place, found in kept.items()
        },
        lacking=len(points) - len({id(point) for found in cells.values() for point in found}),
        thin=len(rows_of) - len(columns),
    )


def _cells(points: Sequence[Point], down: str, across: str) -> dict[tuple[str, PivotColumn], list[Point]]:
    """Every point in each of its places; one that names nothing for the rows or columns has none."""
    cells: dict[tuple[str, PivotColumn], list[Point]] = defaultdict(list)
    for point in points:
        for row in _names(point, down):
            for column in _columns(point, down, across):
                cells[row, column].append(point)
    return cells


def _names(point: Point, slot: str) -> tuple[str, ...]:
    if slot == "metric":
        return (point.measure.metric,) if point.measure.is_named else ()
    return point.entry.names.get(slot, ())


def _columns(point: Point, down: str, across: str) -> list[PivotColumn]:
    datasets = ("",) if "dataset" in (down, across) else _names(point, "dataset") or ("",)
    return [
        PivotColumn(head, dataset, point.measure) for head in _names(point, across) for dataset in datasets
    ]


def _together(columns: set[PivotColumn], rows_of: dict[PivotColumn, set[str]]) -> list[PivotColumn]:
    """Columns of one head beside each other, the fullest head first, levels before changes."""
    full: dict[str, int] = defaultdict(int)
    for column in columns:
        full[column.head] = max(full[column.head], len(rows_of[column]))
    return sorted(
        columns,
        key=lambda c: (
            -full[c.head],
            c.head.casefold(),
            -len(rows_of[c]),
            c.measure.nature is not Nature.LEVEL,
            c.measure.nature,
            c.dataset,
            c.measure.name,
            c.measure.unit,
            str(c.measure.better),
        ),
    )


def pivot_block(table: Pivot) -> Block:
    """One block, a row a name."""
    shown = {column: _column_cells(table, column) for column in table.columns}
    heads = [Column(table.down), *(Column(head, numeric=True) for head in column_heads(table).values())]
    rows = tuple(
        (Cell(row), *(shown[column].get(row, Cell()) for column in table.columns)) for row in table.rows
    )
    return Block(f"{table.down} × {table.across}", tuple(heads), rows, pivot_note(table))


def column_heads(table: Pivot) -> dict[PivotColumn, str]:
    """ "ADE20K: mIoU, %↑", or with metrics across "mIoU, %↑: ADE20K"; each once, others numbered."""
    heads: dict[PivotColumn, str] = {}
    times: Counter[str] = Counter()
    for column in table.columns:
        head = _head(table, column)
        times[head] += 1
        heads[column] = head if times[head] == 1 else f"{head} ({times[head]})"
    return heads


def _head(table: Pivot, column: PivotColumn) -> str:
    points = table.column(column)
    if table.across == "metric":
        return ": ".join(filter(None, (value_head(column.measure, points), column.dataset)))
    if table.down == "metric":
        unit = shown_unit(points)
        return ": ".join(filter(None, (column.head, column.dataset, unit)))
    return ": ".join(filter(None, (column.head, column.dataset, value_head(column.measure, points))))


def _column_cells(table: Pivot, column: PivotColumn) -> dict[str, Cell]:
    """Row -> its cell; the best of the column is marked, of each cell where rows are datasets or metrics."""
    points = table.column(column)
    text = dict(zip(map(id, points), texts(points), strict=True))
    cells = {row: table.cells[row, column] for row in table.rows if (row, column) in table.cells}
    scopes = cells.values() if table.down in ("dataset", "metric") else [points]
    if not column.dataset and "dataset" not in (table.down, table.across):
        scopes = [[point] for point in points]  # of unnamed datasets nothing is best
    best = {id(p): mark for scope in scopes for p, mark in zip(scope, best_of(list(scope)), strict=True)}
    return {
        row: Cell(
            points=mine,
            shown=tuple(text[id(point)] + _whose(point, table) + several(point) for point in mine),
            best=tuple(best[id(point)] for point in mine),
        )
        for row, mine in cells.items()
    }


def _whose(point: Point, table: Pivot) -> str:
    name = point.entry.name(MARKED)
    return f" {name}" if name and MARKED not in (table.down, table.across) else ""


def pivot_note(table: Pivot) -> str:
    notes = []
    if table.lacking:
        notes.append(f"{table.lacking} claims name no {table.down} or no {table.across}.")
    if table.thin:
        notes.append(f"{table.thin} more columns have too few rows; --at-least 1 shows them.")
    return " ".join(notes)
