"""Numerals and number words of a clean text -> `Number`: where it stands and what it is worth.
`1,024`, `-0.3`, `1e17`, `10^6`, `1.5 × 10^6`, `10⁻³`, `300K`, `1.4 trillion`, `twenty two`, `a million`.
Never looks at units, and never asks whether a number is a quantity or part of a name. What is over `LARGEST`
measures nothing and is no number."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import inf

import regex

from extractor.rules import NumberRule, Rules

DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?![\d])|\d{1,20})"
NUMERAL = rf"(?:(?<!\d){DIGITS}(?:\.\d{{1,20}})?|(?<![\w.])\.\d{{1,20}})(?![\d])"
RAISED = "⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹"
LOWERED = str.maketrans(RAISED, "-+0123456789")
RAISED_NUMBER = r"[⁻⁺]?[⁰¹²³⁴-⁹]{1,2}(?![⁰¹²³⁴-⁹])"
POWER_OF_TEN = (
    rf"\s?[×x·*]\s?10(?:\s?\^\s?(?P<ten>[-+]?[0-9]{{1,2}})(?!\d)|(?P<ten>{RAISED_NUMBER}))"
    r"|[eE](?P<e>[-+]?[0-9]{1,2})(?![\w])"
)
CARET = rf"\^(?P<caret>[-+]?[0-9]{{1,2}})(?!\d)|(?<=(?<!\d)10|(?<!\d)2)(?P<caret>{RAISED_NUMBER})"
ORDINAL = regex.compile(r"'?(?:st|nd|rd|th)\b")
LIST = regex.compile(r"\s?[,/;→]\s?(?:(?:and|or)\s+)?[~+]?|\s+(?:and|or|to|vs\.?|versus)\s+~?")
"""What may stand between two values of one list."""

LARGEST = 1e100
"""So that no product of a number with the multiplier of its neighbour is infinite."""

SIGN = r"(?<![\w)\]}%$.,+-])[-+](?=\.?\d)"


@dataclass(frozen=True, slots=True)
class Number:
    """A number at `text[start:end]`. `small`: a word below ten."""

    start: int
    end: int
    value: float
    signed: bool = False
    word: bool = False
    small: bool = False
    multiplier: float = 1.0
    origin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Grammar:
    number: regex.Pattern  # anything that starts a number
    tail: regex.Pattern  # powers of ten behind digits
    multiplier: regex.Pattern
    letter: regex.Pattern
    values: dict[str, tuple[float, str]]  # word or letter -> (value, rule id)
    placed: dict[str, NumberRule]  # group of `number` -> rule whose words count only in their place


def backwards(pattern: str, flags: int = 0) -> regex.Pattern:
    """For `ends_in`: the pattern, read backwards."""
    return regex.compile(f"(?r)(?:{pattern})", flags)


REACH = 400
"""Characters around a place in which its cues stand. To look no further keeps the cost of a place from
growing with the text: the library scans all it is given for the letters that a pattern can't do without."""


def ends_in(pattern: regex.Pattern, text: str, end: int) -> regex.Match | None:
    """Whether `text[:end]` ends in a pattern that is read backwards."""
    return pattern.match(text, max(0, end - REACH), end)


def goes_on_with(pattern: regex.Pattern, text: str, start: int) -> regex.Match | None:
    """Whether `text[start:]` begins with the pattern."""
    return pattern.match(text, start, min(len(text), start + REACH))


def _either(words) -> str:
    return "|".join(sorted((regex.escape(w).replace(r"\ ", r"\s+") for w in words), key=len, reverse=True))


@lru_cache(maxsize=8)
def _grammar(rules: Rules) -> _Grammar:
    by_use: dict[str, list[str]] = {"unit": [], "tens": [], "multiplier": [], "letter": [], "ratio": []}
    values = {}
    letters: list[str] = []
    placed = {f"p{i}": rule for i, rule in enumerate(rules.numbers) if rule.use == "unit" and rule.after}
    for rule in rules.numbers:
        if rule in placed.values():
            continue
        for word, value in rule.words.items():
            values[word] = (value, rule.id)
            if rule.after and rule.use == "letter":
                letters.append(f"{_either([word])}(?={rule.after})")
            else:
                by_use[rule.use].append(word)
    units, tens, multipliers = (_either(by_use[use]) for use in ("unit", "tens", "multiplier"))
    letters.append(_either(by_use["letter"]))
    in_place = "".join(f"|(?P<{name}>{_in_place(rule)})" for name, rule in placed.items())
    word = rf"(?:(?:{tens})(?:[ -](?:{units})\b)?|{units}{in_place})"
    return _Grammar(
        number=regex.compile(
            rf"(?P<sign>{SIGN})?(?P<digits>{NUMERAL})|\b(?P<word>{word})\b", regex.IGNORECASE
        ),
        tail=regex.compile(rf"{POWER_OF_TEN}|{CARET}"),
        multiplier=regex.compile(rf"(?:\+?\s{{1,2}}|-)?(?P<m>{multipliers})\b", regex.IGNORECASE),
        letter=regex.compile(
            rf"(?P<m>{'|'.join(letters)})(?![A-Za-z\d]|/(?:s|h|min)\b)"
            r"|\s(?P<m>[KMB])(?![A-Za-z\d./]|-(?!param))"
        ),
        values=values,
        placed=placed,
    )


def _in_place(rule: NumberRule) -> str:
    words = _either(rule.words).replace(r"\s+", r"[\s-]+")
    return rf"{f'(?<={rule.before})' if rule.before else ''}(?:{words})(?={rule.after})"


def find_numbers(text: str, rules: Rules) -> Iterator[Number]:
    """Every number of a clean text from left to right, those in names and dates included."""
    grammar = _grammar(rules)
    done = 0
    for match in grammar.number.finditer(text):
        if match.start() < done:
            continue
        number = _word(text, match, grammar) if match["word"] else _numeral(text, match, grammar)
        if number is not None:
            done = number.end
            yield number


def _numeral(text: str, match: regex.Match, grammar: _Grammar) -> Number | None:
    try:
        value = float(match["digits"].replace(",", ""))
    except ValueError:  # a digit of a script that Python's tables do not have yet
        return None
    end = match.end()
    if ordinal := ORDINAL.match(text, end):
        return Number(match.start(), ordinal.end(), value)
    if tail := grammar.tail.match(text, end):
        end = tail.end()
        if tail["caret"]:
            if not 0 < value < 1e6:
                return None
            value = _power(value, int(tail["caret"].translate(LOWERED)))
        else:
            value = float(f"{value}e{(tail['ten'] or tail['e']).translate(LOWERED)}")
    if match["sign"] == "-":
        value = -value
    return _multiplied(text, match.start(), end, value, grammar, signed=bool(match["sign"]))


def _power(base: float, exponent: int) -> float:
    try:
        return base**exponent
    except OverflowError:
        return inf


def _word(text: str, match: regex.Match, grammar: _Grammar) -> Number | None:
    words = regex.split(r"[\s-]+", match["word"].lower())
    placed = next((rule for name, rule in grammar.placed.items() if match[name]), None)
    if placed:
        parts = [(placed.words[" ".join(words)], placed.id)]
    else:
        parts = [grammar.values[part] for part in words]
    value = sum(part for part, _ in parts)
    origin = tuple(dict.fromkeys(rule for _, rule in parts))
    return _multiplied(text, match.start(), match.end(), value, grammar, word=True, origin=origin)


def _multiplied(text, start, end, value, grammar, signed=False, word=False, origin=()) -> Number | None:
    small = word and value < 10
    multiplier = 1.0
    while m := grammar.multiplier.match(text, end):  # two hundred thousand
        times, rule = grammar.values[m["m"].lower()]
        multiplier, end, origin = multiplier * times, m.end(), (*origin, rule)
    if multiplier == 1.0 and not word and (m := grammar.letter.match(text, end)):
        times, rule = grammar.values[m["m"]]
        multiplier, end, origin = times, m.end(), (*origin, rule)
    if multiplier > LARGEST or abs(value * multiplier) > LARGEST:
        return None
    return Number(
        start,
        end,
        float(f"{value * multiplier:.12g}"),  # 8.3e9, not 8300000000.000001
        signed=signed,
        word=word,
        small=small and multiplier == 1.0,
        multiplier=multiplier,
        origin=origin,
    )
