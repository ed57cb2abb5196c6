"""The audit's benchmark makes rows that are true, or false in the one cell that they say."""

from pathlib import Path

import pytest

from extractor.audit.verdicts import Judgement, Verdict

TITLE, ABSTRACT = (
    "Quokka",
    "Quokka has 92.3% accuracy on ImageNet, and 30% lower latency than Wombat on COCO.",
)


def named(text: str, label: str) -> dict:
    return {"text": text, "label": label}


def told(value: str, unit: str, **slots) -> dict:
    start = len(TITLE) + 1 + ABSTRACT.index(value)
    number = {
        "text": value,
        "start": start,
        "end": start + len(value),
        "low": float(value[:-1]),
        "unit": unit,
    }
    empty = {
        "role": "result",
        "direction": None,
        "metric": None,
        "method": None,
        "dataset": [],
        "baseline": [],
    }
    return empty | {"value": number, **slots}


PAPERS = [
    {
        "title": TITLE,
        "abstract": ABSTRACT,
        "aliases": [],
        "mentions": [
            *(named(name, "METHOD") for name in ("Quokka", "Wombat")),
            *(named(name, "DATASET") for name in ("ImageNet", "COCO")),
            *(named(name, "METRIC") for name in ("accuracy", "latency")),
        ],
        "claims": [
            told("92.3%", "%", kind="score", metric="accuracy", method="Quokka", dataset=["ImageNet"]),
            told("30%", "%", kind="speedup", direction="decrease", metric="latency", method="Quokka",
                 dataset=["COCO"], baseline=["Wombat"]),
        ],
    }
]  # fmt: skip


@pytest.fixture
def audit(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
    import audit

    return audit


def test_a_false_row_is_false_in_one_cell(audit):
    rows = audit.made_rows(PAPERS)
    made = {row.change: row for row in rows}
    assert {row.change for row in rows} >= {"true", "number", "method of its paper", "unit", "direction"}
    assert made["method of its paper"].cells["method"] == "Wombat"
    assert made["direction"].cells["direction"] == "increase"
    assert made["comparative"].cells["value"] == "30% higher"
    assert all(row.cells["value"] not in ABSTRACT for row in rows if row.change == "number")
    assert rows == audit.made_rows(PAPERS)


def test_a_false_name_is_no_other_name_of_the_right_one(audit):
    twin = PAPERS[0] | {"mentions": [named(n, "DATASET") for n in ("ILSVRC", "the set ImageNet", "COCO")]}
    rows = audit.made_rows([twin])
    assert {row.cells["dataset"] for row in rows if row.change == "dataset of its paper"} <= {
        "COCO",
        "ILSVRC",
    }
    first = [row for row in rows if row.change == "dataset of its paper" and row.was == "ImageNet"]
    assert [row.cells["dataset"] for row in first] == ["COCO"]


def test_a_false_number_is_none_that_the_paper_gives_for_the_same(audit):
    first, second = PAPERS[0]["claims"]
    again = second | {"metric": "accuracy", "dataset": ["ImageNet"], "kind": "score", "direction": None}
    rows = audit.made_rows([PAPERS[0] | {"claims": [first, second, again]}])
    assert not [r for r in rows if r.change == "number of its paper" and r.was == "92.3%"]


def test_the_report_counts_verdicts_by_kind_of_row(audit):
    rows = [audit.Made("true", {}), audit.Made("unit", {}), audit.Made("unit", {})]
    verdicts = [Verdict(row=n, verdict=v) for n, v in enumerate(("supported", "supported", "partly"), 1)]
    *_, unit, last = audit.report(rows, verdicts).splitlines()
    assert unit.split() == ["unit", "2", "50.0%", "0.0%", "50.0%", "0.0%", "0.0%"]
    assert last == "false rows called supported: 1 of 2, 50.0%"
    assert verdicts[0].verdict is Judgement.SUPPORTED
