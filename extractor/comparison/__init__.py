"""Comparison tables of a saved run: lists, pivots and boards, like beside like, each cell with its source.
Takes what `extractor run` left, or one of its claim files; never extracts."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from extractor.comparison.asked import AskedError, one_of, selection_of
from extractor.comparison.layouts import Comparison, Layout, Options, comparison
from extractor.comparison.select import NothingFound, Selection

__all__ = [
    "AskedError",
    "Comparison",
    "Layout",
    "NothingFound",
    "Options",
    "Selection",
    "compare",
    "comparison",
    "one_of",
    "selection_of",
]


def compare(
    run: Path | str,
    layout: str = "list",
    *,
    rows: str = "method",
    columns: str = "dataset",
    at_least: int | None = None,
    merge: bool = True,
    convert: bool = True,
    decisions: bool = True,
    rules: Path | None = None,
    min_confidence: float = 0.0,
    **filters: str | Iterable[str] | None,
) -> pd.DataFrame:
    """`compare("output/", metric="mIoU", dataset=["ADE20K", "COCO"])`: the claims of a run side by side.

    `layout`: "list" (a row a claim, best first; the default), "pivot" (`rows` × `columns`) or "board"
    (rankings by dataset and metric). Filters, each one value or several: kind, metric, dataset, task, method,
    baseline, condition, about, unit, role ("result" unless given, or "all"), qualifier, paper, text. Sources
    of all cells stand in `.attrs["sources"]`. SavedError where there is no run, NothingFound where nothing
    fits, AskedError for an unknown filter or layout.
    """
    options = Options(
        layout=one_of(Layout, layout, "layout"),
        down=rows,
        across=columns,
        at_least=at_least,
        merge=merge,
        convert=convert,
        decisions=decisions,
        rules=rules,
    )
    return comparison(run, selection_of(filters, min_confidence), options).frame
