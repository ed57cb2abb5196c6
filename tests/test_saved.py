"""What a run left is read back from its folder or from one of its files, with people's decisions applied."""

import json
from datetime import UTC, datetime

import pytest
from comparing import paper, saved, told

from extractor.comparison.entry import NEEDED
from extractor.decisions import Decision, Verdict, write_decisions
from extractor.saved import SavedError, claim_rows_of

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def run(tmp_path):
    papers = (
        paper("p1", told("50.3%", metric="mIoU", method="SegFormer", dataset=["ADE20K", "Cityscapes"])),
        paper("p2", told("+7.4", "gain", unit="", low=7.4, high=7.4), told("2x", "speedup")),
    )
    return saved(tmp_path / "run", *papers)


def decision(value: str, start: int, **fields) -> Decision:
    where = {"paper": "p2", "start": start, "end": start + len(value), "value": value}
    return Decision(**where, at=NOON, **fields)


def values(source, **options) -> list[str]:
    return [row["value"] for row in claim_rows_of(source, **options)]


def start_of(run, value: str) -> int:
    return next(row["value_start"] for row in claim_rows_of(run) if row["value"] == value)


def test_every_form_of_a_run_gives_the_same_rows(run):
    from_folder = list(claim_rows_of(run))
    assert [row["value"] for row in from_folder] == ["50.3%", "+7.4", "2x"]
    assert list(claim_rows_of(run / "claims.parquet")) == from_folder
    assert list(claim_rows_of(run / "extractions.jsonl")) == from_folder
    for row, other in zip(claim_rows_of(run / "claims.csv"), from_folder, strict=True):
        assert {k: row[k] or None for k in NEEDED} == {k: other[k] or None for k in NEEDED}


@pytest.mark.parametrize("kept", ["claims.parquet", "claims.csv", "extractions.jsonl"])
def test_a_folder_needs_one_of_its_files(run, kept):
    for file in run.iterdir():
        if file.name != kept:
            file.unlink()
    assert values(run) == ["50.3%", "+7.4", "2x"]


def test_decisions_are_applied_to_a_folder(run):
    start = start_of(run, "2x")
    write_decisions(run, [decision("2x", start, verdict=Verdict.REJECT)], "test", NOON)
    assert values(run) == ["50.3%", "+7.4"]
    assert values(run, decisions=False) == ["50.3%", "+7.4", "2x"]
    assert values(run / "claims.csv") == ["50.3%", "+7.4", "2x"]


def test_a_correction_that_breaks_a_claim_is_told(run):
    start = start_of(run, "2x")
    write_decisions(run, [decision("2x", start, corrections={"kind": "score"})], "test", NOON)
    with pytest.raises(SavedError, match=r"paper 'p2': a correction can't be applied: .*; correct it again"):
        values(run)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda run: run / "none", "not there; give the folder of a run"),
        (lambda run: run.parent, "no run stands there"),
        (lambda run: run / "run.json", "no file that is known here"),
        (lambda run: run / "mentions.csv", "not the columns of the claims table"),
        (lambda run: run / "papers.parquet", "not the columns of the claims table"),
    ],
)
def test_what_is_no_run_is_told(run, spoil, message):
    with pytest.raises(SavedError, match=message):
        list(claim_rows_of(spoil(run)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps({"version": "0"}), r"run.json: written in record version 0, .* extract again"),
        ("{", r"run.json: damaged; extract again"),
        ("[]", r"run.json: damaged; extract again"),
    ],
)
def test_a_run_of_another_version_says_what_to_do(run, content, message):
    (run / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(SavedError, match=message):
        list(claim_rows_of(run))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("claims.parquet", b"PAR1", "damaged or no Parquet"),
        ("claims.csv", b"a,b\r\n1,2\r\n", "not the columns"),
        ("claims.csv", b"\xff\xfe", "not as `extractor run` wrote it"),
        ("extractions.jsonl", b"{}\n", "extractions.jsonl:1: "),
        ("extractions.jsonl", b'{"version": "9", "paper": {"id": "p"}}\n', "written in record version 9"),
    ],
)
def test_a_damaged_file_is_told(run, name, content, message):
    (run / name).write_bytes(content)
    with pytest.raises(SavedError, match=message):
        list(claim_rows_of(run / name))


@pytest.mark.parametrize(("old", "new"), [("score", "bogus"), ("50.3,50.3", "nan,nan"), ("50.3,50.3", ",")])
def test_a_damaged_row_is_told_with_its_place(run, old, new):
    table = run / "claims.csv"
    text = table.read_text(encoding="utf-8")
    assert old in text
    table.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SavedError, match=r"claims\.csv: claim at \d+ of paper p1: "):
        list(claim_rows_of(table))


def test_a_damaged_decision_is_told(run):
    (run / "decisions").mkdir()
    (run / "decisions" / "a.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(SavedError, match=r"a\.jsonl:1: .*; mend that line"):
        values(run)
