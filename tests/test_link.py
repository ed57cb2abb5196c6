"""Sentences in, claims out: what every number means, by rules alone. A row names only the fields it is
about; names are marked as `linking` says."""

import pytest
from linking import as_text, linked


def told(marked: str, value: str, fields) -> dict:
    """The given fields of the claim of `value`, slots as texts."""
    text, claims = linked(marked)
    claim = next(c for c in claims if text[c.start : c.end] == value)
    return {field: as_text(getattr(claim, field), text) for field in fields}


KINDS = [
    ("It reaches an [M:accuracy] of 91.4%.", "91.4%", "score"),
    ("It reaches 27.3 [M:BLEU].", "27.3", "score"),
    ("It improves [M:accuracy] by 2.5%.", "2.5%", "gain"),
    ("It improves [M:accuracy] from 88.1% to 90.6%.", "90.6%", "score"),  # a level, not a change
    ("It outperforms earlier trackers by 4%.", "4%", "gain"),
    ("It loses only 0.3% in [M:recall].", "0.3%", "gain"),
    ("It is 3x faster.", "3x", "speedup"),
    ("It lowers [M:latency] by 40%.", "40%", "speedup"),
    ("It answers within 12 ms.", "12 ms", "measure"),
    ("It is 10x smaller.", "10x", "compression"),
    ("It works by accelerating compression by 25 times.", "25 times", "speedup"),  # the verb tells it
    ("It is tested with 13 loss functions.", "13", "scale"),  # no loss of 13
    ("We see gains of 0.8 [M:BLEU] on one and of up to 4.0 [M:BLEU] on the other.", "4.0", "gain"),
    ("It cuts [M:memory usage] by 40%.", "40%", "compression"),  # size, not quality
    ("It keeps 20% of the parameters.", "20%", "compression"),
    ("It needs 5x fewer labels.", "5x", "efficiency"),
    ("It trains on only 5% of the clips.", "5%", "efficiency"),
    ("About 5% of the clips are silent.", "5%", "other"),
    ("It solves 36% of the puzzles.", "36%", "score"),
    ("We collect 12,500 clips.", "12,500", "scale"),
    ("We train it on 1.4 trillion tokens.", "1.4 trillion", "scale"),
    ("The difference is significant (p-value of 0.01).", "0.01", "other"),
]


@pytest.mark.parametrize(("text", "value", "kind"), KINDS, ids=str)
def test_kind(text, value, kind):
    assert told(text, value, ["kind"]) == {"kind": kind}


DIRECTIONS = [
    ("It has a 3x speedup.", "3x", "increase"),
    ("It has a 3x speedup in [M:training time].", "3x", "decrease"),  # the time moved
    ("It gives a 5% improvement in [M:accuracy].", "5%", "increase"),
    ("It gives a 5% improvement in [M:word error rate].", "5%", "decrease"),  # better means less
    ("It shows a 13.5% reduction in [M:word error rate].", "13.5%", "decrease"),
    ("It reaches a [M:compression ratio] of 10x.", "10x", "decrease"),
    ("It reaches 91% [M:accuracy].", "91%", None),
    ("It allows 3x faster annotation.", "3x", "increase"),  # of speed, not of annotations
    ("It improves [M:sample efficiency] by 50x.", "50x", "increase"),
    ("It is level on the rest (-0.5% [M:accuracy]).", "-0.5%", "decrease"),  # the sign tells it
    ("It has 8.5 times the size of Wombat.", "8.5 times", "increase"),
    ("It needs half the memory of Wombat.", "half", "decrease"),
]


@pytest.mark.parametrize(("text", "value", "direction"), DIRECTIONS, ids=str)
def test_direction_is_that_of_the_named_quantity(text, value, direction):
    assert told(text, value, ["direction"]) == {"direction": direction}


METRICS = [
    ("It has 2% higher [M:top-1 accuracy] than Wombat.", "2%", "top-1 accuracy"),
    ("It boosts state-of-the-art performance by 9%.", "9%", "performance"),
    ("Its mean Average Precision ([M:mAP]) of 71.3% is high.", "71.3%", "mAP"),
    ("The success rate is improved by 6%.", "6%", "success rate"),
    ("It is 25% faster than Wombat.", "25%", None),  # only the comparative names it
    ("It reaches its lowest [M:loss] 40% faster than Wombat.", "40%", None),  # the loss isn't faster
    ("It outperforms Wombat by 5%.", "5%", None),
    ("It outperforms Wombat by 5% in [M:recall].", "5%", "recall"),
    ("We collect 12,500 short and long clips.", "12,500", "clips"),
    ("We prune a 70B model.", "70B", None),
    ("It has a 4x inference speedup.", "4x", "inference speedup"),
]


@pytest.mark.parametrize(("text", "value", "metric"), METRICS, ids=str)
def test_metric(text, value, metric):
    assert told(text, value, ["metric"]) == {"metric": metric}


METHODS = [
    ("We propose <Quokka>. Our method reaches 91% [M:accuracy].", "91%", "Quokka", "Our method"),
    ("We propose <Quokka>. It is 3x faster.", "3x", "Quokka", "It"),
    ("We propose <Quokka>. <Quokka> is 3x faster than [Wombat].", "3x", "Quokka", ""),
    ("We propose <Quokka>. It gains 2% over [Wombat] (71.04%).", "71.04%", "Wombat", ""),
    ("We propose <Quokka>. We find that [Wombat] reaches 80% [M:accuracy].", "80%", "Wombat", ""),
    (
        "We propose <Quokka>. With [Wombat] as encoder, <Quokka> reaches 80% [M:accuracy].",
        "80%",
        "Quokka",
        "",
    ),
]


@pytest.mark.parametrize(("text", "value", "method", "inferred"), METHODS, ids=str)
def test_method_is_a_name(text, value, method, inferred):
    text, claims = linked(text)
    slot = next(c for c in claims if text[c.start : c.end] == value).method
    assert (text[slot.start : slot.end], slot.inferred) == (method, inferred)


def test_our_method_without_a_name_is_nobody():
    assert told("We reach 91% [M:accuracy].", "91%", ["method"]) == {"method": None}


def test_a_count_of_a_resource_has_no_method():
    text = "We propose <Quokka> and <D:TrailSet>. <D:TrailSet> holds 12,500 clips."
    assert told(text, "12,500", ["method", "dataset"]) == {"method": None, "dataset": ["TrailSet"]}


BASELINES = [
    ("It is 3x faster than [Wombat].", "3x", ["Wombat"]),
    ("It gains 2% in [M:recall] over [Wombat] and [Bilby].", "2%", ["Wombat", "Bilby"]),
    ("It gains 2% in [M:recall] compared to earlier trackers.", "2%", ["earlier trackers"]),
    ("It exceeds baseline performance by 2%.", "2%", ["baseline"]),
    ("It gains more than 2% in [M:recall].", "2%", []),  # "than" compares a number
    ("It gains 2% in [M:recall] over several seasons.", "2%", []),
]


@pytest.mark.parametrize(("text", "value", "baseline"), BASELINES, ids=str)
def test_baseline(text, value, baseline):
    assert told(text, value, ["baseline"]) == {"baseline": baseline}


DATASETS = [
    ("It reaches 91% [M:accuracy] on [D:TrailSet] and [D:DuskSet].", "91%", ["TrailSet", "DuskSet"]),
    ("On [D:TrailSet], it reaches 91% [M:accuracy].", "91%", ["TrailSet"]),
    ("It reaches 91% [M:accuracy] on [D:TrailSet] and 88% on [D:DuskSet].", "88%", ["DuskSet"]),
    ("It leads on [D:TrailSet] ([M:FID] 1.7) and [D:DuskSet] ([M:FID] 1.9).", "1.7", ["TrailSet"]),
    ("Clips\nWe test on [D:TrailSet]. It reaches 91% [M:accuracy].", "91%", ["TrailSet"]),
    ("Clips\nWe test on [D:TrailSet]. It is 3x faster.", "3x", []),  # a speed is no result of a data set
]


@pytest.mark.parametrize(("text", "value", "dataset"), DATASETS, ids=str)
def test_dataset(text, value, dataset):
    assert told(text, value, ["dataset"]) == {"dataset": dataset}


ROLES = [
    ("We lift [M:recall] from 71.2% to 73.4%.", "71.2%", "reference"),
    ("We lift [M:recall] from 71.2% to 73.4%.", "73.4%", "result"),
    ("We reach 81% [M:accuracy] vs. 78% for [Wombat].", "78%", "reference"),
    ("We reach a [M:recall] of 88%, beating [Wombat] (55%).", "55%", "reference"),
    ("A [M:recall] drop of 4.4%\nWe fix it.", "4.4%", "result"),  # in a title
    ("Clips\nStandard tuning can lead to a [M:recall] drop of 4.4%. We fix it.", "4.4%", "background"),
    ("Clips\nWe fix tuning. The [M:recall] drop of 4.4% is gone.", "4.4%", "result"),
]


@pytest.mark.parametrize(("text", "value", "role"), ROLES, ids=str)
def test_role(text, value, role):
    assert told(text, value, ["role"]) == {"role": role}


def test_condition_is_hardware_or_the_model_it_is_applied_to():
    assert told("It runs at 40 FPS on a Jetson Nano.", "40 FPS", ["condition"]) == {
        "condition": "Jetson Nano"
    }
    applied = "We propose <Quokka>. <Quokka> saves 40% of the [M:memory] on [Wombat]."
    assert told(applied, "40%", ["condition"]) == {"condition": "Wombat"}


def test_a_setting_is_no_claim():
    text, claims = linked("With 4-bit weights it reaches 91% [M:accuracy].")
    assert [text[c.start : c.end] for c in claims] == ["91%"]


def test_every_decision_names_its_rule():
    _, (claim,) = linked("It lowers [M:latency] by 40%.")
    assert "kind:kind.time" in claim.origin
    assert "direction:direction.reduces" in claim.origin
    assert {o.partition(":")[0] for o in claim.origin} >= {"kind", "role", "metric", "method", "dataset"}
