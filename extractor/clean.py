"""LaTeX leftovers, HTML and odd Unicode to plain text (`10times` -> `10×`), offsets mapped to the source.
Takes a paper's source as read, returns `Cleaned`. Never changes what is stored, and never drops a word."""

import html
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import regex

from extractor.rules import CleaningRule, Rules, load_rules

BRACE = re.compile(r"[{}]")
DOLLAR = re.compile(r"(?<!(?<!\\)\\)\$")  # not the escaped one, which is money


@dataclass(frozen=True, slots=True)
class Edit:
    """`source[start:end]` reads `text` in the clean text, where it starts at `at`."""

    start: int
    end: int
    text: str
    at: int


@dataclass(frozen=True)
class Cleaned:
    """Clean text, and the edits that made it, in order and apart."""

    source: str
    text: str
    edits: tuple[Edit, ...]

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """Source span of a span of the clean text. What was rewritten is covered whole or not at
        all; what was dropped at the span's edges stays outside."""
        first, last = self._source_at(start, after=True), self._source_at(end, after=False)
        return (first, max(first, last))

    def to_clean(self, start: int, end: int) -> tuple[int, int]:
        """Clean span of a span of the source; what was rewritten is covered whole if the span touches it."""
        first, last = self._clean_at(start, after=False), self._clean_at(end, after=True)
        return (first, max(first, last))

    @cached_property
    def _clean_starts(self) -> list[int]:
        return [edit.at for edit in self.edits]

    @cached_property
    def _source_starts(self) -> list[int]:
        return [edit.start for edit in self.edits]

    def _source_at(self, offset: int, after: bool) -> int:
        """`after`: where dropped text lies at the offset, the place behind it, else the place before it."""
        place = bisect_right if after else bisect_left
        index = place(self._clean_starts, offset) - 1
        if index < 0:
            return offset
        edit = self.edits[index]
        inside = offset - edit.at
        if inside < len(edit.text):
            return (
                edit.start if after else edit.end
            )  # a start goes to the front of the construct, an end to its back
        return edit.end + inside - len(edit.text)

    def _clean_at(self, offset: int, after: bool) -> int:
        index = bisect_right(self._source_starts, offset) - 1
        if index < 0:
            return offset
        edit = self.edits[index]
        if offset == edit.start:
            return edit.at
        if offset < edit.end:
            return edit.at + (len(edit.text) if after else 0)
        return edit.at + len(edit.text) + offset - edit.end


@dataclass(frozen=True, slots=True)
class _Match:
    """What one rule would rewrite. Of two that overlap the first to start wins, then the first rule."""

    start: int
    end: int
    order: int
    new: str
    wraps: str = ""


@dataclass(frozen=True, slots=True)
class _Program:
    """The cleaning rules, compiled."""

    patterns: tuple[tuple[CleaningRule, regex.Pattern], ...]
    chars: dict[str, str]
    any_char: re.Pattern


@lru_cache(maxsize=8)
def _program(rules: Rules) -> _Program:
    chars = {char: new for rule in rules.cleaning for char, new in rule.chars.items()}
    return _Program(
        patterns=tuple((rule, regex.compile(rule.pattern)) for rule in rules.cleaning if rule.pattern),
        chars=chars,
        any_char=re.compile("[" + "".join(map(re.escape, chars)) + "]") if chars else re.compile(r"(?!)"),
    )


def clean(source: str, rules: Rules | None = None) -> Cleaned:
    """Plain text of `source`, by `rules/cleaning.yaml`; text that no rule touches is itself."""
    program = _program(rules or load_rules())
    matches = _with_ends(source, _apart(_matches(source, program)))
    return _apply(source, _numbers_apart(source, matches, of_chars=len(program.patterns)))


def _matches(source: str, program: _Program) -> list[_Match]:
    found = [
        _Match(match.start(), match.end(), order, _new(match, rule, program), rule.wraps)
        for order, (rule, pattern) in enumerate(program.patterns)
        if any(needed in source for needed in rule.needs)
        for match in pattern.finditer(source)
    ]
    last = len(program.patterns)
    found += [
        _Match(match.start(), match.end(), last, program.chars[match.group()])
        for match in program.any_char.finditer(source)
    ]
    return found


def _new(match: regex.Match, rule: CleaningRule, program: _Program) -> str:
    if not rule.reference:
        return match.expand(rule.replace)
    meant = html.unescape(html.unescape(match.group().removeprefix("\\")))
    return "".join(program.chars.get(char, char) for char in meant)


def _apart(matches: list[_Match]) -> list[_Match]:
    """In order of the text, those that overlap an earlier one left out."""
    kept, end = [], 0
    for match in sorted(matches, key=lambda m: (m.start, m.order)):
        if match.start >= end and match.end > match.start:
            kept.append(match)
            end = match.end
    return kept


def _with_ends(source: str, matches: list[_Match]) -> list[_Match]:
    """With the closing brace or dollar of each match that wraps something."""
    if not any(match.wraps for match in matches):
        return matches
    return _apart(matches + _closing_braces(source, matches) + _closing_dollars(source, matches))


def _closing_braces(source: str, matches: list[_Match]) -> list[_Match]:
    rewritten = {at for match in matches for at in range(match.start, match.end)}
    events = [(b.start(), b.group()) for b in BRACE.finditer(source) if b.start() not in rewritten]
    events += [(match.start, "wrapper") for match in matches if match.wraps == "}"]
    closing, open_braces = [], []
    for at, event in sorted(events):
        if event != "}":
            open_braces.append(event)
        elif open_braces and open_braces.pop() == "wrapper":
            closing.append(_Match(at, at + 1, 0, ""))
    return closing


def _closing_dollars(source: str, matches: list[_Match]) -> list[_Match]:
    """A dollar that closes opens nothing: `3$\\times\\sim$20$\\times$`."""
    closing: list[_Match] = []
    for match in matches:
        if match.wraps != "$" or source[match.start] != "$":
            continue
        if closing and closing[-1].start == match.start:
            continue
        if dollar := DOLLAR.search(source, match.end):
            doubled = match.end - match.start == 2 and source.startswith("$$", dollar.start())
            closing.append(_Match(dollar.start(), dollar.end() + doubled, 0, ""))
    return closing


def _numbers_apart(source: str, matches: list[_Match], of_chars: int) -> list[_Match]:
    """A space where nothing but dropped markup stands between two digits: `\\textbf{5}\\textbf{10}`."""
    apart = list(matches)
    first = 0  # of the matches that touch the one at hand
    for i, match in enumerate(matches):
        if i and matches[i - 1].end != match.start:
            first = i
        start, behind = matches[first].start, source[match.end : match.end + 1]
        if not (start and source[start - 1].isdecimal() and behind.isdecimal()):
            continue
        if not any(each.new or each.order == of_chars for each in matches[first : i + 1]):
            apart[first] = replace(matches[first], new=" ")
    return apart


def _apply(source: str, matches: list[_Match]) -> Cleaned:
    edits, pieces = [], []
    copied = length = 0  # of the source, and of the clean text
    for match in matches:
        pieces += source[copied : match.start], match.new
        edits.append(Edit(match.start, match.end, match.new, at=length + match.start - copied))
        length += match.start - copied + len(match.new)
        copied = match.end
    pieces.append(source[copied:])
    return Cleaned(source, "".join(pieces), tuple(edits))
