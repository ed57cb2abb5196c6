"""Claims that people have judged, as gold: a line a paper in the format that `extractor evaluate` and
training read. Only papers every claim of which was accepted or rejected, since in the others a missing claim
would count as wrong."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from extractor.decisions import Verdict
from extractor.export import replacing
from extractor.export.tables import MULTIPLE, SINGLE
from extractor.records import Claim, Extraction
from extractor.run_folder import Reviewed

JUDGED = frozenset({Verdict.ACCEPT, Verdict.REJECT})


def gold_papers(papers: Iterable[Reviewed]) -> Iterator[dict[str, Any]]:
    """The papers that are judged in full, with the claims left of them. Mentions were not asked about, so
    there are none."""
    for paper in papers:
        rows = paper.rows
        if rows and all(decision and decision.verdict in JUDGED for _, decision in rows):
            yield gold(paper.left)


def gold(extraction: Extraction) -> dict[str, Any]:
    """One line: slots as texts, offsets in title, newline, abstract."""
    paper = extraction.paper
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "mentions": [],
        "aliases": [list(group) for group in extraction.aliases],
        "claims": [_claim(claim) for claim in extraction.claims],
    }


def write_gold(papers: Iterable[Reviewed], path: Path) -> int:
    """JSON Lines; returns the number of papers."""
    count = 0
    with replacing(path) as file:
        for line in gold_papers(papers):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    return count


def _claim(claim: Claim) -> dict[str, Any]:
    value = claim.value
    slots = {field: getattr(claim, field) for field in SINGLE}
    return {
        "value": {name: getattr(value, name) for name in ("text", "start", "end", "low", "high", "unit")},
        **{name: getattr(claim, name) for name in ("kind", "role", "qualifier", "direction")},
        **{field: slot.text if slot else None for field, slot in slots.items()},
        **{field: [slot.text for slot in getattr(claim, field)] for field in MULTIPLE},
    }
