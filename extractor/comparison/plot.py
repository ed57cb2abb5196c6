"""A comparison drawn: a dot a claim, grouped as the tables are, a line for a range, an arrow for a bound, a
hollow dot for a number that isn't the paper's own result. Needs matplotlib (`pip install
'claim-extractor[plot]'`)."""

import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from extractor.comparison.block import Block
from extractor.comparison.groups import shown_unit
from extractor.comparison.layouts import Comparison
from extractor.comparison.point import Nature, Point
from extractor.export import OutputError
from extractor.records import Direction, Kind, Qualifier

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAWN = {".svg": "svg", ".png": "png", ".pdf": "pdf"}
ROWS = 60  # of a panel; more are left out, and it says so
WIDTH = 9.0  # inches
ROW = 0.24
FRAME = 0.95  # inches of a panel without rows
LABEL = 58  # characters
ROOM = 0.45  # of the axis, right of the largest number, for its text
LOGARITHMIC = 30  # from so many times the smallest to the largest
COLORS = {
    Kind.SCORE: "#1f5fa8",
    Kind.MEASURE: "#1f5fa8",
    Kind.GAIN: "#2a7f3f",
    Kind.SPEEDUP: "#b4531a",
    Kind.COMPRESSION: "#7b3fa0",
    Kind.EFFICIENCY: "#0f7c80",
}
ARROWS = {Qualifier.UP_TO: "<", Qualifier.AT_MOST: "<", Qualifier.AT_LEAST: ">"}
"""Which way the true value may lie from a bound."""
TURNED = frozenset({"conversion.share_left", "conversion.share_reached", "conversion.fraction_left"})
"""Conversions that make a small number of a large one: at most 2 % left is at least 50 times less."""


@dataclass(frozen=True)
class Panel:
    """Rows with one axis: (label, point, what the table shows of it). `unit`: in which all are drawn."""

    title: str
    rows: tuple[tuple[str, Point, str], ...]
    unit: str
    left_out: int = 0

    def extent(self, point: Point) -> tuple[float, float]:
        """From where to where the point reaches on the axis; a change by its size, whichever way."""
        reading = point.in_unit(self.unit) or point.meant
        if point.measure.nature is not Nature.CHANGE:
            return reading.low, reading.high
        low, high = sorted((abs(reading.low), abs(reading.high)))
        return low, high

    @property
    def points(self) -> list[Point]:
        return [point for _, point, _ in self.rows]


def panels(comparison: Comparison) -> list[Panel]:
    """The blocks' claims by unit and way, in the order of the tables."""
    return [panel for block in comparison.blocks for panel in _panels(block)]


def _panels(block: Block) -> Iterator[Panel]:
    groups: dict[tuple, list[tuple[str, Point, str]]] = defaultdict(list)
    for row in block.rows:
        for cell, column in zip(row, block.columns, strict=True):
            for point, text in zip(cell.points, cell.shown, strict=True):
                head = column.head if block.is_wide else ""
                groups[_axis(point, head)].append((_label(point, block, row[0].text), point, text))
    for (_, _, way, head), rows in groups.items():
        points = [point for _, point, _ in rows]
        unit = shown_unit(points)
        title = head or block.title
        names_unit = block.columns[0].head == "rank"  # in its title
        said = ", ".join(filter(None, ("" if names_unit else {"x": "times"}.get(unit, unit), way)))
        heading = title if head or not said else f"{title} [{said}]"
        yield Panel(heading, tuple(rows[:ROWS]), unit, len(rows) - ROWS)


def _axis(point: Point, head: str) -> tuple[Nature, str, str, str]:
    way = ""
    if point.measure.nature is Nature.CHANGE:
        way = {Direction.INCREASE: "more", Direction.DECREASE: "less"}.get(point.entry.direction, "")
    return (point.measure.nature, point.measure.unit, way, head)


def _label(point: Point, block: Block, first: str) -> str:
    entry = point.entry
    if block.is_wide:
        return _cut(first)
    board = block.columns[0].head == "rank"
    slots = ("method", "condition") if board else ("metric", "method", "dataset")
    return _cut(" · ".join(filter(None, map(entry.name, slots))) or entry.id)


def _cut(label: str) -> str:
    label = " ".join(label.replace("$", r"\$").split())
    return label if len(label) <= LABEL else label[: LABEL - 1] + "…"


def draw(comparison: Comparison, file: IO[bytes], form: str) -> None:
    """Writes the picture as `form` ("svg", "png", "pdf"). OutputError without matplotlib."""
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise OutputError("a plot needs matplotlib; pip install 'claim-extractor[plot]'") from error
    drawn = panels(comparison)
    heights = [FRAME + ROW * len(panel.rows) for panel in drawn]
    style = {"svg.fonttype": "none", "svg.hashsalt": "claims", "font.size": 9, "axes.unicode_minus": True}
    with matplotlib.rc_context(style), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a sign without a picture becomes a box
        figure = Figure(figsize=(WIDTH, sum(heights)), layout="constrained")
        axes = figure.subplots(len(drawn), 1, squeeze=False, height_ratios=heights)
        for panel, (ax,) in zip(drawn, axes, strict=True):
            _draw_panel(panel, ax)
        metadata = {"Date": None} if form == "svg" else {"CreationDate": None} if form == "pdf" else None
        figure.savefig(file, format=form, dpi=140, metadata=metadata)


def _draw_panel(panel: Panel, ax: "Axes") -> None:
    title = panel.title + (f", first {ROWS} of {ROWS + panel.left_out}" if panel.left_out > 0 else "")
    ax.set_title(title.replace("$", r"\$"), loc="left", fontsize=10, fontweight="bold")
    for at, (_, point, text) in enumerate(panel.rows):
        _draw_point(panel, point, text.replace("$", r"\$"), at, ax)
    ax.set_yticks(range(len(panel.rows)), [label for label, _, _ in panel.rows])
    ax.set_ylim(len(panel.rows) - 0.4, -0.6)
    _set_scale(panel, ax)
    ax.grid(axis="x", color="#dddddd", linewidth=0.7)
    ax.set_axisbelow(True)
    ax.tick_params(length=0)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)


def _set_scale(panel: Panel, ax: "Axes") -> None:
    """Logarithmic where the numbers differ by much; from zero for changes and for a number alone."""
    values = [each for point in panel.points for each in panel.extent(point)]
    low, high = min(values), max(values)
    if low > 0 and high / low >= LOGARITHMIC:
        ax.set_xscale("log")
        ax.set_xlim(low / 1.6, high * (high / low) ** ROOM)
        return
    alone = low == high
    changes = panel.points[0].measure.nature is Nature.CHANGE
    start = 0 if low >= 0 < high and (changes or alone) else low - 0.12 * (high - low or 1)
    ax.set_xlim(start, high + ROOM * (high - start or 1))
    ax.locator_params(axis="x", nbins=7)


def _draw_point(panel: Panel, point: Point, text: str, at: int, ax: "Axes") -> None:
    low, high = panel.extent(point)
    color = COLORS.get(point.entry.kind, "#444444")
    if low != high:
        ax.plot([low, high], [at, at], color=color, linewidth=3, solid_capstyle="butt", alpha=0.5)
    fill = color if point.is_result else "white"
    marker = ARROWS.get(point.entry.qualifier, "o")
    if point.meant.rule in TURNED:
        marker = {"<": ">", ">": "<"}.get(marker, marker)
    ax.plot((low + high) / 2, at, marker, color=color, markerfacecolor=fill, markersize=6)
    ax.annotate(
        text, (high, at), xytext=(7, 0), textcoords="offset points", va="center", fontsize=8, color="#333333"
    )
