"""Claims as the page gets them: a row of the queue, and a claim with everything that is known of it. Takes
records and decisions, returns plain JSON."""

from collections.abc import Sequence
from typing import Any

from extractor.audit.report.run_folder import Finding, worst
from extractor.audit.review.agreement import FIELDS, Judged, differing
from extractor.clean import clean
from extractor.decisions import ClaimKey, Decision, claim_id
from extractor.records import Claim, Paper
from extractor.rules import load_rules


def claim_row(
    key: ClaimKey,
    paper: Paper,
    claim: Claim,
    decision: Decision | None,
    findings: Sequence[Finding],
    added: bool,
) -> dict[str, Any]:
    """What the queue shows, sorts and filters by."""
    names = {
        wanted: ", ".join(slot.name or slot.text for field, slot in claim.slots() if field == wanted)
        for wanted in ("metric", "method", "dataset")
    }
    return {
        "id": claim_id(key),
        "paper": key[0],
        "title": paper.title or key[0],
        "value": clean(claim.value.text, load_rules()).text,
        "kind": claim.kind,
        "role": claim.role,
        **names,
        "sure": claim.confidence,
        "worst": worst(findings),
        "findings": len(findings),
        "added": added,
        "decision": decision_shown(decision),
    }


def claim_shown(
    key: ClaimKey, claim: Claim, decision: Decision | None, findings: Sequence[Finding], added: bool
) -> dict[str, Any]:
    """A claim as a person left it, with their decision and what `verify` found."""
    return {
        "id": claim_id(key),
        "claim": claim.model_dump(mode="json"),
        "decision": decision_shown(decision),
        "findings": [{"severity": f.severity, "message": f.message} for f in findings],
        "added": added,
    }


def sides_shown(reviewers: Sequence[str], pair: tuple[Judged, Judged]) -> dict[str, Any]:
    """What each of two people said of a claim, and in what they differ."""
    sides = [
        {
            "by": name,
            "verdict": judged.verdict,
            "claim": judged.claim and judged.claim.model_dump(mode="json"),
            "decision": decision_shown(judged.decision),
        }
        for name, judged in zip(reviewers, pair, strict=True)
    ]
    return {"differs": differing(*pair), "sides": sides}


def decision_shown(decision: Decision | None) -> dict[str, Any] | None:
    """`corrected`: the fields that differ from what was extracted; none for an added claim."""
    if decision is None:
        return None
    return {
        "verdict": decision.verdict,
        "corrections": decision.corrections,
        "corrected": [] if decision.added else [field for field in decision.corrections if field in FIELDS],
        "note": decision.note,
        "by": decision.by,
        "at": decision.at.isoformat(timespec="seconds"),
    }
