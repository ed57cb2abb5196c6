"""Agreement of two reviewers: Cohen's kappa of verdicts and fields, and on what they differ."""

from datetime import UTC, datetime

import pytest
from build import claim
from hypothesis import given
from hypothesis import strategies as st

from extractor.audit.review.agreement import Judged, agreement, differing, kappa
from extractor.decisions import Decision

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def judged(verdict="accept", by="anna", left=None, **fields) -> Judged:
    decision = Decision(paper="quokka", start=0, end=1, value="1.9x", verdict=verdict, by=by, at=NOON)
    return Judged(decision, left or claim(**fields))


UNDECIDED = Judged(None, claim())
ABSENT = Judged(None, None)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"yy": 20, "yn": 5, "ny": 10, "nn": 15}, 0.4),  # the textbook's 50 proposals
        ({"yy": 45, "yn": 15, "ny": 25, "nn": 15}, 0.1304),
        ({"yy": 25, "yn": 35, "ny": 5, "nn": 35}, 0.2593),
        ({"yy": 3, "nn": 2}, 1.0),
        ({"yn": 2, "ny": 2}, -1.0),
        ({"yy": 4}, None),  # chance alone agrees on all
        ({}, None),
    ],
    ids=str,
)
def test_kappa(table, expected):
    found = kappa("verdict", [tuple(pair) for pair, count in table.items() for _ in range(count)])
    assert found.kappa == (expected if expected is None else pytest.approx(expected, abs=1e-4))
    assert found.claims == sum(table.values())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1))
def test_kappa_is_at_most_what_is_observed_and_the_same_both_ways(labels):
    found, turned = kappa("kind", labels), kappa("kind", [(b, a) for a, b in labels])
    assert found.kappa == pytest.approx(turned.kappa)
    assert found.kappa is None or found.kappa <= found.observed + 1e-12


@pytest.mark.parametrize(
    ("a", "b", "fields"),
    [
        (judged(), judged(), []),
        (judged("accept"), judged("reject"), ["verdict"]),
        (judged("reject", method="Quokka"), judged("reject"), []),
        (judged(method="Quokka"), judged(method="BaseNet"), ["method"]),
        (judged(dataset=["SpeechSet", "QuizSet"]), judged(dataset=["QuizSet", "SpeechSet"]), []),
        (judged(kind="other"), judged(), ["kind"]),
        (judged(), UNDECIDED, ["verdict"]),
        (judged(), ABSENT, ["verdict"]),
        (UNDECIDED, UNDECIDED, []),
    ],
)
def test_in_what_two_differ(a, b, fields):
    assert differing(a, b) == differing(b, a) == fields


def test_fields_count_where_both_let_the_claim_stand():
    pairs = {
        ("p", 0, 1): (judged(method="Quokka"), judged(method="Quokka")),
        ("p", 1, 2): (judged(method="Quokka"), judged(method="BaseNet")),
        ("p", 2, 3): (judged("reject"), judged("reject")),
        ("p", 3, 4): (judged(), UNDECIDED),
    }
    rows = {row.field: row for row in agreement(pairs)}
    assert (rows["verdict"].claims, rows["verdict"].observed, rows["verdict"].kappa) == (3, 1.0, 1.0)
    assert (rows["method"].claims, rows["method"].observed) == (2, 0.5)
