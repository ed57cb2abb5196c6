"""What somebody asks for in words -> `Selection` and the layouts' names; `AskedError` names what there is."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from extractor.comparison.select import Selection
from extractor.records import Kind, Qualifier, Role

ENUMS = {"kind": Kind, "role": Role, "qualifier": Qualifier}
ALL = "all"

Choice = TypeVar("Choice", bound=StrEnum)


class AskedError(ValueError):
    """Something was asked for that there isn't; the message says what there is."""


def one_of(choices: type[Choice], word: str, what: str) -> Choice:
    """The choice of that name, case aside."""
    try:
        return choices(word.strip().casefold().replace("-", "_"))
    except ValueError:
        raise AskedError(f"no {what} {word!r}; there are {', '.join(choices)}") from None


def selection_of(filters: Mapping[str, str | Iterable[str] | None], min_confidence: float = 0.0) -> Selection:
    """From filters by name, one value or several each; None and nothing leave a filter at what it is.
    `role` may be "all"."""
    names = set(Selection.__dataclass_fields__) - {"min_confidence"}
    if unknown := sorted(set(filters) - names):
        raise AskedError(f"no filter {', '.join(unknown)}; there are {', '.join(sorted(names))}")
    given = {name: _values(name, value) for name, value in filters.items() if value}
    return Selection(min_confidence=min_confidence, **given)


def _values(name: str, value: str | Iterable[str]) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else list(value)
    if name == "role" and ALL in words:
        return tuple(Role)
    return tuple(one_of(ENUMS[name], word, name) if name in ENUMS else word for word in words)
