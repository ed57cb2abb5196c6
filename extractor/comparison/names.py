"""Names that differ only in writing, as one: by the lists of names, by `rules/spellings.yaml`, and by
hyphens, spaces, case and, for metrics and tasks, the plural. Takes names, returns names; never guesses."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

import regex

from extractor.find.names import plural, words_of
from extractor.normalise import canonical
from extractor.records import Label
from extractor.rules import Rules

LABELS = {
    "metric": Label.METRIC,
    "method": Label.METHOD,
    "baseline": Label.METHOD,
    "condition": Label.METHOD,
    "dataset": Label.DATASET,
    "task": Label.TASK,
}
"""Slot of a claim -> what it names. A baseline is most often a method, as is what a condition names."""

PLURALS = frozenset({Label.METRIC, Label.TASK})

Pair = tuple[str, str]
"""A name as written, and its canonical name."""


@lru_cache(maxsize=65_536)
def one_spelling(name: str, label: Label, rules: Rules) -> str:
    """The name that all ways to write it share.

    >>> from extractor.rules import load_rules
    >>> one_spelling("Llamav2-7B", Label.METHOD, load_rules())
    'LLaMA-2-7B'
    """
    patterns, whole = _spellings(rules, label)
    name = canonical(name, label, rules)
    for pattern, replacement in patterns:
        name = pattern.sub(replacement, name).strip() or name
    return whole.get(folded(name, label), name)


@lru_cache(maxsize=65_536)
def folded(name: str, label: Label) -> str:
    """What names have in common that differ only in hyphens, spaces, case and, where that tells nothing, in
    the plural.

    >>> folded("Top-1 Accuracies", Label.METRIC), folded("ViT-S", Label.METHOD)
    ('top 1 accuracy', 'vit s')
    """
    words = list(words_of(name))
    if words and label in PLURALS:
        words[-1] = _singular(words[-1])
    return " ".join(words) or name


def _singular(word: str) -> str:
    for singular in (word[:-3] + "y", word[:-2], word[:-1]):
        if len(singular) > 1 and plural(singular) == word:
            return singular
    return word


@lru_cache(maxsize=32)
def _spellings(rules: Rules, label: Label) -> tuple[list[tuple[regex.Pattern, str]], dict[str, str]]:
    """The patterns with what replaces them, and folded form -> name."""
    mine = [rule for rule in rules.spellings if rule.label is label]
    whole = {
        folded(form, label): rule.name for rule in mine for form in (rule.name, *rule.forms) if rule.name
    }
    return [(regex.compile(rule.pattern), rule.replace) for rule in mine if rule.pattern], whole


class Names:
    """The names of a run: `count` all first, then `shown` says under which name each goes."""

    def __init__(self, rules: Rules, merge: bool):
        self.rules, self.merge = rules, merge
        self.forms: dict[tuple[Label, str], Counter[str]] = {}

    def count(self, pairs: Iterable[Pair], slot: str) -> None:
        if self.merge:
            for _, name in pairs:
                spelt = self._spelt(name, slot)
                key = LABELS[slot], folded(spelt, LABELS[slot])
                self.forms.setdefault(key, Counter())[spelt] += 1

    def shown(self, pairs: Iterable[Pair], slot: str) -> tuple[str, ...]:
        """Each name once: the most frequent of its forms, or without merging the written one."""
        if not self.merge:
            return tuple(dict.fromkeys(written for written, _ in pairs))
        return tuple(dict.fromkeys(self._most_frequent(name, slot) for _, name in pairs))

    def _most_frequent(self, name: str, slot: str) -> str:
        counted = self.forms[LABELS[slot], folded(self._spelt(name, slot), LABELS[slot])]
        return min(counted, key=lambda form: (-counted[form], form))

    def _spelt(self, name: str, slot: str) -> str:
        return one_spelling(name, LABELS[slot], self.rules)
