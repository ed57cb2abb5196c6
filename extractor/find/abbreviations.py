"""Clean text -> the abbreviations it defines, and the groups of names that name one thing.
Takes text, returns spans or written forms; never decides what kind of thing is named."""

from collections.abc import Iterable
from dataclasses import dataclass

import regex

from extractor.found import FoundMention

LONGEST_SHORT = 12  # characters of a short form; longer ones are remarks
BRACKET = regex.compile(r"[(\[]([^()\[\]\n]{2,120})[)\]]")
SHORT = regex.compile(r"[\p{L}\d][\w.+*/&'’-]*(?: [\p{Lu}\d][\w.+*/-]*)?")
WORD = regex.compile(r"[\w]+(?:['’][\w]+)?")
BEFORE = regex.compile(r"[^.;:!?()\[\]\n]*\Z")
WORD_BEFORE = regex.compile(r"\w[\w.+*'’-]*(?=[\"'`”’*]{0,2}\s?\Z)")
LEAD = regex.compile(r"(?:i\.e\.,?|an?\b|the\b|[\s\"'`“‘])*", regex.IGNORECASE)
INNER = regex.compile(r"[,;]| or | also ")
FUNCTION_WORD = regex.compile(
    r"(?:an?|the|of|for|in|on|and|to|with|by|we|our|is|are|that|as)\b", regex.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and the long form it stands for, as spans of the clean text."""

    start: int
    end: int
    long_start: int
    long_end: int

    def short(self, text: str) -> str:
        return text[self.start : self.end]

    def long(self, text: str) -> str:
        return text[self.long_start : self.long_end]


def find_abbreviations(text: str) -> list[Abbreviation]:
    """Definitions in either order, "long (SHORT)" and "SHORT (long)", by the letters that both share, in
    order: the method of Schwartz and Hearst (2003), with plurals, digits and mixed case.

    >>> text = "We use implicit alternating least squares (iALS)."
    >>> [(a.short(text), a.long(text)) for a in find_abbreviations(text)]
    [('iALS', 'implicit alternating least squares')]
    """
    found = []
    for bracket in BRACKET.finditer(text):
        pair = _short_inside(text, bracket) or _long_inside(text, bracket)
        if pair:
            found.append(pair)
    return found


def alias_groups(
    text: str, abbreviations: Iterable[Abbreviation], mentions: Iterable[FoundMention] = ()
) -> tuple[tuple[str, ...], ...]:
    """Written forms that name one thing, a group each: short and long forms, joined where they share one, and
    mentions that differ from one of them in case or plural only."""
    group_of: dict[str, set[str]] = {}  # by folded form
    groups: dict[int, set[str]] = {}  # each group once, in order
    for abbreviation in abbreviations:
        joined = {abbreviation.short(text), abbreviation.long(text)}
        for group in {id(g): g for form in joined if (g := group_of.get(_folded(form)))}.values():
            del groups[id(group)]
            joined, smaller = (group, joined) if len(group) > len(joined) else (joined, group)
            joined |= smaller
            group_of |= {_folded(form): joined for form in smaller}
        groups[id(joined)] = joined
        group_of |= {_folded(form): joined for form in (abbreviation.short(text), abbreviation.long(text))}
    for written in dict.fromkeys(text[m.start : m.end] for m in mentions):
        if group := group_of.get(_folded(written)):
            group.add(written)
    return tuple(tuple(sorted(group, key=lambda form: (len(form), form))) for group in groups.values())


def _folded(form: str) -> str:
    return form.lower().replace("-", " ").removesuffix("s")


def _short_inside(text: str, bracket: regex.Match) -> Abbreviation | None:
    """long (SHORT)"""
    inside = INNER.split(bracket.group(1), maxsplit=1)[0].strip().strip("\"'`“”‘’*")
    if not _is_short(inside):
        return None
    start = text.index(inside, bracket.start())
    before = BEFORE.search(text, max(0, bracket.start() - 160), bracket.start())
    span = before and long_form(inside, text, before.start(), before.end())
    return span and Abbreviation(start, start + len(inside), *span)


def _long_inside(text: str, bracket: regex.Match) -> Abbreviation | None:
    """SHORT (long)"""
    word = WORD_BEFORE.search(text, max(0, bracket.start() - LONGEST_SHORT - 4), bracket.start())
    if not word or not _is_short(word.group()) or " " not in bracket.group(1):
        return None
    if word.start() and (text[word.start() - 1].isalnum() or text[word.start() - 1] == "-"):
        return None
    start = bracket.start(1)
    if len(bracket.group(1).split()) > len(word.group()) + 4:
        return None
    span = long_form(word.group(), text, start, bracket.end(1))
    if not span or text[start : span[0]].strip(" \"'`“‘").lower() not in (
        "",
        "a",
        "an",
        "the",
        "i.e.,",
        "i.e.",
    ):
        return None
    return Abbreviation(word.start(), word.end(), *span)


def _is_short(form: str) -> bool:
    if not (2 <= len(form) <= LONGEST_SHORT and SHORT.fullmatch(form)):
        return False
    capitals = sum(c.isupper() for c in form)
    return capitals >= 2 or (capitals == 1 and (len(form) <= 6 or any(c.isdigit() for c in form)))


def long_form(short: str, text: str, start: int, end: int) -> tuple[int, int] | None:
    """The words at the end of `text[start:end]` that spell `short`: the first one begins with its first
    letter, and the others follow in order. None if there are none."""
    letters = [c.lower() for c in short if c.isalnum()]
    if len(letters) > 2 and short.endswith("s"):
        letters.pop()  # a plural: "CNNs"
    words = [m.span() for m in WORD.finditer(text, start, end)]
    window = words[-min(len(letters) + 5, 2 * len(letters)) :]
    place = _spell(letters, text, window) if window and letters else None
    if place is None:
        return None
    long = text[place:end].rstrip("\"'`“”‘’*, -")
    if FUNCTION_WORD.match(long) and " " in long:
        return None
    if len(long) <= len(short) or short.lower() in WORD.findall(long.lower()):
        return None
    return place, place + len(long)


def _spell(letters: list[str], text: str, words: list[tuple[int, int]]) -> int | None:
    """Where the words that spell the letters begin. Better all letters at the start of words than inside, and
    better a first word that is not the second half of one with a hyphen ("Self-Supervised Learning", SSL)."""
    initials = {a for a, _ in words}
    fronts = {a for a in initials if a == 0 or text[a - 1] not in "-–"}
    everywhere = range(words[0][0], words[-1][1])
    for first, others in ((fronts, initials), (fronts, everywhere), (initials, everywhere)):
        place = _spell_back(letters, text, words[-1][1], words[0][0], first, others)
        if place is not None:
            return place
    return None


def _spell_back(letters, text, end, start, first, others) -> int | None:
    """From the last letter back, each at the nearest allowed place before the next."""
    at = end
    for index in range(len(letters) - 1, -1, -1):
        allowed = others if index else first
        at -= 1
        while at >= start and (text[at].lower() != letters[index] or at not in allowed):
            at -= 1
        if at < start:
            return None
    return at
