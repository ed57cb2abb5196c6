"""A paper made ready for checking rows against it: its text, sentences, numbers, names and what the
extractor found. Takes a paper and what studies it; offsets count in the paper's source."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import regex

from extractor.audit.grounding import ABBREVIATED
from extractor.audit.naming import Span, Tokens, core, same_name
from extractor.audit.numbers import Value, find_values
from extractor.audit.rules import AuditRules
from extractor.beliefs import Belief, Beliefs
from extractor.normalise import canonical
from extractor.records import Claim, Extraction, Label, Paper

Study = Callable[[Paper], tuple[Extraction, Beliefs | None]]
"""What finds everything in a paper: `Extractor.study`."""

LABELS = {"method": Label.METHOD, "dataset": Label.DATASET, "metric": Label.METRIC}
SENTENCE_END = regex.compile(r"\n|[.!?][\"'”’)]*\s+(?=[\"'“‘(\\$]*[A-Z0-9])")


@dataclass(frozen=True, eq=False)
class Source:
    """One paper, extracted from when that is first needed. `names`: per field, the names that stand in the
    text, each as its group of written forms."""

    paper: Paper
    study: Study
    rules: AuditRules

    @cached_property
    def _studied(self) -> tuple[Extraction, Beliefs | None]:
        return self.study(self.paper)

    @property
    def extraction(self) -> Extraction:
        return self._studied[0]

    def belief_at(self, start: int, end: int) -> Belief | None:
        """What the model thinks of the number at a span; None if it wasn't asked."""
        beliefs = self._studied[1]
        return beliefs.at(start, end) if beliefs else None

    @property
    def text(self) -> str:
        return self.paper.source

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self.text)

    @cached_property
    def values(self) -> list[Value]:
        return find_values(self.text, self.rules)

    @cached_property
    def sentences(self) -> list[Span]:
        cuts = [
            m.end()
            for m in SENTENCE_END.finditer(self.text)
            if not ABBREVIATED.match(self.text, 0, m.start())
        ]
        edges = [0, *cuts, len(self.text)]
        return [(a, b) for a, b in pairwise(edges) if self.text[a:b].strip()]

    def sentence_at(self, offset: int) -> int:
        """The index of the sentence that holds an offset."""
        return next(
            (i for i, (a, b) in enumerate(self.sentences) if a <= offset < b), len(self.sentences) - 1
        )

    def claim_at(self, start: int, end: int) -> Claim | None:
        """The extractor's claim whose value touches a span."""
        return next((c for c in self.extraction.claims if c.value.start < end and start < c.value.end), None)

    def spans(self, forms: tuple[str, ...]) -> list[Span]:
        """Where any of the forms stands."""
        if forms not in self._spans:
            self._spans[forms] = self.tokens.find(forms)
        return self._spans[forms]

    def names_around(self, spans: Iterable[Span], field: str) -> list[Span]:
        """The spans, each widened to the mention of the field's sort that holds it."""
        mentions = [(m.start, m.end) for m in self.extraction.mentions if m.label == LABELS[field]]
        return [next((m for m in mentions if m[0] <= a and b <= m[1]), (a, b)) for a, b in spans]

    @cached_property
    def _spans(self) -> dict[tuple[str, ...], list[Span]]:
        return {}

    @cached_property
    def _forms(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return {}

    def forms(self, name: str, field: str) -> tuple[str, ...]:
        if (name, field) not in self._forms:
            self._forms[name, field] = self._find_forms(name, field)
        return self._forms[name, field]

    def _find_forms(self, name: str, field: str) -> tuple[str, ...]:
        """All written forms of a name: itself, its aliases in the paper, and mentions of the same canonical
        name."""
        found = [name]
        for group in self.extraction.aliases:
            if any(same_name(form, name) for form in group):
                found += group
        if label := LABELS.get(field):
            known = {canonical(form, label).casefold() for form in found}
            mentions = (m for m in self.extraction.mentions if m.label == label)
            found += [m.text for m in mentions if m.name.casefold() in known]
        return tuple(dict.fromkeys(found))

    @cached_property
    def names(self) -> dict[str, list[tuple[str, ...]]]:
        found: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {field: {} for field in LABELS}
        for field, label in LABELS.items():
            taken: set[tuple[str, ...]] = set()
            for mention in self.extraction.mentions:
                if mention.label == label and core(mention.text) not in taken:
                    forms = self.forms(mention.text, field)
                    taken |= {core(form) for form in forms}
                    found[field][core(mention.text)] = forms
        return {field: list(groups.values()) for field, groups in found.items()}

    def is_proposed(self, forms: Iterable[str]) -> bool:
        mine = {core(form) for form in forms}
        return any(m.proposed and core(m.text) in mine for m in self.extraction.mentions)
