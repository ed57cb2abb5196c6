"""A text as its reader sees it: character references read, tags and LaTeX looked through. The audit's own
way, by `rules/audit/markup.yaml`; shares nothing with how the extraction cleans. Takes a source, returns a
`Seen`, which maps offsets back."""

import html
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from extractor.audit.rules import AuditRules

REFERENCE = regex.compile(r"\\?&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,30});")
DEEPEST_ESCAPE = 2  # "&amp;lt;"
TAG = regex.compile(
    r"<(?P<end>/)?(?:(?P<prefix>[a-z]{1,8}):)?(?P<name>[A-Za-z][\w.-]{0,20})"
    r"(?P<attributes>(?:\s+[\w:.-]{1,40}\s*=\s*(?:\"[^\"<>]{0,300}\"|'[^'<>]{0,300}'|[^\s\"'<>]{1,300})){0,20})\s*(?P<empty>/)?>"
)
LONGEST_HELD = 400  # characters in a tag of one letter
NUMBER_RAISED = regex.compile(r"\s*[-+−–]?\d{1,4}\s*<")
MATH = regex.compile(r"(?<!\\)\$\$?(?P<held>[^$\n]{1,300}?)(?<!\\)\$\$?")
OF_MATH = regex.compile(r"[\\^_={}]")
LONGEST_LOOSE = 60  # characters between dollars with blanks inside
BRACES = regex.compile(r"[{}]+")


@dataclass(frozen=True)
class Seen:
    """`text` with the source's offsets before and behind each of its characters."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The source's span of a span of the text that isn't empty."""
        return self.starts[start], self.ends[end - 1]

    def of_source(self, start: int, end: int) -> tuple[int, int]:
        """The span of the text that is seen where the source has that one."""
        first = bisect_right(self.ends, start)
        return first, max(first, bisect_left(self.starts, end))


def see(source: str, rules: AuditRules) -> Seen:
    places = range(len(source) + 1)
    seen = Seen(source, places[:-1], places[1:])
    markup = _markup(rules)
    for _ in range(DEEPEST_ESCAPE):
        seen = _changed(seen, REFERENCE, lambda found: html.unescape(found.group().removeprefix("\\")))
    seen = _without_dollars(_without_tags(seen, markup))
    for pattern, replace in markup.patterns:
        seen = _changed(seen, pattern, lambda found, replace=replace: found.expand(replace))
    return _changed(seen, BRACES, _apart)


def _apart(braces: regex.Match) -> str:
    """A space if there is nothing else between two digits."""
    text, start, end = braces.string, braces.start(), braces.end()
    before, behind = text[start - 1 : start], text[end : end + 1]
    return " " if before.isdecimal() and behind.isdecimal() else ""


@dataclass(frozen=True)
class _Markup:
    """The rules, compiled: the names of tags by what becomes of them, with the sign that does."""

    inline: dict[str, str]
    block: dict[str, str]
    raised: dict[str, str]
    between: dict[str, str]
    patterns: tuple[tuple[regex.Pattern, str], ...]

    def knows(self, tag: regex.Match) -> bool:
        """Whether it is a tag, and no comparison: "a <b> c" has none that ends what it begins."""
        name = tag["name"].lower()
        if tag["prefix"]:
            return True
        if len(name) == 1 and name in self.inline and not (tag["end"] or tag["attributes"]):
            until = tag.end() + LONGEST_HELD
            return bool(regex.search(rf"(?i)</{name}>", tag.string, pos=tag.end(), endpos=until))
        return any(name in names for names in (self.inline, self.block, self.raised, self.between))


@lru_cache(maxsize=8)
def _markup(rules: AuditRules) -> _Markup:
    names = {
        use: {name: sign for rule in rules.markup if rule.use == use for name, sign in rule.names.items()}
        for use in ("inline", "block", "raised", "between")
    }
    patterns = ((regex.compile(rule.pattern), rule.replace) for rule in rules.markup if rule.use == "pattern")
    return _Markup(**names, patterns=tuple(patterns))


class _Writer:
    """Writes a text anew, piece by piece, and keeps where each piece comes from."""

    def __init__(self, seen: Seen):
        self.seen, self.at = seen, 0
        self.text: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def copy(self, until: int) -> None:
        self.text += self.seen.text[self.at : until]
        self.starts += self.seen.starts[self.at : until]
        self.ends += self.seen.ends[self.at : until]
        self.at = until

    def write(self, text: str, until: int) -> None:
        """`text` in the place of what stands from here until there."""
        if text:
            first, last = self.seen.to_source(self.at, until)
            self.text += text
            self.starts += [first] * len(text)
            self.ends += [last] * len(text)
        self.at = until

    def drop_blank(self) -> None:
        if self.text and self.text[-1] == " ":
            for written in (self.text, self.starts, self.ends):
                written.pop()

    @property
    def before(self) -> str:
        """The last three characters."""
        return "".join(self.text[-3:])

    def written(self) -> Seen:
        self.copy(len(self.seen.text))
        return Seen("".join(self.text), self.starts, self.ends)


def _changed(seen: Seen, pattern: regex.Pattern, new: Callable[[regex.Match], str]) -> Seen:
    if not pattern.search(seen.text):
        return seen
    writer = _Writer(seen)
    for found in pattern.finditer(seen.text):
        if (text := new(found)) != found.group():
            writer.copy(found.start())
            writer.write(text, found.end())
    return writer.written()


def _without_tags(seen: Seen, markup: _Markup) -> Seen:
    if "<" not in seen.text:
        return seen
    writer = _Writer(seen)
    opened: list[list] = []  # names, each with how many it holds by now
    for tag in TAG.finditer(seen.text):
        if not markup.knows(tag):
            continue
        writer.copy(tag.start())
        name, behind = tag["name"].lower(), seen.text[tag.end() : tag.end() + 12]
        sign = ""
        if tag["end"]:
            while opened and opened.pop()[0] != name:
                pass
            if name in markup.raised and writer.before[-1:].isdecimal() and behind[:1].isdecimal():
                sign = " "
        else:
            if opened:
                opened[-1][1] += 1
                sign = markup.between.get(opened[-1][0], "") if opened[-1][1] == 2 else ""
            if not tag["empty"]:
                opened.append([name, 0])
            if name in markup.raised and NUMBER_RAISED.match(behind):
                if writer.before == "10 ":
                    writer.drop_blank()
                sign = markup.raised[name] if writer.before[-1:].isdecimal() else sign
        if not sign and name in markup.inline and writer.before[-1:].isdecimal():
            sign = "{}"  # goes at last, and keeps two numbers apart
        if name in markup.block and writer.before.strip() and behind.strip():
            apart = writer.before[-1:].isspace() or behind[:1].isspace()
            sign = "" if apart else " "
        writer.write(sign, tag.end())
    return writer.written()


def _without_dollars(seen: Seen) -> Seen:
    """Without the dollars around mathematics; those of money stay."""
    if "$" not in seen.text:
        return seen
    writer, at = _Writer(seen), 0
    while found := MATH.search(seen.text, at):
        if not _is_math(found):
            at = found.start() + 1
            continue
        for start, end in ((found.start(), found.start("held")), (found.end("held"), found.end())):
            writer.copy(start)
            writer.write("{}", end)  # which ends a command as they do, and goes at last
        at = found.end()
    return writer.written()


def _is_math(found: regex.Match) -> bool:
    held = found["held"]
    blank = held[0].isspace(), held[-1].isspace()
    if any(blank):
        return all(blank) and "\\" in held and len(held) <= LONGEST_LOOSE
    if OF_MATH.search(held):
        return True
    return " " not in held and not found.string[found.end() : found.end() + 1].isdecimal()
