"""What must hold for any text and any file, on what the fuzzer found, on what hypothesis makes of the pieces
that hurt, and on texts made to be endless. The fuzzer itself, and the long version of all this, stand in
`fuzz/`."""

import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.by_rules import read_by_rules
from extractor.explain import paper_of_text
from extractor.find.abbreviations import alias_groups, find_abbreviations
from extractor.find.sentences import LONGEST, MOST_VALUES, sentences, split_endless
from extractor.normalise import canonical
from extractor.pipeline import ClaimFinder
from extractor.reader import load_reader
from extractor.records import Label
from extractor.rules import load_rules
from fuzz import checks, patterns
from fuzz.pumping import pumps
from fuzz.targets import PAPER_NAMES, RULE_TABLES, SAVED_NAMES, SHEET_NAMES, TABLE_NAMES
from fuzz.texts import PIECES, text_of

RULES = load_rules()
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=25).map("".join)
FILES = TEXTS.map(str.encode) | st.binary(max_size=200)

OF_TEXT = (
    checks.check_cleaning,
    checks.check_quantities,
    checks.check_abbreviations,
    checks.check_mentions,
    checks.check_sentences,
    checks.check_values,
    checks.check_escapes,
    checks.check_pipeline,
    checks.check_audit,
    checks.check_comparisons,
)

SLOW = {checks.check_comparisons: 10, checks.check_pipeline: 40, checks.check_audit: 40}
"""Examples of the checks that take their time."""

FOUND = [
    "at a ratio of 24.5:1",  # the 1 was a value of its own, inside of another
    "takes 2+%.4 of it",  # one sign was the unit of both
    "about 999999^99 steps",  # too large for a float
    "in 1" + ",000" * 110 + " ways",  # infinite
    "0" + " million" * 60 + " rows",  # nothing times infinity is no number
    "1e99" + " trillion" * 20 + ", 2 million and 3%",
    r"costs \frac{1}{2} hundred-fold as much",  # two values of one construct
    r"costs \frac{35}{52}\% of it",
    "\U0001ccf0 and 10^\U0001ccf0% of it",  # digits that Python does not know
    r"takes $0^{-3}$ s",  # a power that there is not
    "at 91.7% +0.1 over 3$ +0.4 and +0.1 over that",  # the sign of one number, the unit of the next
]


@pytest.mark.parametrize("text", FOUND, ids=lambda text: text[:24])
@pytest.mark.parametrize("check", OF_TEXT, ids=lambda check: check.__name__)
def test_what_was_found_once_holds(check, text):
    check(text)


@pytest.mark.parametrize("check", OF_TEXT, ids=lambda check: check.__name__)
def test_it_holds_for_any_text(check):
    @settings(max_examples=SLOW.get(check, 60))
    @given(TEXTS)
    def holds(text):
        check(text)

    holds()


@settings(max_examples=15)
@given(TEXTS)
def test_it_holds_with_the_model(text):
    checks.check_pipeline(text, model=True)


@pytest.mark.parametrize(
    ("check", "names"),
    [
        (checks.check_reading, PAPER_NAMES),
        (checks.check_sheet, SHEET_NAMES),
        (checks.check_table, TABLE_NAMES),
        (checks.check_saved, SAVED_NAMES),
        (checks.check_rule_file, RULE_TABLES),
    ],
    ids=["papers", "sheets", "tables", "saved runs", "rules"],
)
def test_a_file_of_anything_is_read_or_refused(check, names):
    @settings(max_examples=40)
    @given(FILES, st.sampled_from(names))
    def holds(content, name):
        check(content, name)

    holds()


def test_half_a_character_typed_in_is_replaced():
    text = "Quokka\udcff Net\nIt is 1.9x faster than BERT\ud800."
    source = paper_of_text(text).source
    assert source == "Quokka\ufffd Net\nIt is 1.9x faster than BERT\ufffd."
    assert [claim.value.text for claim in ClaimFinder(RULES, load_reader()).find(source).claims] == ["1.9x"]


def test_a_rule_file_without_rules_has_none():
    checks.check_rule_file(b"# nothing yet\n", "datasets")


def test_bytes_of_a_fuzzer_are_readable_texts():
    assert text_of(b"It is 3x faster.\n") == "It is 3x faster.\n"
    assert text_of(b"\xff\xb1\x03\x00x") == "αx"
    assert {text_of(bytes([byte])) for byte in range(255)} >= set(PIECES)


# Endless texts: the work grows with their length, and nothing is left out.

ENDLESS = {
    "values in one sentence": "It is 1.9x faster than BERT on GLUE, ",
    "names in one sentence": "ImageNet, BERT, GLUE and accuracy, ",
    "short and long forms": "Deep Net Model (DNM) ",
    "sentences": "It cuts latency by 30% on GLUE. ",
}


@pytest.mark.parametrize("piece", ENDLESS.values(), ids=list(ENDLESS))
def test_twice_the_text_is_twice_the_work(piece):
    def lines(size: int) -> int:
        text = "Quokka\n" + piece * (size // len(piece))
        return _lines_run(lambda: ClaimFinder(RULES, None).find(text))

    assert lines(10_000) / lines(5_000) < 2.4


def test_each_abbreviation_costs_the_same():
    def lines(number: int) -> int:
        text = "".join(f"Deep Net Model{i} (DNM{i}), " for i in range(number))
        found = find_abbreviations(text)
        assert len(found) == number
        return _lines_run(lambda: alias_groups(text, found))

    assert lines(400) / lines(200) < 2.4


def _lines_run(work: Callable[[], object]) -> int:
    """How many lines of Python the work runs, each turn of a loop counted: the same on any machine."""
    run = 0

    def trace(frame, event, argument):
        nonlocal run
        run += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return run


@pytest.mark.parametrize(
    "text",
    ["3 " * 2_000, "9%" * 1_500, "very " * 2_000 + "5%", "a" * 9_000, "1 " + "million " * 900, "3±" * 2_500],
    ids=lambda text: text[:8],
)
def test_no_sentence_is_endless_and_no_value_is_lost(text):
    found = checks.find_quantities(text, RULES)
    values = [(value.start, value.end) for value in found]
    spans = split_endless(text, sentences(text), values)
    longest_value = max((end - start for start, end in values), default=0)
    for start, end in spans:
        assert end - start <= max(LONGEST, longest_value)
        assert sum(start <= value[0] < end for value in values) <= MOST_VALUES
    assert "".join(text[a:b] for a, b in spans).split() == text.split() or "".join(
        "".join(text[a:b].split()) for a, b in spans
    ) == "".join(text.split())
    assert len(read_by_rules(text, RULES).quantities) == len(found)


def test_a_usual_sentence_stays_whole():
    text = "It reaches 91.2% on GLUE, 88.1% on SQuAD, " + "and it is simple, " * 100
    assert split_endless(text, sentences(text), [(11, 16), (26, 31)]) == sentences(text)


def test_of_very_many_numbers_the_model_reads_the_first_and_rules_the_rest(monkeypatch):
    monkeypatch.setattr("extractor.reader.MOST_QUANTITIES", 3)
    text = "Quokka: A Net\n" + "It has 91.2% accuracy on ImageNet. It is 1.9x faster than BERT. " * 3
    claims = ClaimFinder(RULES, load_reader()).find(text).claims
    by_model = ["kind:model" in claim.origin for claim in claims]
    assert len(claims) == 6 and by_model == [True] * 3 + [False] * 3


def test_names_of_a_paper_with_many_aliases_are_the_same_one_by_one():
    aliases = (("QN", "Quokka Network"), ("DNM", "Deep Net Model"), ("CNN", "convolutional neural network"))
    for group in aliases:
        assert {canonical(form, Label.METHOD, aliases=aliases) for form in group} == {
            canonical(group[0], Label.METHOD, aliases=(group,))
        }


# Regular expressions: no text hangs one. `python -m fuzz.patterns` measures how their work grows.

HANG = 60.0  # seconds, thousands of times what any of them needs


def test_no_pattern_hangs_on_what_is_worst_for_it():
    each = patterns.all_patterns()
    assert len(each) > 300
    pumped = 0
    for pattern in each.values():
        for before, repeated, after in pumps(pattern.pattern)[:6]:
            patterns.seconds(pattern, before + repeated * (400 // len(repeated)) + after, True, HANG)
            pumped += 1
    assert pumped > 300


def test_a_pattern_that_hangs_would_be_seen():
    pattern = patterns.regex.compile(r"(?:\w+\s?)+$")
    with pytest.raises(TimeoutError):
        for before, repeated, after in pumps(pattern.pattern):
            patterns.seconds(pattern, before + repeated * 400 + after, True, 0.2)
