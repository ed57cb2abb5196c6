"""The whole pass over a text, by rules alone, and the spaCy component around it."""

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

import extractor
from extractor.by_rules import beside_numbers, read_by_rules
from extractor.found import FoundMention
from extractor.pipeline import ClaimFinder
from extractor.records import Extraction, Label, Paper
from extractor.rules import load_rules

RULES_ALONE = ClaimFinder(load_rules(), None)
TITLE = "Quokka: Fast Speech Models"
ABSTRACT = (
    "We propose Quokka, a speech recognition model. Our method is up to 1.9times faster than wav2vec 2.0. "
    r"On LibriSpeech it lowers the word error rate from 5.2\% to 4.1\%."
)
PIECES = st.sampled_from(
    [
        *(
            "1.9x",
            "10times",
            r"20\%",
            "sim3",
            "from 71.2 to ",
            "é",
            " ",
            "$",
            "{",
            "\n",
            ". ",
            "textbf{",
            "𝛼",
        ),
        *(
            "We propose X, ",
            "on ImageNet",
            "accuracy of ",
            "9" * 400,
            "1e999",
            "3-",
            "points",
            "respectively",
        ),
    ]
)
TEXT = st.lists(PIECES | st.text(max_size=4), max_size=20).map("".join)


def rows(text: str) -> list[tuple]:
    """(value, kind, role, direction, metric, method, datasets) of each claim of a text."""
    return [
        (
            c.value.text,
            str(c.kind),
            str(c.role),
            c.direction and str(c.direction),
            c.metric and c.metric.text,
            c.method and c.method.text,
            [d.text for d in c.dataset],
        )
        for c in RULES_ALONE.find(text).claims
    ]


def test_a_paper_becomes_rows():
    assert rows(f"{TITLE}\n{ABSTRACT}") == [
        ("1.9times", "speedup", "result", "increase", None, "Quokka", []),
        (r"5.2\%", "score", "reference", None, "word error rate", None, ["LibriSpeech"]),
        (r"4.1\%", "score", "result", None, "word error rate", "Quokka", ["LibriSpeech"]),
    ]


def test_an_inferred_method_says_from_which_words():
    method = RULES_ALONE.find(f"{TITLE}\n{ABSTRACT}").claims[0].method
    assert (method.name, method.inferred) == ("Quokka", "Our method")


def test_a_slot_from_another_sentence_says_so():
    text = f"{TITLE}\nWe test Quokka on speech recognition. It cuts the latency by 30%."
    (claim,) = RULES_ALONE.find(text).claims
    told = {field: (slot.text, slot.inferred) for field, slot in claim.slots()}
    assert told["metric"] == ("latency", "")
    assert told["method"] == ("Quokka", "It")
    assert told["task"] == ("speech recognition", "context")


def test_every_decision_names_its_rule():
    claim = RULES_ALONE.find(f"{TITLE}\n{ABSTRACT}").claims[0]
    fields = {field for field, _, rule in (x.partition(":") for x in claim.origin) if rule}
    assert {"kind", "role", "direction", "method"} <= fields


@settings(deadline=None)
@given(TEXT, TEXT)
def test_whatever_the_text_every_span_is_in_it(title, abstract):
    paper = Paper(id="p", title=title, abstract=abstract)
    found = RULES_ALONE.find(paper.source)
    Extraction(paper=paper, mentions=found.mentions, aliases=found.aliases, claims=found.claims)


def component(**config):
    nlp = spacy.blank("en")
    nlp.add_pipe("claims", config={"model": False, **config})
    return nlp


def test_the_component_works_in_a_pipeline_of_anybody():
    doc = component()(f"{TITLE}\n{ABSTRACT}")
    assert [c.value.text for c in doc._.claims] == ["1.9times", r"5.2\%", r"4.1\%"]
    assert doc.spans["values"][0].text == "1.9times" and doc.spans["values"][0].label_ == "speedup"
    assert {s.text for s in doc.spans["mentions"]} >= {"Quokka", "LibriSpeech"}


def test_a_batch_finds_what_each_text_alone_does():
    texts = [f"{TITLE}\n{ABSTRACT}", "Nothing here.", "", ABSTRACT]
    nlp = component()
    assert [doc._.claims for doc in nlp.pipe(texts, batch_size=3)] == [nlp(text)._.claims for text in texts]


def test_a_saved_pipeline_keeps_its_rules(tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "datasets.yaml").write_text("- {id: dataset.zebraset, name: zebraset}\n", encoding="utf-8")
    nlp = component(rules=str(folder))
    nlp.to_disk(tmp_path / "saved")
    (folder / "datasets.yaml").unlink()
    (folder / "datasets.yaml").write_text("- {id: dataset.other, name: otherset}\n", encoding="utf-8")
    doc = spacy.load(tmp_path / "saved")("It has 95.1% accuracy on zebraset.")
    assert [d.text for c in doc._.claims for d in c.dataset] == ["zebraset"]


def test_the_package_names_what_it_has():
    assert extractor.Paper is Paper
    with pytest.raises(AttributeError, match="it has Claim"):
        extractor.nothing  # noqa: B018


@pytest.mark.parametrize(
    ("text", "named", "kept"),
    [
        ("on QuokkaSet 2.4x faster", "QuokkaSet 2", ["QuokkaSet"]),
        ("a Quokka 50% smaller", "Quokka 50", ["Quokka"]),
        ("it is 2.4x faster", "2", []),
        ("on QuokkaSet it is 2.4x faster", "QuokkaSet", ["QuokkaSet"]),
    ],
)
def test_no_name_ends_within_a_number(text, named, kept):
    start = text.index(named)
    mention = FoundMention(start, start + len(named), Label.DATASET)
    found = beside_numbers([mention], read_by_rules(text, load_rules()))
    assert [text[m.start : m.end] for m in found] == kept
