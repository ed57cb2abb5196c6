"""Weights of `extractor/audit/evidence.json` from gold papers: `python -m training.evidence TRAIN.jsonl
HELD_OUT.jsonl`. Each number with the names that are its own, and with others of its paper. What the text has
for a link is weighed on many papers (3,000 of those that the model was trained on), by the rules' own
extraction; what the model believes beside that on the papers that it was not trained on, since on the others
it is too sure. To be fitted again with every new model."""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from extractor.audit.judging import BIAS, TEXT, WEIGHTS, log_odds
from extractor.audit.linking import Evidence, evidence
from extractor.audit.naming import same_name, within
from extractor.audit.rules import load_audit_rules
from extractor.audit.sources import LABELS, Source, Study
from extractor.pipeline import load
from extractor.records import Paper
from training.calibrate import fit_logistic

Example = tuple[str, Evidence, bool]
"""(field, evidence, whether number and name belong together)."""
Weights = dict[str, dict[str, float]]

OTHERS = 8  # names that are not the number's, at most


def examples(papers: Iterable[dict], study: Study) -> Iterator[Example]:
    rules = load_audit_rules()
    for gold in papers:
        paper = Paper(id=gold["id"], title=gold["title"], abstract=gold["abstract"])
        source = Source(paper, study, rules)
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
            beside = tuple(each for each in own if each != name) if right else ()
            found = evidence(source, value, field, name, beside)
            if found.span is not None:
                yield field, found, right


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


def fit(found: Iterable[Example], signs: Callable[[str, Evidence], Mapping[str, float]]) -> Weights:
    """Weights by field of the signs that are read from the evidence."""
    found = list(found)
    weights = {}
    for field in LABELS:
        told = [({BIAS: 1.0, **signs(field, each)}, right) for name, each, right in found if name == field]
        weights[field] = fit_logistic([signs for signs, _ in told], [right for _, right in told])
        print(f"{field}: {len(told)} examples, {sum(right for _, right in told)} right")
    return weights


def fit_both(train: list[dict], held_out: list[dict]) -> dict[str, Weights]:
    text = fit(examples(train, load(model=False).study), lambda _, each: each.signs)
    return {"text": text, "model": fit_model(text, examples(held_out, load().study))}


def fit_model(text: Weights, found: Iterable[Example]) -> Weights:
    """Weights of what the model believes, beside what the text's signs add up to."""
    return fit(found, lambda field, each: {TEXT: log_odds(text[field], each.signs), **each.believed})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path, help="annotated papers, JSONL")
    parser.add_argument("held_out", type=Path, help="those that the model was not trained on")
    options = parser.parse_args()
    train, held_out = (
        [json.loads(line) for line in file.open(encoding="utf-8")]
        for file in (options.train, options.held_out)
    )
    text = json.dumps(fit_both(train, held_out), indent=1, sort_keys=True)
    WEIGHTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
