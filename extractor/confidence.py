"""How sure we are that a claim's row is right (value, kind, role, metric, method and dataset): a logistic
regression over what decided it, its weights in `model/confidence.json`, fitted by `training/calibrate.py`."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import exp, log
from pathlib import Path

from extractor.decode import QuantityReading
from extractor.found import FoundClaim, FoundSlot

WEIGHTS = Path(__file__).parent / "model" / "confidence.json"
BIAS = "bias"
SLOTS = ("metric", "method", "dataset")
NEEDED = ("claim", "kind", "role", *SLOTS)

Features = dict[str, float]


def from_rules(claim: FoundClaim) -> Features:
    """Each decision that a rule took, as in the claim's origin, and how many slots are filled."""
    return {BIAS: 1.0, **dict.fromkeys(claim.origin, 1.0)}


def from_model(reading: QuantityReading, claim: FoundClaim, by_rules: FoundClaim) -> Features:
    """Log probabilities of what a right row needs, the probability of all of it together, and whether the
    rules alone would say the same."""
    features = {BIAS: 1.0, "claim": _log(reading.fields["claim"][1])}
    features |= {field: _log(reading.best(field)[1]) for field in ("kind", "role", "direction")}
    for slot in ("metric", "method"):
        best = reading.slots[slot][0].probability if reading.slots[slot] else 0.0
        features[slot] = _log(best if getattr(claim, slot) else reading.empty[slot])
    features["dataset"] = sum(_log(c.probability) for c in reading.slots["dataset"])
    features["together"] = exp(sum(features[name] for name in NEEDED))
    features["datasets"] = float(bool(claim.dataset))
    features["same kind"] = float(claim.kind == by_rules.kind)
    features |= {
        f"same {slot}": float(_same(getattr(claim, slot), getattr(by_rules, slot))) for slot in SLOTS
    }
    return features


def confidence(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Probability, to four digits; a feature without a weight doesn't count."""
    score = sum(weights.get(name, 0.0) * value for name, value in features.items())
    return round(1 / (1 + exp(-max(-30.0, min(30.0, score)))), 4)


def weights_of(features: Features) -> dict[str, float]:
    """The weights for features of a claim by the model, or by rules."""
    return load_weights()["model" if "claim" in features else "rules"]


@lru_cache(maxsize=1)
def load_weights() -> dict[str, dict[str, float]]:
    """Weights of the claims "by rules" and "by model"."""
    return json.loads(WEIGHTS.read_text(encoding="utf-8"))


def _log(probability: float) -> float:
    return log(max(float(probability), 1e-4))


def _same(one: FoundSlot | Iterable[FoundSlot] | None, other: FoundSlot | Iterable[FoundSlot] | None) -> bool:
    """Whether two fillings of a slot touch the same text, or are both empty."""
    ours, theirs = _slots(one), _slots(other)
    if not ours or not theirs:
        return not ours and not theirs
    return all(any(a.start < b.end and b.start < a.end for b in theirs) for a in ours)


def _slots(filling: FoundSlot | Iterable[FoundSlot] | None) -> tuple[FoundSlot, ...]:
    if filling is None:
        return ()
    return (filling,) if isinstance(filling, FoundSlot) else tuple(filling)
