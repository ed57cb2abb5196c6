"""The linking rules, compiled: cue words in a text -> `Cue`s, each with the rule that knows what it means.
Takes `Rules`, finds; never decides anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import regex

from extractor.rules import DirectionRule, KindRule, LinkRule, RoleRule, Rule, Rules


@dataclass(frozen=True, slots=True)
class Cue:
    """The span of a cue, and its rule."""

    start: int
    end: int
    rule: Rule


class Cues:
    """The cues of some rules as one pattern. Where several fit at one place the first wins."""

    def __init__(self, rules: Iterable[KindRule | DirectionRule | LinkRule]):
        self.rules = {f"r{i}": rule for i, rule in enumerate(rules)}
        branches = [f"(?P<{name}>{'|'.join(rule.cues)})" for name, rule in self.rules.items()]
        pattern = rf"(?<![\w.]|\w-)(?:{'|'.join(branches) or '(?!)'})(?!\w|-\w)"
        self.pattern = regex.compile(pattern, regex.IGNORECASE)

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[Cue]:
        """The cues in `text[start:end]`, in order, none overlapping another; offsets in `text`."""
        matches = self.pattern.finditer(text, start, len(text) if end is None else end)
        return [Cue(m.start(), m.end(), self.rules[_branch(m)]) for m in matches]

    def ends(self, text: str) -> bool:
        """Whether a cue stands at the end of the text."""
        return any(cue.end == len(text) for cue in self.find(text))

    def whole(self, word: str) -> bool:
        """Whether the word is a cue from end to end."""
        return bool(self.pattern.fullmatch(word))


def _branch(match: regex.Match) -> str:
    return next(name for name, text in match.groupdict().items() if text is not None)


@dataclass(frozen=True)
class RoleCue:
    rule: RoleRule
    before: regex.Pattern
    after: regex.Pattern

    def fits(self, before: str, after: str) -> bool:
        return bool(self.before.search(before) and self.after.search(after))


@dataclass(frozen=True)
class Lexicon:
    kinds: Cues  # what a metric phrase measures
    changes: dict[str, Cues]  # words that say that something moved, by `form`
    links: dict[str, Cues]  # by `use`
    roles: tuple[RoleCue, ...]


@lru_cache(maxsize=8)
def lexicon(rules: Rules) -> Lexicon:
    forms = dict.fromkeys(rule.form for rule in rules.directions)
    uses = dict.fromkeys(rule.use for rule in rules.links)
    return Lexicon(
        kinds=Cues(rules.kinds),
        changes={form: Cues(rule for rule in rules.directions if rule.form == form) for form in forms},
        links={use: Cues(rule for rule in rules.links if rule.use == use) for use in uses},
        roles=tuple(
            RoleCue(rule, *(regex.compile(p, regex.IGNORECASE) for p in (rule.before, rule.after)))
            for rule in rules.roles
        ),
    )
