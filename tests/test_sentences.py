"""Where sentences end."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.find.sentences import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A title\nWe run. It works.", ["A title", "We run.", "It works."]),
        ("It gains 1.9x on CPU.", ["It gains 1.9x on CPU."]),  # the point of a number
        ("Models, e.g. BERT, are slow. We help.", ["Models, e.g. BERT, are slow.", "We help."]),
        ("Smith et al. We differ.", ["Smith et al.", "We differ."]),
        ("See Fig. 3 for more.", ["See Fig. 3 for more."]),
        ("J. Smith wrote it.", ["J. Smith wrote it."]),
        ("It is fast (5 ms). iALS is not.", ["It is fast (5 ms).", "iALS is not."]),
        ("It is done.We go on.", ["It is done.", "We go on."]),  # a lost space
        ("We use ResNet.50 layers.", ["We use ResNet.50 layers."]),
        ("Is it so? Yes! 95% agree.", ["Is it so?", "Yes!", "95% agree."]),
        ("", []),
    ],
    ids=str,
)
def test_sentences(text, expected):
    assert [text[a:b] for a, b in sentences(text)] == expected


@given(st.text(alphabet="aB1 .?!\n)(e.g%"))
def test_sentences_cover_all_text_once(text):
    spans = sentences(text)
    assert all(a < b for a, b in spans) and all(b <= c for (_, b), (c, _) in pairwise(spans))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())
