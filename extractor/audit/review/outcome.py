"""What a review comes to: decisions in the run's folder, which compare, export and evaluate apply. Takes what
one or two people decided and what was settled, writes a file of `extractor.decisions`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from extractor.audit.review.agreement import Judged, Pair, differing
from extractor.audit.review.store import Store
from extractor.decisions import ClaimKey, Decision, write_decisions

NAME = "review"


@dataclass(frozen=True)
class Outcome:
    """`left_out`: claims on which people differ and nothing is settled yet."""

    decisions: dict[ClaimKey, Decision]
    left_out: int


def outcome(pairs: Mapping[ClaimKey, Pair], settled: Mapping[ClaimKey, Decision]) -> Outcome:
    """What two people agree on, in the name of both, and what was settled."""
    decisions, left_out = dict(settled), 0
    for key, (a, b) in pairs.items():
        if key in settled:
            continue
        if differing(a, b):
            left_out += 1
        elif a.decision and b.decision:
            decisions[key] = in_both_names(a, b)
    return Outcome(decisions, left_out)


def in_both_names(a: Judged, b: Judged) -> Decision:
    notes = [f"{d.by}: {d.note}" for d in (a.decision, b.decision) if d.note]
    by = ", ".join(sorted((a.decision.by, b.decision.by)))
    at = max(a.decision.at, b.decision.at)
    return a.decision.model_copy(update={"by": by, "at": at, "note": "; ".join(notes)})


def write_outcome(run: Path, store: Store, decisions: Mapping[ClaimKey, Decision]) -> Path | None:
    """Writes what changed since the outcome was last written and returns the file; None if nothing did. A
    claim whose decision was taken back since is given back as it was extracted."""
    now = datetime.now(UTC)
    written = store.written()
    changed = [decision for key, decision in decisions.items() if written.get(key) != decision]
    given_back = [
        Decision(paper=d.paper, start=d.start, end=d.end, value=d.value, by=d.by, at=now)
        for key, d in written.items()
        if key not in decisions and (d.verdict or d.corrections or d.note)
    ]
    if not changed and not given_back:
        return None
    path = write_decisions(run, [*changed, *given_back], NAME, now)
    store.set_written([*changed, *given_back], now)
    return path
