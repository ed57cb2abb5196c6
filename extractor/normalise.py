"""Written forms to canonical ones: names of metrics, datasets, methods and tasks, and units.
By the lists of names and the paper's own aliases. Never loses the written form: that stays in the record."""

from functools import lru_cache

import regex

from extractor.find.names import NameMatcher, name_matcher, words_of
from extractor.records import Label
from extractor.rules import MetricRule, Rules, load_rules

SLOT_LABELS = {
    "metric": Label.METRIC,
    "method": Label.METHOD,
    "baseline": Label.METHOD,
    "dataset": Label.DATASET,
    "task": Label.TASK,
}
"""What a slot's text is the name of; a condition has none."""

JOINT = regex.compile(r"[- ](?=\w)")

Aliases = tuple[tuple[str, ...], ...]


def canonical(text: str, label: Label, rules: Rules | None = None, aliases: Aliases = ()) -> str:
    """The listed name of what `text` names, by itself or by another form of its group in `aliases`; else the
    short form of its group; else `text` as written. A size or version stays: "Llama2 7B" is "LLaMA-2-7B".

    >>> canonical("ILSVRC-2012", Label.DATASET)
    'ImageNet'
    >>> canonical("Quokka Network", Label.METHOD, aliases=(("QN", "Quokka Network"),))
    'QN'
    """
    return CanonicalNames(aliases, rules or load_rules()).of(text, label)


class CanonicalNames:
    """`canonical` for all names of one paper: its aliases are looked through once."""

    def __init__(self, aliases: Aliases, rules: Rules):
        self.rules = rules
        self._groups = {words_of(form): group for group in reversed(aliases) for form in group}
        self._by_group: dict[tuple[int, Label], str] = {}
        self._known: dict[tuple[str, Label], str] = {}

    def of(self, text: str, label: Label) -> str:
        """The canonical name of what `text` names."""
        if (text, label) not in self._known:
            self._known[text, label] = self._name(text, label)
        return self._known[text, label]

    def _name(self, text: str, label: Label) -> str:
        name = _listed_name(text, label, self.rules)
        group = None if name else self._groups.get(words_of(text))
        if group is None:
            return name or text
        key = (id(group), label)
        if key not in self._by_group:
            self._by_group[key] = self._of_group(group, label)
        return self._by_group[key]

    def _of_group(self, group: tuple[str, ...], label: Label) -> str:
        for form in sorted(group, key=len, reverse=True):  # the longest first: it is least ambiguous
            if name := _listed_name(form, label, self.rules):
                return name
        return min(group, key=len)


def metric_rule(name: str, rules: Rules | None = None) -> MetricRule | None:
    """The rule of a metric, by any form of its name: which way is better, and what it measures."""
    rule = name_matcher(rules or load_rules()).rule_of(name, Label.METRIC)
    return rule if isinstance(rule, MetricRule) else None


def canonical_unit(unit: str, rules: Rules | None = None) -> str:
    """One spelling for each unit that `rules/unit_names.yaml` knows; any other is itself.

    >>> canonical_unit("milliseconds"), canonical_unit("tokens/s")
    ('ms', 'tokens/s')
    """
    return _unit_names(rules or load_rules()).get(unit, unit)


@lru_cache(maxsize=8)
def _unit_names(rules: Rules) -> dict[str, str]:
    return {form: rule.unit for rule in rules.unit_names for form in (rule.unit, *rule.forms)}


def _listed_name(form: str, label: Label, rules: Rules) -> str:
    matcher = name_matcher(rules)
    rule = matcher.rule_of(form, label)
    return rule.name if rule else _family_name(form, label, matcher, rules)


def _family_name(form: str, label: Label, matcher: NameMatcher, rules: Rules) -> str:
    """The name of a listed family with the size or version that follows it, or nothing."""
    for place in JOINT.finditer(form):
        rule = matcher.rule_of(form[: place.start()], label)
        if rule and any(tail.fullmatch(form, place.start()) for tail in _tails(rules, label)):
            return f"{rule.name}-{form[place.end() :].replace(' ', '-')}"
    return ""


@lru_cache(maxsize=32)
def _tails(rules: Rules, label: Label) -> tuple[regex.Pattern, ...]:
    return tuple(regex.compile(r.pattern) for r in rules.mentions if r.use == "tail" and r.label == label)
