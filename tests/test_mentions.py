"""Text in, written forms of a label out, as lists, patterns, head words and abbreviations find them."""

import time
from itertools import pairwise

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from extractor.find.mentions import find_mentions
from extractor.find.names import name_matcher
from extractor.records import Label
from extractor.rules import load_rules

RULES = load_rules()


def found(text: str, label: Label) -> list[str]:
    return list(dict.fromkeys(text[m.start : m.end] for m in find_mentions(text, RULES) if m.label == label))


def proposed(text: str) -> set[str]:
    return {text[m.start : m.end] for m in find_mentions(text, RULES) if m.proposed}


@pytest.mark.parametrize(
    ("text", "datasets"),
    [
        ("Scores on ImageNet and on CIFAR-10 rise.", ["ImageNet", "CIFAR-10"]),
        ("Scores on MS-COCO rise.", ["MS-COCO"]),  # an alias, with a hyphen for its space
        ("Scores on wmt'14 rise.", ["wmt'14"]),
        ("Scores on KITTI 2015 rise.", ["KITTI 2015"]),  # a version belongs to the name
        ("We solve MATH problems.", ["MATH"]),
        ("We solve math problems.", []),  # a cased form
        ("It leads on the Quokka dataset.", ["Quokka"]),
        ("It leads on the entire dataset.", []),
        ("It leads on Quokka, Numbat and Emu benchmarks.", ["Quokka", "Numbat", "Emu"]),
        ("It leads on QuokkaQA and WombatBench.", ["QuokkaQA", "WombatBench"]),
        ("We present Numbat, a large benchmark of ants.", ["Numbat"]),
        ("Ants in Numbers: A Benchmark for Counting\nIt is hard.", ["Ants in Numbers"]),
        ("The Marsupial Dialogue Corpus (MDC) is new.", ["Marsupial Dialogue Corpus", "MDC"]),
    ],
)
def test_datasets(text, datasets):
    assert found(text, Label.DATASET) == datasets


@pytest.mark.parametrize(
    ("text", "methods"),
    [
        ("We prune LLaMA-2-7B and Llama 3.", ["LLaMA-2-7B", "Llama 3"]),
        ("We train GPT-4o and ResNet-50.", ["GPT-4o", "ResNet-50"]),
        ("Vision transformers and CNNs differ.", ["Vision transformers", "CNNs"]),  # plurals
        ("Mixture of experts and mixture-of-experts are one.", ["Mixture of experts", "mixture-of-experts"]),
        ("QuokkaNet beats KQV-2.", ["QuokkaNet", "KQV-2"]),
        ("A QuokkaNet-based tracker.", ["QuokkaNet"]),
        ("Visit quokka.MyNet.org for it.", []),
        ("We use LLMs on a GPU in the USA.", []),
        ("Large language models and deep learning are used.", []),
        ("We use quick marsupial pruning.", ["quick marsupial pruning"]),
        ("We use fast marsupial pruning.", ["marsupial pruning"]),  # "fast" is no part of a name
        ("Numbat learns from it, and Numbat is good.", []),  # nothing says what it names
        ("Numbat: Foraging by Night\nNumbat is good.", ["Numbat"]),
        ("We propose Numbat, which forages.", ["Numbat"]),
        ("A scheme dubbed Numbat forages.", ["Numbat"]),
        ("Adaptive marsupial wombling (AMW) helps.", ["Adaptive marsupial wombling", "AMW"]),
        ("Highly amusing vehicles (HAVs) move.", []),
    ],
)
def test_methods(text, methods):
    assert found(text, Label.METHOD) == methods


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("Top-1 accuracy and mIoU rise.", ["Top-1 accuracy", "mIoU"]),
        ("Word error rates fall.", ["Word error rates"]),
        ("Accuracies differ.", ["Accuracies"]),
        ("Peak GPU memory usage falls.", ["Peak GPU memory usage"]),
        ("The marsupial usage falls.", []),
        ("A map of maps.", []),  # mAP is another thing
        ("The loss is small.", []),  # known, but seldom a metric
        ("The marsupial hop rate (MHR) rises.", ["marsupial hop rate", "MHR"]),
    ],
)
def test_metrics(text, metrics):
    assert found(text, Label.METRIC) == metrics


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        ("We study machine translation and VQA.", ["machine translation", "VQA"]),
        ("We study marsupial detection.", ["marsupial detection"]),
        ("We study truly accurate marsupial detection.", ["marsupial detection"]),
        ("It helps various tasks.", []),
        ("Marsupial burrow prediction (MBP) is hard.", ["Marsupial burrow prediction", "MBP"]),
    ],
)
def test_tasks(text, tasks):
    assert found(text, Label.TASK) == tasks


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Numbat: Foraging by Night\nIt is good.", {"Numbat"}),
        ("We propose an adaptive wombling scheme (AWoS).", {"adaptive wombling scheme", "AWoS"}),
        ("We propose a new forager, NumbatNet, that digs.", {"NumbatNet"}),
        ("Our NumbatNet beats BERT.", {"NumbatNet"}),
        ("We introduce the Quokka benchmark.", {"Quokka"}),
        ("We propose to train convolutional neural networks (CNNs).", set()),
        ("NumbatNet beats BERT.", set()),
    ],
)
def test_what_the_paper_proposes(text, own):
    assert proposed(text) == own


def test_a_name_found_once_is_marked_at_every_whole_word():
    text = "We propose Numbat, a forager. Numbat digs; Numbats2 do not, Numbat-like ones do."
    assert [m.start for m in find_mentions(text, RULES)] == [11, 30, 60]


def test_the_longest_name_wins():
    assert found("Swin Transformer", Label.METHOD) == ["Swin Transformer"]


def test_a_form_goes_under_one_label():
    text = "NAS (neural architecture search) and NAS."
    assert len({m.label for m in find_mentions(text, RULES)}) == 1


def test_a_listed_name_that_the_paper_gives_to_its_own_is_its_own():
    text = "Slow Sparse Tuning\nWe propose Slow Sparse Tuning (SST). SST is slow."
    assert found(text, Label.DATASET) == [] and "SST" in proposed(text)
    assert found("We test it on SST.", Label.DATASET) == ["SST"]


def test_a_mention_says_which_rules_found_it():
    (mention,) = find_mentions("We use ResNet here.", RULES)
    assert mention.rules[0] == "method.resnet"
    assert 0.8 < mention.confidence < 1


def test_a_form_names_one_thing():
    forms = {}
    for table in ("metrics", "datasets", "methods", "tasks"):
        for rule in RULES.table(table):
            for form in (rule.name, *rule.aliases):
                assert forms.setdefault((table, form), rule.id) == rule.id


def test_component_marks_spans():
    nlp = spacy.blank("en")
    nlp.add_pipe("mentions")
    doc = nlp("We run ResNet-50 on ImageNet.")
    spans = [(span.text, span.label_) for span in doc.spans["mentions"]]
    assert spans == [("ResNet-50", "METHOD"), ("ImageNet", "DATASET")]


@pytest.mark.parametrize(
    "text", ["A" * 20_000, "aB" * 10_000, "Ab " * 7_000, "A, " * 7_000, "(A)" * 7_000, "AB-" * 7_000]
)
def test_long_runs_take_no_long_time(text):
    find_mentions("warm", RULES)
    began = time.process_time()
    find_mentions(text, RULES)
    assert time.process_time() - began < 5


WORDS = ["ImageNet", "CIFAR-10", "word error rate", "Numbat", "QuokkaNet", "accuracy", "Ab Bc (AB)", " (QN)"]
CUES = [
    "We propose ",
    "our ",
    " dataset",
    ": ",
    ", ",
    " and ",
    "-",
    "’s",
    "(",
    ")",
    "\n",
    " ",
    "é",
    "++",
    "2",
    "_",
]
PIECES = st.sampled_from([*WORDS, *CUES]) | st.text(max_size=3)
TEXTS = st.lists(PIECES, max_size=14).map("".join)


@given(TEXTS)
def test_mentions_are_whole_words_in_order_and_apart(text):
    mentions = find_mentions(text, RULES)
    assert all(a.end <= b.start for a, b in pairwise(mentions))
    for m in mentions:
        assert 0 <= m.start < m.end <= len(text)
        assert not (text[m.start].isalnum() and text[m.start - 1 : m.start].isalnum())
        assert not (text[m.end - 1].isalnum() and text[m.end : m.end + 1].isalnum())


@given(TEXTS)
def test_listed_names_are_apart(text):
    hits = name_matcher(RULES).find(text)
    assert all(a.end <= b.start for a, b in pairwise(hits))
