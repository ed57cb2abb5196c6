"""The papers that a table is checked against: each made a `Source`, found again by id, DOI, address or title as people
write them. Takes extractions, never guesses between two papers."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cached_property

import regex

from extractor.audit.naming import folded
from extractor.audit.rules import AuditRules
from extractor.audit.sources import Source
from extractor.records import Extraction

ALIKE = 0.9  # share of letters that two titles must have in common, to be one title with a slip in it
SHORTEST = 12  # letters of a title that may have a slip, or be cut short


class Library:
    def __init__(self, extractions: Iterable[Extraction], rules: AuditRules):
        self.sources = [Source(extraction, rules) for extraction in extractions]

    @cached_property
    def _by_name(self) -> dict[str, list[Source]]:
        named: dict[str, list[Source]] = {}
        for source in self.sources:
            paper = source.extraction.paper
            for name in {_key(n) for n in (paper.id, paper.title, paper.doi, paper.url, _arxiv(paper.url))} - {""}:
                named.setdefault(name, []).append(source)
        return named

    def find(self, names: Iterable[str]) -> Source | None:
        """The paper that one of the names names: its id, title, DOI or address; a title may be cut short or have a
        slip in it, if no other paper is as near. None if there is none."""
        given = [name for name in names if name]
        for name in given:
            for key in (_key(name), _key(_arxiv(name))):
                if key and len(found := self._by_name.get(key, [])) == 1:
                    return found[0]
        return next((source for name in given if (source := self._nearest(_key(name)))), None)

    def _nearest(self, key: str) -> Source | None:
        if len(key) < SHORTEST:
            return None
        near = [s for title, s in self._titles if title.startswith(key) or key.startswith(title + " ")]
        if not near:
            matcher = SequenceMatcher(b=key, autojunk=False)
            near = [s for title, s in self._titles if _alike(matcher, title)]
        return near[0] if len(near) == 1 else None

    @cached_property
    def _titles(self) -> list[tuple[str, Source]]:
        keyed = ((_key(source.extraction.paper.title), source) for source in self.sources)
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
