"""What the finders see of a source, and where that stands in the source."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.clean import clean
from extractor.rule_examples import run_examples
from extractor.rules import load_rules

PIECES = st.sampled_from(
    [
        "1.9x",
        "10times",
        r"20\%",
        "sim3",
        "$",
        r"$\times$",
        r"\textbf{",
        "}",
        "{",
        "’",
        "ﬁ",
        "é",
        " ",
        "\n",
        "a~b",
        "<sup>",
        "</p>",
        "&lt;",
    ]
)
SOURCES = st.lists(PIECES | st.text(max_size=4)).map("".join)


@pytest.mark.parametrize(
    "result", run_examples(load_rules(), ["cleaning"]), ids=lambda r: f"{r.rule}:{r.got}"
)
def test_every_example_of_the_cleaning_rules_holds(result):
    assert result.got == result.expected


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("12,041times faster on WMT'14", "12,041× faster on WMT'14"),
        (r"\textit{by $\sim$3$\times$} {or} more", "by ~3× {or} more"),  # a brace that wraps nothing stays
        ("ten times as many sim2real runs", "ten times as many sim2real runs"),  # words, not commands
        ("from $5 to $9", "from $5 to $9"),  # money
        ("an unclosed \\textbf{word", "an unclosed word"),
        ("a stray } brace", "a stray } brace"),
        (
            "<jats:title>Abstract</jats:title>\n<jats:p>In 10<jats:sup>3</jats:sup> runs</jats:p>",
            "Abstract\nIn 10^3 runs",
        ),
        (
            "<p>BERT</p>\n<p>It gains &gt;2&nbsp;%.</p><p>It is small.</p>",
            "BERT\nIt gains >2 %. It is small.",
        ),
        (r"R\&amp;D and &amp;lt;i&amp;gt;E. coli&amp;lt;/i&amp;gt;", "R&D and E. coli"),
        ("a < b, p<0.05, x<y>z, n<p and <mask> or <s>", "a < b, p<0.05, x<y>z, n<p and <mask> or <s>"),
        ("", ""),
    ],
)
def test_clean(source, text):
    assert clean(source).text == text


@pytest.mark.parametrize(
    ("source", "found", "written"),
    [
        ("is 10times faster", "10×", "10times"),
        (r"by $4.5\%$ or so", "4.5%", r"4.5\%"),  # dropped dollars stay outside
        (r"is 2$\times$ faster", "2×", r"2$\times$"),  # a rewritten construct is covered whole
        (r"is 2$\times$ faster", "×", r"$\times$"),
        (r"the \textbf{Nova} net", "Nova", "Nova"),
        ("a ﬁne ﬁt", "fine", "ﬁne"),
        ("<p>a gain of 10<sup>3</sup></p>", "10^3", "10<sup>3"),
        ("above &gt;&#x2009;<b>3</b>%", "3%", "3</b>%"),
        ("a ﬁne ﬁt", "i", "ﬁ"),  # half a ligature is the ligature
        ("plain 3% text", "3%", "3%"),
    ],
)
def test_a_span_of_the_clean_text_is_found_in_the_source(source, found, written):
    cleaned = clean(source)
    start = cleaned.text.index(found)
    first, last = cleaned.to_source(start, start + len(found))
    assert source[first:last] == written


def test_a_span_of_the_source_is_found_in_the_clean_text():
    cleaned = clean(r"cut by 20\% and 10times")
    start, end = cleaned.to_clean(7, 11)
    assert cleaned.text[start:end] == "20%"
    assert cleaned.to_clean(16, 20) == (15, 18)  # "10ti" touches "×", so it is covered whole


@given(SOURCES)
def test_the_map_is_monotone_and_stays_inside(source):
    cleaned = clean(source)
    places = [cleaned.to_source(at, at + 1) for at in range(len(cleaned.text))]
    assert all(0 <= start <= end <= len(source) for start, end in places)
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(places))
    assert cleaned.to_source(0, len(cleaned.text))[1] <= len(source)


@given(SOURCES)
def test_text_outside_edits_maps_to_itself(source):
    cleaned = clean(source)
    rewritten = {at for edit in cleaned.edits for at in range(edit.at, edit.at + len(edit.text))}
    for at, char in enumerate(cleaned.text):
        if at not in rewritten:
            start, end = cleaned.to_source(at, at + 1)
            assert source[start:end] == char
            assert cleaned.to_clean(start, end) == (at, at + 1)


@given(st.text(alphabet="abc 123%.,;", max_size=60))
def test_plain_text_is_left_alone_but_for_wide_gaps(source):
    cleaned = clean(source)
    assert cleaned.text == re.sub(" +", " ", source)
    assert (cleaned.edits == ()) == ("  " not in source)


@pytest.mark.parametrize(
    "source",
    [
        "$" * 20_000,
        "{" * 20_000,
        r"\textbf{" * 4_000,
        "times" * 5_000,
        "$a" * 10_000,
        "https://a" * 3_000,
        "<p>" * 9_000,
        "<b>" * 9_000,
        "<p a=" * 5_000,
        "&amp;" * 5_000,
        "</title>" * 4_000,
    ],
    ids=lambda s: s[:9],
)
def test_hostile_text_costs_linear_time(source):
    started = time.process_time()
    clean(source)
    assert time.process_time() - started < 2
