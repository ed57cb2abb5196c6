"""A number for the eye, with what must be known of it: "up to 4.5x", "2–4x", "−30%", "69.9% (reference)".
Takes points, returns text; the digits are those that the paper printed wherever it printed digits."""

import regex

from extractor.comparison.entry import Entry
from extractor.comparison.point import Nature, Point
from extractor.comparison.scale import Reading
from extractor.records import Direction, Qualifier, Role

QUALIFIERS = {
    Qualifier.UP_TO: "up to ",
    Qualifier.AT_LEAST: "≥ ",
    Qualifier.AT_MOST: "≤ ",
    Qualifier.APPROX: "~",
    Qualifier.AVERAGE: "avg ",
}
WORDS = {**QUALIFIERS, Qualifier.AT_LEAST: "at least ", Qualifier.AT_MOST: "at most "}
ROLES = {Role.REFERENCE: " (reference)", Role.BACKGROUND: " (background)"}
CLOSE = frozenset({"x", ""})  # units, as percent and its kinds, that follow their number without a space
SHORT = ((1e12, "T"), (1e9, "B"), (1e6, "M"))
DIGITS = regex.compile(r"[-+−]?\d[\d,]*(?:\.\d+)?|[-+−]?\.\d+")
SPREAD = regex.compile(r"(?:±|\\pm|\bpm\b|\+/-|\+-)\$?\s?(\d+(?:\.\d+)?)")


def value_text(point: Point, unit: str | None = None) -> str:
    """The number as reported, and what that is in `unit`, the one of its column, if it is another."""
    entry = point.entry
    reported = _signed(point, point.meant) if not point.meant.rule else _plain(entry)
    text = f"{_qualifier(entry, reported)}{reported}"
    reading = (point.in_unit(unit) if unit is not None else None) or point.meant
    if reading.rule and _tells_more(reading, entry):
        text += f" (= {_signed(point, reading)})"
    return text + ROLES.get(entry.role, "")


def _qualifier(entry: Entry, reported: str) -> str:
    """At least 30 % less is in words, since −30 % and beyond are not "≥ −30 %"."""
    return (WORDS if reported.startswith("−") else QUALIFIERS).get(entry.qualifier, "")


def _tells_more(reading: Reading, entry: Entry) -> bool:
    """Whether the conversion changed more than the name of the unit."""
    return (reading.low, reading.high) != (entry.low, entry.high) or bool(entry.unit)


def _plain(entry: Entry) -> str:
    return with_unit(_digits(entry, entry.low, entry.high), entry.unit)


def _signed(point: Point, reading: Reading) -> str:
    """A change in percent, points or bare units has a sign; a ratio says which way."""
    entry = point.entry
    low, high = reading.low, reading.high
    down = entry.direction is Direction.DECREASE
    if point.measure.nature is not Nature.CHANGE or entry.direction is None:
        return with_unit(_digits(entry, low, high), reading.unit)
    if reading.unit == "x":
        less = " less" if down and low >= 1 else ""
        return with_unit(_digits(entry, low, high), "x") + less
    magnitudes = sorted((abs(low), abs(high)))
    digits = _digits(entry, *magnitudes).lstrip("-+−")
    return f"{'−' if down else '+'}{with_unit(digits, reading.unit)}"


def with_unit(digits: str, unit: str) -> str:
    """ "50%", "1.9x", "12 ms", "$5" """
    if unit == "$":
        return f"${digits}"
    return f"{digits}{'' if unit in CLOSE or unit.startswith('%') else ' '}{unit}"


def _digits(entry: Entry, low: float, high: float) -> str:
    if low != high:
        return f"{_number(entry, low)}–{_number(entry, high)}"
    spread = SPREAD.search(entry.text)
    return _number(entry, low) + (f"±{spread[1]}" if spread and low == entry.low else "")


def _number(entry: Entry, number: float) -> str:
    """As printed where the paper printed that very number, so that 77.0 stays 77.0; else short."""
    for match in DIGITS.finditer(entry.text):
        printed = match[0].replace("−", "-")
        if float(printed.replace(",", "")) == number:
            return printed.lstrip("+")
    return short_number(number)


def short_number(number: float) -> str:
    """
    >>> short_number(1.75e11), short_number(0.98), short_number(6000.0), short_number(47.368)
    ('175B', '0.98', '6,000', '47.4')
    >>> short_number(99.99)  # 10,000 times less is not all
    '99.99'
    """
    if abs(number) >= 1e15:
        return f"{number:.3g}"
    for size, letter in SHORT:
        if abs(number) >= size:
            return f"{number / size:.4g}{letter}"
    if number == int(number):
        return f"{int(number):,}"
    if 99 < abs(number) < 100:
        return next(text for digits in range(3, 18) if float(text := f"{number:.{digits}g}") != round(number))
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"
