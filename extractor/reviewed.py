"""The claims table with what people said: each claim's id in front, the decision on it behind. Takes
decisions, returns a `Table` that the CSV, Parquet and database writers take like any other."""

from collections.abc import Iterable, Iterator, Mapping

from extractor.decisions import ClaimKey, Decision, claim_id, claim_key
from extractor.export.tables import CLAIM_COLUMNS, Cell, Row, Table, claim_rows
from extractor.records import Extraction

REVIEWED_COLUMNS = {
    "claim": Cell.TEXT,
    **CLAIM_COLUMNS,
    "decision": Cell.WORD,
    "note": Cell.TEXT,
    "reviewer": Cell.TEXT,
    "decided": Cell.TEXT,  # when, ISO 8601; by it an edited CSV knows what it held at first
}


def reviewed_claims(decisions: Iterable[Decision]) -> Table:
    """A row a claim that is left. Its id is that of the claim as extracted, also where a person corrected
    where its value stands."""
    by_left = {_left_key(decision): decision for decision in decisions}

    def rows(extraction: Extraction) -> Iterator[Row]:
        for claim, row in zip(extraction.claims, claim_rows(extraction), strict=True):
            key = claim_key(extraction.paper, claim)
            decision = by_left.get(key)
            # A decision on another value that once stood there is none on this claim.
            if decision and not decision.corrections and decision.value != claim.value.text:
                decision = None
            yield {"claim": claim_id(decision.key if decision else key), **row, **_said(decision)}

    return Table("claims", REVIEWED_COLUMNS, rows)


def _left_key(decision: Decision) -> ClaimKey:
    """Where the value stands after the decision's correction."""
    value = decision.corrections.get("value")
    return (decision.paper, value["start"], value["end"]) if isinstance(value, Mapping) else decision.key


def _said(decision: Decision | None) -> Row:
    if decision is None:
        return {"decision": None, "note": None, "reviewer": None, "decided": None}
    return {
        "decision": decision.verdict.value if decision.verdict else None,
        "note": decision.note,
        "reviewer": decision.by,
        "decided": decision.at.isoformat(),
    }
