"""What a value says by itself: its number and unit read again from the text, its kind against its unit, and
what no quantity of its sort can be. Takes a `Document`, yields findings."""

from dataclasses import replace
from functools import lru_cache
from math import isclose

import regex

from extractor.audit.documents import CHANGES, Document, Stated, a_kind
from extractor.audit.finding import Findings, Severity
from extractor.audit.numbers import Value, find_values, quantity_of, unit_of
from extractor.audit.rules import AuditRules, KindRule, LimitRule

RELATIVE = ("share", "points", "ratio", "count")
"""Quantities without a dimension."""


@lru_cache(maxsize=64)
def values_of(source: str, rules: AuditRules) -> tuple[Value, ...]:
    """Every number of a source, in order."""
    return tuple(find_values(source, rules))


def reading_at(document: Document, claim: Stated, rules: AuditRules) -> Value | None:
    """The number of the source that covers most of the claim's value; one in a name for want of others."""
    start, end = claim.value.start, claim.value.end
    touching = [v for v in values_of(document.source, rules) if v.start < end and start < v.end]
    return max(touching, key=lambda v: (not v.named, min(v.end, end) - max(v.start, start)), default=None)


def check_numbers(document: Document, rules: AuditRules) -> Findings:
    """`low` and `high` are what the value's text says, and `unit` the unit that stands with it."""
    for claim in document.claims:
        if document.source[claim.value.start : claim.value.end] != claim.value.text:
            continue
        if claim.low > claim.high:
            message = f"'{claim.value.text}' is said to go from {claim.low:g} down to {claim.high:g}"
            yield document.finding(claim.value, Severity.ERROR, "number", message)
        reading = _plainly_read(claim, rules) or reading_at(document, claim, rules)
        if reading is None:
            message = f"no number can be read in '{claim.value.text}'"
            yield document.finding(claim.value, Severity.WARNING, "number", message)
            continue
        yield from _check_number(document, claim, reading, rules)
        yield from _check_unit(document, claim, reading)


def respelled(text: str, rules: AuditRules) -> str:
    """A value's text in the plain spelling."""
    for rule in rules.respellings:
        text = regex.sub(rule.pattern, rule.replace, text)
    return text


def _plainly_read(claim: Stated, rules: AuditRules) -> Value | None:
    """The value's text in a plainer spelling, if it has one, as it reads then."""
    text = respelled(claim.value.text, rules)
    found = find_values(text, rules) if text != claim.value.text else []
    return replace(found[0], start=claim.value.start, end=claim.value.end) if len(found) == 1 else None


def _check_number(document: Document, claim: Stated, reading: Value, rules: AuditRules) -> Findings:
    alone = [v for v in find_values(claim.value.text, rules) if not v.named]
    seen = [reading, *([alone[0], _between(alone)] if alone else [])]
    if claim.unit:  # "80m" is 80 metres as well as 80 million
        seen += find_values(claim.value.text.removesuffix(claim.unit), rules)[:1]
    in_words = not any(map(str.isdecimal, claim.value.text))
    rounded = 1e-3 if _is_fraction(claim.value.text) or in_words else 0.0
    if any(_close(v.low, claim.low, rounded) and _close(v.high, claim.high, rounded) for v in seen):
        return
    said, read = _span(claim.low, claim.high), _between(alone) if alone else reading
    message = f"the record says {said}, but '{claim.value.text}' reads {_span(read.low, read.high)}"
    yield document.finding(claim.value, Severity.ERROR, "number", message)


def _between(values: list[Value]) -> Value:
    """Two numbers of one span as a range."""
    first, last = values[0], values[-1]
    return Value(first.start, last.end, min(first.low, last.low), max(first.high, last.high), last.unit)


def _check_unit(document: Document, claim: Stated, reading: Value) -> Findings:
    said = unit_of(claim.unit) if claim.unit else ""
    counts = not claim.unit and _is_fraction(claim.value.text)
    if said is None or said == reading.unit or counts:  # an unknown unit is left to people
        return
    shown = document.source[max(0, reading.start) : reading.end + 24]
    if reading.own_unit and claim.value.start <= reading.start and reading.end <= claim.value.end:
        message = f"the unit is said to be '{claim.unit}', but '{claim.value.text}' is in '{reading.unit}'"
        yield document.finding(claim.value, Severity.ERROR, "unit", message)
    elif claim.unit and not _written(claim.unit, document, claim):
        message = f"the unit is said to be '{claim.unit}', which does not stand near '{shown}'"
        yield document.finding(claim.value, Severity.ERROR, "unit", message)
    elif not claim.unit:
        message = f"no unit is given, but the text reads '{shown}'"
        yield document.finding(claim.value, Severity.WARNING, "unit", message)


def _written(unit: str, document: Document, claim: Stated) -> bool:
    """Whether a form of the unit stands in the value's sentence."""
    forms = [
        unit,
        {"x": "times|fold|factor|×|magnitude|x\\d|double|half|twice", "%": "percent|per cent"}.get(
            unit, unit
        ),
    ]
    sentence = document.sentence_of(claim)
    return any(
        regex.search(rf"(?i){form if '|' in form else regex.escape(form)}", sentence) for form in forms
    )


def check_kinds(document: Document, rules: AuditRules) -> Findings:
    """A kind fits its unit, and only what changes has a direction."""
    for claim in document.claims:
        if claim.direction and claim.kind and claim.kind not in CHANGES:
            said = f"'{claim.value.text}' is said to {claim.direction}"
            message = f"{a_kind(claim.kind)} has no direction, but {said}"
            yield document.finding(claim.value, Severity.ERROR, "kind", message)
        quantity, _ = quantity_of(unit_of(claim.unit) or claim.unit)
        for rule in rules.kinds:
            if rule.kind == claim.kind and quantity in (*rule.never, *rule.hardly):
                how = "is never" if quantity in rule.never else "is hardly ever"
                message = (
                    f"{a_kind(claim.kind)} {how} in '{claim.unit}', as '{claim.value.text}' is said to be"
                )
                severity = Severity.ERROR if quantity in rule.never else Severity.WARNING
                yield document.finding(claim.value, severity, "kind", message)
        metric = claim.first("metric")
        physical = claim.kind == "measure" and quantity not in RELATIVE  # a precision of 35 μm
        if metric and not physical and (rule := strange_kind(claim.kind, metric.text, rules)):
            said = f"as '{claim.value.text}' is said to be"
            message = f"{a_kind(rule.kind)} is hardly ever about '{metric.text}', {said}"
            yield document.finding(claim.value, Severity.WARNING, "kind", message)


def strange_kind(kind: str, metric: str, rules: AuditRules) -> KindRule | None:
    """The rule that finds a kind strange for a metric, by the end of the metric's name."""
    about = (rule for rule in rules.kinds if rule.kind == kind and rule.metric)
    return next((rule for rule in about if regex.search(rf"(?i)\b(?:{rule.metric})$", metric)), None)


def check_limits(document: Document, rules: AuditRules) -> Findings:
    """No value is what its metric can't be: an accuracy above 100%, a negative time."""
    for claim in document.claims:
        metric = claim.first("metric")
        for rule in rules.limits:
            if impossible(rule, claim, metric.text if metric else ""):
                message = (
                    f"'{claim.value.text}' is impossible: {metric.text if metric else claim.kind} {rule.why}"
                )
                yield document.finding(claim.value, Severity.ERROR, "impossible", message)


def impossible(rule: LimitRule, claim: Stated, metric: str) -> bool:
    """Whether the rule is about such a claim and forbids its value."""
    unit = unit_of(claim.unit) if claim.unit else ""
    if claim.kind not in rule.kinds or unit not in rule.units or not regex.search(rule.metric, metric):
        return False
    if rule.direction and rule.direction != claim.direction:
        return False
    return (rule.low is not None and claim.low < rule.low) or (
        rule.high is not None and claim.high > rule.high
    )


def _close(one: float, other: float, rounded: float) -> bool:
    return isclose(one, other, rel_tol=max(1e-9, rounded), abs_tol=1e-12)


def _is_fraction(text: str) -> bool:
    """ "1/8", which a record may round, and which counts things in "7/8 tasks"."""
    return any(sign in text for sign in "/:")


def _span(low: float, high: float) -> str:
    return f"{low:.12g}" if low == high else f"{low:.12g} to {high:.12g}"
