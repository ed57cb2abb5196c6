"""The boards: for each dataset and measure that several methods report on, their ranking."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor.comparison.block import SOURCE, Block, Cell, Column, value_cell
from extractor.comparison.groups import best_of, grouped, ranks, shown_unit, strength, texts
from extractor.comparison.point import Measure, Nature, Point

UNNAMED = "(method not named)"
METHODS = 2  # a ranking needs so many


@dataclass(frozen=True)
class Board:
    """`points`: the best first; `ranks`: 1 for the best, equal for ties, None for what isn't ranked (numbers
    that aren't the paper's own result, changes for the worse, any where the better way isn't known)."""

    dataset: str
    measure: Measure
    points: tuple[Point, ...]
    ranks: tuple[int | None, ...]

    @property
    def methods(self) -> int:
        return len({method for point in self.points for method in point.entry.names.get("method", ())})


def boards(points: Sequence[Point], at_least: int = METHODS) -> list[Board]:
    """Every board with `at_least` so many methods: rankings before unranked, those of most methods first.
    A claim about several datasets stands on the board of each; counts, and numbers whose metric isn't named,
    have none."""
    pairs = [
        (dataset, point)
        for point in points
        if point.measure.nature is not Nature.COUNT and point.measure.is_named
        for dataset in point.entry.names.get("dataset", ())
    ]
    by_dataset: dict[str, list[Point]] = {}
    for dataset, point in pairs:
        by_dataset.setdefault(dataset, []).append(point)
    found = [
        _board(dataset, measure, group)
        for dataset, mine in by_dataset.items()
        for measure, group in grouped(mine, lambda point: point.measure).items()
    ]
    kept = [board for board in found if board.methods >= at_least]
    return sorted(kept, key=_usefulness)


def _usefulness(board: Board) -> tuple:
    level = board.measure.nature is Nature.LEVEL
    ranked = sum(rank is not None for rank in board.ranks)
    return (ranked < METHODS, -board.methods, not level, board.dataset, board.measure.metric)


def _board(dataset: str, measure: Measure, points: Sequence[Point]) -> Board:
    return Board(dataset, measure, tuple(points), tuple(_places(points)))


def _places(points: Sequence[Point]) -> Iterator[int | None]:
    """Of points with the best first: who ties has the same place, who isn't ranked none."""
    count, last = 0, None
    for point in points:
        if not ranks(point):
            yield None
            continue
        count += 1
        if last is None or strength(last[0]) != strength(point):
            last = point, count
        yield last[1]


def board_blocks(found: Sequence[Board]) -> list[Block]:
    return [_block(board) for board in found]


def _block(board: Board) -> Block:
    points = board.points
    slots = [slot for slot in ("baseline", "condition") if any(point.entry.name(slot) for point in points)]
    heads = {"baseline": "over", "condition": "condition"}
    columns = (
        Column("rank", numeric=True),
        Column("method"),
        Column(value_head(board.measure, points), numeric=True),
        *(Column(heads[slot]) for slot in slots),
        Column("sure", numeric=True),
        Column(SOURCE),
    )
    rows = tuple(
        (
            Cell("" if rank is None else str(rank)),
            Cell(point.entry.name("method") or UNNAMED),
            value_cell(point, text + several(point), best=best),
            *(Cell(point.entry.name(slot)) for slot in slots),
            Cell(f"{point.entry.confidence:.2f}"),
            Cell(point.entry.id),
        )
        for rank, point, text, best in zip(board.ranks, points, texts(points), best_of(points), strict=True)
    )
    title = f"{board.dataset}: {value_head(board.measure, points).rstrip('↑↓')}"
    return Block(title, columns, rows, way_note(board.measure))


def value_head(measure: Measure, points: Sequence[Point]) -> str:
    """ "mIoU, %↑" """
    unit = shown_unit(points)
    return f"{measure.name}{', ' if unit else ''}{unit}{measure.arrow}"


def several(point: Point) -> str:
    """A mark for one number that stands for several datasets."""
    count = len(point.entry.names.get("dataset", ()))
    return f" (for {count} datasets)" if count > 1 else ""


def way_note(measure: Measure) -> str:
    if measure.better is None:
        return "No rule says which way is better, so nothing is ranked."
    if measure.nature is Nature.CHANGE:
        return "Changes against different baselines: the order says less than that of levels."
    return ""
