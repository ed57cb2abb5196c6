"""What a reader is shown of one paper: the text with marks, the mentions, who decided what about a claim."""

import pytest
from build import SOURCE, claim, extraction, mention, paper
from rich.console import Console

from extractor.explain import explanation, find_paper, marked_text, paper_of_text
from extractor.read import ReadError
from extractor.records import Extraction, Paper


def shown(renderable) -> str:
    console = Console(width=120, highlight=False)
    with console.capture() as capture:
        console.print(renderable)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def test_every_mark_stands_in_the_text():
    text = marked_text(extraction()).plain
    assert text == SOURCE.replace("Quokka:", "[Quokka METHOD*]:", 1).replace("1.9x", "[1.9x #1]").replace(
        "SpeechSet", "[SpeechSet DATASET]"
    )


def test_of_marks_that_overlap_the_value_stays():
    within = mention("1.9x faster", "METRIC")
    assert "is [1.9x #1] faster" in marked_text(extraction(mentions=(within,))).plain


def test_of_mentions_that_overlap_the_first_stays():
    nested = (mention("speech recognition", "TASK"), mention("recognition", "TASK"))
    assert "[speech recognition TASK], +7.4" in marked_text(extraction(mentions=nested)).plain


def test_every_decision_is_told():
    speedup = claim(
        method="Quokka", confidence=0.5, origin=("kind:speedup.faster", "method:model", "role:own")
    )
    lines = shown(explanation(extraction(claims=(speedup,)))).splitlines()
    assert "#1, 0.50 sure" in lines
    told = [line.split() for line in lines]
    assert ["kind", "speedup", "speedup.faster"] in told
    assert ["method", "Quokka", "Quokka", "0-6", "model"] in told
    assert ["role", "result", "own"] in told
    assert ["value", "1.9x", "1.9", "x", "37-41"] in told


def test_a_field_that_was_decided_against_is_told_too():
    speedup = claim(origin=("dataset:rule.none_named",))
    assert ["dataset", "rule.none_named"] in [
        line.split() for line in shown(explanation(extraction(claims=(speedup,)))).splitlines()
    ]


def test_nothing_found_is_said():
    text = shown(explanation(Extraction(paper=paper())))
    assert "No mentions." in text
    assert "No claims." in text


def test_control_characters_and_markup_are_harmless():
    text = shown(explanation(Extraction(paper=paper(title="[bold]\x1b[31mred", abstract=""))))
    assert "[bold]\N{REPLACEMENT CHARACTER}[31mred" in text


@pytest.mark.parametrize(
    ("typed", "title", "abstract"),
    [("One sentence.", "", "One sentence."), ("A Title\nA text.\nMore.", "A Title", "A text.\nMore.")],
)
def test_a_typed_text_is_a_paper(typed, title, abstract):
    assert paper_of_text(typed) == Paper(id="text", title=title, abstract=abstract)


def test_an_id_goes_before_a_title():
    papers = [paper(id="a", title="b"), paper(id="b", title="c")]
    assert find_paper(papers, "b").id == "b"
    assert find_paper(papers, " C ").id == "b"
    with pytest.raises(ReadError, match="no paper 'x' among 2"):
        find_paper(papers, "x")
