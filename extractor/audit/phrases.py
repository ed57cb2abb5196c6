"""The phrases of `rules/audit/phrases.yaml`, compiled: to search in a text, or to match where a text ends."""

from dataclasses import dataclass
from functools import lru_cache

import regex

from extractor.audit.rules import AuditRules


@dataclass(frozen=True)
class Phrase:
    """`search` finds it forwards; `ends` matches where the text up to an offset ends in it."""

    forwards: regex.Pattern
    backwards: regex.Pattern

    def search(self, text: str) -> regex.Match | None:
        return self.forwards.search(text)

    def finditer(self, text: str):
        return self.forwards.finditer(text)

    def ends(self, text: str, start: int, end: int) -> regex.Match | None:
        """Where `text[start:end]` ends in the phrase."""
        return self.backwards.match(text, start, end)


@lru_cache(maxsize=8)
def phrases(rules: AuditRules) -> dict[str, Phrase]:
    """By what they say; a use without rules is said by nothing."""
    uses: dict[str, list[str]] = {}
    for rule in rules.phrases:
        uses.setdefault(rule.use, []).append(rule.pattern)
    made = {use: "|".join(f"(?:{pattern})" for pattern in patterns) for use, patterns in uses.items()}
    return {use: Phrase(regex.compile(f"(?i){p}"), regex.compile(f"(?ri)(?:{p})")) for use, p in made.items()}
