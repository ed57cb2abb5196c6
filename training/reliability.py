"""How far a confidence can be believed, as a plot: `python -m training.reliability GOLD.jsonl --out F.svg`.
Of claims given the same confidence, the share whose row is right, for the model and for rules alone."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np

from extractor.confidence import WEIGHTS, confidence
from extractor.pipeline import ClaimFinder
from extractor.reader import MODEL_FOLDER, Reader
from extractor.rules import load_rules
from training.calibrate import expected_error, judged_rows

matplotlib.use("svg")
from matplotlib import pyplot

BINS = 10
COLOURS = {"with the model": "#0b6e99", "rules alone": "#c25b00"}


def bins(sure: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, claims) of every bin of equal width that has claims."""
    which = np.minimum((np.array(sure) * BINS).astype(int), BINS - 1)
    parts = [(np.array(sure)[which == b], np.array(right)[which == b]) for b in sorted(set(which))]
    return [(float(s.mean()), float(r.mean()), len(s)) for s, r in parts]


def plot(model: Path, papers: list[dict], out: Path) -> None:
    """Draws the claims of gold papers, by the model in a folder and by rules alone, into an SVG file."""
    weights = json.loads((model / WEIGHTS.name).read_text(encoding="utf-8"))
    figure, axes = pyplot.subplots(figsize=(4.6, 4.2), layout="constrained")
    axes.plot([0, 1], [0, 1], color="#888888", linewidth=0.8)
    for (name, colour), part in zip(COLOURS.items(), ("model", "rules"), strict=True):
        finder = ClaimFinder(load_rules(), Reader(model) if part == "model" else None)
        features, right = judged_rows(finder, papers)
        sure = [confidence(each, weights[part]) for each in features]
        said, were, counts = zip(*bins(sure, right), strict=True)
        error = expected_error(sure, right)
        label = f"{name}: {len(right)} claims, off by {error:.3f}"
        axes.plot(said, were, color=colour, linewidth=1, marker="o" if part == "model" else "s", label=label)
        for x, y, n in zip(said, were, counts, strict=True):
            axes.annotate(str(n), (x, y), (4, -9), textcoords="offset points", fontsize=7, color=colour)
    axes.set(xlabel="confidence said", ylabel="rows right", xlim=(0, 1), ylim=(0, 1))
    axes.legend(fontsize=8, frameon=False, loc="upper left")
    pyplot.rcParams["svg.hashsalt"] = "reliability"
    figure.savefig(out, metadata={"Date": None})
    pyplot.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--model", type=Path, default=MODEL_FOLDER)
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER / "reliability.svg")
    options = parser.parse_args()
    papers = [json.loads(line) for line in options.gold.open(encoding="utf-8") if line.strip()]
    plot(options.model, papers, options.out)


if __name__ == "__main__":
    main()
