"""Weights of `extractor/confidence.py` from held-out gold papers: `python -m training.calibrate`. A logistic
regression with a quadratic penalty, by Newton's method (McCullagh & Nelder 1989)."""

from collections.abc import Sequence

import numpy as np

from extractor.confidence import BIAS

PENALTY = 1.0
SEEN_AT_LEAST = 15  # claims in which a feature must occur


def fit_logistic(features: Sequence[dict[str, float]], right: Sequence[bool]) -> dict[str, float]:
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
