"""What the model reads of a number becomes a claim, within what the rules are certain of."""

import numpy as np
import pytest
from linking import as_text, unmarked

from extractor.decode import Candidate, QuantityReading
from extractor.find.quantities import find_quantities
from extractor.find.sentences import sentences
from extractor.layout import CLAIM_FIELDS, MANY_SLOTS, ONE_SLOTS, SLOTS
from extractor.link.claims import view
from extractor.link.context import contexts
from extractor.link.from_model import by_place, claim_from_model, is_claim
from extractor.rules import load_rules


def likely(field: str, *ranked) -> np.ndarray:
    """Probabilities of a field's values, the likeliest first; the others are unlikely."""
    values = list(CLAIM_FIELDS[field])
    probabilities = np.full(len(values), 0.01)
    for rank, value in enumerate(ranked):
        probabilities[values.index(value)] = 0.9 / 2**rank
    return probabilities / probabilities.sum()


def reading(text: str, *, kind=("score",), direction=(None,), empty=None, **slots) -> QuantityReading:
    """A reading of a number: `slots` are names with their probabilities, {"method": {"SEW": 0.9}}."""
    fields = {
        "claim": likely("claim", True),
        "kind": likely("kind", *kind),
        "role": likely("role", "result"),
        "qualifier": likely("qualifier", "exact"),
        "direction": likely("direction", *direction),
    }
    found = {slot: [] for slot in SLOTS}
    for slot, names in slots.items():
        for name, probability in names.items():
            start = text.index(name)
            found[slot].append(Candidate(start, start + len(name), probability))
    unfilled = {slot: 0.9 for slot in ONE_SLOTS if not found[slot]}
    return QuantityReading(
        fields,
        {slot: tuple(candidates) for slot, candidates in found.items()},
        {**dict.fromkeys(ONE_SLOTS, 0.1), **unfilled, **(empty or {})},
        starts={},
    )


def claims(marked: str, *readings: dict) -> list[dict]:
    """Slots and fields of each number of a marked text, read so."""
    text, mentions = unmarked(marked)
    rules = load_rules()
    quantities = find_quantities(text, rules)
    places = contexts(view(text, sentences(text), quantities, mentions, (), rules))
    made = []
    for context, read in zip(places, readings, strict=True):
        claim = by_place(claim_from_model(context.quantity, reading(text, **read), mentions), context)
        slots = {slot: as_text(getattr(claim, slot), text) for slot in (*ONE_SLOTS, *MANY_SLOTS)}
        made.append({**slots, "kind": claim.kind, "direction": claim.direction, "origin": claim.origin})
    return made


def claim(marked: str, **read) -> dict:
    (only,) = claims(marked, read)
    return only


def test_the_likeliest_name_fills_a_slot():
    made = claim("[SEW] beats [BERT] at 91.2%.", method={"SEW": 0.6, "BERT": 0.3})
    assert made["method"] == "SEW" and "method:model" in made["origin"]


@pytest.mark.parametrize(("empty", "filled"), [(0.6, "SEW"), (0.95, None)])
def test_a_method_is_left_empty_only_where_that_is_far_likelier(empty, filled):
    made = claim("[SEW] reaches 91.2%.", method={"SEW": 0.4}, empty={"method": empty})
    assert made["method"] == filled


@pytest.mark.parametrize(("empty", "filled"), [(0.1, "accuracy"), (0.3, None)])
def test_a_metric_has_to_be_twice_as_likely_as_none(empty, filled):
    made = claim("It has 91.2% [M:accuracy].", metric={"accuracy": 0.5}, empty={"metric": empty})
    assert made["metric"] == filled


def test_a_slot_never_holds_the_value():
    made = claim("It has 91.2% [M:accuracy].", metric={"91.2% accuracy": 0.8, "accuracy": 0.15})
    assert made["metric"] is None or "91.2%" not in made["metric"]


def test_the_name_of_a_dataset_is_no_method():
    made = claim("[SEW] has 91.2% on [D:GLUE].", method={"GLUE": 0.7, "SEW": 0.2})
    assert made["method"] == "SEW"


def test_part_of_a_name_becomes_the_name():
    made = claim("[SEW Large] reaches 91.2%.", method={"SEW": 0.9})
    assert made["method"] == "SEW Large"


def test_a_span_over_several_datasets_is_these_datasets():
    made = claim("It has 91.2% on [D:GLUE] and [D:RACE].", dataset={"GLUE and RACE": 0.9})
    assert made["dataset"] == ["GLUE", "RACE"]


def test_nothing_is_compared_with_itself():
    made = claim("[SEW] is 91.2% right.", method={"SEW": 0.9}, baseline={"SEW": 0.9})
    assert (made["method"], made["baseline"]) == ("SEW", [])


def test_a_kind_has_to_fit_the_unit():
    made = claim("It has 91.2% [M:accuracy].", kind=("scale", "score"))
    assert made["kind"] == "score"


def test_a_move_has_the_likelier_direction_even_where_none_is_likeliest():
    made = claim("It is 1.9x faster.", kind=("speedup",), direction=(None, "increase"))
    assert made["direction"] == "increase"


def test_a_level_has_no_direction():
    assert claim("It has 91.2%.", direction=("increase",))["direction"] is None


def test_listed_values_go_with_what_is_listed_like_them():
    read = {"dataset": {"GLUE": 0.9, "RACE": 0.9}, "metric": {"recall": 0.9}}
    made = claims(
        "It has 91% and 85% on [D:GLUE] and [D:RACE], respectively.".replace("on", "recall on"), read, read
    )
    assert [each["dataset"] for each in made] == [["GLUE"], ["RACE"]]
    assert all("dataset:dataset.in_step" in each["origin"] for each in made)


def test_a_value_in_brackets_is_of_the_dataset_before_them():
    read = {"dataset": {"GLUE": 0.9, "RACE": 0.9}}
    made = claims("It is best on [D:GLUE] (FID 1.7) and on [D:RACE] (FID 1.9).", read, read)
    assert [each["dataset"] for each in made] == [["GLUE"], ["RACE"]]
    assert all("dataset:dataset.bracket" in each["origin"] for each in made)


def test_the_rules_may_forbid_a_claim_but_not_make_one():
    sure, unsure = reading("91.2%"), reading("91.2%")
    unsure.fields["claim"][:] = likely("claim", False)
    assert [is_claim(sure, False), is_claim(sure, True), is_claim(unsure, False)] == [True, False, False]


def test_hardware_is_a_condition_and_no_dataset():
    made = claim("It is 1.9x faster on mobile GPUs.", kind=("speedup",), dataset={"mobile GPUs": 0.9})
    assert (made["dataset"], made["condition"]) == ([], "mobile GPUs")


def test_each_of_listed_resources_has_its_own_kind():
    read = {"kind": ("speedup",), "direction": ("decrease",), "metric": {"time": 0.9}}
    text = "It cuts [M:time] and [M:memory usage] by factors of 10 and 278, respectively."
    made = claims(text, read, read)
    assert [(each["metric"], each["kind"]) for each in made] == [
        ("time", "speedup"),
        ("memory usage", "compression"),
    ]
