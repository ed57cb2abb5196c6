"""What `--map` says: in which column, or at which path ("content.title.value"), a record has a paper's field.
A path counts from the record, or from the top of the document through the list of the records:
"response.hits.doc.title". Never decides what a value means."""

from collections.abc import Iterable, Mapping
from typing import Any

from extractor.read.fields import Columns, find_columns
from extractor.read.identifiers import value_at
from extractor.read.shape import Row

TEXTS = ("title", "abstract")
"""The fields that make a record: where both stand in a list, its items are the records."""

MOST_KEYS = 12
"""Of an object, to show what there is instead."""


def mapped_value(row: Row, column: str, root: str = "") -> object:
    """What a row has there. `root`: the path of the list that the row was met in."""
    if column in row:
        return row[column]
    held = value_at(row, column)
    if held is None and root and column.startswith(f"{root}."):
        return mapped_value(row, column.removeprefix(f"{root}."))
    return held


def possible_lists(columns: Columns) -> list[str]:
    """The paths at which a list of records may stand, the shortest first: all that titles and abstracts have
    in common."""
    ways = [columns[field].split(".") for field in TEXTS if field in columns]
    if not ways:
        return []
    common = next(
        (at for at, keys in enumerate(zip(*ways, strict=False)) if len(set(keys)) > 1), min(map(len, ways))
    )
    longest = min(common, *(len(keys) - 1 for keys in ways))
    return [".".join(ways[0][:length]) for length in range(1, longest + 1)]


def list_in(row: Row, columns: Columns, root: str = "") -> str:
    """The path of the list in `row` whose items are the records, by where titles and abstracts are mapped to;
    "" where the row is a record itself."""
    usual = find_columns(row)
    if any(isinstance(row[name], str) for field in TEXTS if field not in columns for name in usual[field]):
        return ""
    for path in possible_lists(columns):
        for within in (path, path.removeprefix(f"{root}.")):
            if isinstance(value_at(row, within), list):
                return within
    return ""


def why_nothing(row: Row, column: str, root: str = "") -> str:
    """Why a row has nothing there: what it has where the path ends."""
    if root and column.startswith(f"{root}."):
        column = column.removeprefix(f"{root}.")
    held: Any = row
    passed: list[str] = []
    for key in column.split("."):
        held = next((item for item in held if item is not None), None) if isinstance(held, list) else held
        if not isinstance(held, Mapping) or held.get(key) is None:
            break
        held = held[key]
        passed.append(key)
    where = repr(".".join(passed)) if passed else "the first record"
    if isinstance(held, Mapping) and held:
        return f"{where} has {_listed(map(str, held))}"
    return f"{where} is a {type(held).__name__}, with no keys" if held else f"{where} is empty"


def _listed(keys: Iterable[str]) -> str:
    named = [repr(key) for key in keys]
    return ", ".join(named[:MOST_KEYS]) + (" ..." if len(named) > MOST_KEYS else "")
