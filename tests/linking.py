"""Marked sentences to claims, for the tests of linking: names in <angle brackets> are proposed, names in
[square brackets] only mentioned, as methods unless marked D:, M: or T:."""

import regex

from extractor.find.quantities import find_quantities
from extractor.find.sentences import sentences
from extractor.found import FoundClaim, FoundMention, FoundSlot
from extractor.link.claims import link_claims
from extractor.records import Label
from extractor.rules import load_rules

LABELS = {"D": Label.DATASET, "M": Label.METRIC, "T": Label.TASK, "": Label.METHOD}
MARK = regex.compile(r"<(?:(?P<kind>[DMT]):)?(?P<name>[^>]+)>|\[(?:(?P<kind>[DMT]):)?(?P<name>[^\]]+)\]")


def unmarked(marked: str) -> tuple[str, list[FoundMention]]:
    """The text without its marks, and the names that were marked."""
    text, mentions = "", []
    done = 0
    for mark in MARK.finditer(marked):
        text += marked[done : mark.start()]
        label = LABELS[mark["kind"] or ""]
        start, end = len(text), len(text) + len(mark["name"])
        mentions.append(FoundMention(start, end, label, proposed=mark.group().startswith("<")))
        text += mark["name"]
        done = mark.end()
    return text + marked[done:], mentions


def linked(marked: str) -> tuple[str, list[FoundClaim]]:
    """The text without its marks, and its claims."""
    text, mentions = unmarked(marked)
    rules = load_rules()
    return text, link_claims(text, sentences(text), find_quantities(text, rules), mentions, (), rules)


def as_text(value, text):
    if isinstance(value, FoundSlot):
        return text[value.start : value.end]
    return [as_text(each, text) for each in value] if isinstance(value, tuple) else value
