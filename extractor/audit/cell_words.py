"""What a row says of its number besides the number: "8.4x smaller", "+3 points", "at most 84.3%". Takes the
text around the number in a cell or a source, returns the words, the sign and the qualifier there."""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from extractor.audit.naming import Span
from extractor.audit.numbers import Value
from extractor.audit.rules import AuditRules, SpellingRule
from extractor.audit.wording import cues

WORD = regex.compile(r"\p{L}+|[↑↓]")
PLUS = regex.compile(r"(?r)\+\s?[$~]*")
APPROX = "approx"


@dataclass(frozen=True)
class Beside:
    """`ways`: the words of direction, as `spellings.yaml` has them; `plus`: whether the number has a "+"."""

    ways: tuple[str, ...]
    plus: bool
    qualifier: str


def beside(text: str, value: Value, rules: AuditRules) -> Beside:
    """What a cell says beside its number."""
    qualifier, (start, end) = qualifier_at(text, value, (0, len(text)), rules)
    words = [*words_in(text[:start]), *words_in(text[end:])]
    ways = tuple(word for word in words if spelling_of(word, rules))
    return Beside(ways, has_plus(text, value), qualifier)


def has_plus(text: str, value: Value) -> bool:
    return text.startswith("+", value.start) or bool(PLUS.match(text, 0, value.start))


def qualifier_at(text: str, value: Value, window: Span, rules: AuditRules) -> tuple[str, Span]:
    """The qualifier around a number, within `window`, and the span of both; of several the longest, as in
    "no more than"."""
    found = [("", (value.start, value.end))]
    for cue in (cue for about in ("qualifier", "hedge") for cue in cues(rules).get(about, ())):
        if cue.before and (match := cue.before.match(text, window[0], value.start)):
            found.append((cue.rule.says, (match.start(), value.end)))
        elif cue.after and (match := cue.after.match(text, value.end, window[1])):
            found.append((cue.rule.says, (value.start, match.end())))
    return max(found, key=lambda each: each[1][1] - each[1][0])


def words_in(text: str) -> Iterator[str]:
    return (match.group().casefold() for match in WORD.finditer(text))


def spelling_of(cell: str, rules: AuditRules) -> SpellingRule | None:
    """The rule that knows a word of direction; None if none does."""
    word = cell.strip().casefold()
    return next((rule for rule in rules.spellings if word in rule.words), None)


def compared(word: str, near: str, rules: AuditRules) -> bool | None:
    """Whether the words near a number have the same comparative, True, or its opposite, False; None:
    neither."""
    rule, heard = spelling_of(word, rules), set(words_in(near))
    if rule is None or not rule.opposite:
        return None
    if word in heard:
        return True
    against = next((each for each in rules.spellings if each.id == rule.opposite), None)
    return False if against and heard & set(against.words) else None
