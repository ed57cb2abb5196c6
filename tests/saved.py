"""Runs in a folder, made of records: `save_run(tmp_path)` has the paper of `build.py`."""

import json
from datetime import UTC, datetime
from pathlib import Path

from build import extraction

from extractor.decisions import Decision, claim_key, write_decisions
from extractor.export import folder_writer
from extractor.records import Extraction, Paper

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
ABOUT = {"version": "1", "started": "2026-01-01T09:00:00Z", "versions": {"rules": "c0ffee"}}


def save_run(folder: Path, *extractions: Extraction) -> Path:
    run = folder / "run"
    with folder_writer(run) as write:
        for each in extractions or (extraction(),):
            write(each)
    (run / "run.json").write_text(json.dumps(ABOUT), encoding="utf-8")
    return run


def decision(of: Extraction | None = None, claim: int = 0, **fields) -> Decision:
    """A decision on a claim of the extraction, the first if not said."""
    of = of or extraction()
    value = of.claims[claim].value
    paper, start, end = claim_key(of.paper, of.claims[claim])
    return Decision(**{"paper": paper, "start": start, "end": end, "value": value.text, "at": NOON, **fields})


def decide(run: Path, *decisions: Decision) -> None:
    write_decisions(run, decisions, "test", NOON)


def two_papers() -> tuple[Extraction, Extraction]:
    """The paper of `build.py`, and one without claims."""
    bare = Paper(id="numbat", title="Numbat", abstract="It has no number.", doi="10.1/n", date="2021-03-01")
    return extraction(), Extraction(paper=bare)
