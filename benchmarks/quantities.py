"""Reported values found by rule, beside quantulum3's: `python benchmarks/quantities.py GOLD.jsonl`. A value
counts if its span overlaps a gold claim's and low and high agree ("number"), and the unit too ("value")."""

import argparse
import json
import warnings
from collections.abc import Callable, Iterator
from math import isclose
from pathlib import Path
from typing import NamedTuple

from extractor.clean import clean
from extractor.evaluate import normal_unit
from extractor.find.quantities import find_quantities
from extractor.rules import load_rules

QUANTULUM_UNITS = {"percentage": "%", "dimensionless": ""}


class Value(NamedTuple):
    start: int
    end: int
    low: float
    high: float
    unit: str


def ours() -> Callable[[str], Iterator[Value]]:
    """Quantities that no rule takes for a setting, in source offsets."""
    rules = load_rules()

    def find(source: str) -> Iterator[Value]:
        cleaned = clean(source, rules)
        for q in find_quantities(cleaned.text, rules):
            if not q.setting:
                yield Value(*cleaned.to_source(q.start, q.end), q.low, q.high, q.unit)

    return find


def quantulum3() -> Callable[[str], Iterator[Value]]:
    """What quantulum3 finds without its classifier, a range from its uncertainty."""
    warnings.filterwarnings("ignore")
    from quantulum3 import classifier, parser

    classifier.USE_CLF = False  # its stored classifier needs an older scikit-learn

    def find(source: str) -> Iterator[Value]:
        for q in parser.parse(source):
            spread = q.uncertainty or 0.0
            unit = QUANTULUM_UNITS.get(q.unit.name, q.unit.name)
            yield Value(*q.span, q.value - spread, q.value + spread, unit)

    return find


def right(gold: Value, found: Value, with_unit: bool) -> bool:
    if not (gold.start < found.end and found.start < gold.end):
        return False
    numbers = all(isclose(a, b, rel_tol=1e-6) for a, b in ((gold.low, found.low), (gold.high, found.high)))
    return numbers and (not with_unit or normal_unit(gold.unit) == normal_unit(found.unit))


def f1(gold: list[list[Value]], found: list[list[Value]], with_unit: bool) -> str:
    """Precision, recall and F1, each value used once."""
    hits = 0
    for truth, answers in zip(gold, found, strict=True):
        free = list(answers)
        for value in truth:
            match = next((a for a in free if right(value, a, with_unit)), None)
            if match:
                free.remove(match)
                hits += 1
    precision, recall = hits / max(1, sum(map(len, found))), hits / max(1, sum(map(len, gold)))
    return f"{precision:6.1%} {recall:6.1%} {2 * precision * recall / max(1e-9, precision + recall):6.1%}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("gold", type=Path)
    papers = [json.loads(line) for line in arguments.parse_args().gold.open(encoding="utf-8")]
    fields = Value._fields
    gold = [[Value(*(c["value"][f] for f in fields)) for c in p["claims"]] for p in papers]
    print(f"{'precision, recall, F1':22}{'number':>22}{'value':>24}")
    for name, find in (("extractor, by rules", ours()), ("quantulum3", quantulum3())):
        found = [list(find(f"{p['title']}\n{p['abstract']}")) for p in papers]
        print(f"{name:22}{f1(gold, found, False):>24}{f1(gold, found, True):>24}")


if __name__ == "__main__":
    main()
