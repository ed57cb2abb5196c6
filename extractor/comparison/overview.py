"""What a run has to offer, for who has asked for nothing yet: its fullest boards, the first rows of its
lists, and the names that are worth asking for."""

from collections import Counter
from collections.abc import Sequence

from extractor.comparison.block import Block
from extractor.comparison.board import board_blocks, boards
from extractor.comparison.listing import listing
from extractor.comparison.point import Nature, Point

BOARDS = 6
ROWS = 5
NAMES = 6
ASKED_FOR = ("metric", "dataset", "method", "task")


def overview(points: Sequence[Point], limit: int | None = None) -> list[Block]:
    """`limit`: rows of a list at most. Counts are left out, unless there is nothing else."""
    telling = [point for point in points if point.measure.nature is not Nature.COUNT] or list(points)
    return board_blocks(boards(telling)[:BOARDS]) + listing(telling, limit or ROWS)


def worth_asking(points: Sequence[Point]) -> list[str]:
    """A line a slot: "dataset: ImageNet 32, MMLU 10", of names that several claims have."""
    lines = []
    for slot in ASKED_FOR:
        counts = Counter(name for point in points for name in point.entry.names.get(slot, ()))
        often = [f"{name} {count}" for name, count in counts.most_common(NAMES) if count > 1]
        lines += [f"--{slot}: {', '.join(often)}"] if often else []
    return lines
