"""Weights of `extractor/audit/evidence.json` from gold papers: `python -m training.evidence train.jsonl`.
Each number with the names that are its own, and with others of its paper; what ties them is read from the
rules' own extraction, since the trained model knows these papers."""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from extractor.audit.judging import BIAS, WEIGHTS
from extractor.audit.linking import evidence
from extractor.audit.naming import same_name, within
from extractor.audit.rules import load_audit_rules
from extractor.audit.sources import LABELS, Source
from extractor.pipeline import load
from extractor.records import Paper
from training.calibrate import fit_logistic

Example = tuple[str, dict[str, float], bool]
"""(field, signs, whether number and name belong together)."""

OTHERS = 5  # names that are not the number's, at most


def examples(papers: Iterable[dict]) -> Iterator[Example]:
    extractor, rules = load(model=False), load_audit_rules()
    for gold in papers:
        paper = Paper(id=gold["id"], title=gold["title"], abstract=gold["abstract"])
        source = Source(paper, extractor.extract, rules)
        for claim in gold["claims"]:
            if claim["role"] == "result":
                yield from _of_claim(gold, claim, source)


def _of_claim(gold: dict, claim: dict, source: Source) -> Iterator[Example]:
    start, end = claim["value"]["start"], claim["value"]["end"]
    value = next((v for v in source.values if v.start < end and start < v.end), None)
    for field, label in LABELS.items() if value else ():
        own = names_in(claim, field)
        others = other_names(gold, own, label) if own else []
        others.sort(key=lambda name: name not in claim["baseline"])
        for name, right in [*((n, True) for n in own), *((n, False) for n in others[:OTHERS])]:
            yield field, {BIAS: 1.0, **evidence(source, value, field, name).signs}, right


def names_in(claim: dict, field: str) -> list[str]:
    """The names in a gold claim's slot."""
    found = claim[field]
    return found if isinstance(found, list) else [found] if found else []


def other_names(gold: dict, own: list[str], label: str) -> list[str]:
    """The paper's names of that sort that are neither these, nor an alias or a part of them."""
    names = dict.fromkeys(m["text"] for m in gold["mentions"] if m["label"] == label)
    groups = [
        group for group in gold["aliases"] if any(same_name(form, name) for form in group for name in own)
    ]
    near = [*own, *(form for group in groups for form in group)]
    return [name for name in names if not any(within(name, each) for each in near)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, help="annotated papers, JSONL")
    found = list(examples(json.loads(line) for line in parser.parse_args().gold.open(encoding="utf-8")))
    weights = {}
    for field in LABELS:
        told = [(signs, right) for name, signs, right in found if name == field]
        weights[field] = fit_logistic([signs for signs, _ in told], [right for _, right in told])
        print(f"{field}: {len(told)} examples, {sum(right for _, right in told)} right")
    WEIGHTS.write_text(json.dumps(weights, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
