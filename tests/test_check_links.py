"""`check` on what ties a number to its names and its unit: lists, turns, a number that fits better, and cells
that are more than a number."""

import pytest

from extractor import pipeline
from extractor.audit.judging import judge_row
from extractor.audit.library import Library
from extractor.audit.numbers import read_value, unit_of
from extractor.audit.places import find_places
from extractor.audit.rules import load_audit_rules
from extractor.audit.table_rows import TableRow
from extractor.records import Paper

RULES = load_audit_rules()
NUMBAT = Paper(
    id="numbat",
    title="Numbat: Small Readers",
    abstract="We propose Numbat. Numbat improves accuracy by 4.6% on SQuAD and by more than 16% on GLUE. "
    "Numbat gains 10.4% 5.7% and 4.4% accuracy on CIFAR-10 CIFAR-100 and SVHN. "
    "Numbat reaches a 22.3x speedup and 15.5x less memory. "
    "Its error rate is only increased by 0.9%.",
)
SCAN = Paper(
    id="scan",
    title="Scanning",
    abstract="An area of (80 mm ×80 mm) takes 10 Minutes at 120+ fps, in a 2.7:1 ratio, and 1-2 orders of "
    "magnitude less memory. It gains 5 BLEU points at 35 ug/m^3, and 12 images weigh 3 kg.",
)


@pytest.fixture(scope="module")
def library():
    return Library([NUMBAT, SCAN], pipeline.load(model=False).study, RULES)


@pytest.mark.parametrize(
    ("value", "dataset", "supported"),
    [
        ("4.6%", "SQuAD", True),
        ("16%", "GLUE", True),
        ("16%", "SQuAD", False),  # numbers and names take turns
        ("4.6%", "GLUE", False),
        ("10.4%", "CIFAR-10", True),
        ("4.4%", "SVHN", True),
        ("10.4%", "SVHN", False),  # a list without commas
        ("5.7%", "CIFAR-10", False),
    ],
)
def test_a_number_goes_with_the_name_of_its_place(library, value, dataset, supported):
    verdict = judge_row(TableRow(1, {"paper": "numbat", "value": value, "dataset": dataset}), library)
    assert (verdict.verdict == "supported") is supported


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ({"value": "22.3x", "metric": "speedup"}, "supported"),
        ({"value": "15.5x", "metric": "memory"}, "supported"),
        ({"value": "15.5x", "metric": "speedup"}, "partly"),
        ({"value": "0.9%", "metric": "error rate", "direction": "increase"}, "supported"),
        ({"value": "0.9%", "metric": "error rate", "direction": "decrease"}, "partly"),
    ],
    ids=str,
)
def test_the_metric_and_its_way_are_those_of_the_number(library, cells, verdict):
    row = TableRow(1, {"paper": "numbat", "method": "Numbat"} | cells)
    assert judge_row(row, library).verdict == verdict


@pytest.mark.parametrize(
    ("written", "unit", "fits"),
    [
        ("80 mm ×80 mm", "mm", True),
        ("80 mm × 80 mm", "mm", True),
        ("80 mm ×8 mm", "mm", None),
        ("35 ug/m^3", "ug/m^3", True),
        ("2.7:1", None, True),
        ("2.7:12", None, None),
        ("10", "Minutes", True),
        ("10", "seconds", False),
        ("120+ fps", "fps", True),
        ("5", "points", True),
        ("5", "%", False),
        ("12", "kg", False),  # the next number's
        ("1-2 orders of magnitude", "x", True),
        ("1-2 orders of magnitude", "%", False),
    ],
)
def test_a_cell_stands_in_the_source_with_its_unit(library, written, unit, fits):
    [source] = library.find(["scan"])
    told = unit and (unit_of(unit, RULES) or unit)
    places = find_places(source, read_value(written, RULES), told, written)
    assert (places[0].unit_fits if places else None) is fits
