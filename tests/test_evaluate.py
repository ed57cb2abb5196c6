"""The measure: which claims, slots and names count as right, and that the figures add up."""

import importlib.util
import io
import json
from pathlib import Path

import pytest
from build import extraction
from hypothesis import given
from hypothesis import strategies as st

from extractor.evaluate import (
    CHOICES,
    FIGURES,
    GoldError,
    answer,
    evaluate,
    evaluate_files,
    normal,
    normal_unit,
    read_answers,
    same_name,
)

SCORE = Path(__file__).parents[2] / "shared" / "score.py"
"""The project's own measure, which stands beside the repository where there are annotated papers."""


def value(text="1.9x", start=10, **fields):
    return {
        "text": text,
        "start": start,
        "end": start + len(text),
        "low": 1.9,
        "high": 1.9,
        "unit": "x",
        **fields,
    }


def row(**fields):
    """An annotated speedup: slots are texts."""
    nothing = {"metric": None, "method": None, "task": None, "condition": None, "baseline": [], "dataset": []}
    choices = {"kind": "speedup", "role": "result", "qualifier": "exact", "direction": "increase"}
    return {"value": value(), **choices, **nothing, **fields}


def annotated(*rows, **fields):
    return {"id": "p1", "title": "A Title", "mentions": [], "aliases": [], "claims": list(rows), **fields}


def compared(gold, predicted):
    return evaluate([answer(gold)], [answer(predicted)])


def test_a_paper_compared_with_itself_is_right():
    gold = annotated(
        row(method="Quokka", dataset=["SpeechSet"], metric="speed"),
        row(value=value("5.2%", 40, low=5.2, high=5.2, unit="%"), kind="score", direction=None),
        mentions=[{"label": "METHOD", "text": "Quokka", "start": 0, "end": 6}],
    )
    result = compared(gold, gold)
    assert {
        result.figures[name].f1 for name in ("value", "claim", "result", "metric", "method", "mentions")
    } == {1}
    assert {result.accuracy(choice) for choice in CHOICES} == {1}
    assert result.errors == []


def test_an_extraction_is_compared_like_an_annotation():
    result = evaluate([answer(extraction())], [answer(extraction())])
    assert result.figures["claim"].f1 == result.figures["names"].f1 == 1


@pytest.mark.parametrize(
    ("predicted", "right"),
    [
        (value("1.9", 10), True),  # a shorter span of the same number
        (value("1.9x", 12), True),  # overlaps
        (value("1.9x", 14), False),  # touches only
        (value(unit="times"), True),
        (value(unit="%"), False),
        (value(high=2.0), False),
        (value(low=1.9000000001), True),
    ],
    ids=str,
)
def test_a_value_is_right_where_it_overlaps_and_agrees(predicted, right):
    assert compared(annotated(row()), annotated(row(value=predicted))).figures["value"].f1 == right


def test_of_two_overlapping_values_the_agreeing_one_is_paired():
    close = row(value=value("1.9x or so", low=2.0))
    assert compared(annotated(row()), annotated(close, row())).figures["value"].recall == 1


@pytest.mark.parametrize(
    ("gold", "predicted", "same"),
    [
        ("SEW", "sew", True),
        ("the SEW", "SEW", True),
        ("SEW-tiny", "SEW tiny", True),
        ("word error rate", "error rate", True),  # half its words or more
        ("full word error rate test", "rate", False),
        ("BLEU", "ROUGE", False),
        ("Squeezed Wav2vec", "SEW", False),
    ],
)
def test_names_match(gold, predicted, same):
    assert same_name(frozenset({normal(gold)}), frozenset({normal(predicted)})) is same


def test_an_alias_matches():
    gold = annotated(row(method="Squeezed Wav2vec"), aliases=[["SEW", "squeezed wav2vec"]])
    assert compared(gold, annotated(row(method="SEW"))).figures["claim"].f1 == 1
    assert compared({**gold, "aliases": []}, annotated(row(method="SEW"))).figures["claim"].f1 == 0


def test_the_canonical_name_of_a_slot_matches_too():
    slot = {"text": "it", "name": "Quokka", "start": 0, "end": 2}
    assert compared(annotated(row(method="Quokka")), annotated(row(method=slot))).figures["method"].f1 == 1


def test_a_list_of_datasets_counts_one_by_one_but_a_row_needs_all():
    result = compared(annotated(row(dataset=["A", "B"])), annotated(row(dataset=["A"])))
    assert (result.figures["dataset"].precision, result.figures["dataset"].recall) == (1, 0.5)
    assert result.figures["claim"].f1 == 0


def test_scales_and_background_are_no_results():
    gold = annotated(
        row(kind="scale"), row(role="background", value=value(start=50)), row(value=value(start=90))
    )
    assert compared(gold, gold).figures["result"].gold == 1


def test_names_are_counted_once_and_across_aliases():
    def mentions(*texts):
        return [
            {"label": "METHOD", "text": t, "start": 9 * n, "end": 9 * n + len(t)} for n, t in enumerate(texts)
        ]

    gold = annotated(mentions=mentions("SEW", "sew", "Squeezed"), aliases=[["SEW", "Squeezed"]])
    names = compared(gold, annotated(mentions=mentions("SEW"))).figures["names"]
    assert (names.gold, names.predicted, names.f1) == (1, 1, 1)


def test_a_paper_is_found_by_its_title_and_missed_where_there_is_none():
    predicted = [answer(annotated(row(), id="x1", title="a  title!"))]
    assert evaluate([answer(annotated(row()))], predicted).figures["value"].f1 == 1
    result = evaluate([answer(annotated(row(), title="Another"))], predicted)
    assert (result.missing, result.figures["value"].recall) == (1, 0)


def test_every_wrong_claim_is_told():
    gold = annotated(row(method="Quokka"), row(value=value("3x", 50, low=3, high=3)))
    predicted = annotated(row(kind="score"), row(value=value("7x", 80, low=7, high=7)))
    assert [str(error) for error in compared(gold, predicted).errors] == [
        "~ p1 '1.9x' kind: gold 'speedup' got 'score'; method: gold [['quokka']] got []",
        "- p1 '3x' missed (speedup, result)",
        "+ p1 '7x' spurious (speedup, result)",
    ]


def test_the_table_has_every_figure():
    text = str(compared(annotated(row()), annotated(row())))
    assert text.startswith("1 papers (0 without a prediction), in gold 1 claims, 1 results and 0 mentions")
    assert all(name in text for name in (*FIGURES, *CHOICES))


@pytest.mark.parametrize(
    ("unit", "canonical"), [(" Times", "x"), ("GPU hours", "gpu-hours"), (None, ""), ("kg", "kg")]
)
def test_units_go_by_several_names(unit, canonical):
    assert normal_unit(unit) == canonical


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"title": "no id"}', '{"id": "1", "claims": [{"kind": "score"}]}']
)
def test_a_line_without_a_paper_is_named(tmp_path, line):
    (tmp_path / "gold.jsonl").write_text(json.dumps(annotated()) + "\n" + line, encoding="utf-8")
    with pytest.raises(GoldError, match=r"gold\.jsonl:2: no annotated or extracted paper"):
        read_answers(tmp_path / "gold.jsonl")


def test_files_are_compared(tmp_path):
    (tmp_path / "gold.jsonl").write_text(json.dumps(annotated(row())), encoding="utf-8")
    (tmp_path / "ours.jsonl").write_text(extraction().model_dump_json(), encoding="utf-8")
    assert evaluate_files(tmp_path / "gold.jsonl", tmp_path / "gold.jsonl").figures["claim"].f1 == 1
    assert evaluate_files(tmp_path / "gold.jsonl", tmp_path / "ours.jsonl").missing == 1


# Random papers over few names and places, so that pairs, aliases and near misses are common.
NAMES = st.sampled_from(
    ["SEW", "the SEW", "Squeezed Wav2vec", "Wav2vec", "Wav2vec 2.0", "word error rate", "rate", "-"]
)
SLOT = NAMES | st.builds(lambda text, name: {"text": text, "name": name}, NAMES, NAMES | st.just(""))
UNITS = st.sampled_from(["x", "times", "%", "percent", "", "ms", "milliseconds", "GPU hours", "pp"])
ROWS = st.builds(
    row,
    value=st.builds(
        lambda start, length, low, more, unit: {
            **{"text": "v" * length, "start": start, "end": start + length},
            **{"low": low, "high": low + more, "unit": unit},
        },
        *(st.integers(0, 20), st.integers(1, 4), st.sampled_from([1, 1.9]), st.sampled_from([0, 1]), UNITS),
    ),
    kind=st.sampled_from(["speedup", "score", "scale"]),
    role=st.sampled_from(["result", "background"]),
    qualifier=st.sampled_from(["exact", "up_to"]),
    direction=st.sampled_from([None, "increase"]),
    **{field: st.none() | SLOT for field in ("metric", "method", "task", "condition")},
    **{field: st.lists(SLOT, max_size=2) for field in ("baseline", "dataset")},
)
MENTIONS = st.builds(
    lambda label, text, start: {"label": label, "text": text, "start": start, "end": start + len(text)},
    *(st.sampled_from(["METHOD", "DATASET", "METRIC", "TASK"]), NAMES, st.integers(0, 2)),
)
PAPERS = st.builds(
    lambda rows, **fields: annotated(*rows, **fields),
    st.lists(ROWS, max_size=4),
    id=st.sampled_from(["p1", "p2", "p3"]),
    title=st.sampled_from(["One", "one!", "Two"]),
    mentions=st.lists(MENTIONS, max_size=5),
    aliases=st.lists(st.lists(NAMES, min_size=2, max_size=3), max_size=2),
)


@pytest.fixture(scope="module")
def score():
    if not SCORE.is_file():
        pytest.skip(f"{SCORE.name} doesn't stand beside this repository")
    spec = importlib.util.spec_from_file_location("score", SCORE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score


@given(gold=st.lists(PAPERS, max_size=3), predicted=st.lists(PAPERS, max_size=3))
def test_the_figures_are_those_of_the_project(score, gold, predicted):
    theirs = score(gold, predicted)
    ours = evaluate(map(answer, gold), map(answer, predicted))
    assert (ours.papers, ours.missing) == (theirs["papers"], theirs["missing"])
    for name, figure in ours.figures.items():
        assert (figure.precision, figure.recall, figure.f1) == pytest.approx(theirs[name]), name
    for choice in CHOICES:
        assert ours.accuracy(choice) == pytest.approx(theirs[choice]), choice


@given(gold=PAPERS, predicted=PAPERS)
def test_the_errors_are_those_of_the_project(score, gold, predicted):
    predicted["id"] = gold["id"]
    told = io.StringIO()
    score([gold], [predicted], errors=99, out=told)
    errors = compared(gold, predicted).errors
    assert sorted(line[0] for line in told.getvalue().splitlines()) == sorted(error.sign for error in errors)
