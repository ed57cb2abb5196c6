"""A text to its mentions and claims: the one place that knows the order of the passes. `ClaimFinder` is that
order; `Extractor` wraps it for papers, `spacy_components.py` for anybody's spaCy pipeline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from extractor.beliefs import Beliefs
from extractor.by_rules import ByRules, beside_numbers, read_by_rules, with_mentions
from extractor.clean import Cleaned, clean
from extractor.confidence import Features, confidence, from_model, from_rules, weights_of
from extractor.find.abbreviations import alias_groups
from extractor.find.quantities import FoundQuantity
from extractor.found import FoundClaim, FoundMention, FoundSlot
from extractor.language import is_foreign, language_of
from extractor.link.context import Context
from extractor.link.from_model import by_place, claim_from_model, is_claim
from extractor.link.inferred import mark_inferred
from extractor.normalise import SLOT_LABELS, CanonicalNames
from extractor.reader import Reader, Reading, load_reader
from extractor.records import Claim, Extraction, Label, Mention, Paper, Quantity, Slot, Span
from extractor.rules import Rules, load_rules


@dataclass(frozen=True)
class Finding:
    """What was found in one text, in its own offsets."""

    mentions: tuple[Mention, ...] = ()
    aliases: tuple[tuple[str, ...], ...] = ()
    claims: tuple[Claim, ...] = ()


FIRST = Paper(id="first", title="", abstract="It is 2x faster than the others, with 71.4% on the test set.")


class ClaimFinder:
    """Clean, find, read, link, normalise. `reader` is the trained model, or None for rules alone."""

    def __init__(self, rules: Rules, reader: Reader | None):
        self.rules = rules
        self.reader = reader

    def find(self, source: str) -> Finding:
        """Mentions, aliases and claims of a text; every span is a span of `source` as given."""
        return self.study(source)[0]

    def study(self, source: str) -> tuple[Finding, Beliefs | None]:
        """What is found in a text, and what the model thinks of its numbers beyond that; None by rules
        alone."""
        cleaned = clean(source, self.rules)
        by_rules = read_by_rules(cleaned.text, self.rules)
        judged = self.judge(by_rules)
        claims = [replace(c, confidence=confidence(f, weights_of(f))) for c, f in judged.claims]
        found = _Records(cleaned, by_rules, judged.aliases, self.rules).finding(judged.mentions, claims)
        reading = judged.reading
        if reading is None:
            return found, None
        return found, Beliefs(cleaned, reading.words, by_rules.quantities, reading.quantities)

    def judge(self, by_rules: ByRules) -> "Judged":
        """What is believed of a clean text: the rules' findings, or the model's reading of them. Of a text
        with more numbers than the model reads, the rules' findings on the rest."""
        if self.reader is None:
            claims = _claims_by_rules(by_rules, by_rules.contexts, since=0)
            return Judged(by_rules.mentions, by_rules.aliases, claims)
        reading = self.reader.read(by_rules)
        reading = replace(reading, mentions=beside_numbers(reading.mentions, by_rules))
        aliases = alias_groups(by_rules.text, by_rules.abbreviations, reading.mentions)
        seen_anew = with_mentions(by_rules, reading.mentions, aliases, self.rules)
        claims = []
        each = zip(seen_anew, by_rules.claims, by_rules.barred, reading.quantities, strict=False)
        for context, by_rule, barred, read in each:
            if is_claim(read, barred):
                claim = by_place(claim_from_model(context.quantity, read, reading.mentions), context)
                claims.append((_explained(claim, context), from_model(read, claim, by_rule)))
        claims += _claims_by_rules(by_rules, seen_anew, since=len(reading.quantities))
        return Judged(reading.mentions, aliases, claims, reading)


def _claims_by_rules(
    by_rules: ByRules, contexts: Sequence[Context], since: int
) -> list[tuple[FoundClaim, Features]]:
    """The rules' claims from the quantity at `since` on, each with its features."""
    told = zip(contexts[since:], by_rules.claims[since:], by_rules.verdicts[since:], strict=True)
    claims = [_explained(claim, context) for context, claim, verdict in told if verdict]
    return [(claim, from_rules(claim)) for claim in claims]


@dataclass(frozen=True)
class Judged:
    """Findings in clean-text offsets; each claim with the features that its confidence is read from.
    `reading`: the model's, None by rules alone."""

    mentions: list[FoundMention]
    aliases: tuple[tuple[str, ...], ...]
    claims: list[tuple[FoundClaim, Features]]
    reading: Reading | None = None


def _explained(claim: FoundClaim, context: Context) -> FoundClaim:
    """The claim, saying which rules found its value and which slots were reached from other words."""
    origin = (*(f"value:{rule}" for rule in context.quantity.origin), *claim.origin)
    return replace(mark_inferred(claim, context), origin=origin)


@dataclass(frozen=True)
class _Records:
    """Clean-text findings to records in source offsets."""

    cleaned: Cleaned
    by_rules: ByRules
    aliases: tuple[tuple[str, ...], ...]
    rules: Rules

    def finding(self, mentions: list[FoundMention], claims: list[FoundClaim]) -> Finding:
        by_span = {(q.start, q.end): q for q in self.by_rules.quantities}
        return Finding(
            tuple(m for found in mentions if (m := self._mention(found))),
            self.aliases,
            tuple(self._claim(found, by_span[found.start, found.end]) for found in self._apart(claims)),
        )

    def _apart(self, claims: list[FoundClaim]) -> Iterator[FoundClaim]:
        """Those whose value has characters of its own in the source, where a cleaned construct may be two."""
        done = 0
        for found in claims:
            start, end, _ = self._span(found.start, found.end)
            if start >= done:
                done = end
                yield found

    def _span(self, start: int, end: int) -> tuple[int, int, str]:
        start, end = self.cleaned.to_source(start, end)
        return start, end, self.cleaned.source[start:end]

    def _closed(self, start: int, end: int) -> int:
        """The end of a clean span, with the bracket behind it that closes one inside: "G_{stack}"."""
        text = self.cleaned.text
        opened = {")": "(", "}": "{", "]": "["}.get(text[end : end + 1])
        inside = text[start:end]
        return end + (opened is not None and inside.count(opened) > inside.count(text[end]))

    def _name(self, start: int, end: int, label: Label | None) -> str:
        written = self.cleaned.text[start:end]
        return self._names.of(written, label) if label else written

    @cached_property
    def _names(self) -> CanonicalNames:
        return CanonicalNames(self.aliases, self.rules)

    def _mention(self, found: FoundMention) -> Mention | None:
        clean_end = self._closed(found.start, found.end)
        start, end, text = self._span(found.start, clean_end)
        if not text:
            return None
        return Mention(
            start=start,
            end=end,
            text=text,
            name=self._name(found.start, clean_end, found.label),
            label=found.label,
            proposed=found.proposed,
            confidence=found.confidence,
            origin=found.rules,
        )

    def _slot(self, found: FoundSlot | None, field: str) -> Slot | None:
        if found is None:
            return None
        clean_end = self._closed(found.start, found.end)
        start, end, text = self._span(found.start, clean_end)
        if not text:
            return None
        name = self._name(found.start, clean_end, SLOT_LABELS.get(field))
        return Slot(start=start, end=end, text=text, name=name, inferred=found.inferred)

    def _slots(self, found: tuple[FoundSlot, ...], field: str) -> tuple[Slot, ...]:
        """Each name once, as it stands in the claim's own sentence if it does."""
        slots = [slot for x in found if (slot := self._slot(x, field))]
        nearest: dict[str, Slot] = {}
        for slot in sorted(slots, key=lambda slot: bool(slot.inferred)):
            nearest.setdefault(slot.name.casefold(), slot)
        return tuple(slot for slot in slots if slot is nearest[slot.name.casefold()])

    def _claim(self, found: FoundClaim, quantity: FoundQuantity) -> Claim:
        start, end, text = self._span(found.start, found.end)
        return Claim(
            value=Quantity(
                start=start,
                end=end,
                text=text,
                low=quantity.low,
                high=quantity.high,
                unit=quantity.unit,
            ),
            kind=found.kind,
            role=found.role,
            qualifier=found.qualifier,
            direction=found.direction,
            metric=self._slot(found.metric, "metric"),
            method=self._slot(found.method, "method"),
            task=self._slot(found.task, "task"),
            condition=self._slot(found.condition, "condition"),
            baseline=self._slots(found.baseline, "baseline"),
            dataset=self._slots(found.dataset, "dataset"),
            sentence=self._sentence(found.start, found.end),
            confidence=found.confidence,
            origin=found.origin,
        )

    def _sentence(self, start: int, end: int) -> Span:
        """The source span of the sentence, or sentences, that hold the clean span."""
        around = [(a, b) for a, b in self.by_rules.sentences if a < end and start < b]
        first, last, _ = self._span(min(around[0][0], start), max(around[-1][1], end))
        return Span(start=first, end=last)


class Extractor:
    """Papers to extractions. A paper whose abstract is surely not English is marked with its language, and
    nothing is looked for in it unless `any_language`."""

    def __init__(self, finder: ClaimFinder, any_language: bool = False):
        self.finder = finder
        self.any_language = any_language
        self.rules = finder.rules
        self.model_version = finder.reader.version if finder.reader else ""

    def extract(self, paper: Paper) -> Extraction:
        """Everything found in one paper."""
        return self.study(paper)[0]

    def study(self, paper: Paper) -> tuple[Extraction, Beliefs | None]:
        """Everything found in one paper, and what the model thinks of its numbers beyond that; None by rules
        alone, or where nothing is looked for."""
        language = language_of(paper.abstract)
        foreign = is_foreign(language) and not self.any_language
        found, beliefs = (Finding(), None) if foreign else self.finder.study(paper.source)
        extraction = Extraction(
            paper=paper,
            language=language,
            mentions=found.mentions,
            aliases=found.aliases,
            claims=found.claims,
        )
        return extraction, beliefs


def load(rules: Path | None = None, model: bool = True, any_language: bool = False) -> Extractor:
    """The extractor with the built-in rules, changed by those in the folder `rules`; `model=False` leaves the
    trained reader out, `any_language=True` reads abstracts that are not English too. What the first text
    takes longer, since patterns are compiled for it, is part of loading. RuleError for bad rules,
    ModelError for a damaged or missing model."""
    extractor = Extractor(ClaimFinder(load_rules(rules), load_reader() if model else None), any_language)
    extractor.extract(FIRST)
    return extractor
