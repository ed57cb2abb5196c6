"""Text in, (short form, long form) out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.find.abbreviations import alias_groups, find_abbreviations
from extractor.find.mentions import find_mentions


def pairs(text: str) -> list[tuple[str, str]]:
    return [(a.short(text), a.long(text)) for a in find_abbreviations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the word error rate (WER) falls", [("WER", "word error rate")]),
        ("with WER (word error rate) below", [("WER", "word error rate")]),
        ("with WER (the word error rate) below", [("WER", "word error rate")]),
        ("convolutional neural networks (CNNs)", [("CNNs", "convolutional neural networks")]),
        ("implicit alternating least squares (iALS)", [("iALS", "implicit alternating least squares")]),
        ("Self-Supervised Learning (SSL)", [("SSL", "Self-Supervised Learning")]),
        ("a mixture of experts (MoE) layer", [("MoE", "mixture of experts")]),
        ("Reducing Redundancy in Data (R2D) works", []),  # the digit is not spelled
        ("Data-to-Text 2 (D2T2) works", []),
        ("key-value (KV) caches", [("KV", "key-value")]),
        ("Quokka Network (QN; ours)", [("QN", "Quokka Network")]),
        ("the error (in percent) falls", []),
        ("the result (see Table 2) holds", []),
        ("on ImageNet (IN-1K) only", []),
        ("word error rate (WER) and character error rate (CER)", None),
        ("[bits per pixel (BPP)]", [("BPP", "bits per pixel")]),
        ("the (WER)", []),
        ("(WER)", []),
    ],
)
def test_abbreviations(text, expected):
    if expected is None:
        expected = [("WER", "word error rate"), ("CER", "character error rate")]
    assert pairs(text) == expected


def test_groups_join_what_shares_a_form():
    text = "Quokka Net (QN) or the quick net (QN) beats QN."
    assert alias_groups(text, find_abbreviations(text)) == (("QN", "quick net", "Quokka Net"),)


def test_a_mention_in_other_case_is_in_the_group():
    text = "A word error rate (WER) of 5. Word error rates vary."
    (group,) = alias_groups(text, find_abbreviations(text), find_mentions(text))
    assert set(group) == {"WER", "word error rate", "Word error rates"}


PIECES = st.sampled_from(
    ["(", ")", "[", "]", "WER", "word error rate", " ", "\n", "-", ",", ";", "s", "2", "é"]
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=14).map("".join))
def test_both_forms_stand_apart_in_the_text(text):
    for a in find_abbreviations(text):
        assert 0 <= a.start < a.end <= len(text)
        assert 0 <= a.long_start < a.long_end <= len(text)
        assert a.end <= a.long_start or a.long_end <= a.start
        assert a.long(text)[0].lower() == next(c for c in a.short(text) if c.isalnum()).lower()
