"""Clean text -> mentions of methods, datasets, metrics and tasks: lists, patterns, head words, abbreviations.
A name found once is marked wherever it stands as a whole word, the longest at each place, under one label.
Never decides which mention a number belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import regex

from extractor.find.abbreviations import Abbreviation, find_abbreviations
from extractor.find.names import NameMatcher, name_matcher, words_of
from extractor.found import FoundMention
from extractor.records import Label
from extractor.rules import MentionRule, Rules, load_rules

TOKEN = regex.compile(r"[\p{L}\d]+(?:[-'’/@.][\p{L}\d]+)*")
LEAST = 0.4  # confidence in a listed name below which it is only known, not marked ("loss")
CERTAIN = 0.85  # confidence in a pattern that weighs as much as a list
CARRIED = 0.9  # of the confidence in a name, what remains for its short or long form


@dataclass(frozen=True, slots=True)
class Name:
    """A written form that names something, and what found it."""

    text: str
    label: Label | None
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
    longs: dict[str, MentionRule]  # by last word; "" for any other
    stops: frozenset[str]
    stop_shapes: regex.Pattern
    tails: dict[Label, tuple[tuple[MentionRule, regex.Pattern], ...]]
    never: frozenset[str]


@lru_cache(maxsize=8)
def _program(rules: Rules) -> _Program:
    of: dict[str, list[MentionRule]] = defaultdict(list)
    for rule in rules.mentions:
        of[rule.use].append(rule)
    parts: dict[str, str] = {}
    for rule in of["part"]:
        parts[rule.id.rpartition(".")[2]] = _filled(rule.pattern, parts)
    return _Program(
        names=name_matcher(rules),
        patterns=tuple((r, regex.compile(_filled(r.pattern, parts))) for r in of["pattern"]),
        heads={word: rule for rule in of["head"] for word in rule.words},
        longs={word: rule for rule in of["long"] for word in rule.words or ("",)},
        stops=frozenset(word for rule in of["stop"] for word in rule.words),
        stop_shapes=regex.compile("|".join(r.pattern for r in of["stop"] if r.pattern) or r"(?!)"),
        tails={x: tuple((r, regex.compile(r.pattern)) for r in of["tail"] if r.label == x) for x in Label},
        never=frozenset(_folded(word) for rule in of["never"] for word in rule.words),
    )


def _filled(pattern: str, parts: dict[str, str]) -> str:
    """The pattern with `<shaped>` and the like replaced by the parts of that name."""
    for name, part in parts.items():
        pattern = pattern.replace(f"<{name}>", f"(?:{part})")
    return pattern


def find_mentions(
    text: str, rules: Rules | None = None, abbreviations: Sequence[Abbreviation] | None = None
) -> list[FoundMention]:
    """All mentions in the clean text, in order and apart. `abbreviations`: where found already."""
    program = _program(rules or load_rules())
    if abbreviations is None:
        abbreviations = find_abbreviations(text)
    listed = list(_listed(text, program))
    expanded = list(_expanded(text, abbreviations, program))
    known = {name.text for name in listed}
    nameless = {name.text for name in expanded if name.label is None}
    guessed = [*_matched(text, known, nameless, program), *_headed(text, program), *expanded]
    taken = _taken(text, abbreviations, guessed)
    listed = [name for name in listed if taken.get(name.text, name.label) == name.label]
    names = _settled([*listed, *guessed], program)
    names = _settled([*names.values(), *_carried(text, names, abbreviations, program)], program)
    return _marked(text, names)


def _listed(text: str, program: _Program) -> Iterator[Name]:
    for hit in program.names.find(text):
        rule, label, end = hit.listed.rule, hit.listed.label, hit.end
        ids = (rule.id,)
        for tail, pattern in program.tails[label]:
            match = pattern.match(text, end)
            if match and match.end() > end:
                end, ids = match.end(), (rule.id, tail.id)
        yield Name(text[hit.start : end], label, rule.confidence, ids, listed=True)


def _expanded(text: str, abbreviations: Sequence[Abbreviation], program: _Program) -> Iterator[Name]:
    """Both forms of each abbreviation, as what its long form's last word says; label None: no name."""
    for abbreviation in abbreviations:
        last = words_of(abbreviation.long(text))[-1:]
        rule = program.longs.get("".join(last)) or program.longs.get("")
        if rule:
            for form in (abbreviation.short(text), abbreviation.long(text)):
                yield Name(form, rule.label, rule.confidence, (rule.id,))


def _taken(text: str, abbreviations: Sequence[Abbreviation], guessed: Iterable[Name]) -> dict[str, Label]:
    """Short forms of what the paper proposes: here they name that, whatever else the lists know by them."""
    proposed = {name.text: name.label for name in guessed if name.proposed and name.label}
    return {a.short(text): proposed[a.long(text)] for a in abbreviations if a.long(text) in proposed}


def _matched(text: str, known: set[str], nameless: set[str], program: _Program) -> Iterator[Name]:
    """What the patterns find. Only a certain one takes what is `known` for newly proposed, or what is
    `nameless` for a name."""
    for rule, pattern in program.patterns:
        passed = set() if rule.confidence >= CERTAIN else nameless | known
        for match in pattern.finditer(text):
            for name in match.captures("name"):
                if name not in passed:
                    yield Name(name, rule.label, rule.confidence, (rule.id,), rule.proposed)


def _headed(text: str, program: _Program) -> Iterator[Name]:
    tokens = [m.span() for m in TOKEN.finditer(text)]
    words = [text[a:b].lower() for a, b in tokens]
    for index, word in enumerate(words):
        rule = program.heads.get(word)
        if rule:
            first, least = index, max(index - rule.most, 0)
            while first > least and _joins(text, tokens, words, first, rule, program):
                first -= 1
            if first < index:
                phrase = text[tokens[first][0] : tokens[index][1]]
                yield Name(phrase, rule.label, rule.confidence, (rule.id,))


def _joins(text, tokens, words, first: int, rule: MentionRule, program: _Program) -> bool:
    """Whether the word before `first` belongs to the same phrase."""
    before = words[first - 1]
    if text[tokens[first - 1][1] : tokens[first][0]] != " ":
        return False
    if rule.among:
        return before in rule.among
    return before not in program.stops and not program.stop_shapes.search(before)


def _settled(found: Iterable[Name], program: _Program) -> dict[str, Name]:
    """Each written form once, under the label that is most certain."""
    best: dict[str, Name] = {}
    for name in found:
        if name.label is None or (name.listed and name.confidence < LEAST):
            continue
        if _folded(name.text) in program.never or not any(c.isalpha() for c in name.text):
            continue
        best[name.text] = _better(best[name.text], name) if name.text in best else name
    return best


def _better(one: Name, other: Name) -> Name:
    """The more certain of two readings of a form, with the rules of the other if they agree."""
    winner, loser = (other, one) if other.rank > one.rank else (one, other)
    rules = winner.rules + loser.rules if winner.label == loser.label else winner.rules
    return replace(winner, rules=tuple(dict.fromkeys(rules)), proposed=winner.proposed or loser.proposed)


def _carried(
    text: str, names: dict[str, Name], abbreviations: Sequence[Abbreviation], program: _Program
) -> Iterator[Name]:
    """What one form of a name is, the other is too."""
    for abbreviation in abbreviations:
        forms = abbreviation.short(text), abbreviation.long(text)
        known = [names[form] for form in forms if form in names]
        if not known or any(_folded(form) in program.never for form in forms):
            continue
        source = max(known, key=lambda name: name.confidence)
        confidence = source.confidence * CARRIED
        rules = (*source.rules, "mention.abbreviation")
        proposed = any(name.proposed for name in known)
        yield from (Name(form, source.label, confidence, rules, proposed) for form in forms)


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
                confidence = round(name.confidence, 3)
                mentions.append(FoundMention(start, end, name.label, name.proposed, name.rules, confidence))
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
    return text.removesuffix("s").lower().replace("-", " ")
