"""Layouts as DataFrames: numbers as numbers, and with every row the place it comes from. The sources of a
pivot's cells stand in `.attrs["sources"]`."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from extractor.comparison.board import Board
from extractor.comparison.pivot import Pivot, column_heads
from extractor.comparison.point import Nature, Point
from extractor.comparison.values import value_text
from extractor.export.tables import SLOTS

SOURCE = ("paper", "title", "url", "sentence", "sentence_start", "start", "end", "id")
"""Where a row comes from: `start` to `end` are the value's characters in the paper's source (title, newline,
abstract), and `sentence` begins at `sentence_start`."""


def point_row(point: Point) -> dict[str, Any]:
    """A claim: as shown, as printed, as numbers in its own unit and in the common one, and its source."""
    entry, common = point.entry, point.common
    return {
        "value": value_text(point),
        "printed": entry.text,
        "low": entry.low,
        "high": entry.high,
        "unit": entry.unit,
        "common_low": common.low,
        "common_high": common.high,
        "common_unit": common.unit,
        "conversion": common.rule,
        "kind": entry.kind.value,
        "nature": point.measure.nature.value,
        "role": entry.role.value,
        "qualifier": entry.qualifier.value,
        "direction": entry.direction.value if entry.direction else "",
        "better": _better(point),
        **{slot: "; ".join(entry.names.get(slot, ())) for slot in SLOTS},
        "confidence": entry.confidence,
        **{field: getattr(entry, field) for field in SOURCE},
    }


def _better(point: Point) -> str:
    """Of a level which way is better, of a change whether it is for the better."""
    if point.measure.nature is Nature.CHANGE:
        return {True: "improved", False: "worsened", None: ""}[point.improves]
    return {"↑": "higher", "↓": "lower", "": ""}[point.measure.arrow]


def list_frame(points: Iterable[Point]) -> pd.DataFrame:
    """A row a claim, in the order given."""
    rows = [point_row(point) for point in points]
    return _with_sources(pd.DataFrame(rows), rows)


def board_frame(boards: Sequence[Board]) -> pd.DataFrame:
    """A row a place: board by board, `board_dataset`, `board_metric`, `rank` first. `rank` is missing where
    nothing is ranked."""
    rows = [
        {
            "board_dataset": board.dataset,
            "board_metric": board.measure.name,
            "board_unit": board.measure.unit,
            "rank": rank,
            **point_row(point),
        }
        for board in boards
        for rank, point in zip(board.ranks, board.points, strict=True)
    ]
    frame = pd.DataFrame(rows)
    return _with_sources(frame.astype({"rank": "Int64"}), rows)


def pivot_frame(table: Pivot) -> pd.DataFrame:
    """Rows and columns as shown, texts in the cells; `.attrs["sources"]` has a row a claim and cell, with
    `row` and `column`."""
    heads = column_heads(table)
    cells = {
        head: [_cell_text(table.cells.get((row, column), ())) for row in table.rows]
        for column, head in heads.items()
    }
    frame = pd.DataFrame(cells, index=pd.Index(table.rows, name=table.down), columns=list(heads.values()))
    rows = [
        {"row": row, "column": heads[column], **point_row(point)}
        for (row, column), points in table.cells.items()
        for point in points
    ]
    return _with_sources(frame, rows)


def _cell_text(points: Sequence[Point]) -> str:
    return "; ".join(value_text(point) for point in points)


def _with_sources(frame: pd.DataFrame, rows: list[dict[str, Any]]) -> pd.DataFrame:
    keys = ("row", "column", "id", "value", *SOURCE)
    frame.attrs["sources"] = [{key: row[key] for key in keys if key in row} for row in rows]
    return frame
