"""What can't be: a record that its text or its own numbers contradict."""

import pytest
from build import SOURCE, claim, extraction, mention, paper, quantity, slot
from pydantic import ValidationError

from extractor.records import Paper, Slot, Span


def test_offsets_count_in_title_newline_abstract():
    assert Paper(id="1", title="A", abstract="B").source == "A\nB"
    assert paper().source == SOURCE


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Span(start=5, end=4), "span ends at 4, before its start at 5"),
        (lambda: Span(start=-1, end=4), "greater than or equal to 0"),
        (lambda: Slot(text="Quokka", start=0, end=4), "span 0-4 is not as long as its text 'Quokka'"),
        (lambda: Slot(text="", start=0, end=0), "at least 1 character"),
        (lambda: quantity("1.9x", start=37, end=40), "not as long as its text"),
        (lambda: quantity(low=2, high=1), "low 2.0 is above high 1.0"),
        (lambda: quantity(low=float("nan")), "finite number"),
        (lambda: mention(confidence=1.5), "less than or equal to 1"),
        (lambda: mention(label="MODEL"), "'METHOD', 'DATASET', 'METRIC' or 'TASK'"),
        (
            lambda: claim(kind="score", direction="increase"),
            "a score has no direction, but '1.9x' got increase",
        ),
        (lambda: claim(quantity(unit="points")), "a speedup can't be in 'points'"),
        (lambda: claim(quantity(unit="%"), kind="scale"), "a scale can't be in '%'"),
        (lambda: claim(sentence=Span(start=0, end=5)), "value '1.9x' lies outside its sentence"),
        (lambda: claim(note="mine"), "Extra inputs are not permitted"),
        (lambda: extraction(mentions=[mention("BaseNet", start=0, end=7)]), "source has 'Quokka:'"),
        (lambda: extraction(paper=paper(title="Short", abstract="")), "source has"),
        (
            lambda: extraction(claims=[claim(sentence=Span(start=0, end=999))]),
            "a sentence ends after the text does",
        ),
        (lambda: paper(id=""), "at least 1 character"),
    ],
)
def test_what_contradicts_itself_is_refused(make, message):
    with pytest.raises(ValidationError) as error:
        make()
    assert message in str(error.value)


def test_slots_of_a_claim_stand_in_the_text_too():
    elsewhere = slot("BaseNet").model_copy(update={"start": 0, "end": 7})
    with pytest.raises(ValidationError, match="record says 'BaseNet'"):
        extraction(claims=[claim(dataset=["SpeechSet", elsewhere])])


def test_records_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        paper().title = "Another"


def test_filled_slots_are_listed_one_by_one():
    filled = claim(method="Quokka", dataset=["SpeechSet", "QuizSet"], baseline=["BaseNet"]).slots()
    assert [(field, s.text) for field, s in filled] == [
        ("method", "Quokka"),
        ("baseline", "BaseNet"),
        ("dataset", "SpeechSet"),
        ("dataset", "QuizSet"),
    ]
