"""Audit rules -> what their own examples give, for `extractor rules test`: for every table a checker, as in
`extractor/rule_examples.py` for the extraction's rules."""

from typing import Any

from extractor.audit.cell_words import spelling_of
from extractor.audit.documents import Part, Stated
from extractor.audit.numbers import find_values, quantity_of
from extractor.audit.phrases import phrases
from extractor.audit.readings import impossible, respelled, strange_kind
from extractor.audit.rules import AUDIT_TABLES, FOLDER, AuditRules
from extractor.audit.seen import see
from extractor.audit.table_rows import field_of
from extractor.audit.wording import directions_said, less_is_better, said
from extractor.rule_examples import ExampleResult
from extractor.rules import Rule

Pair = tuple[Any, Any]
"""(expected, got), equal where the example holds."""


def check_values(rule: Rule, example: dict, rules: AuditRules) -> Pair:
    """{text, values: [low, high, unit] of every number in it that is part of no name}"""
    found = [v for v in find_values(example["text"], rules) if not v.named]
    return example["values"], [[v.low, v.high, v.unit] for v in found]


def check_kind(rule: Rule, example: dict, rules: AuditRules) -> Pair:
    """{text, kind, unit, metric, fits: whether a claim of that kind may be so}"""
    quantity, _ = quantity_of(example["unit"], rules)
    forbidden = [r for r in rules.kinds if r.kind == example["kind"] and quantity in (*r.never, *r.hardly)]
    strange = strange_kind(example["kind"], example.get("metric", ""), rules)
    return example["fits"], not forbidden and not strange


def check_cue(rule: Rule, example: dict, rules: AuditRules) -> Pair:
    """{text, value, says, metric}: what is said around the value; null: nothing"""
    text, about = example["text"], rule.about
    start = text.index(example["value"])
    end, window = start + len(example["value"]), (0, len(text))
    if about == "direction":
        heard = sorted(directions_said(text, start, end, window, example.get("metric", ""), rules))
    else:
        heard = said(about, text, start, end, window, rules)
    return example["says"], heard[0] if heard else None


def check_limit(rule: Rule, example: dict, rules: AuditRules) -> Pair:
    """{value, metric, kind, direction, possible}"""
    value = find_values(example["value"], rules)[0]
    part = Part(example["value"], 0, len(example["value"]))
    fields = (example["kind"], "result", "exact", example.get("direction"), {}, (0, part.end))
    claim = Stated(part, value.low, value.high, value.unit, *fields)
    return example["possible"], not any(impossible(each, claim, example["metric"]) for each in rules.limits)


def check_polarity(rule: Rule, example: dict, rules: AuditRules) -> Pair:
    """{metric, less: whether less of it is better}"""
    return example["less"], less_is_better(example["metric"], rules)


def check_phrase(rule: Rule, example: dict, rules: AuditRules) -> Pair:
    """{text, use, found: what the phrases of that use match in it; null: nothing}"""
    match = phrases(rules)[example["use"]].search(example["text"])
    return example["found"], match and match.group()


def check_spelling(rule: Rule, example: dict, rules: AuditRules) -> Pair:
    """{cell, says}"""
    rule = spelling_of(example["cell"], rules)
    return example["says"], rule and rule.says


def check_column(rule: Rule, example: dict, rules: AuditRules) -> Pair:
    """{header, field: what a column under it holds; null: nothing known}"""
    return example["field"], field_of(example["header"], rules)


def check_markup(rule: Rule, example: dict, rules: AuditRules) -> Pair:
    """{text, seen: what its reader sees}"""
    return example["seen"], see(example["text"], rules).text


def check_respelling(rule: Rule, example: dict, rules: AuditRules) -> Pair:
    """{value, plain}"""
    return example["plain"], respelled(example["value"], rules)


CHECKERS = {
    "words": check_values,
    "units": check_values,
    "kinds": check_kind,
    "cues": check_cue,
    "limits": check_limit,
    "polarity": check_polarity,
    "phrases": check_phrase,
    "spellings": check_spelling,
    "columns": check_column,
    "markup": check_markup,
    "respellings": check_respelling,
}
"""Table -> checker; add yours when you add a table."""


def run_audit_examples(rules: AuditRules) -> list[ExampleResult]:
    """Every example of every audit rule; one that lacks what its checker needs is not ok and says so."""
    return [
        ExampleResult(f"{FOLDER}/{table}.yaml", rule.id, example, *_checked(table, rule, example, rules))
        for table in AUDIT_TABLES
        for rule in rules.table(table)
        for example in rule.examples
    ]


def _checked(table: str, rule: Rule, example: dict, rules: AuditRules) -> Pair:
    try:
        return CHECKERS[table](rule, example, rules)
    except KeyError as missing:
        return f"an example with {missing}", sorted(example)
