"""What the charts at the top of a report show, as numbers to draw: bars, most first, and how certain the
claims are. Takes extractions, never draws."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractor.records import Claim, Extraction

BINS = 20
SHOWN = 6


@dataclass(frozen=True)
class Bar:
    name: str
    count: int
    share: float  # of the longest bar, 0 to 1


@dataclass(frozen=True)
class Chart:
    """`field`: which filter of the claims a bar stands for."""

    title: str
    field: str
    bars: tuple[Bar, ...]
    more: int = 0  # names that are not shown


def charts(extractions: Iterable[Extraction]) -> list[Chart]:
    """Claims by kind, and the names that most claims have as metric, dataset and method."""
    claims = [claim for extraction in extractions for claim in extraction.claims]
    return [
        _chart("Kinds", "kind", Counter(claim.kind.value for claim in claims), shown=8),
        _chart("Metrics", "metric", Counter(claim.metric.name for claim in claims if claim.metric)),
        _chart("Datasets", "dataset", Counter(slot.name for claim in claims for slot in claim.dataset)),
        _chart("Methods", "method", Counter(claim.method.name for claim in claims if claim.method)),
    ]


def _chart(title: str, field: str, counts: Counter[str], shown: int = SHOWN) -> Chart:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    bars = tuple(Bar(name, count, count / ordered[0][1]) for name, count in ordered[:shown])
    return Chart(title, field, bars, max(0, len(ordered) - shown))


def certainty(claims: Sequence[Claim]) -> tuple[Bar, ...]:
    """How many claims are how certain, in `BINS` steps from 0 to 1."""
    counts = Counter(min(BINS - 1, int(claim.confidence * BINS)) for claim in claims)
    most = max(counts.values(), default=1)
    return tuple(
        Bar(f"{step / BINS:.2f} to {(step + 1) / BINS:.2f}", counts[step], counts[step] / most)
        for step in range(BINS)
    )
