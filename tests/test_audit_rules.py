"""The audit's own rules: every example holds, each table has a checker, and a folder of rules changes
them."""

import pytest

from extractor.audit.rule_examples import CHECKERS, run_audit_examples
from extractor.audit.rules import AUDIT_TABLES, load_audit_rules
from extractor.audit.verify import verify
from extractor.rules import RuleError

RESULTS = run_audit_examples(load_audit_rules())


@pytest.mark.parametrize("result", RESULTS, ids=[f"{r.rule}: {r.example}" for r in RESULTS])
def test_every_example_holds(result):
    assert result.got == result.expected


def test_every_table_has_a_checker_and_rules():
    rules = load_audit_rules()
    assert set(CHECKERS) == set(AUDIT_TABLES)
    assert all(rules.table(name) for name in AUDIT_TABLES)


def folder(tmp_path, name: str, text: str):
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_adds_rules_and_switches_off_others(tmp_path):
    text = "- {id: unit.smoot, unit: smoot, quantity: length, forms: [smoots], examples: [{text: a}]}"
    rules = load_audit_rules(
        folder(tmp_path, "units.yaml", text + "\n- {id: audit.unit.mm, disabled: true}\n")
    )
    units = {rule.unit for rule in rules.units}
    assert "smoot" in units
    assert "mm" not in units


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("unit.yaml", "[]", "unknown file of audit rules; rename it to one of words.yaml"),
        ("units.yaml", "- {id: u, unit: u}", "units.yaml:1: rule 'u'"),
        (
            "cues.yaml",
            "- {id: c, about: name, says: x, before: '(', examples: [{}]}",
            "not a regular expression",
        ),
    ],
)
def test_a_wrong_rule_is_told_with_file_and_line(tmp_path, name, text, message):
    with pytest.raises(RuleError, match="audit") as told:
        list(verify([], rules=folder(tmp_path, name, text)))
    assert message in str(told.value)
