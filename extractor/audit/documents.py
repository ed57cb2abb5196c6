"""A line of extractions.jsonl, as JSON has it -> `Document`, and findings on what is no proper record. Never
raises for what a line holds and uses none of the validators that wrote it: what is broken becomes a finding,
and the rest is checked all the same."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from extractor.audit.finding import Finding, Severity

KINDS = ("score", "gain", "speedup", "compression", "efficiency", "measure", "scale", "other")
CHANGES = ("gain", "speedup", "compression", "efficiency")
ROLES = ("result", "reference", "background")
QUALIFIERS = ("exact", "up_to", "at_least", "at_most", "approx", "average")
DIRECTIONS = ("increase", "decrease", None)
LABELS = ("METHOD", "DATASET", "METRIC", "TASK")
ONE = ("metric", "method", "task", "condition")
MANY = ("baseline", "dataset")
ALLOWED = {"kind": KINDS, "role": ROLES, "qualifier": QUALIFIERS, "direction": DIRECTIONS}


@dataclass(frozen=True)
class Part:
    """A piece of text that a record points to."""

    text: str
    start: int
    end: int
    name: str = ""
    inferred: str = ""
    label: str = ""
    proposed: bool = False


@dataclass(frozen=True)
class Stated:
    """A claim as the file states it."""

    value: Part
    low: float
    high: float
    unit: str
    kind: str
    role: str
    qualifier: str
    direction: str | None
    slots: Mapping[str, tuple[Part, ...]]  # every field of ONE and MANY
    sentence: tuple[int, int]

    def first(self, field: str) -> Part | None:
        return self.slots[field][0] if self.slots[field] else None


@dataclass(frozen=True)
class Document:
    """A paper with what a run says about it. `places`: where its spans stand in the paper, if not there."""

    id: str
    source: str
    mentions: tuple[Part, ...] = ()
    claims: tuple[Stated, ...] = ()
    aliases: tuple[tuple[str, ...], ...] = ()
    places: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def finding(self, at: Part | None, severity: Severity, check: str, message: str) -> Finding:
        start, end = (at.start, at.end) if at else (0, 0)
        start, end = (max(edge, 0) for edge in self.places.get((start, end), (start, end)))
        return Finding(paper=self.id, start=start, end=end, severity=severity, check=check, message=message)

    def sentence_of(self, claim: Stated) -> str:
        return self.source[slice(*claim.sentence)]


@dataclass
class _Reader:
    """Takes a record apart and keeps what it complains of."""

    paper: str
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, message: str, start: int = 0, end: int = 0) -> None:
        whole = isinstance(start, int) and isinstance(end, int)
        start, end = (max(start, 0), max(end, 0)) if whole else (0, 0)
        self.findings.append(
            Finding(
                paper=self.paper,
                start=start,
                end=end,
                severity=Severity.ERROR,
                check="record",
                message=message,
            )
        )

    def items(self, record: Mapping, name: str, where: str) -> list:
        found = record.get(name, [])
        if not isinstance(found, list):
            self.wrong(f"{where}{name} is not a list")
            return []
        return found

    def part(self, given: Any, where: str) -> Part | None:
        if not isinstance(given, dict):
            self.wrong(f"{where} is {_what(given)}, not an object with text, start and end")
            return None
        text, start, end = given.get("text"), given.get("start"), given.get("end")
        if not isinstance(text, str) or not _is_int(start) or not _is_int(end):
            self.wrong(f"{where} lacks a text, start or end of the right type")
            return None
        texts = {
            key: given.get(key) if isinstance(given.get(key), str) else ""
            for key in ("name", "inferred", "label")
        }
        return Part(text, start, end, **texts, proposed=given.get("proposed") is True)

    def claim(self, given: Any, where: str) -> Stated | None:
        if not isinstance(given, dict):
            self.wrong(f"{where} is {_what(given)}, not an object")
            return None
        value = self.part(given.get("value"), f"{where}: value")
        if value is None:
            return None
        where = f"{where} ({value.text!r})"
        numbers = [self.number(given["value"], name, where, value) for name in ("low", "high")]
        unit = given["value"].get("unit")
        if not isinstance(unit, str):
            self.wrong(f"{where}: unit is {_what(unit)}, not text", value.start, value.end)
        for name, allowed in ALLOWED.items():
            if given.get(name) not in allowed:
                known = ", ".join(str(each) for each in allowed if each)
                message = f"{where}: {name} is {given.get(name)!r}; it must be one of {known}"
                self.wrong(message, value.start, value.end)
        sure = given.get("confidence")
        if sure is not None and not (_is_number(sure) and 0 <= sure <= 1):
            self.wrong(f"{where}: confidence {sure!r} is no number from 0 to 1", value.start, value.end)
        if None in numbers:
            return None
        return Stated(
            value,
            *numbers,
            unit if isinstance(unit, str) else "",
            *(given[f] if given.get(f) in allowed else "" for f, allowed in ALLOWED.items()),
            self.slots(given, where),
            self.sentence(given.get("sentence"), where, value),
        )

    def number(self, record: Mapping, name: str, where: str, value: Part) -> float | None:
        if _is_number(record.get(name)):
            return float(record[name])
        self.wrong(f"{where}: {name} is {record.get(name)!r}, not a finite number", value.start, value.end)
        return None

    def slots(self, given: Mapping, where: str) -> dict[str, tuple[Part, ...]]:
        one = {name: [given[name]] if given.get(name) is not None else [] for name in ONE}
        many = {name: self.items(given, name, f"{where}: ") for name in MANY}
        return {
            name: tuple(part for each in found if (part := self.part(each, f"{where}: {name}")))
            for name, found in (one | many).items()
        }

    def sentence(self, given: Any, where: str, value: Part) -> tuple[int, int]:
        ends = [given.get("start"), given.get("end")] if isinstance(given, dict) else [None, None]
        if all(_is_int(end) and end >= 0 for end in ends):
            return ends[0], ends[1]
        self.wrong(f"{where}: the sentence lacks a start or end", value.start, value.end)
        return 0, 0


def document(record: Any, where: str) -> tuple[Document | None, list[Finding]]:
    """The document that a line holds, None if it holds no paper, and what is wrong with its form.
    `where`: the line's name for a person."""
    paper = record.get("paper") if isinstance(record, dict) else None
    if not isinstance(paper, dict):
        reader = _Reader("")
        reader.wrong(f"{where} holds no paper; give a file that `extractor run` wrote")
        return None, reader.findings
    texts = {name: paper.get(name, "") for name in ("id", "title", "abstract")}
    named = texts["id"] if isinstance(texts["id"], str) else ""
    reader = _Reader(named)
    for name, text in texts.items():
        if not isinstance(text, str):
            reader.wrong(f"{where}: the paper's {name} is {_what(text)}, not text")
            texts[name] = ""
    if not texts["id"]:
        reader.wrong(f"{where}: the paper has no id")
    mentions = [
        reader.part(each, f"mention {n}") for n, each in enumerate(reader.items(record, "mentions", ""), 1)
    ]
    for mention in mentions:
        if mention and mention.label not in LABELS:
            known = ", ".join(LABELS)
            reader.wrong(f"mention {mention.text!r} has no label out of {known}", mention.start, mention.end)
    claims = [
        reader.claim(each, f"claim {n}") for n, each in enumerate(reader.items(record, "claims", ""), 1)
    ]
    groups = reader.items(record, "aliases", "")
    aliases = tuple(tuple(form for form in g if isinstance(form, str)) for g in groups if isinstance(g, list))
    source = f"{texts['title']}\n{texts['abstract']}"
    return Document(
        named, source, tuple(filter(None, mentions)), tuple(filter(None, claims)), aliases
    ), reader.findings


def parts(claim: Stated) -> Iterator[tuple[str, Part]]:
    """The value and every slot of a claim, with the field's name."""
    yield "value", claim.value
    for name, found in claim.slots.items():
        for part in found:
            yield name, part


def a_kind(kind: str) -> str:
    """ "a score", "an efficiency": a kind with its article."""
    return f"{'an' if kind[:1] in tuple('aeiou') else 'a'} {kind}"


def _is_int(given: Any) -> bool:
    return isinstance(given, int) and not isinstance(given, bool)


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)


def _what(given: Any) -> str:
    return "missing" if given is None else f"a {type(given).__name__}"
