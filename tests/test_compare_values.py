"""One number in a comparison: under which names it goes, in which unit, how it is written, what is better."""

import pytest
from comparing import RULES, only, paper, read, told
from hypothesis import given
from hypothesis import strategies as st

from extractor.arithmetic import formula_of
from extractor.comparison.better import higher_is_better
from extractor.comparison.groups import texts
from extractor.comparison.names import folded, one_spelling
from extractor.comparison.values import short_number, value_text
from extractor.records import Direction, Label
from extractor.rule_examples import run_examples
from extractor.rules import RuleError, load_rules

HALF = {"low": 0.5, "high": 0.5, "unit": "x"}


@pytest.mark.parametrize("table", ["spellings", "conversions"])
def test_every_example_of_the_rules_holds(table):
    assert [result for result in run_examples(RULES, [table]) if not result.ok] == []


@pytest.mark.parametrize(
    ("label", "one", "other"),
    [
        (Label.DATASET, "ImageNet-1K", "ILSVRC-2012"),
        (Label.DATASET, "MS-COCO", "COCO 2017"),
        (Label.DATASET, "AIME24", "AIME 2024"),
        (Label.METRIC, "mIoU", "mean IoU"),
        (Label.METRIC, "F1", "F1-score"),
        (Label.METRIC, "Top-1 accuracies", "top-1 accuracy"),
        (Label.METRIC, "speed-up", "acceleration"),
        (Label.METRIC, "quokka counts", "Quokka-count"),  # hyphen, case and plural make no other name
        (Label.METHOD, "LLaMA-2-7B", "Llamav2-7B"),
        (Label.METHOD, "LLaMA-2-7B", "LLaMA2 7B"),
        (Label.METHOD, "OPT-30B", "OPT 30 billion"),
        (Label.METHOD, "ResNet50", "ResNet-50"),
        (Label.METHOD, "Numbat Net", "numbat-net"),
    ],
)
def test_names_that_differ_only_in_writing_are_one(label, one, other):
    assert folded(one_spelling(one, label, RULES), label) == folded(one_spelling(other, label, RULES), label)


@pytest.mark.parametrize(
    ("label", "one", "other"),
    [
        (Label.DATASET, "ImageNet", "ImageNet-V2"),
        (Label.DATASET, "SQuAD 1.1", "SQuAD 2.0"),
        (Label.DATASET, "RefCOCO", "RefCOCO+"),
        (Label.METRIC, "mIoU", "IoU"),
        (Label.METRIC, "F1", "macro F1"),
        (Label.METRIC, "peak memory", "memory usage"),
        (Label.METHOD, "LLaMA-2-7B", "LLaMA-2-13B"),
        (Label.METHOD, "LLaMA-2-7B", "LLaMA-7B"),
        (Label.METHOD, "ViT-L", "ViT-B/16"),
        (Label.METHOD, "SAM", "SAM 2"),
        (Label.METRIC, "MACs", "FLOPs"),  # one is about two of the other
        (Label.METHOD, "DART", "DARTS"),  # a method's plural may be another method
    ],
)
def test_names_of_different_things_stay_apart(label, one, other):
    assert folded(one_spelling(one, label, RULES), label) != folded(one_spelling(other, label, RULES), label)


def test_the_most_frequent_spelling_is_shown():
    papers = [
        paper(f"p{i}", told("1%", method=name)) for i, name in enumerate(["Num-bat", "Num Bat", "Num Bat"])
    ]
    assert [entry.name("method") for entry in read(*papers)] == ["Num Bat"] * 3


def test_without_merging_names_stay_as_written():
    names = ["ILSVRC-2012", "ImageNet-1K"]
    papers = [paper(f"p{i}", told("1%", dataset=[name])) for i, name in enumerate(names)]
    assert [entry.name("dataset") for entry in read(*papers)] == ["ImageNet", "ImageNet"]
    assert [entry.name("dataset") for entry in read(*papers, merge=False)] == names


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (told("84.30%", metric="accuracy"), "84.30%"),  # the digits that were printed
        (told("50.3\\%", metric="mIoU", unit="%"), "50.3%"),
        (told("1.9x", "speedup"), "1.9x"),
        (told("10times", "compression", low=10, high=10, unit="x"), "10x less"),
        (told("half", "compression", **HALF), "0.5x (= 2x less)"),
        (told("two orders of magnitude", "speedup", low=100, high=100, unit="x"), "100x"),
        (told("4.5x", "speedup", qualifier="up_to"), "up to 4.5x"),
        (told("4.5x", "speedup", qualifier="at_least"), "≥ 4.5x"),
        (told("40%", "compression", qualifier="at_least"), "at least −40%"),
        (told("40%", "speedup", qualifier="at_most"), "≤ +40%"),
        (told("40%", "compression", qualifier="approx"), "~−40%"),
        (told("2-4x", "speedup", low=2, high=4), "2–4x"),
        (told("20%-30%", "compression", low=20, high=30), "−20–30%"),
        (told("+7.4", "gain", unit=""), "+7.4"),
        (told("-0.5%", "gain", low=-0.5, high=-0.5, direction="decrease"), "−0.5%"),
        (told("2.3%", "gain", direction=None), "2.3%"),
        (told("0.6 points", "gain"), "+0.6 points"),
        (told("80.2 pm 0.1", metric="Dice", low=80.2, high=80.2), "80.2±0.1"),
        (told("175 billion", "scale", low=1.75e11, high=1.75e11, unit=""), "175B"),
        (told("680,000 hours", "scale", low=680_000, high=680_000, unit="hours"), "680,000 h"),
        (told("$5", "measure", low=5, high=5, unit="$"), "$5"),
        (told("69.9%", metric="accuracy", role="reference"), "69.9% (reference)"),
        (told("60%", metric="accuracy", role="background"), "60% (background)"),
        (
            told("2%", "compression", text="It keeps only 2% of the parameters."),
            "2% (= −98%)",  # what is left is no reduction
        ),
        (
            told("97%", metric="accuracy", text="It keeps 97% of the accuracy of its teacher."),
            "97% (= 97% of another's)",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else each.value,
)
def test_a_number_shows_what_must_be_known_of_it(claim, text):
    assert value_text(only(claim)) == text


@pytest.mark.parametrize(
    ("claims", "shown"),
    [
        ([told("1.9x", "speedup"), told("60%", "speedup")], ["1.9x (= +90%)", "+60%"]),
        ([told("10x", "compression"), told("63.03%", "compression")], ["10x less (= −90%)", "−63.03%"]),
        (  # where most are ratios the others are converted to ratios
            [told("1.9x", "speedup"), told("3x", "speedup"), told("60%", "speedup")],
            ["1.9x", "3x", "+60% (= 1.6x)"],
        ),
        (
            [told("10x", "compression"), told("4x", "compression"), told("80%", "compression")],
            ["10x less", "4x less", "−80% (= 5x less)"],
        ),
        (
            [told("2x", "compression"), told("4x", "compression"), told("half", "compression", **HALF)],
            ["2x less", "4x less", "0.5x (= 2x less)"],
        ),
        (
            [told("2x", "compression"), told("4x", "compression"), told("99%", "compression")],
            ["2x less", "4x less", "−99% (= 100x less)"],
        ),
        (  # more than all of it is no ratio
            [told("10x", "compression"), told("4x", "compression"), told("150%", "compression")],
            ["10x less (= −90%)", "4x less (= −75%)", "−150%"],
        ),
        (  # all of it is no ratio
            [told("10x", "compression"), told("4x", "compression"), told("100%", "compression")],
            ["10x less (= −90%)", "4x less (= −75%)", "−100%"],
        ),
        (
            [told("50 ms", "measure"), told("20 ms", "measure"), told("2 s", "measure")],
            ["50 ms", "20 ms", "2 s (= 2,000 ms)"],
        ),
        ([told("1.9x", "speedup"), told("3x", "speedup")], ["1.9x", "3x"]),  # nothing to convert
        (
            [told("0.92", metric="recall"), told("91.5%", metric="recall")],
            ["0.92 (= 92%)", "91.5%"],
        ),
        ([told("51.8", metric="mIoU"), told("50.3%", metric="mIoU")], ["51.8", "50.3%"]),
        ([told("50 ms", "measure"), told("2 s", "measure")], ["50 ms (= 0.05 s)", "2 s"]),
    ],
    ids=lambda each: " | ".join(x if isinstance(x, str) else x.value for x in each),
)
def test_units_that_a_rule_converts_share_a_column_and_the_conversion_is_shown(claims, shown):
    points = [only(claim) for claim in claims]
    assert len({point.measure for point in points}) == 1
    assert texts(points) == shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (told("50%", metric="mIoU"), told("50%", "gain", metric="mIoU")),  # a level and a change
        (told("2%", "gain", metric="accuracy"), told("2 points", "gain", metric="accuracy")),
        (told("2x", "gain", metric="accuracy"), told("2%", "gain", metric="accuracy")),
        (told("50%", metric="BLEU"), told("27.3", metric="BLEU")),  # no rule says that BLEU is a share
        (told("5 ms", "measure"), told("5 GB", "measure")),
        (
            told("97%", metric="accuracy", text="It keeps 97% of the accuracy of its teacher."),
            told("97%", metric="accuracy"),
        ),
        (told("64", "scale", metric="parameters"), told("64", "measure", metric="parameters")),
        (told("5 ms", "measure", metric="latency"), told("5 ms", "measure", metric="TTFT")),
    ],
    ids=lambda each: each.value,
)
def test_what_no_rule_converts_stays_apart(one, other):
    assert only(one).measure != only(other).measure


def test_without_conversion_units_stay_apart():
    one, other = (only(claim, convert=False) for claim in (told("1.9x", "speedup"), told("60%", "speedup")))
    assert one.measure != other.measure
    assert value_text(only(told("2%", "compression", text="Only 2% of the data."), convert=False)) == "−2%"


@pytest.mark.parametrize(
    ("metric", "higher"),
    [
        ("mIoU", True),
        ("WER", False),
        ("FID", False),
        ("median Dice", True),
        ("box error", False),
        ("quokkas", None),
    ],
)
def test_which_way_a_metric_is_better(metric, higher):
    assert higher_is_better(metric, RULES) is higher


@pytest.mark.parametrize(
    ("claim", "good", "improves"),
    [
        (told("3%", "gain", metric="accuracy"), Direction.INCREASE, True),
        (told("3%", "gain", metric="accuracy", direction="decrease"), Direction.INCREASE, False),
        (told("3%", "gain", metric="WER", direction="decrease"), Direction.DECREASE, True),
        (told("3%", "gain", metric="quokkas"), None, None),
        (told("3x", "speedup"), Direction.INCREASE, True),
        (told("30%", "speedup", metric="latency", direction="decrease"), Direction.DECREASE, True),
        (told("1.5x", "speedup", metric="latency"), Direction.DECREASE, None),  # "1.5x latency speedup"
        (told("10x", "compression", metric="compression ratio"), Direction.DECREASE, True),
        (told("40%", "efficiency", metric="FLOPs"), Direction.DECREASE, True),
        (
            told("180%", "efficiency", metric="FLOPs"),
            Direction.DECREASE,
            None,
        ),  # no reduction is more than all
        (
            told("50x", "efficiency", metric="sample efficiency", direction="increase"),
            Direction.INCREASE,
            True,
        ),
    ],
    ids=lambda each: str(getattr(each, "value", each)),
)
def test_whether_a_change_is_an_improvement(claim, good, improves):
    assert (only(claim).measure.better, only(claim).improves) == (good, improves)


@pytest.mark.parametrize(
    ("formula", "x", "result"),
    [("x", 2, 2), ("100 * (x - 1)", 1.5, 50), ("100 * (1 - 1 / x)", 10, 90), ("-x + 1.5", 1, 0.5)],
)
def test_a_formula_of_a_rule(formula, x, result):
    assert formula_of(formula)(x) == pytest.approx(result)


@pytest.mark.parametrize("rule", [rule for rule in RULES.conversions if rule.back], ids=lambda rule: rule.id)
@pytest.mark.parametrize("x", [1.5, 2, 40])
def test_the_way_back_leads_back(rule, x):
    assert formula_of(rule.back)(formula_of(rule.formula)(x)) == pytest.approx(x)


@pytest.mark.parametrize("formula", ["", "x **", "x ** 2", "y + 1", "__import__('os')", "True * x", "f(x)"])
def test_a_formula_is_arithmetic_on_x_alone(formula):
    with pytest.raises(ValueError, match="is no formula; write arithmetic on x"):
        formula_of(formula)


@pytest.mark.parametrize(
    ("table", "fields", "message"),
    [
        ("conversions", "formula: x ** 2, unit: a, to: b, kinds: [score]", "is no formula"),
        ("conversions", "formula: x, unit: a, to: b, kinds: []", "at least 1 item"),
        ("spellings", "label: METHOD", "give either name and forms, or pattern and replace"),
    ],
)
def test_a_wrong_rule_is_told(tmp_path, table, fields, message):
    (tmp_path / f"{table}.yaml").write_text(f"- {{id: mine, {fields}, examples: [{{}}]}}\n", encoding="utf-8")
    with pytest.raises(RuleError, match=message):
        load_rules(tmp_path)


@given(st.text(min_size=1), st.sampled_from(Label))
def test_one_spelling_is_its_own(text, label):
    spelt = one_spelling(text, label, RULES)
    assert spelt
    assert folded(one_spelling(spelt, label, RULES), label) == folded(spelt, label)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (99.99, "99.99"),
        (99.5, "99.5"),
        (1234.5, "1,234"),
        (0.00005, "5e-05"),
        (1e6, "1M"),
        (100, "100"),
        (1e21, "1e+21"),
    ],
)
def test_a_short_number(number, text):
    assert short_number(number) == text


@given(st.floats(1e-3, 1e13))
def test_a_short_number_keeps_three_digits(number):
    sizes = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
    text = short_number(number).replace(",", "")
    read = float(text[:-1]) * sizes[text[-1]] if text[-1] in sizes else float(text)
    assert read == pytest.approx(number, rel=0.006)
