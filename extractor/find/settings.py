"""Quantities of a clean text -> the same, with the rule of `rules/settings.yaml` that takes each for a
setting, if one does. Never drops a quantity: what to do with a setting is for the linker."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import regex

from extractor.find.numbers import LIST, backwards, ends_in, goes_on_with
from extractor.find.sentences import clause_start
from extractor.found import FoundQuantity
from extractor.rules import Rules, SettingRule


@dataclass(frozen=True, slots=True)
class _Setting:
    id: str
    before: regex.Pattern
    after: regex.Pattern
    value: regex.Pattern
    unit: regex.Pattern
    unless: regex.Pattern | None
    lists: bool


@lru_cache(maxsize=8)
def _settings(rules: Rules) -> tuple[_Setting, ...]:
    return tuple(_compiled_setting(rule) for rule in rules.settings)


def _compiled_setting(rule: SettingRule) -> _Setting:
    return _Setting(
        rule.id,
        before=backwards(rule.before),
        after=regex.compile(rule.after),
        value=regex.compile(rule.value),
        unit=regex.compile(rule.unit),
        unless=regex.compile(rule.unless) if rule.unless else None,
        lists=rule.lists,
    )


def with_settings(text: str, found: list[FoundQuantity], rules: Rules) -> list[FoundQuantity]:
    """Each with the setting it is taken for, which a list shares: `at 50% and 35% sparsity`."""
    settings = _settings(rules)
    hits = [_setting(text, quantity, settings) for quantity in found]
    for forward in (True, False):
        pairs = [(i, i + 1) if forward else (i + 1, i) for i in range(len(found) - 1)]
        for known, other in pairs if forward else reversed(pairs):
            if (
                hits[other] is None
                and hits[known]
                and hits[known].lists
                and _listed(text, found, known, other)
            ):
                hits[other] = hits[known]
    return [
        replace(quantity, setting=hit.id) if hit else quantity
        for quantity, hit in zip(found, hits, strict=True)
    ]


def _listed(text: str, found: list[FoundQuantity], i: int, j: int) -> bool:
    first, second = found[min(i, j)], found[max(i, j)]
    alike = first.unit == second.unit and text[first.end - 1].isdigit() == text[second.end - 1].isdigit()
    return alike and LIST.fullmatch(text, first.end, second.start) is not None


def _setting(text: str, quantity: FoundQuantity, settings: Iterable[_Setting]) -> _Setting | None:
    written = text[quantity.start : quantity.end]
    front = max(quantity.start - 32, clause_start(text, quantity.start))
    for setting in settings:
        if (
            setting.unit.fullmatch(quantity.unit)
            and setting.value.fullmatch(written)
            and goes_on_with(setting.after, text, quantity.end)
            and ends_in(setting.before, text, quantity.start)
            and not (setting.unless and setting.unless.search(text, front, quantity.end))
        ):
            return setting
    return None
