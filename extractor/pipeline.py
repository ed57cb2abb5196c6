"""A text to its mentions and claims: the one place that knows the order of the passes. `ClaimFinder` is that
order; the spaCy component "claims" wraps it for anybody's pipeline, `Extractor` for papers."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from extractor.by_rules import ByRules, read_by_rules, with_mentions
from extractor.clean import Cleaned, clean
from extractor.confidence import Features, confidence, from_model, from_rules, weights_of
from extractor.find.abbreviations import alias_groups
from extractor.find.quantities import FoundQuantity
from extractor.found import FoundClaim, FoundMention, FoundSlot
from extractor.link.context import Context
from extractor.link.from_model import by_place, claim_from_model, is_claim
from extractor.link.inferred import mark_inferred
from extractor.normalise import SLOT_LABELS, CanonicalNames
from extractor.reader import ModelError, Reader, load_reader
from extractor.records import Claim, Extraction, Label, Mention, Paper, Quantity, Slot, Span
from extractor.rules import Rules, load_rules


@dataclass(frozen=True)
class Finding:
    """What was found in one text, in its own offsets."""

    mentions: tuple[Mention, ...] = ()
    aliases: tuple[tuple[str, ...], ...] = ()
    claims: tuple[Claim, ...] = ()


class ClaimFinder:
    """Clean, find, read, link, normalise. `reader` is the trained model, or None for rules alone."""

    def __init__(self, rules: Rules, reader: Reader | None):
        self.rules = rules
        self.reader = reader

    def find(self, source: str) -> Finding:
        """Mentions, aliases and claims of a text; every span is a span of `source` as given."""
        cleaned = clean(source, self.rules)
        by_rules = read_by_rules(cleaned.text, self.rules)
        judged = self.judge(by_rules)
        claims = [replace(c, confidence=confidence(f, weights_of(f))) for c, f in judged.claims]
        return _Records(cleaned, by_rules, judged.aliases, self.rules).finding(judged.mentions, claims)

    def judge(self, by_rules: ByRules) -> "Judged":
        """What is believed of a clean text: the rules' findings, or the model's reading of them. Of a text
        with more numbers than the model reads, the rules' findings on the rest."""
        if self.reader is None:
            claims = _claims_by_rules(by_rules, by_rules.contexts, since=0)
            return Judged(by_rules.mentions, by_rules.aliases, claims)
        reading = self.reader.read(by_rules)
        aliases = alias_groups(by_rules.text, by_rules.abbreviations, reading.mentions)
        seen_anew = with_mentions(by_rules, reading.mentions, aliases, self.rules)
        claims = []
        each = zip(seen_anew, by_rules.claims, by_rules.barred, reading.quantities, strict=False)
        for context, by_rule, barred, read in each:
            if is_claim(read, barred):
                claim = by_place(claim_from_model(context.quantity, read, reading.mentions), context)
                claims.append((_explained(claim, context), from_model(read, claim, by_rule)))
        claims += _claims_by_rules(by_rules, seen_anew, since=len(reading.quantities))
        return Judged(reading.mentions, aliases, claims)


def _claims_by_rules(
    by_rules: ByRules, contexts: Sequence[Context], since: int
) -> list[tuple[FoundClaim, Features]]:
    """The rules' claims from the quantity at `since` on, each with its features."""
    told = zip(contexts[since:], by_rules.claims[since:], by_rules.verdicts[since:], strict=True)
    claims = [_explained(claim, context) for context, claim, verdict in told if verdict]
    return [(claim, from_rules(claim)) for claim in claims]


@dataclass(frozen=True)
class Judged:
    """Findings in clean-text offsets; each claim with the features that its confidence is read from."""

    mentions: list[FoundMention]
    aliases: tuple[tuple[str, ...], ...]
    claims: list[tuple[FoundClaim, Features]]


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
            tuple(self._claim(found, by_span[found.start, found.end]) for found in claims),
        )

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
        found = replace(found, end=self._closed(found.start, found.end))
        start, end, text = self._span(found.start, found.end)
        if not text:
            return None
        return Mention(
            start=start,
            end=end,
            text=text,
            name=self._name(found.start, found.end, found.label),
            label=found.label,
            proposed=found.proposed,
            confidence=found.confidence,
            origin=found.rules,
        )

    def _slot(self, found: FoundSlot | None, field: str) -> Slot | None:
        if found is None:
            return None
        found = replace(found, end=self._closed(found.start, found.end))
        start, end, text = self._span(found.start, found.end)
        if not text:
            return None
        name = self._name(found.start, found.end, SLOT_LABELS.get(field))
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


@Language.factory(
    "claims",
    assigns=["doc._.claims", "doc._.claim_mentions", "doc.spans"],
    default_config={"rules": None, "model": True},
)
def make_claims(nlp: Language, name: str, rules: str | None, model: bool) -> "Claims":
    """`rules`: a folder that adds to the built-in ones; `model`: whether to use it. RuleError, ModelError."""
    return Claims(ClaimFinder(load_rules(rules), load_reader() if model else None))


class Claims:
    """spaCy component: `doc._.claims` (records; offsets in `doc.text`), `doc._.claim_mentions`, and for
    display `doc.spans["mentions"]` and `doc.spans["values"]`, widened to whole tokens."""

    def __init__(self, finder: ClaimFinder):
        self.finder = finder

    def __call__(self, doc: Doc) -> Doc:
        finding = self.finder.find(doc.text)
        doc._.claims = finding.claims
        doc._.claim_mentions = finding.mentions
        doc._.claim_aliases = finding.aliases
        labelled = [(m.start, m.end, str(m.label)) for m in finding.mentions]
        doc.spans["mentions"] = [doc.char_span(a, b, x, alignment_mode="expand") for a, b, x in labelled]
        values = [(c.value.start, c.value.end, str(c.kind)) for c in finding.claims]
        doc.spans["values"] = [doc.char_span(a, b, x, alignment_mode="expand") for a, b, x in values]
        return doc

    def to_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> None:
        """Writes the rules and the model's version into the folder `path`; the model itself ships with us."""
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / "rules.json").write_text(self.finder.rules.model_dump_json(), encoding="utf-8")
        version = self.finder.reader.version if self.finder.reader else ""
        (Path(path) / "model.json").write_text(json.dumps({"version": version}), encoding="utf-8")

    def from_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> "Claims":
        """Takes the rules from the folder `path`. ModelError if it was saved with another model."""
        rules = Rules.model_validate_json((Path(path) / "rules.json").read_text(encoding="utf-8"))
        version = json.loads((Path(path) / "model.json").read_text(encoding="utf-8"))["version"]
        reader = load_reader() if version else None
        if reader and reader.version != version:
            raise ModelError(
                f"{path} was saved with model {version}, and {reader.version} is installed: install the "
                "version of claim-extractor it was saved with, or build the pipeline anew"
            )
        self.finder = ClaimFinder(rules, reader)
        return self


for _name in ("claims", "claim_mentions", "claim_aliases"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=())


class Extractor:
    """Papers to extractions."""

    def __init__(self, finder: ClaimFinder):
        self.finder = finder
        self.rules = finder.rules
        self.model_version = finder.reader.version if finder.reader else ""

    def extract(self, paper: Paper) -> Extraction:
        """Everything found in one paper."""
        found = self.finder.find(paper.source)
        return Extraction(paper=paper, mentions=found.mentions, aliases=found.aliases, claims=found.claims)


def load(rules: Path | None = None, model: bool = True) -> Extractor:
    """The extractor with the built-in rules, changed by those in the folder `rules`; `model=False` leaves the
    trained reader out. RuleError for bad rules, ModelError for a damaged or missing model."""
    return Extractor(ClaimFinder(load_rules(rules), load_reader() if model else None))
