"""The papers that a table is checked against: each made a `Source`, found again by id, DOI, address or
title as people write them. Takes papers and what studies them, never guesses between two papers."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cached_property

import regex

from extractor.audit.naming import folded
from extractor.audit.rules import AuditRules
from extractor.audit.sources import Source, Study
from extractor.records import Paper

ALIKE = 0.9  # share of letters that two titles must have in common, to be one title with a slip in it
SHORTEST = 12  # letters of a title that may have a slip, or be cut short


class Library:
    def __init__(self, papers: Iterable[Paper], study: Study, rules: AuditRules):
        self.sources = [Source(paper, study, rules) for paper in papers]

    @cached_property
    def _by_name(self) -> dict[str, list[Source]]:
        named: dict[str, list[Source]] = {}
        for source in self.sources:
            paper = source.paper
            for name in {
                _key(n) for n in (paper.id, paper.title, paper.doi, paper.url, _arxiv(paper.url))
            } - {""}:
                named.setdefault(name, []).append(source)
        return named

    def find(self, names: Iterable[str]) -> list[Source]:
        """The papers that one of the names names: by id, title, DOI or address; a title may be cut short or
        have a slip in it, if no other paper is as near. Several only where they share that name."""
        given = [name for name in names if name]
        for name in given:
            for key in (_key(name), _key(_arxiv(name))):
                if found := self._by_name.get(key, []) if key else []:
                    return found
        return next((found for name in given if (found := self._nearest(_key(name)))), [])

    def _nearest(self, key: str) -> list[Source]:
        if len(key) < SHORTEST:
            return []
        near = [s for title, s in self._titles if title.startswith(key) or key.startswith(title + " ")]
        if not near:
            matcher = SequenceMatcher(b=key, autojunk=False)
            near = [s for title, s in self._titles if _alike(matcher, title)]
        return near if len(near) == 1 else []

    @cached_property
    def _titles(self) -> list[tuple[str, Source]]:
        keyed = ((_key(source.paper.title), source) for source in self.sources)
        return [(title, source) for title, source in keyed if len(title) >= SHORTEST]


def _alike(matcher: SequenceMatcher, title: str) -> bool:
    matcher.set_seq1(title)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _key(name: str) -> str:
    return " ".join(folded(name))


def _arxiv(name: str) -> str:
    """The arXiv number in a text, without its version."""
    found = regex.search(r"(?<!\d)\d{4}\.\d{4,5}(?!\d)", name)
    return found.group() if found else ""
