"""A comparison as CSV and JSON, for programs and spreadsheets: every value with the claim it comes from."""

import csv
import io
import json
from typing import Any

import pandas as pd

from extractor.comparison.block import Block, Cell
from extractor.comparison.frames import point_row
from extractor.comparison.layouts import Comparison, Layout
from extractor.comparison.notes import Notes
from extractor.export.csv import to_cell
from extractor.export.tables import Cell as Kept


def as_csv(comparison: Comparison) -> str:
    """Lists and boards: a row a claim, its source in the last columns. A pivot: behind each column one with
    the claims of its cells and their sentences. An overview is written as the list of all its claims."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    if comparison.layout is Layout.PIVOT:
        (block,) = comparison.blocks
        lines.writerows(_pivot_lines(block, Notes(comparison)))
    else:
        lines.writerow(comparison.frame.columns)
        lines.writerows(map(_text, row) for row in comparison.frame.itertuples(index=False, name=None))
    return text.getvalue()


def _pivot_lines(block: Block, notes: Notes):
    first, *others = (column.head for column in block.columns)
    yield [_text(first), *(_text(head) for each in others for head in (each, f"{each} (source)"))]
    for name, *cells in block.rows:
        yield [_text(name.text), *(_text(text) for cell in cells for text in _with_source(cell, notes))]


def _with_source(cell: Cell, notes: Notes) -> tuple[str, str]:
    found = [note for _, _, note in notes.of_cell(cell)]
    sources = [f"{note.entry.id} {note.before}{note.value}{note.after}" for note in found]
    return "; ".join(cell.shown), " | ".join(sources)


def _text(value: Any) -> str:
    """Guarded as every CSV of the program is."""
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float):
        return to_cell(value, Kept.NUMBER)
    return to_cell(value, Kept.TEXT) if isinstance(value, str) else str(value)


def as_json(comparison: Comparison) -> str:
    """`tables`: the blocks as shown, claims by their ids; `claims`: all that is known of each of them."""
    content = {
        "layout": comparison.layout.value,
        "tables": [_block(block) for block in comparison.blocks],
        "claims": {point.entry.id: point_row(point) for point in comparison.shown},
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _block(block: Block) -> dict[str, Any]:
    return {
        "title": block.title,
        "note": block.note,
        "columns": [column.head for column in block.columns],
        "rows": [[_cell(cell) for cell in row] for row in block.rows],
    }


def _cell(cell: Cell) -> Any:
    if not cell.points:
        return cell.text
    return [
        {"text": text, "claim": point.entry.id, "best": best}
        for point, text, best in zip(cell.points, cell.shown, cell.best, strict=True)
    ]
