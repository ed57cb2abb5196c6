"""Leaderboards in the shape of Papers with Code's evaluation tables: task, its datasets, their metrics, a row
a model of a paper, values as strings as printed. In each row's `claims` stand the parsed numbers and the
place in the text, which readers of the old shape pass over."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from extractor.export.replacing import replacing
from extractor.export.words import named
from extractor.records import Claim, Extraction, Kind, Paper, Role

LEVELS = frozenset({Kind.SCORE, Kind.MEASURE})
"""What a leaderboard ranks; a change has no place in it."""
NO_TASK = "(no task named)"

Board = dict[str, dict[str, list[tuple[Paper, Claim]]]]
"""Task -> dataset -> its claims."""


def write_leaderboard(extractions: Iterable[Extraction], path: Path) -> int:
    """A paper's own levels that have method, metric and dataset; returns how many claims these were."""
    board: Board = defaultdict(lambda: defaultdict(list))
    ranked = 0
    for extraction in extractions:
        for claim in filter(_ranks, extraction.claims):
            task = named(claim.task) if claim.task else NO_TASK
            for dataset in claim.dataset:
                board[task][named(dataset)].append((extraction.paper, claim))
            ranked += 1
    with replacing(path) as file:
        json.dump([_task(task, board[task]) for task in sorted(board)], file, ensure_ascii=False, indent=1)
        file.write("\n")
    return ranked


def _ranks(claim: Claim) -> bool:
    own_level = claim.role is Role.RESULT and claim.kind in LEVELS
    return own_level and bool(claim.method and claim.metric and claim.dataset)


def _task(task: str, datasets: dict[str, list[tuple[Paper, Claim]]]) -> dict[str, Any]:
    boards = [{"dataset": name, "sota": _sota(claims)} for name, claims in sorted(datasets.items())]
    return {"task": task, "description": "", "subtasks": [], "datasets": boards}


def _sota(claims: list[tuple[Paper, Claim]]) -> dict[str, Any]:
    metrics = dict.fromkeys(named(claim.metric) for _, claim in claims)
    return {"metrics": list(metrics), "rows": list(_model_rows(claims))}


def _model_rows(claims: list[tuple[Paper, Claim]]) -> Iterator[dict[str, Any]]:
    """A row a model of a paper. A metric that it has two values of stands in two rows, as two entries did."""
    rows: dict[tuple[str, str, int], list[tuple[Paper, Claim]]] = defaultdict(list)
    for paper, claim in claims:
        key, entry = (paper.id, named(claim.method)), 0
        while any(named(c.metric) == named(claim.metric) for _, c in rows.get((*key, entry), ())):
            entry += 1
        rows[*key, entry].append((paper, claim))
    for of_row in rows.values():
        paper, first = of_row[0]
        yield {
            "model_name": named(first.method),
            "paper_title": paper.title,
            "paper_url": paper.url or (f"https://doi.org/{paper.doi}" if paper.doi else ""),
            "paper_date": paper.date,
            "code_links": [],
            "model_links": [],
            "metrics": {named(claim.metric): claim.value.text for _, claim in of_row},
            "claims": [_grounds(paper, claim) for _, claim in of_row],
        }


def _grounds(paper: Paper, claim: Claim) -> dict[str, Any]:
    return {
        "metric": named(claim.metric),
        "paper": paper.id,
        **claim.value.model_dump(),
        "qualifier": claim.qualifier.value,
        "condition": claim.condition.text if claim.condition else None,
        "sentence": paper.source[claim.sentence.start : claim.sentence.end],
        "confidence": claim.confidence,
    }
