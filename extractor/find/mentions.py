"""Clean text -> mentions of methods, datasets, metrics and tasks, by lists, patterns, head words, abbreviations.
A name found once is marked wherever it stands as a whole word, the longest at each place, under one label.
Never decides which mention a number belongs to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import regex

from extractor.find.abbreviations import Abbreviation, find_abbreviations
from extractor.find.names import NameMatcher, name_matcher
from extractor.found import FoundMention
from extractor.records import Label
from extractor.rules import MentionRule, Rules, load_rules

TOKEN = regex.compile(r"[\p{L}\d]+(?:[-'’/@.][\p{L}\d]+)*")
ARTICLE = regex.compile(r"(?:the|an?|our|its|their)\s+", regex.IGNORECASE)
LEAST = 0.4  # confidence in a listed name below which it is only known, not marked ("loss")
CERTAIN = 0.9  # confidence in a pattern that weighs as much as a list
CARRIED = 0.9  # of the confidence in a name, what remains for its short or long form


@dataclass(frozen=True, slots=True)
class Name:
    """A written form that names something, and what found it."""

    text: str
    label: Label
    confidence: float
    rules: tuple[str, ...]
    proposed: bool = False
    listed: bool = False

    @property
    def rank(self) -> tuple[bool, float]:
        """What a list says goes before what a pattern guesses."""
        return (self.listed or self.confidence >= CERTAIN, self.confidence)


@dataclass(frozen=True)
class _Program:
    """The mention rules, compiled."""

    names: NameMatcher
    patterns: tuple[tuple[MentionRule, regex.Pattern], ...]
    heads: dict[str, MentionRule]
    stops: frozenset[str]
    tails: dict[Label, tuple[tuple[MentionRule, regex.Pattern], ...]]
    never: frozenset[str]


@lru_cache(maxsize=8)
def _program(rules: Rules) -> _Program:
    of = {
        use: [r for r in rules.mentions if r.use == use]
        for use in ("part", "pattern", "head", "stop", "tail", "never")
    }
    parts: dict[str, str] = {}
    for rule in of["part"]:
        parts[rule.id.rpartition(".")[2]] = _filled(rule.pattern, parts)
    return _Program(
        names=name_matcher(rules),
        patterns=tuple((r, regex.compile(_filled(r.pattern, parts))) for r in of["pattern"]),
        heads={word: rule for rule in of["head"] for word in rule.words},
        stops=frozenset(word for rule in of["stop"] for word in rule.words),
        tails={
            label: tuple(
                (r, regex.compile(_filled(r.pattern, parts))) for r in of["tail"] if r.label == label
            )
            for label in Label
        },
        never=frozenset(_folded(word) for rule in of["never"] for word in rule.words),
    )


def _filled(pattern: str, parts: dict[str, str]) -> str:
    """The pattern with `<shaped>` and the like replaced by the parts of that name."""
    return regex.sub(
        r"(?<!\?|P)<([a-z_]+)>", lambda m: f"(?:{parts[m[1]]})" if m[1] in parts else m[0], pattern
    )


def find_mentions(
    text: str, rules: Rules | None = None, abbreviations: Sequence[Abbreviation] | None = None
) -> list[FoundMention]:
    """All mentions in the clean text, in order and apart. `abbreviations`: where found already."""
    program = _program(rules or load_rules())
    if abbreviations is None:
        abbreviations = find_abbreviations(text)
    found = [*_listed(text, program), *_matched(text, program), *_headed(text, program)]
    names = _settled(found, program)
    names = _settled([*names.values(), *_carried(text, names, abbreviations, program)], program)
    return _marked(text, names)


def _listed(text: str, program: _Program) -> Iterator[Name]:
    for hit in program.names.find(text):
        rule, label, end = hit.listed.rule, hit.listed.label, hit.end
        if rule.confidence < LEAST:
            continue
        ids = (rule.id,)
        for tail, pattern in program.tails[label]:
            match = pattern.match(text, end)
            if match and match.end() > end:
                end, ids = match.end(), (rule.id, tail.id)
        yield Name(text[hit.start : end], label, rule.confidence, ids, listed=True)


def _matched(text: str, program: _Program) -> Iterator[Name]:
    for rule, pattern in program.patterns:
        for match in pattern.finditer(text):
            for name in match.captures("name"):
                name = name.strip()
                if name:
                    yield Name(name, rule.label, rule.confidence, (rule.id,), rule.proposed)


def _headed(text: str, program: _Program) -> Iterator[Name]:
    tokens = [m.span() for m in TOKEN.finditer(text)]
    words = [text[a:b].lower() for a, b in tokens]
    for index, word in enumerate(words):
        rule = program.heads.get(word)
        if rule:
            first = index
            while first > 0 and index - first < rule.most and _joins(text, tokens, words, first, program):
                first -= 1
            if first < index:
                yield Name(text[tokens[first][0] : tokens[index][1]], rule.label, rule.confidence, (rule.id,))


def _joins(text, tokens, words, first: int, program: _Program) -> bool:
    """Whether the word before `first` belongs to the same phrase."""
    before = words[first - 1]
    return (
        text[tokens[first - 1][1] : tokens[first][0]] == " "
        and before not in program.stops
        and not before.endswith(("ly", "-based", "ed"))
        and not before[0].isdigit()
    )


def _settled(found: Iterable[Name], program: _Program) -> dict[str, Name]:
    """Each written form once, under the label that is most certain."""
    best: dict[str, Name] = {}
    for name in found:
        if _folded(name.text) in program.never or not any(c.isalpha() for c in name.text):
            continue
        other = best.get(name.text)
        if other is None:
            best[name.text] = name
        else:
            winner, loser = (name, other) if name.rank > other.rank else (other, name)
            agree = winner.label == loser.label
            best[name.text] = replace(
                winner,
                rules=tuple(dict.fromkeys(winner.rules + (loser.rules if agree else ()))),
                proposed=winner.proposed or loser.proposed,
            )
    return best


def _carried(
    text: str, names: dict[str, Name], abbreviations: Sequence[Abbreviation], program: _Program
) -> Iterator[Name]:
    """What one form of a name is, the other is too."""
    for abbreviation in abbreviations:
        short, long = abbreviation.short(text), abbreviation.long(text)
        known = [names[form] for form in (long, short) if form in names]
        if not known or any(_folded(form) in program.never for form in (short, long)):
            continue
        source = max(known, key=lambda name: name.confidence)
        proposed = any(name.proposed for name in known)
        for form in (short, long):
            yield Name(
                form,
                source.label,
                source.confidence * CARRIED,
                (*source.rules, "mention.abbreviation"),
                proposed,
            )
            if form in names and proposed and not names[form].proposed:
                yield Name(form, source.label, names[form].confidence, names[form].rules, True)


def _marked(text: str, names: dict[str, Name]) -> list[FoundMention]:
    """Every whole-word place of every name; of those that overlap the longest."""
    taken = bytearray(len(text))
    mentions = []
    for written in sorted(names, key=lambda written: (-len(written), written)):
        name = names[written]
        for start in _places(text, written):
            end = start + len(written)
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * len(written)
                found = FoundMention(
                    start, end, name.label, name.proposed, name.rules, round(name.confidence, 3)
                )
                mentions.append(found)
    return sorted(mentions, key=lambda mention: mention.start)


def _places(text: str, written: str) -> Iterator[int]:
    """Where the written form stands as a whole word."""
    start = text.find(written)
    while start >= 0:
        end = start + len(written)
        before, after = text[start - 1 : start], text[end : end + 1]
        if not _in_word(before + written[0]) and not _in_word(written[-1] + after):
            yield start
            start = text.find(written, end)
        else:
            start = text.find(written, start + 1)


def _in_word(pair: str) -> bool:
    return len(pair) == 2 and all(c.isalnum() or c == "_" for c in pair)


def _folded(text: str) -> str:
    return text.lower().replace("-", " ").removesuffix("s")
