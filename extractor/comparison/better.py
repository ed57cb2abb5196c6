"""Which way is better: of a metric by `rules/metrics.yaml`, else by the words of `rules/kinds.yaml` that end
its name; of a change by what it changes. Takes entries, returns verdicts; None where no rule says it."""

from functools import lru_cache

from extractor.comparison.entry import Entry
from extractor.link.lexicon import Cues
from extractor.normalise import metric_rule
from extractor.records import Direction, Kind
from extractor.rules import Rules

WAYS = {True: Direction.INCREASE, False: Direction.DECREASE}


@lru_cache(maxsize=16_384)
def higher_is_better(metric: str, rules: Rules) -> bool | None:
    """Of a metric's level; None also where the rules say that it depends.

    >>> from extractor.rules import load_rules
    >>> [higher_is_better(name, load_rules()) for name in ("WER", "median Dice", "quokkas")]
    [False, True, None]
    """
    listed = metric_rule(metric, rules)
    if listed:
        return listed.higher_is_better
    cues = _kinds(rules).find(metric)
    if not cues or cues[-1].end != len(metric):
        return None
    return cues[-1].rule.better is Direction.INCREASE


@lru_cache(maxsize=8)
def _kinds(rules: Rules) -> Cues:
    return Cues(rules.kinds)


def good_direction(entry: Entry, rules: Rules) -> Direction | None:
    """The way an improvement moves what a change is of. A compression moves a size, whatever names it
    ("a compression ratio of 10x")."""
    metric = entry.name("metric")
    way = WAYS.get(higher_is_better(metric, rules)) if metric else None
    if entry.kind is Kind.COMPRESSION:
        up = way is entry.direction is Direction.INCREASE
        return Direction.INCREASE if up else Direction.DECREASE
    if metric and (way or entry.kind is Kind.GAIN):
        return way
    return Direction.DECREASE if entry.kind is Kind.EFFICIENCY else Direction.INCREASE


def _beyond_nothing(entry: Entry) -> bool:
    """A reduction by more than all there is, which the text can't have meant so."""
    return entry.unit == "%" and entry.direction is Direction.DECREASE and entry.high > 100


def improves(entry: Entry, rules: Rules) -> bool | None:
    """Whether a change is for the better. Of other changes than those of quality a way that contradicts the
    metric ("1.45x latency speedup") says nothing."""
    good = good_direction(entry, rules)
    if good is None or entry.direction is None or _beyond_nothing(entry):
        return None
    return True if entry.direction is good else False if entry.kind is Kind.GAIN else None
