"""Decisions: what people say of claims is kept apart from the run, dated, and applied to it on reading."""

import json
from datetime import UTC, datetime, timedelta

import pytest

import extractor
from extractor.decisions import (
    Decision,
    Verdict,
    claim_id,
    claim_key,
    decided,
    parse_claim_id,
    read_decisions,
    write_decisions,
)
from extractor.records import Paper

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
PAPER = Paper(id="p1", title="SEW", abstract="SEW is 1.9x faster than wav2vec 2.0 on LibriSpeech.")


@pytest.fixture(scope="module")
def extraction():
    return extractor.load(model=False).extract(PAPER)


def decision(extraction, **fields) -> Decision:
    value = extraction.claims[0].value
    facts = {"paper": "p1", "start": value.start, "end": value.end, "value": value.text, "at": NOON}
    return Decision(**{**facts, **fields})


def slot(text: str) -> dict:
    start = PAPER.source.index(text)
    return {"text": text, "start": start, "end": start + len(text)}


def test_a_claim_id_leads_back_to_the_claim(extraction):
    key = claim_key(PAPER, extraction.claims[0])
    assert parse_claim_id(claim_id(key)) == key


@pytest.mark.parametrize("text", ["", "p1", "p1:3", "p1:a-b", ":1-2"])
def test_other_text_is_no_claim_id(text):
    with pytest.raises(ValueError, match="no claim id"):
        parse_claim_id(text)


def test_the_latest_decision_counts(tmp_path, extraction):
    write_decisions(tmp_path, [decision(extraction, verdict="reject")], "import", NOON)
    later = decision(extraction, verdict="accept", at=NOON + timedelta(hours=1))
    write_decisions(tmp_path, [later], "import", NOON + timedelta(hours=1))
    assert [d.verdict for d in read_decisions(tmp_path).values()] == [Verdict.ACCEPT]


def test_a_run_without_decisions_has_none(tmp_path):
    assert read_decisions(tmp_path) == {}


def test_a_broken_line_is_named(tmp_path):
    (tmp_path / "decisions").mkdir()
    (tmp_path / "decisions" / "a.jsonl").write_text("{}\n")
    with pytest.raises(ValueError, match=r"a\.jsonl:1: "):
        read_decisions(tmp_path)


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x1e", "\n"])
def test_a_note_may_hold_any_line_separator(tmp_path, extraction, separator):
    noted = decision(extraction, note=f"one{separator}two")
    write_decisions(tmp_path, [noted], "import", NOON)
    assert read_decisions(tmp_path) == {noted.key: noted}


def edited_by_hand(folder, decision, **fields):
    """A file of decisions whose second line is empty and whose third holds the fields."""
    path = write_decisions(folder, [decision], "import", NOON)
    line = {**decision.model_dump(mode="json"), **fields}
    path.write_text(f"{decision.model_dump_json()}\n\n{json.dumps(line)}\n")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"at": "2026-01-03T12:00:00"}, "at: Input should have timezone info"),
        ({"corrections": {"value": 3}}, "correction of value: Input should be a valid"),
        ({"corrections": {"value": {"text": "1.9x"}}}, "correction of value: start: Field required"),
        ({"corrections": {"dataset": "LibriSpeech"}}, "correction of dataset: Input should be a valid tuple"),
        ({"corrections": {"model": "SEW"}}, "no field 'model' in a claim"),
    ],
    ids=str,
)
def test_what_a_hand_broke_is_told_in_a_line(tmp_path, extraction, fields, told):
    edited_by_hand(tmp_path, decision(extraction), **fields)
    with pytest.raises(ValueError, match=rf"-import\.jsonl:3: .*{told}") as caught:
        read_decisions(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_correction_by_hand_may_leave_out_what_has_a_default(tmp_path, extraction):
    value = {**slot("1.9x"), "low": 2, "high": 2}
    edited_by_hand(tmp_path, decision(extraction), corrections={"value": value})
    [read] = read_decisions(tmp_path).values()
    assert read.corrections == {"value": {**value, "unit": ""}}


def test_a_rejected_claim_goes(extraction):
    no = decision(extraction, verdict="reject")
    assert decided(extraction, {no.key: no}).claims == ()


def test_a_correction_replaces_a_slot_and_says_who_did(extraction):
    change = decision(
        extraction, verdict="accept", corrections={"dataset": [], "method": slot("wav2vec 2.0")}
    )
    (claim,) = decided(extraction, {change.key: change}).claims
    assert claim.method.text == "wav2vec 2.0" and claim.dataset == ()
    assert {"method:review", "dataset:review"} <= set(claim.origin)
    assert sum(each.startswith("method:") for each in claim.origin) == 1


def test_a_correction_that_is_not_in_the_text_is_refused(extraction):
    wrong = decision(extraction, corrections={"method": {"text": "BERT", "start": 4, "end": 8}})
    with pytest.raises(ValueError, match="source has"):
        decided(extraction, {wrong.key: wrong})


def test_a_missed_claim_can_be_added(extraction):
    bare = extraction.model_copy(update={"claims": ()})
    fields = extraction.claims[0].model_dump()
    added = decision(extraction, added=True, corrections=fields)
    (claim,) = decided(bare, {added.key: added}).claims
    assert claim.value.text == "1.9x" and "kind:review" in claim.origin


def test_a_decision_on_a_value_that_has_changed_is_left_out(extraction):
    old = decision(extraction, value="2.9x", verdict="reject")
    assert decided(extraction, {old.key: old}) == extraction
