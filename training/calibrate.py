"""Weights of `extractor/confidence.py` from held-out gold papers: `python -m training.calibrate`. A logistic
regression with a quadratic penalty, by Newton's method (McCullagh & Nelder 1989)."""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from extractor.by_rules import read_by_rules
from extractor.clean import clean
from extractor.confidence import BIAS, WEIGHTS, Features, confidence
from extractor.evaluate import answer, pair_rows, wrong_fields
from extractor.pipeline import ClaimFinder
from extractor.reader import MODEL_FOLDER, Reader
from extractor.records import Extraction, Paper
from extractor.rules import load_rules

PENALTY = 3.0  # by cross-validation on the held-out papers
SEEN_AT_LEAST = 15  # claims in which a feature must occur


def fit_logistic(features: Sequence[Features], right: Sequence[bool]) -> dict[str, float]:
    """Weights by name that make `confidence` as probable as the rows are right."""
    counts: dict[str, int] = {}
    for row in features:
        for name, value in row.items():
            counts[name] = counts.get(name, 0) + bool(value)
    names = sorted(n for n, count in counts.items() if count >= SEEN_AT_LEAST or n == BIAS)
    x = np.array([[row.get(name, 0.0) for name in names] for row in features])
    y = np.array(right, dtype=float)
    penalty = np.diag([0.0 if name == BIAS else PENALTY for name in names])
    w = np.zeros(len(names))
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (y - p) - penalty @ w
        hessian = (x * (p * (1 - p))[:, None]).T @ x + penalty + 1e-6 * np.eye(len(names))
        step = np.linalg.solve(hessian, gradient)
        w += step
        if np.abs(step).max() < 1e-8:
            break
    return {name: round(float(value), 4) for name, value in zip(names, w, strict=True)}


def expected_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error (Guo et al. 2017) over bins of equal width."""
    sure, y = np.array(confidences), np.array(right, dtype=float)
    which = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [abs(sure[which == b].mean() - y[which == b].mean()) * (which == b).mean() for b in set(which)]
    return float(sum(gaps))


def judged_rows(finder: ClaimFinder, papers: Iterable[dict]) -> tuple[list[Features], list[bool]]:
    """Features of every claim that the finder makes of gold papers, and whether its row is right."""
    features, right = [], []
    for paper in papers:
        gold = answer(paper)
        record = Paper(id=paper["id"], title=paper["title"], abstract=paper["abstract"])
        found = finder.find(record.source)
        predicted = answer(Extraction(paper=record, claims=found.claims))
        pairs = {id(b): a for a, b in pair_rows(gold.rows, predicted.rows)}
        cleaned = clean(record.source, finder.rules)
        judged = finder.judge(read_by_rules(cleaned.text, finder.rules))
        of = {cleaned.to_source(c.start, c.end): feature for c, feature in judged.claims}
        for row, claim in zip(predicted.rows, found.claims, strict=True):
            match = pairs.get(id(row))
            features.append(of[claim.value.start, claim.value.end])
            right.append(
                match is not None and match.same_value(row) and not wrong_fields(match, row, gold.aliases)
            )
    return features, right


def calibrate(model: Path, held_out: list[dict], unread: list[dict]) -> list[str]:
    """Writes `confidence.json` into the model's folder; a line on each of its parts. `held_out`: gold papers
    that the model was not trained on, `unread`: those on which no rule was written."""
    weights, lines = {}, []
    for name, papers, reader in (("rules", unread, None), ("model", held_out, Reader(model))):
        features, right = judged_rows(ClaimFinder(load_rules(), reader), papers)
        weights[name] = fit_logistic(features, right)
        error = expected_error([confidence(f, weights[name]) for f in features], right)
        lines.append(
            f"{name}: {len(right)} claims, {np.mean(right):.1%} right, calibration error {error:.3f}"
        )
    text = json.dumps(weights, indent=1, sort_keys=True)
    (model / WEIGHTS.name).write_text(text + "\n", encoding="utf-8")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("held_out", type=Path, help="gold papers that the model was not trained on")
    parser.add_argument("--unread", type=Path, help="gold papers on which no rule was written; else the same")
    parser.add_argument("--model", type=Path, default=MODEL_FOLDER)
    options = parser.parse_args()
    files = (options.held_out, options.unread or options.held_out)
    held_out, unread = ([json.loads(x) for x in file.open(encoding="utf-8")] for file in files)
    print(*calibrate(options.model, held_out, unread), sep="\n")


if __name__ == "__main__":
    main()
