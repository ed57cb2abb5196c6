"""The listed names (metrics, datasets, methods, tasks and their aliases) in a text, in one pass.
Takes text and rules, returns `NameHit`s, none overlapping another. Never finds a name that no rule lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from extractor.records import Label
from extractor.rules import NameRule, Rules

WORD = regex.compile(r"\w+\+{0,2}")  # "RefCOCO+" is not RefCOCO
JOINTS = frozenset({"", " ", "-", "–", "'", "’", ".", "/", "@", "^", "&", " & ", " - ", "\n"})
"""What may stand between two words of a name, whichever of them the rule writes."""

NAME_TABLES = {
    "metrics": Label.METRIC,
    "datasets": Label.DATASET,
    "methods": Label.METHOD,
    "tasks": Label.TASK,
}
"""The tables of listed names, and what each lists."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A name of the lists. `written`: the one form that counts, where case matters, else empty."""

    rule: NameRule
    label: Label
    written: str = ""


@dataclass(frozen=True, slots=True)
class NameHit:
    start: int
    end: int
    listed: Listed


class NameMatcher:
    """A trie over folded words; hyphen, space and apostrophe are one, a plural is its singular."""

    def __init__(self, rules: Rules):
        self.root: dict = {}
        self.by_form: dict[tuple[str, Label], NameRule] = {}
        for table, label in NAME_TABLES.items():
            for rule in rules.table(table):
                for form in dict.fromkeys((rule.name, *rule.aliases, *rule.cased)):
                    self._add(form, rule, label)

    def _add(self, form: str, rule: NameRule, label: Label) -> None:
        cased = form in rule.cased
        words = words_of(form)
        for variant in (words,) if cased else _variants(words):
            node = self.root
            for word in variant:
                node = node.setdefault(word, {})
            node.setdefault("", []).append(Listed(rule, label, form if cased else ""))
            self.by_form.setdefault((" ".join(variant), label), rule)

    def find(self, text: str) -> list[NameHit]:
        """Every listed name in `text`, the longest at each place, from left to right."""
        words = [(m.start(), m.end(), m.group().lower()) for m in WORD.finditer(text)]
        hits, index = [], 0
        while index < len(words):
            if words[index][2] not in self.root:
                index += 1
                continue
            hit, used = self._longest(text, words, index)
            if hit:
                hits.append(hit)
            index += used
        return hits

    def _longest(
        self, text: str, words: list[tuple[int, int, str]], index: int
    ) -> tuple[NameHit | None, int]:
        node, best, used = self.root, None, 1
        start, before = words[index][0], None
        for offset in range(index, len(words)):
            left, right, word = words[offset]
            if word not in node or (before is not None and text[before:left] not in JOINTS):
                break
            node, before = node[word], right
            listed = _fitting(node, text[start:right])
            if listed:
                best, used = NameHit(start, right, listed), offset - index + 1
        return best, used

    def rule_of(self, form: str, label: Label) -> NameRule | None:
        """The rule that lists this written form under this label."""
        return self.by_form.get((" ".join(words_of(form)), label))


def _fitting(node: dict, written: str) -> Listed | None:
    return next((x for x in node.get("", ()) if not x.written or x.written == written), None)


def words_of(form: str) -> tuple[str, ...]:
    """The words of a name, folded.

    >>> words_of("Multi-Task learning")
    ('multi', 'task', 'learning')
    """
    return tuple(word.lower() for word in WORD.findall(form))


def _variants(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words, and with the last one in the plural."""
    yield words
    if words and words[-1][-1:].isalpha():
        yield (*words[:-1], plural(words[-1]))


def plural(word: str) -> str:
    """
    >>> [plural(w) for w in ("accuracy", "loss", "search", "error", "delay", "cnn")]
    ['accuracies', 'losses', 'searches', 'errors', 'delays', 'cnns']
    """
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


@lru_cache(maxsize=8)
def name_matcher(rules: Rules) -> NameMatcher:
    return NameMatcher(rules)
