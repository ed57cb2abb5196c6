"""Where a number of a row stands in a source: "0.92" where the text has 92%, "4.86 times" for 4.86x, "4.9x"
rounded from 4.86x. Takes a row's value and a source, returns `Place`s. Never takes another number for the
same."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isclose

import regex

from extractor.audit.numbers import Value, find_values, quantity_of, unit_of
from extractor.audit.rules import AuditRules
from extractor.audit.sources import Source

MORE = regex.compile(r"\p{L}|\d\D+\d")  # what a cell has that is more than a number: a letter, another number
LEAST_DIGITS = 2  # of a rounded number that doesn't say it is rounded


@dataclass(frozen=True)
class Place:
    """A number of the source that is the row's. `unit_fits`: the row's unit is the source's, or converts to
    it. `how`: what has to be said about it, such as "rounded to 4.9x"."""

    value: Value
    unit_fits: bool
    how: str = ""


def find_places(source: Source, value: Value, unit: str | None, written: str) -> list[Place]:
    """Where `value` stands, places with its unit first. `unit`: the row's, canonical or as written; None:
    unsaid. `written`: the row's cell, which may hold two numbers: "between 7 and 9"."""
    found = [place for v in source.values if (place := _place(source, value, unit, v, written))]
    if not found:
        found = list(_literal(source, unit, written))
    return sorted(found, key=lambda place: (not place.unit_fits, bool(place.how)))


def _place(source: Source, value: Value, unit: str | None, found: Value, written: str) -> Place | None:
    fits = unit is None or _same_unit(unit, found, source.rules, source.text)
    shown = source.text[found.start : found.end]
    if _squeezed(written) == _squeezed(shown):
        return Place(found, fits)
    other_spread = value.spread is not None and value.spread != found.spread
    if found.named or other_spread or _is_several(source, written):
        return None
    for factor, why in _scales(value, unit, found, source.rules):
        fits = fits or bool(why)
        if _equal(value.low * factor, found.low) and _equal(value.high * factor, found.high):
            return Place(found, fits, f"{why} {shown}" if why else "")
        if _rounds(value, factor, found):
            return Place(found, fits, f"rounded to {written}")
    return None


def _literal(source: Source, unit: str | None, written: str) -> Iterator[Place]:
    """Where a cell with more in it than a number stands in the text as it is: "80 mm x 80 mm", "2.7:1"."""
    words = written.split()
    if not MORE.search(written) or not regex.search(r"\d", written):
        return
    cell = r"\s*".join(regex.escape(word) for word in words)
    for match in regex.finditer(rf"(?i)(?<![\w.]){cell}(?![\w]|[.,]\d)", source.text):
        inside = [v for v in source.values if v.start < match.end() and match.start() < v.end]
        if inside:
            fits = unit is None or any(_same_unit(unit, v, source.rules, source.text) for v in inside)
            yield Place(inside[0], fits or (bool(unit) and unit.casefold() in written.casefold()))


def _scales(value: Value, unit: str | None, found: Value, rules: AuditRules) -> list[tuple[float, str]]:
    """By what a row's number may be multiplied to compare with the source's, and what that is called."""
    scales = [(1.0, "")]
    share = 0 < abs(value.high) <= 1 and value.step < 1 and not value.scale > 1
    if found.unit == "%" and share and not unit:
        scales.append((100.0, "a share of 1, written as"))
    if not found.unit and unit == "%" and 0 < abs(found.high) <= 1 and found.step < 1:
        scales.append((0.01, "a percentage, written as"))
    if unit:
        (mine, factor), (theirs, other) = quantity_of(unit, rules), quantity_of(found.unit, rules)
        if mine == theirs and factor and other and factor != other:
            scales.append((factor / other, "in another unit, written as"))
    return scales


def _same_unit(unit: str, found: Value, rules: AuditRules, text: str) -> bool:
    """The row's unit is the number's, or a word that stands behind a number without one ("10 Minutes",
    "5 BLEU points")."""
    if not unit or unit_of(unit, rules) == found.unit:
        return True
    known = unit_of(unit, rules) is not None and found.unit
    return not known and bool(_behind(unit, rules).match(text, found.end))


@lru_cache(maxsize=256)
def _behind(unit: str, rules: AuditRules) -> regex.Pattern:
    """A form of the unit as a word behind a number, at most two words from it."""
    forms = {
        unit,
        *(form for rule in rules.units if rule.unit == unit_of(unit, rules) for form in rule.forms),
    }
    words = "|".join(regex.escape(form) for form in sorted(forms, key=len, reverse=True))
    return regex.compile(rf"(?i)\+?[\s-]*(?:[A-Za-z][\w@-]*\s){{0,2}}?(?:{words})s?(?!\w)")


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def _is_several(source: Source, written: str) -> bool:
    """Whether a cell holds more than one number."""
    return len([v for v in find_values(written, source.rules) if not v.named]) > 1


def _equal(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def _rounds(value: Value, factor: float, found: Value) -> bool:
    """Whether the row's number is the source's with fewer digits, rightly rounded. A single digit, and a
    number without decimals or scale ("10,000"), pass only where the row says that they are about right."""
    step = value.step * factor
    if value.low != value.high or found.low != found.high or not step > found.step > 0:
        return False
    enough = value.digits >= LEAST_DIGITS and (value.step < 1 or value.scale > 1 or found.step < 1)
    error = abs(value.low * factor - found.low)
    return (enough or value.about) and error <= step / 2 * (1 + 1e-9)
