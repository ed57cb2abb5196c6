"""Text in, quantities out: (text, what is written, low, high, unit)."""

import time

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from extractor.clean import clean
from extractor.find.quantities import find_quantities
from extractor.rules import load_rules

RULES = load_rules()


def found(text: str) -> list[tuple]:
    """(as written, low, high, unit) of each quantity."""
    return [(text[q.start : q.end], q.low, q.high, q.unit) for q in find_quantities(text, RULES)]


def one(text: str):
    (quantity,) = find_quantities(text, RULES)
    return quantity


@pytest.mark.parametrize(
    ("text", "written", "value", "unit"),
    [
        ("on 28 models", "28", 28, ""),
        ("with 12,041 clips", "12,041", 12041, ""),
        ("a loss of .25", ".25", 0.25, ""),
        ("gains +7.4 mIoU", "+7.4", 7.4, ""),
        ("a -0.3 drop", "-0.3", -0.3, ""),
        ("costs 1e17 FLOPs", "1e17", 1e17, ""),
        ("after 10^6 steps", "10^6", 1e6, ""),
        ("after 1.5 × 10^6 steps", "1.5 × 10^6", 1.5e6, ""),
        ("over 300K images", "300K", 300_000, ""),
        ("a model of 8.3B weights", "8.3B", 8.3e9, ""),  # not 8300000000.000001
        ("on 1.4 trillion tokens", "1.4 trillion", 1.4e12, ""),
        ("a 1.4 trillion-token store", "1.4 trillion", 1.4e12, ""),
        ("twenty two losses", "twenty two", 22, ""),
        ("one trillion weights", "one trillion", 1e12, ""),
        ("won 1st place", "1st", 1, ""),
        ("at 94.8% accuracy", "94.8%", 94.8, "%"),
        ("at 94.8 percent accuracy", "94.8 percent", 94.8, "%"),
        ("ahead by 2.4 points", "2.4", 2.4, "points"),
        ("ahead by 2.4% accuracy points", "2.4%", 2.4, "points"),
        ("errors of 18pp", "18pp", 18, "points"),
        ("is 4.86x faster", "4.86x", 4.86, "x"),
        ("is 10× faster", "10×", 10, "x"),
        ("is 10×less costly", "10×", 10, "x"),
        ("five times more", "five times", 5, "x"),
        ("a 3-fold cut", "3-fold", 3, "x"),
        ("less by x100", "x100", 100, "x"),
        ("by a factor of 6", "6", 6, "x"),
        ("twice as fast", "twice", 2, "x"),
        ("half the memory", "half", 0.5, "x"),
        ("halves the memory", "halves", 0.5, "x"),
        ("doubles the speed", "doubles", 2, "x"),
        ("an order of magnitude faster", "an order of magnitude", 10, "x"),
        ("two orders of magnitude faster", "two orders of magnitude", 100, "x"),
        ("uses 1/8 of the labels", "1/8", 0.125, "x"),
        ("best on 7/8 tasks", "7/8", 0.875, ""),
        ("costs $1.5M", "$1.5M", 1.5e6, "$"),
        ("in 930 ms", "930 ms", 930, "ms"),
        ("for two hours", "two hours", 2, "hours"),
        ("a 5-day trial", "5-day", 5, "day"),
        ("takes 2 GPU-days", "2 GPU-days", 2, "GPU-days"),
        ("needs 3.2 GB", "3.2 GB", 3.2, "GB"),
        ("at 1.58 bits", "1.58 bits", 1.58, "bits"),
        ("at 60FPS", "60FPS", 60, "FPS"),
        ("at 52 frames per second", "52 frames per second", 52, "frames per second"),
        ("at 0.1s/token", "0.1s/token", 0.1, "s/token"),
        ("at 900 tokens/s", "900 tokens/s", 900, "tokens/s"),
        ("reaches 120 TFLOPs/s", "120 TFLOPs/s", 120, "TFLOPs/s"),
        ("better by 1.2 dB", "1.2 dB", 1.2, "dB"),
        ("draws 5.5 W", "5.5 W", 5.5, "W"),
        ("burns 12 kWh", "12 kWh", 12, "kWh"),
        ("a Dice of 80.2 ± 0.1", "80.2 ± 0.1", 80.2, ""),
        ("over 20+ billion rows", "20+ billion", 20e9, ""),
        ("a 950 M-parameter net", "950 M", 950e6, ""),
        ("half-a-million rows", "half-a-million", 500_000, ""),
        ("needs 0.3G FLOPs", "0.3G", 0.3e9, ""),
        ("in less than a millisecond", "a millisecond", 1, "millisecond"),
        ("after 1 hour and 26 minutes", "1 hour and 26 minutes", 86, "minutes"),
        ("in 2 min 5 s.", "2 min 5 s", 125, "s"),
        ("with zero false alarms", "zero", 0, ""),
        ("more than doubles recall", "doubles", 2, "x"),
        ("a tenfold speedup", "tenfold", 10, "x"),
        ("down to 1.19 bits/char", "1.19 bits/char", 1.19, "bits/char"),
        ("at 3 m/s^2", "3 m/s^2", 3, "m/s^2"),
        ("over 84 km2", "84 km2", 84, "km2"),
        ("on 0.1‰ of it", "0.1‰", 0.1, "‰"),
        ("has 41.5mAP", "41.5", 41.5, ""),
        ("on 8,412real clips", "8,412", 8412, ""),
        ("gains by5.16 recall", "5.16", 5.16, ""),
        ("across18 languages", "18", 18, ""),
        ("less, i.e.90.8%", "90.8%", 90.8, "%"),
        ("at 1/8th the cost", "1/8th", 0.125, "x"),
        ("all of 1/2 million rows", "1/2 million", 500_000, ""),
        ("best on 6 out of 6 sets", "6 out of 6", 6, ""),
        ("has a recall (%) of 82.5", "82.5", 82.5, "%"),
        ("by an order-of-magnitude larger set", "an order-of-magnitude", 10, "x"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_quantity(text, written, value, unit):
    assert found(text) == [(written, value, value, unit)]


@pytest.mark.parametrize(
    ("source", "written", "low", "high", "unit", "qualifier"),
    [
        (r"runs in $\leq 5$ ms", "5$ ms", 5, 5, "ms", "at_most"),  # a dollar of TeX is no money
        (r"on $\geq 100,000$ images", "100,000", 1e5, 1e5, "", "at_least"),
        (r"is 3$\times\sim$20$\times$ faster", r"3$\times\sim$20$\times$", 3, 20, "x", "exact"),
        (r"on 2$\cdot$10$^5$ samples", r"2$\cdot$10$^5", 2e5, 2e5, "", "exact"),
        (r"costs \$5 per run", "$5", 5, 5, "$", "exact"),
        (r"costs $\$5$ per run", "$5", 5, 5, "$", "exact"),
        (r"is 3.1\texttimes{} faster", r"3.1\texttimes{}", 3.1, 3.1, "x", "exact"),
        ("cut by 12&percnt;", "12&percnt;", 12, 12, "%", "exact"),
        (r"turned by 5$^\circ$", r"5$^\circ", 5, 5, "°", "exact"),
        (r"gains $2\\%$ there", r"2\\%", 2, 2, "%", "exact"),
        ("needs $5$-$10$ GPU hours", "5$-$10$ GPU hours", 5, 10, "GPU hours", "exact"),
        ("gains of <mark>50% there", "50%", 50, 50, "%", "exact"),
        ("gains of <hl>50%</hl> there", "50%", 50, 50, "%", "exact"),  # a tag that no rule knows
        ("is up to extbf{4.2x} faster", "4.2x", 4.2, 4.2, "x", "up_to"),
        ("on 1&nbsp;200&nbsp;000 images", "1&nbsp;200&nbsp;000", 1.2e6, 1.2e6, "", "exact"),
        (r"saves ${\sim}30\%$ of it", r"30\%", 30, 30, "%", "approx"),
        (r"a score of $81.2_{\pm 0.3}$", r"81.2_{\pm 0.3", 81.2, 81.2, "", "exact"),
        (r"takes \SI{5}{\milli\second} per image", r"5}{\milli\second", 5, 5, "millisecond", "exact"),
        (r"takes $5~\mathrm{ms}$ per image", r"5~\mathrm{ms", 5, 5, "ms", "exact"),
        ("a loss of 1.2 x 10-3 here", "1.2 x 10-3", 0.0012, 0.0012, "", "exact"),
        ("a loss of 5 × 10⁻⁴ here", "5 × 10⁻⁴", 5e-4, 5e-4, "", "exact"),
        ("on 2×10⁵ images", "2×10⁵", 2e5, 2e5, "", "exact"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_quantity_in_markup(source, written, low, high, unit, qualifier):
    cleaned = clean(source, RULES)
    quantity = one(cleaned.text)
    assert source[slice(*cleaned.to_source(quantity.start, quantity.end))] == written
    assert (quantity.low, quantity.high, quantity.unit) == (low, high, unit)
    assert quantity.qualifier == qualifier


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("of 32 and sim8B tokens", [32, 8e9]),  # "about" is said of the second alone
        (r"of $\mathbf{1500}\boldsymbol{10}$ runs", [1500, 10]),  # never glued to one number
        (r"of $1500}\boldsymbol{10$ runs", [1500, 10]),
        ("<td>50%</td><td>32</td>", [50, 32]),
    ],
)
def test_numbers_apart(source, values):
    assert [q.low for q in find_quantities(clean(source, RULES).text, RULES)] == values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by 25-50%", [("25-50%", 25, 50, "%")]),
        ("is 7.4x -7.8x faster", [("7.4x -7.8x", 7.4, 7.8, "x")]),
        ("gains of 0.3% to 3.0%", [("0.3% to 3.0%", 0.3, 3, "%")]),
        ("ranging from 0 to 100%", [("0 to 100%", 0, 100, "%")]),
        ("between 7 and 11 Watts", [("7 and 11 Watts", 7, 11, "Watts")]),
        ("with 100-200k samples", [("100-200k", 100_000, 200_000, "")]),
        ("2-3 orders of magnitude", [("2-3 orders of magnitude", 100, 1000, "x")]),
        ("rises from 0.92 to 0.95", [("0.92", 0.92, 0.92, ""), ("0.95", 0.95, 0.95, "")]),
        ("falls (9.1% to 4.2%)", [("9.1%", 9.1, 9.1, "%"), ("4.2%", 4.2, 4.2, "%")]),
        ("cuts 35%/52%", [("35%", 35, 35, "%"), ("52%", 52, 52, "%")]),
        ("cuts 35/52%", [("35", 35, 35, "%"), ("52%", 52, 52, "%")]),
        ("by 40%, 24.8 and 27%", [("40%", 40, 40, "%"), ("24.8", 24.8, 24.8, "%"), ("27%", 27, 27, "%")]),
        ("up to 2x and 3x", [("2x", 2, 2, "x"), ("3x", 3, 3, "x")]),
        ("7 and 13 billion", [("7", 7e9, 7e9, ""), ("13 billion", 13e9, 13e9, "")]),
        ("7 out of 8 games", [("7", 7, 7, ""), ("8", 8, 8, "")]),
        ("one or two orders of magnitude", [("one or two orders of magnitude", 10, 100, "x")]),
        ("costs $5-10", [("$5-10", 5, 10, "$")]),
        ("costs $1-2M", [("$1-2M", 1e6, 2e6, "$")]),
        ("is 2- to 3-fold faster", [("2- to 3-fold", 2, 3, "x")]),
        ("is 2.7x 3.4x faster", [("2.7x 3.4x", 2.7, 3.4, "x")]),
        ("it learns from merely 10 20 images", [("10 20", 10, 20, "")]),
        ("of Wombat 3.1 70 images", [("3.1", 3.1, 3.1, ""), ("70", 70, 70, "")]),
        ("learns from scratch with 5 to 10 shots", [("5 to 10", 5, 10, "")]),
        (
            "from 35.6/20.7 to 86.1/66.7",
            [(v, float(v), float(v), "") for v in ("35.6", "20.7", "86.1", "66.7")],
        ),
        ("is better (2.1% to 9.7% shorter)", [("2.1% to 9.7%", 2.1, 9.7, "%")]),
        ("takes little (1.0 to 3.0 kW)", [("1.0 to 3.0 kW", 1, 3, "kW")]),
        ("gains {+1.8, +5.6}% of it", [("+1.8", 1.8, 1.8, "%"), ("+5.6", 5.6, 5.6, "%")]),
        ("has (77.4+4.2)% recall", [("77.4", 77.4, 77.4, "%"), ("4.2", 4.2, 4.2, "%")]),
        ("at 0.828, 1.3% higher than", [("0.828", 0.828, 0.828, ""), ("1.3%", 1.3, 1.3, "%")]),
        ("best in AUC (0.72, 0.62)", [("0.72", 0.72, 0.72, ""), ("0.62", 0.62, 0.62, "")]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_ranges_and_lists(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "LLaMA-2-7B on CIFAR-10",
        "GPT-3.5 and W4A16",
        "the F1 of a 3D net",
        "top-1 and Recall@5",
        "2:4 sparsity",
        "in June 2019",
        "at WMT'14",
        "as told by Doe et al. (2017)",
        "see [3, 17]",
        "in Section 4.1 and Table 2",
        "we (1) look and (2) leap",
        "https://host.org/a/123",
        "in O(n^2 log 10) time",
        "on 224x224 crops",
        "weights in [0, 1]",
        "in two stages",
        "in the second half",
        "double descent",
    ],
)
def test_digits_that_are_no_quantity(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "qualifier", "cue"),
    [
        ("up to 4x faster", "up_to", "up to"),
        ("by as much as an extra 30%", "up_to", "as much as"),
        ("over 300 models", "at_least", "over"),
        ("gains over 3 rivals", "exact", None),  # compared with them, not more than them
        ("a p value >0.5", "at_least", ">"),
        ("100 models or more", "exact", None),
        ("12% or more", "at_least", " or more"),
        ("within 2 hours", "at_most", "within"),
        ("no fewer than 300 models", "at_least", "no fewer than"),
        ("not less than 30%", "at_least", "not less than"),
        ("no more than 30%", "at_most", "no more than"),
        ("not more than 30%", "at_most", "not more than"),
        ("from x -> 30%", "exact", None),  # an arrow
        ("~3x smaller", "approx", "~"),
        ("about half the cost", "approx", "about"),
        ("an average of 3.2%", "average", "an average of"),
        ("3.2% on average", "average", " on average"),
        ("on average it gains 3.2%", "average", "on average"),
        ("it gains 3.2%", "exact", None),
    ],
)
def test_qualifier(text, qualifier, cue):
    quantity = one(text)
    assert quantity.qualifier == qualifier
    assert (text[slice(*quantity.cue)] if quantity.cue else None) == cue


def test_a_cue_holds_for_the_values_listed_with_the_first():
    text = "more than 200 songs and 50 bands, by up to 4x and 6x; and 3%"
    assert [q.qualifier for q in find_quantities(text, RULES)] == [
        "at_least",
        "at_least",
        "up_to",
        "up_to",
        "exact",
    ]


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("with 4-bit weights", "setting.bits"),
        ("a batch size of 32", "setting.parameter"),
        ("with k = 5", "setting.symbol"),
        ("ranked first in 2019", "setting.year"),
        ("on 2000 images", ""),
        ("a 6-layer net", "setting.hyphenated"),
        ("under a 20% pruning ratio", "setting.given"),
        ("we achieve 90% sparsity", ""),
        ("against Llama 13B", "setting.size_in_name"),
        ("a 13B model", ""),
        ("with 95% confidence", "setting.confidence"),
    ],
)
def test_settings_are_proposed_with_the_rule_that_says_so(text, setting):
    assert one(text).setting == setting


def test_a_list_shares_its_setting():
    assert [q.setting for q in find_quantities("at 50% and 35% sparsity", RULES)] == ["setting.given"] * 2


def test_the_rules_that_took_part_are_named():
    assert one("up to three billion").origin == ("number.units", "number.multipliers", "qualifier.up_to")
    assert one("by 5 ms").origin == ("unit.time",)


def test_the_component_keeps_characters_and_aligns_tokens():
    nlp = spacy.blank("en")
    nlp.add_pipe("quantities")
    doc = nlp("It is (4.86x) fast, with 3.2GB.")
    assert [doc.text[q.start : q.end] for q in doc._.quantities] == ["4.86x", "3.2GB"]
    assert all(
        span.start_char <= q.start and q.end <= span.end_char
        for span, q in zip(doc.spans["quantities"], doc._.quantities, strict=True)
    )


PIECES = st.sampled_from(
    [
        "1.9x",
        "10times",
        r"20\%",
        "sim3",
        "from 71.2 to ",
        "é",
        " ",
        "1,",
        "-",
        "/",
        "e9",
        "^",
        "$",
        "two ",
        "half",
        "± ",
        " points",
        "up to ",
    ]
)


@given(st.lists(PIECES | st.text(max_size=4)).map("".join))
def test_every_quantity_is_in_its_source(source):
    cleaned = clean(source, RULES)
    last = 0
    for q in find_quantities(cleaned.text, RULES):
        start, end = cleaned.to_source(q.start, q.end)
        assert last <= q.start < q.end <= len(cleaned.text)
        assert 0 <= start < end <= len(source)
        assert q.low <= q.high < float("inf")
        last = q.end


@pytest.mark.parametrize(
    "text",
    [
        "9" * 20_000,
        "1," * 10_000,
        "(" * 20_000,
        "from 1 to " * 3_000,
        "1e" * 5_000,
        "1-" * 5_000,
        "O(" * 8_000,
        "one hundred " * 2_000,
        "A " * 9_000 + "7B",
    ],
    ids=lambda text: text[:10],
)
def test_hostile_text_costs_linear_time(text):
    started = time.process_time()
    find_quantities(text, RULES)
    assert time.process_time() - started < 5
