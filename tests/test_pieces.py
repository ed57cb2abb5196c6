"""Word pieces: every word once, with its shape and its place in the text."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import extractor
from extractor.pieces import (
    ALNUM,
    INITIAL,
    LOWER,
    MIXED,
    NUMBER,
    OTHER,
    OVERLAP,
    TITLE,
    UPPER,
    WINDOW,
    Pieces,
    Tokenizing,
    shape_of,
    words_of_span,
)

TOKENIZING = Tokenizing(Path(extractor.__file__).parent / "model" / "tokenizer.json")


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("gan", LOWER), ("Adam", TITLE), ("GAN", UPPER), ("iALS", MIXED), ("ImageNet", MIXED),
        ("4K", ALNUM), ("95", NUMBER), ("%", OTHER), ("X", INITIAL),
    ],
)  # fmt: skip
def test_shape(word, shape):
    assert shape_of(word) == shape


def test_words_and_shapes():
    text = "LLaMA-2 gets 95.3%"
    pieces = TOKENIZING.pieces(text)
    words = [(text[a:b], pieces.shapes[f]) for (a, b), f in zip(pieces.words, pieces.firsts, strict=True)]
    assert words == [
        ("LLaMA", MIXED), ("-", OTHER), ("2", NUMBER), ("gets", LOWER),
        ("95", NUMBER), (".", OTHER), ("3", NUMBER), ("%", OTHER),
    ]  # fmt: skip


@given(st.text())
def test_words_stand_in_order_inside_the_text(text):
    pieces = TOKENIZING.pieces(text)
    assert len(pieces.ids) == len(pieces.shapes)
    assert len(pieces.words) == len(pieces.firsts)
    flat = [x for span in pieces.words for x in span]
    assert flat == sorted(flat) and all(0 <= x <= len(text) for x in flat)


@pytest.mark.parametrize("n", [0, 1, WINDOW, WINDOW + 1, 3 * WINDOW])
def test_windows_overlap_and_drop_nothing(n):
    windows = Pieces([0] * n, [0] * n, [], []).windows()
    assert windows[0][0] == 0 and windows[-1][1] == n
    assert all(b - a <= WINDOW for a, b in windows)
    assert all(a2 == b1 - OVERLAP for (_, b1), (a2, _) in pairwise(windows))


def test_words_of_a_span():
    words = [(0, 3), (4, 7), (8, 9)]
    assert words_of_span(words, 4, 9) == (1, 2)
    assert words_of_span(words, 5, 6) == (1, 1)
    assert words_of_span(words, 3, 4) is None
