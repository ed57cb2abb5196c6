"""What the audit sees of a source that holds markup, and where that stands in the source. The examples in
`rules/audit/markup.yaml` have the forms one by one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.audit.numbers import find_values
from extractor.audit.rules import load_audit_rules
from extractor.audit.seen import see

RULES = load_audit_rules()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("It is 3x faster, by 20% at 5 ms.", "It is 3x faster, by 20% at 5 ms."),
        (r"$\sim$3$\times$ and 2$\times$2$\times$", "~3× and 2×2×"),
        (r"costs $5 and then $10, or \$30 for $3\times$ more", "costs $5 and then $10, or $30 for 3× more"),
        ("from $5-$10 to 4.5$\\%$", "from $5-$10 to 4.5%"),
        ("10&lt;sup&gt;3&lt;/sup&gt; &amp;lt; 5&amp;times;", "10^3 < 5×"),
        ("<jats:p>10<jats:sup>−8</jats:sup></jats:p>", "10^-8"),
        ("<p>unclosed <i>tags</p> and stray</b> ends", "unclosed <i>tags and stray ends"),
        (r"10$^{-3}$ and 10^{18}", "10^-3 and 10^18"),
        (r"\textbf{5}\textbf{10} and <b>5</b><b>10</b>", "5 10 and 5 10"),
        ("", ""),
    ],
)
def test_a_reader_sees(source, text):
    assert see(source, RULES).text == text


@pytest.mark.parametrize(
    ("source", "low", "unit", "written"),
    [
        ("up 30<i>%</i> now", 30, "%", "30<i>%"),
        ("is 5&times; that", 5, "x", "5&times;"),
        ("has 10<sup>3</sup> cells", 1000, "", "10<sup>3"),
        ("of 10^{-3} or so", 0.001, "", "10^{-3"),
        (r"a $3\times$ gain", 3, "x", r"3\times"),
        ("p&lt;0.05 here", 0.05, "", "0.05"),
        ("in 5&#x2009;ms", 5, "ms", "5&#x2009;ms"),
        (r"has 12{,}041 clips", 12041, "", "12{,}041"),
        (r"of \textbf{94.8\%} or", 94.8, "%", r"94.8\%"),
        ("of 5 × 10⁻⁴ or", 5e-4, "", "5 × 10⁻⁴"),
        ("of 2×10⁵ maps", 2e5, "", "2×10⁵"),
        ("of 10⁻³ or", 1e-3, "", "10⁻³"),
        (r"in \SI{5}{ms} of it", 5, "ms", "5}{ms"),
        (r"is $81.2_{\pm 0.3}$", 81.2, "", r"81.2_{\pm 0.3"),
        ("on 1~200~000 maps", 1.2e6, "", "1~200~000"),
    ],
)
def test_numbers_are_read_through_markup_and_found_in_the_source(source, low, unit, written):
    (value,) = find_values(source, RULES)
    assert (value.low, value.high, value.unit) == (low, low, unit)
    assert source[value.start : value.end] == written


PIECES = [
    "<sup>",
    "</sup>",
    "<p>",
    "&lt;",
    "&amp;",
    "$",
    r"\times",
    r"\%",
    "{",
    "}",
    "10",
    "3",
    "−",
    "\u2009",
    " ",
]
SOURCES = st.lists(st.sampled_from(PIECES) | st.text(max_size=4)).map("".join)


@given(SOURCES)
def test_places_are_in_order_and_in_the_source(source):
    seen = see(source, RULES)
    places = list(zip(seen.starts, seen.ends, strict=True))
    assert len(places) == len(seen.text)
    assert all(0 <= start < end <= len(source) for start, end in places)
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(places))


@given(SOURCES)
def test_a_span_goes_there_and_back(source):
    seen = see(source, RULES)
    for at in range(len(seen.text)):
        start, end = seen.of_source(*seen.to_source(at, at + 1))
        assert start <= at < end


@given(st.text(alphabet="abc 123%.,()-<>&", max_size=60))
def test_text_without_markup_is_itself(source):
    assert see(source, RULES).text == source


def test_a_rule_of_ones_own_is_seen_through(tmp_path):
    (tmp_path / "audit").mkdir()
    rule = "- {id: mine, use: pattern, pattern: '\\[\\d+\\]', examples: [{text: 'a [1]', seen: 'a '}]}"
    (tmp_path / "audit" / "markup.yaml").write_text(rule, encoding="utf-8")
    assert see("fast [12]", load_audit_rules(tmp_path)).text == "fast "
