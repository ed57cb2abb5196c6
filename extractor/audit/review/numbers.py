"""A claim for a number that was missed: every number of a text with what the rules would make of it, claim or
not, and the one that stands at a selection. Takes a paper, returns a `Claim` to start from."""

from dataclasses import dataclass
from functools import lru_cache

import regex

from extractor.by_rules import ByRules
from extractor.confidence import from_rules
from extractor.find.sentences import sentences
from extractor.pipeline import ClaimFinder, Judged
from extractor.records import Claim, Kind, Paper, Quantity, Role, Span
from extractor.rules import Rules

DIGITS = regex.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")


class EveryNumber(ClaimFinder):
    """Finds a claim at every number, by rules alone."""

    def __init__(self, rules: Rules):
        super().__init__(rules, None)

    def judge(self, by_rules: ByRules) -> Judged:
        claims = [(claim, from_rules(claim)) for claim in by_rules.claims]
        return Judged(by_rules.mentions, by_rules.aliases, claims)


@dataclass(frozen=True)
class Numbers:
    """The numbers of papers, found once a text."""

    rules: Rules

    def claim_at(self, paper: Paper, start: int, end: int) -> Claim:
        """The claim that the number at a selection would be, widened to the whole number with its unit.
        ValueError where no number stands."""
        overlap = [
            (min(end, claim.value.end) - max(start, claim.value.start), claim)
            for claim in _claims(self.rules, paper.source)
        ]
        shared, claim = max(overlap, key=lambda pair: pair[0], default=(0, None))
        return claim if claim is not None and shared > 0 else _bare(paper, start, end)


@lru_cache(maxsize=64)
def _claims(rules: Rules, source: str) -> tuple[Claim, ...]:
    return EveryNumber(rules).find(source).claims


def _bare(paper: Paper, start: int, end: int) -> Claim:
    """A number in digits that the rules pass over, such as one in a name."""
    selected = paper.source[start:end]
    digits = DIGITS.search(selected)
    if digits is None:
        raise ValueError(f"no number in {selected!r}; select one, such as 4.86x")
    first = start + digits.start()
    number = float(digits.group().replace(",", ""))
    value = Quantity(
        text=digits.group(), start=first, end=first + len(digits.group()), low=number, high=number
    )
    within = next(
        ((a, b) for a, b in sentences(paper.source) if a <= value.start and value.end <= b), (start, end)
    )
    return Claim(
        value=value, kind=Kind.OTHER, role=Role.RESULT, sentence=Span(start=within[0], end=within[1])
    )
