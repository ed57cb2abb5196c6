"""Rules -> what their own examples give: `run_examples` is what `extractor rules test` prints.
For every table a checker from the module that interprets it, registered here, where both sides are imported.
Never judges a rule by anything but the examples beside it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from extractor.clean import clean
from extractor.comparison.entry import Entry
from extractor.comparison.names import one_spelling
from extractor.comparison.scale import as_meant, in_common_unit
from extractor.find.mentions import find_mentions
from extractor.find.names import name_matcher
from extractor.find.quantities import find_quantities
from extractor.find.sentences import sentences
from extractor.found import FoundMention, FoundSlot
from extractor.link.claims import link_claims
from extractor.normalise import canonical_unit
from extractor.records import Direction, Kind, Label, Qualifier, Role
from extractor.rules import TABLES, Rule, Rules


@dataclass(frozen=True, slots=True)
class ExampleResult:
    file: str
    rule: str
    example: dict[str, Any]
    expected: Any
    got: Any

    @property
    def ok(self) -> bool:
        return self.expected == self.got


Checker = Callable[[Rule, dict[str, Any], Rules], tuple[Any, Any]]
"""(rule, one of its examples, all rules) -> (expected, got), equal where the example holds."""


def check_cleaning(rule: Rule, example: dict[str, Any], rules: Rules) -> tuple[Any, Any]:
    """{text: as read, clean: as the finders see it}"""
    return example["clean"], clean(example["text"], rules).text


def check_quantity(rule: Rule, example: dict[str, Any], rules: Rules) -> tuple[Any, Any]:
    """{text, value, and any of low, high, unit, qualifier, setting, origin}; `value: null`: none at all.
    `setting` is true, false, or the id of the rule that says so. Of several values in a text, name one."""
    text = example["text"]
    found = {text[q.start : q.end]: q for q in find_quantities(text, rules)}
    wanted = example["value"]
    if wanted is None:
        return [], list(found)
    if wanted not in found:
        return wanted, list(found)
    quantity = found[wanted]
    fields = {field: value for field, value in example.items() if field not in ("text", "value")}
    got = {field: getattr(quantity, field) for field in fields}
    if isinstance(fields.get("setting"), bool):
        got["setting"] = bool(got["setting"])
    return fields, got


def check_claim(rule: Rule, example: dict[str, Any], rules: Rules) -> tuple[Any, Any]:
    """{text, value, and any fields of a claim, slots as texts; `names`, `proposed`: label -> names in it}"""
    text = example["text"]
    mentions = [
        FoundMention(match.start(), match.end(), Label(label), proposed=field == "proposed")
        for field in ("names", "proposed")
        for label, names in example.get(field, {}).items()
        for name in names
        for match in re.finditer(re.escape(name), text)
    ]
    claims = link_claims(text, sentences(text), find_quantities(text, rules), mentions, (), rules)
    found = {text[c.start : c.end]: c for c in claims}
    wanted = example["value"]
    if wanted not in found:
        return wanted, list(found)
    fields = {k: v for k, v in example.items() if k not in ("text", "value", "names", "proposed")}
    return fields, {field: _as_text(getattr(found[wanted], field), text) for field in fields}


def _as_text(value: Any, text: str) -> Any:
    if isinstance(value, FoundSlot):
        return text[value.start : value.end]
    return [_as_text(each, text) for each in value] if isinstance(value, tuple) else value


def check_name(rule: Rule, example: dict[str, Any], rules: Rules) -> tuple[Any, Any]:
    """{text, name}: the canonical name of what stands in the text; null: no listed name does"""
    found = [hit.listed.rule.name for hit in name_matcher(rules).find(example["text"])]
    return example["name"], example["name"] if example["name"] in found else found[0] if found else None


def check_unit_name(rule: Rule, example: dict[str, Any], rules: Rules) -> tuple[Any, Any]:
    """{unit: as written, name: its one spelling}"""
    return example["name"], canonical_unit(example["unit"], rules)


def check_mentions(rule: Rule, example: dict[str, Any], rules: Rules) -> tuple[Any, Any]:
    """{text, mentions: all written forms found in it, each once}, or {text, name} as for a list"""
    if "name" in example:
        return check_name(rule, example, rules)
    text = example["text"]
    found = [text[m.start : m.end] for m in find_mentions(text, rules)]
    return sorted(set(example["mentions"])), sorted(set(found))


def check_spelling(rule: Rule, example: dict[str, Any], rules: Rules) -> tuple[Any, Any]:
    """{text: a name as written, label, name: the one that all ways to write it share}"""
    return example["name"], one_spelling(example["text"], Label(example["label"]), rules)


def check_conversion(rule: Rule, example: dict[str, Any], rules: Rules) -> tuple[Any, Any]:
    """{text, value, kind, gives: the number in the other unit, `to`; any of metric, direction}.
    `gives: null`: this rule says nothing of it"""
    text, value = example["text"], example["value"]
    found = next(q for q in find_quantities(text, rules) if text[q.start : q.end] == value)
    entry = Entry(
        paper="example",
        title="",
        url="",
        text=value,
        low=found.low,
        high=found.high,
        unit=canonical_unit(found.unit, rules),
        kind=Kind(example["kind"]),
        role=Role.RESULT,
        qualifier=Qualifier.EXACT,
        direction=Direction(example["direction"]) if example.get("direction") else None,
        sentence=text,
        sentence_start=0,
        start=found.start,
        end=found.end,
        confidence=1.0,
        names={"metric": (example["metric"],)} if example.get("metric") else {},
    )
    got = (as_meant if rule.always else in_common_unit)(entry, rules)
    expected = (example["gives"], example["to"] if example["gives"] is not None else None)
    return expected, (round(got.low, 9), got.unit) if got.rule == rule.id else (None, None)


CHECKERS: dict[str, Checker] = {
    "cleaning": check_cleaning,
    "numbers": check_quantity,
    "units": check_quantity,
    "qualifiers": check_quantity,
    "exclusions": check_quantity,
    "settings": check_quantity,
    "mentions": check_mentions,
    "unit_names": check_unit_name,
    "metrics": check_mentions,
    "datasets": check_mentions,
    "methods": check_mentions,
    "tasks": check_mentions,
    "kinds": check_claim,
    "directions": check_claim,
    "roles": check_claim,
    "links": check_claim,
    "spellings": check_spelling,
    "conversions": check_conversion,
}
"""Table -> checker; add yours when you add a table."""


def run_examples(rules: Rules, tables: Iterable[str] = TABLES) -> list[ExampleResult]:
    """Every example of every rule. An example that lacks what its checker needs, and one of a table that
    nothing checks, is a result that is not ok and says so."""
    return [
        ExampleResult(f"{table}.yaml", rule.id, example, *_checked(table, rule, example, rules))
        for table in tables
        for rule in rules.table(table)
        for example in rule.examples
    ]


def _checked(table: str, rule: Rule, example: dict[str, Any], rules: Rules) -> tuple[Any, Any]:
    if table not in CHECKERS:
        return f"a checker for {table}.yaml", "none registered in extractor/rule_examples.py"
    try:
        return CHECKERS[table](rule, example, rules)
    except KeyError as missing:
        return f"an example with {missing}", sorted(example)
