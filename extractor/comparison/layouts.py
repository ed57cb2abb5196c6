"""A run, a selection and a layout -> a `Comparison`: blocks for every format, and a DataFrame. This is what
`extractor compare` shows, and `extractor.compare` returns the frame of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pandas as pd

from extractor.comparison import frames
from extractor.comparison.block import Block
from extractor.comparison.board import METHODS, board_blocks, boards
from extractor.comparison.entry import Entry, entries
from extractor.comparison.listing import in_order, listing
from extractor.comparison.overview import overview, worth_asking
from extractor.comparison.pivot import pivot, pivot_block
from extractor.comparison.point import Point, point
from extractor.comparison.select import NothingFound, Selection, select
from extractor.rules import Rules, load_rules
from extractor.saved import claim_rows_of


class Layout(StrEnum):
    LIST = "list"
    PIVOT = "pivot"
    BOARD = "board"
    OVERVIEW = "overview"


@dataclass(frozen=True)
class Options:
    """How to compare. `layout` None: a list of what was selected, or an overview where nothing was asked for.
    `merge`: names that differ only in writing are one; `convert`: units by the rules; `decisions`: apply what
    people decided about a run; `limit`: rows a table, None for all (of an overview, a few)."""

    layout: Layout | None = None
    down: str = "method"
    across: str = "dataset"
    at_least: int | None = None
    limit: int | None = None
    merge: bool = True
    convert: bool = True
    decisions: bool = True
    rules: Path | None = None


@dataclass(frozen=True)
class Comparison:
    """`points`: all that was selected; `blocks`: what is shown; `frame`: the same as a table for programs."""

    layout: Layout
    points: tuple[Point, ...]
    blocks: tuple[Block, ...]
    frame: pd.DataFrame
    hints: tuple[str, ...] = field(default=())

    @property
    def shown(self) -> list[Point]:
        """Every claim that a block shows, once."""
        return list({point.entry.id: point for block in self.blocks for point in block.points}.values())


def comparison(source: Path | str, selection: Selection, options: Options = Options()) -> Comparison:
    """Reads the run at `source` and lays out what was selected. SavedError where there is no run, RuleError
    for a wrong rule file, NothingFound where nothing fits, AskedError for slots that a pivot can't have."""
    rules = load_rules(options.rules)
    rows = claim_rows_of(Path(source), decisions=options.decisions)
    chosen = select(entries(rows, rules, merge=options.merge), selection, rules)
    layout = options.layout or (Layout.LIST if selection.narrows else Layout.OVERVIEW)
    return lay_out(_points(chosen, rules, options.convert), layout, options)


def _points(chosen: Sequence[Entry], rules: Rules, convert: bool) -> list[Point]:
    return [point(entry, rules, convert=convert) for entry in chosen]


def lay_out(points: Sequence[Point], layout: Layout, options: Options) -> Comparison:
    """The points in a layout. NothingFound where there is nothing that it could show."""
    match layout:
        case Layout.BOARD:
            found = boards(points, options.at_least or METHODS)
            if not found:
                raise NothingFound(
                    "no dataset and metric has numbers of several methods; see --layout list, or --at-least 1"
                )
            blocks, frame = board_blocks(found), frames.board_frame(found)
        case Layout.PIVOT:
            table = pivot(points, options.down, options.across, options.at_least)
            if not table.rows:
                raise NothingFound(
                    f"no claim names both a {options.down} and a {options.across}, or not often enough; "
                    "see --layout list, or --at-least 1"
                )
            blocks, frame = [pivot_block(table)], frames.pivot_frame(table)
        case Layout.LIST:
            blocks, frame = listing(points, options.limit), frames.list_frame(in_order(points))
        case Layout.OVERVIEW:
            blocks, frame = overview(points, options.limit), frames.list_frame(in_order(points))
    hints = worth_asking(points) if layout is Layout.OVERVIEW else ()
    return Comparison(layout, tuple(points), tuple(blocks), frame, tuple(hints))
