"""The texts written for training: every annotation stands in its text, and no text is there twice."""

import json
from pathlib import Path

from extractor.find.sentences import sentences

WRITTEN = Path(__file__).parent.parent / "training" / "written.jsonl"
PAPERS = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]


def test_every_annotation_stands_in_its_text():
    for paper in PAPERS:
        text = f"{paper['title']}\n{paper['abstract']}"
        spans = paper["mentions"] + [claim["value"] for claim in paper["claims"]]
        assert all(text[span["start"] : span["end"]] == span["text"] for span in spans), paper["id"]
        slots = [c[f] for c in paper["claims"] for f in ("metric", "method", "task", "condition") if c[f]]
        slots += [s for c in paper["claims"] for f in ("baseline", "dataset") for s in c[f]]
        slots += [name for group in paper["aliases"] for name in group]
        assert all(slot in text for slot in slots), paper["id"]


def test_each_text_is_written_once():
    assert len({paper["id"] for paper in PAPERS}) == len({paper["title"] for paper in PAPERS}) == 1200
    told = [t[a:b] for p in PAPERS for t in [p["abstract"]] for a, b in sentences(t) if b - a > 60]
    assert len(set(told)) > 0.99 * len(told)
