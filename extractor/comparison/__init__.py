"""Comparison tables of a saved run: lists, pivots and boards, like beside like, each cell with its source.
Takes what `extractor run` left, or one of its claim files; never extracts."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from extractor.comparison.layouts import Comparison, Layout, Options, comparison
from extractor.comparison.select import NothingFound, Selection
from extractor.records import Kind, Qualifier, Role

__all__ = ["Comparison", "Layout", "NothingFound", "Options", "Selection", "compare", "comparison"]

ENUMS = {"kind": Kind, "role": Role, "qualifier": Qualifier}


def compare(
    run: Path | str,
    layout: str | None = None,
    *,
    rows: str = "method",
    columns: str = "dataset",
    at_least: int | None = None,
    merge: bool = True,
    convert: bool = True,
    decisions: bool = True,
    rules: Path | None = None,
    min_confidence: float = 0.0,
    **filters: str | Iterable[str],
) -> pd.DataFrame:
    """`compare("output/", metric="mIoU", dataset=["ADE20K", "COCO"])`: the claims of a run side by side.

    `layout`: "list" (a row a claim, best first; the default), "pivot" (`rows` × `columns`) or "board"
    (rankings by dataset and metric). Filters, each one value or several: kind, metric, dataset, task, method,
    baseline, condition, about, unit, role ("result" unless given), qualifier, paper, text. Sources of all
    cells stand in `.attrs["sources"]`. SavedError where there is no run, NothingFound where nothing fits,
    ValueError for an unknown filter or layout.
    """
    options = Options(
        layout=Layout(layout or Layout.LIST),
        down=rows,
        across=columns,
        at_least=at_least,
        merge=merge,
        convert=convert,
        decisions=decisions,
        rules=rules,
    )
    return comparison(run, selection(min_confidence, filters), options).frame


def selection(min_confidence: float, filters: dict[str, Any]) -> Selection:
    """Filters as given by name, one value or several each. ValueError names the ones there are."""
    known = set(Selection.__dataclass_fields__) - {"min_confidence"}
    if unknown := sorted(set(filters) - known):
        raise ValueError(f"no filter {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    given = {
        name: tuple(ENUMS.get(name, str)(each) for each in ([value] if isinstance(value, str) else value))
        for name, value in filters.items()
    }
    return Selection(min_confidence=min_confidence, **given)
