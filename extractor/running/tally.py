"""What is counted while extractions pass. Takes extractions and failures one by one, adds up by parts."""

from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest

from pydantic import BaseModel, Field

from extractor.records import Claim, Extraction, Kind, Role
from extractor.running.one_paper import Failure

SHOWN = 10
KEPT = 100
TELLING = frozenset({Kind.SPEEDUP, Kind.SCORE})  # the kinds among which the most certain results are shown


class Tally(BaseModel):
    """Of some papers in a row, or of all."""

    papers: int = 0  # extracted, those that are not English included
    not_english: int = 0
    reused: int = 0  # of the papers, those taken over from an earlier run
    mentions: Counter[str] = Field(default_factory=Counter)  # by label
    claims: Counter[str] = Field(default_factory=Counter)  # by kind
    failed: int = 0
    failures: list[Failure] = []
    top: list[tuple[str, Claim]] = []  # paper and claim, the most certain first, `SHOWN` at most

    @property
    def extracted(self) -> int:
        return self.papers - self.not_english

    def add(self, extraction: Extraction, *, left_out: bool = False) -> None:
        """`left_out`: for its language."""
        self.papers += 1
        self.not_english += left_out
        self.mentions.update(mention.label.value for mention in extraction.mentions)
        self.claims.update(claim.kind.value for claim in extraction.claims)
        telling = [c for c in extraction.claims if c.kind in TELLING and c.role is Role.RESULT]
        self._show((extraction.paper.id, claim) for claim in telling)

    def fail(self, failure: Failure) -> None:
        self.failed += 1
        self.failures.append(failure)

    def merge(self, other: "Tally") -> None:
        """Takes over what was counted of the papers after these; of all failures the first `KEPT` stay."""
        self.papers += other.papers
        self.not_english += other.not_english
        self.reused += other.reused
        self.mentions += other.mentions
        self.claims += other.claims
        self.failed += other.failed
        self.failures = [*self.failures, *other.failures][:KEPT]
        self._show(other.top)

    def _show(self, rows: Iterable[tuple[str, Claim]]) -> None:
        self.top = nsmallest(SHOWN, [*self.top, *rows], key=lambda row: -row[1].confidence)
