"""What the network's probabilities are taken to say."""

import numpy as np
import pytest

from extractor.decode import best_tags, decode_mentions, decode_quantities
from extractor.layout import CLAIM_FIELDS, ONE_SLOTS, SLOTS, TAGS, bucket


def tag_rows(*tags: str, sure: float = 0.9) -> np.ndarray:
    """(w, tags) probabilities with `sure` on one tag a word."""
    rows = np.full((len(tags), len(TAGS)), (1 - sure) / (len(TAGS) - 1))
    for i, tag in enumerate(tags):
        rows[i, TAGS.index(tag)] = sure
    return rows


def words_of(text: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for word in text.split(" "):
        spans.append((at, at + len(word)))
        at += len(word) + 1
    return spans


def found(text: str, tags: np.ndarray, proposed: float = 0.0) -> list[tuple[str, str]]:
    words = words_of(text)
    mentions = decode_mentions(text, words, tags, np.full(len(words), proposed))
    return [(text[m.start : m.end], str(m.label)) for m in mentions]


def test_a_tag_sequence_is_always_a_legal_one():
    rows = tag_rows("O", "I-METHOD", "E-METHOD", "B-TASK")
    assert [TAGS[t] for t in best_tags(rows)] in (
        [*("O", "B-METHOD", "E-METHOD"), tag] for tag in ("O", "S-TASK", "S-METHOD")
    )


def test_what_seldom_follows_needs_more_belief():
    rows = tag_rows("S-METHOD", "S-TASK", sure=0.6)
    seldom = np.zeros((len(TAGS), len(TAGS)))
    seldom[TAGS.index("S-METHOD"), TAGS.index("S-TASK")] = -9.0
    assert [TAGS[t] for t in best_tags(rows)] == ["S-METHOD", "S-TASK"]
    assert [TAGS[t] for t in best_tags(rows, seldom)] != ["S-METHOD", "S-TASK"]


def test_no_words_have_no_tags():
    assert best_tags(np.zeros((0, len(TAGS)))) == []


def test_a_name_believed_once_is_marked_everywhere():
    rows = tag_rows("S-METHOD", "O", "S-METHOD", "O")
    rows[2] = tag_rows("S-METHOD", sure=0.3)[0]
    assert found("SEW beats SEW now", rows) == [("SEW", "METHOD"), ("SEW", "METHOD")]


def test_a_name_that_is_mostly_doubted_is_dropped():
    rows = tag_rows("S-METHOD", "O", "O", "O", "O")
    assert found("fast is fast is fast", rows) == []


def test_the_longer_name_wins_where_two_overlap():
    rows = tag_rows("B-DATASET", "E-DATASET", "O", "S-DATASET")
    rows[1] = tag_rows("E-DATASET", sure=0.8)[0]
    assert found("WMT 14 and WMT", rows) == [("WMT 14", "DATASET"), ("WMT", "DATASET")]


@pytest.mark.parametrize(("probability", "expected"), [(0.9, True), (0.1, False)])
def test_proposed_is_what_the_name_is_on_average(probability, expected):
    words = words_of("SEW wins")
    mentions = decode_mentions("SEW wins", words, tag_rows("S-METHOD", "O"), np.full(2, probability))
    assert [m.proposed for m in mentions] == [expected]


def reading(text: str, *, starts=None, ends=None, empty: float = -5.0, fields=None):
    """The reading of one quantity with the given logits by slot and word."""
    words = words_of(text)
    first, last = np.full((1, len(SLOTS), len(words)), -9.0), np.full((1, len(SLOTS), len(words)), -9.0)
    for table, chosen in ((first, starts or {}), (last, ends or {})):
        for slot, at in chosen.items():
            table[0, SLOTS.index(slot), at] = 5.0
    logits = np.zeros((1, sum(map(len, CLAIM_FIELDS.values()))))
    for i, value in (fields or {}).items():
        logits[0, i] = value
    return decode_quantities(text, words, logits, first, last, np.full((1, len(ONE_SLOTS)), empty))[0]


def test_a_one_slot_is_the_likeliest_span():
    r = reading(
        "top-1 accuracy of SEW is 9",
        starts={"metric": [0], "method": [3]},
        ends={"metric": [1], "method": [3]},
    )
    assert (r.slots["metric"][0].start, r.slots["metric"][0].end) == (0, 14)
    assert (r.slots["method"][0].start, r.slots["method"][0].end) == (18, 21)
    assert r.empty["metric"] < 0.1


def test_occurrences_of_one_string_count_together():
    r = reading("SEW or BERT or SEW is 9", starts={"method": [0, 2, 4]}, ends={"method": [0, 2, 4]})
    best = r.slots["method"][0]
    assert "SEW or BERT or SEW is 9"[best.start : best.end] == "SEW"


def test_a_many_slot_holds_every_span_that_is_likely():
    text = "on A1 and B 2 we"
    r = reading(text, starts={"dataset": [1, 3]}, ends={"dataset": [1, 4]})
    assert [text[c.start : c.end] for c in r.slots["dataset"]] == ["A1", "B 2"]
    assert r.slots["baseline"] == ()


def test_no_slot_runs_from_the_title_into_the_abstract():
    r = reading(
        "Big SEW\n A model", starts={"method": [1], "dataset": [1]}, ends={"method": [3], "dataset": [3]}
    )
    assert all(
        "\n" not in "Big SEW\n A model"[c.start : c.end] for c in r.slots["method"] + r.slots["dataset"]
    )


def test_fields_are_probabilities():
    r = reading("a b", fields={1: 3.0})
    assert r.best("claim")[0] is True
    assert all(p.sum() == pytest.approx(1) for p in r.fields.values())


def test_distances_have_a_code_each_way():
    assert bucket(0) == 0
    assert bucket(-1) != bucket(1)
    assert bucket(-5000) == bucket(-51) == 12 and bucket(5000) == 24
