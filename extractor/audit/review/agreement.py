"""How far two reviewers agree, before anything is settled: Cohen's kappa (Cohen 1960) of the verdicts and of
every field, and the claims on which they differ. Takes what each decided, never changes it."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from extractor.decisions import ClaimKey, Decision, Verdict
from extractor.records import Claim, Slot

FIELDS = (
    "value",
    "kind",
    "role",
    "qualifier",
    "direction",
    "metric",
    "method",
    "dataset",
    "baseline",
    "task",
    "condition",
)
VERDICT = "verdict"
ABSENT = "absent"  # the verdict of a reviewer on a claim that only the other added


@dataclass(frozen=True)
class Agreement:
    """Of one field: how many claims both judged, the share on which they agree, and kappa, which is None
    where chance alone would agree on all."""

    field: str
    claims: int
    observed: float | None
    kappa: float | None


@dataclass(frozen=True)
class Judged:
    """One person's word on a claim. `claim` is as they left it; None if there is none for them."""

    decision: Decision | None
    claim: Claim | None

    @property
    def verdict(self) -> str | None:
        """None while undecided."""
        if self.decision is None:
            return ABSENT if self.claim is None else None
        return self.decision.verdict

    @property
    def stands(self) -> bool:
        return self.claim is not None and self.verdict not in (None, Verdict.REJECT)


Pair = tuple[Judged, Judged]


def kappa(field: str, labels: Sequence[tuple[Hashable, Hashable]]) -> Agreement:
    """Of the labels that two people gave to the same things.

    >>> kappa("verdict", [("yes", "yes"), ("yes", "no"), ("no", "no"), ("no", "no")]).kappa
    0.5
    """
    count = len(labels)
    if not count:
        return Agreement(field, 0, None, None)
    observed = sum(a == b for a, b in labels) / count
    firsts, seconds = Counter(a for a, _ in labels), Counter(b for _, b in labels)
    chance = sum(firsts[label] * seconds[label] for label in firsts) / count**2
    return Agreement(field, count, observed, None if chance == 1 else (observed - chance) / (1 - chance))


def agreement(pairs: Mapping[ClaimKey, Pair]) -> list[Agreement]:
    """Of the verdicts, over the claims on which both gave one, and of each field, over those that both let
    stand. Names agree whatever their case; lists whatever their order."""
    both = [(a, b) for a, b in pairs.values() if a.verdict and b.verdict]
    standing = [(a.claim, b.claim) for a, b in both if a.stands and b.stands]
    rows = [kappa(VERDICT, [(a.verdict, b.verdict) for a, b in both])]
    return rows + [kappa(f, [(label(a, f), label(b, f)) for a, b in standing]) for f in FIELDS]


def differing(a: Judged, b: Judged) -> list[str]:
    """In what two people differ on a claim; nothing where neither has said a word or both reject it."""
    if a.decision is None and b.decision is None:
        return []
    different = [VERDICT] if a.verdict != b.verdict else []
    if a.claim and b.claim and not a.verdict == b.verdict == Verdict.REJECT:
        different += [field for field in FIELDS if label(a.claim, field) != label(b.claim, field)]
    return different


def label(claim: Claim, field: str) -> Hashable:
    """What a claim's field says, such that equal labels mean agreement."""
    content = getattr(claim, field)
    if field == "value":
        return content.low, content.high, content.unit
    if isinstance(content, tuple):
        return frozenset(map(_name, content))
    return _name(content) if isinstance(content, Slot) else content


def _name(slot: Slot) -> str:
    return (slot.name or slot.text).casefold()
