"""What every layout makes and every format shows: blocks of cells, each with the claims it shows."""

from dataclasses import dataclass

from extractor.comparison.point import Point

SOURCE = "source"
"""The head of the column that names each row's claim, in blocks of one claim a row."""


@dataclass(frozen=True)
class Cell:
    """`points`: the claims that the cell shows, one text of `shown` each; other cells have `text` alone."""

    text: str = ""
    points: tuple[Point, ...] = ()
    shown: tuple[str, ...] = ()
    best: tuple[bool, ...] = ()  # of each point: it is the best of those it is compared with

    def __post_init__(self):
        if not len(self.points) == len(self.shown) == len(self.best):
            raise ValueError("a cell has a text and a mark for each of its points")


@dataclass(frozen=True)
class Column:
    head: str
    numeric: bool = False


@dataclass(frozen=True)
class Block:
    """A table with a heading. `note`: what a reader must know; `breaks`: rows before which a group ends."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    breaks: frozenset[int] = frozenset()

    @property
    def is_wide(self) -> bool:
        """Whether a row can have many claims, as a pivot's has; else its last column names its one claim."""
        return self.columns[-1].head != SOURCE

    @property
    def points(self) -> list[Point]:
        """Every claim that is shown, once, in reading order."""
        found = {point.entry.id: point for row in self.rows for cell in row for point in cell.points}
        return list(found.values())

    @property
    def texts(self) -> list[str]:
        """What is shown of every claim."""
        return [text for row in self.rows for cell in row for text in cell.shown]


def value_cell(point: Point, shown: str, *, best: bool = False) -> Cell:
    return Cell(points=(point,), shown=(shown,), best=(best,))
