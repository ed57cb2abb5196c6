"""What always holds of linking, on text made of the pieces that hurt."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linking import linked

from extractor.records import MOVES

VALUES = ["1.9x", "20%", "(3.1%)", " from 71.2 to 73.4", "12 ms", "→"]
WORDS = [" and ", ", ", " respectively", ". ", "\n", " our method ", " outperforms ", " by ", " of the ", "é"]
NAMES = ["[Wombat]", "<Quokka>", "[D:TrailSet]", "[M:recall]"]
PIECES = st.sampled_from([*VALUES, *WORDS, *NAMES])


@given(st.lists(PIECES | st.text(alphabet="ab -/.,()", max_size=6), max_size=30).map("".join))
def test_every_claim_and_slot_lies_in_the_text(marked):
    text, claims = linked(marked)
    assert [c.start for c in claims] == sorted({c.start for c in claims})
    for claim in claims:
        one = (claim.metric, claim.method, claim.task, claim.condition)
        for slot in (*filter(None, one), *claim.baseline, *claim.dataset):
            assert 0 <= slot.start < slot.end <= len(text)
            assert text[slot.start : slot.end].strip()
        assert claim.direction is None or claim.kind in MOVES


HOSTILE = [
    "It gains 2% and " * 400,
    "We reach 91% (a) (b) (c) " + "( ) " * 2000,
    "12 " + "a-" * 5000 + "b clips",
    "It reduces " + "very " * 3000 + "by 40%",
    "[Wombat], " * 800 + "reach 91%",
]


@pytest.mark.parametrize("marked", HOSTILE, ids=lambda text: text[:20])
def test_long_sentences_take_no_more_than_a_moment(marked):
    started = time.process_time()
    linked(marked)
    assert time.process_time() - started < 5
