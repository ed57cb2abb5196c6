"""Written forms in, canonical ones out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.normalise import canonical, canonical_unit, metric_rule
from extractor.records import Label


@pytest.mark.parametrize(
    ("text", "label", "name"),
    [
        ("ILSVRC-2012", Label.DATASET, "ImageNet"),
        ("WMT 2014", Label.DATASET, "WMT'14"),
        ("WMT14", Label.DATASET, "WMT'14"),
        ("MS-COCO", Label.DATASET, "COCO"),
        ("CIFAR-100", Label.DATASET, "CIFAR-100"),  # not CIFAR-10
        ("RefCOCO+", Label.DATASET, "RefCOCO+"),  # not RefCOCO
        ("mean intersection-over-union", Label.METRIC, "mIoU"),
        ("Word Error Rates", Label.METRIC, "WER"),
        ("top-1 accuracy", Label.METRIC, "top-1 accuracy"),
        ("LLaMA-2-7B", Label.METHOD, "LLaMA-2-7B"),
        ("Llama2 7B", Label.METHOD, "LLaMA-2-7B"),
        ("Llama 3 8B Instruct", Label.METHOD, "LLaMA-3-8B-Instruct"),
        ("convolutional neural networks", Label.METHOD, "convolutional neural network"),
        ("ConvNets", Label.METHOD, "convolutional neural network"),
        ("automatic speech recognition", Label.TASK, "speech recognition"),
        ("Numbat", Label.METHOD, "Numbat"),
        ("ImageNet", Label.TASK, "ImageNet"),  # no task of that name
    ],
)
def test_canonical(text, label, name):
    assert canonical(text, label) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Numbat Forager", "NF"),  # the short form of the paper
        ("NF", "NF"),
        ("numbat-forager", "NF"),
        ("another", "another"),
    ],
)
def test_the_papers_own_aliases(text, name):
    assert canonical(text, Label.METHOD, aliases=(("NF", "Numbat Forager"),)) == name


def test_a_listed_name_goes_before_the_papers_short_form():
    aliases = (("WordER", "word error rate"),)
    assert canonical("WordER", Label.METRIC, aliases=aliases) == "WER"


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("milliseconds", "ms"),
        ("hours", "h"),
        ("×", "x"),
        ("pp", "points"),
        ("fps", "FPS"),
        ("Mb", "Mb"),  # bits, not bytes
        ("tokens/s", "tokens/s"),
        ("", ""),
    ],
)
def test_units(unit, name):
    assert canonical_unit(unit) == name


def test_metrics_say_which_way_is_better():
    assert metric_rule("word error rate").higher_is_better is False
    assert metric_rule("mIoU").higher_is_better is True
    assert metric_rule("inference latency").measures == "speed"
    assert metric_rule("numbats") is None


@given(st.text(min_size=1), st.sampled_from(Label))
def test_a_canonical_name_is_its_own(text, label):
    name = canonical(text, label)
    assert name
    assert canonical(name, label) == name


@given(st.text())
def test_a_canonical_unit_is_its_own(unit):
    assert canonical_unit(canonical_unit(unit)) == canonical_unit(unit)
