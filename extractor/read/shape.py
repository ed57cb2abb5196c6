"""What a source calls things: a `Shape` knows its own records by their keys and gives a paper's facts under
the names of `fields.NAMES`, with the values as they stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Row = Mapping[str, object]


class LeftOut(Exception):
    """A record that is no paper; the message names its kind, in the plural."""


@dataclass(frozen=True)
class Shape:
    """`reads`: the top-level keys that `recognises` and `facts` look at, the only columns that need reading.
    `facts` raises LeftOut for a record that is no paper."""

    name: str
    reads: frozenset[str]
    recognises: Callable[[Row], bool]
    facts: Callable[[Row], dict[str, object]]
    name_facts: Callable[[str], dict[str, object]] | None = None  # what the file's name tells of all its rows


def first_of(row: Row, *keys: str) -> object:
    """The first filled value under these keys."""
    return next((row[key] for key in keys if row.get(key) not in (None, "")), None)
