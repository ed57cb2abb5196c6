"""The rule files: what is accepted, how a refusal reads, and how a second directory overrides the first."""

import time

import pytest

from extractor.rule_examples import CHECKERS, run_examples
from extractor.rules import TABLES, RuleError, load_rules

EXAMPLE = "examples: [{text: '7 floops', value: '7'}]"
UNIT = f"- {{id: unit.mine, unit: floop, forms: ['floops?'], {EXAMPLE}}}\n"


@pytest.fixture
def folder(tmp_path):
    def write(**files: str):
        for name, content in files.items():
            (tmp_path / f"{name}.yaml").write_text(content, encoding="utf-8")
        return tmp_path

    return write


def ids(rules, table):
    return [rule.id for rule in rules.table(table)]


def test_the_built_in_rules_load_in_time():
    load_rules.cache_clear()
    started = time.process_time()
    rules = load_rules()
    assert time.process_time() - started < 1
    assert rules.units
    assert rules.qualifiers
    assert len(rules.checksum) == 64


@pytest.mark.parametrize("table", ["numbers", "units", "qualifiers", "exclusions", "settings"])
def test_every_example_holds(table):
    wrong = [result for result in run_examples(load_rules(), [table]) if not result.ok]
    assert wrong == []


@pytest.mark.parametrize("table", sorted(CHECKERS))
def test_a_checker_has_a_table(table):
    assert table in TABLES


def test_an_example_that_fails_is_told_with_what_was_got(folder):
    rules = load_rules(folder(units=UNIT.replace("value: '7'", "value: '8'")))
    (wrong,) = [result for result in run_examples(rules, ["units"]) if not result.ok]
    assert (wrong.file, wrong.rule, wrong.expected, wrong.got) == (
        "units.yaml",
        "unit.mine",
        "8",
        ["7 floops"],
    )


def test_a_new_id_adds_a_rule(folder):
    rules = load_rules(folder(units=UNIT))
    assert ids(rules, "units") == [*ids(load_rules(), "units"), "unit.mine"]


def test_the_same_id_replaces_a_rule_in_its_place(folder):
    rules = load_rules(folder(units=UNIT.replace("unit.mine", "unit.frames")))
    assert ids(rules, "units") == ids(load_rules(), "units")
    assert "floop" in {rule.unit for rule in rules.units}
    assert "FPS" not in {rule.unit for rule in rules.units}


def test_a_rule_can_be_switched_off(folder):
    rules = load_rules(folder(units="- {id: unit.percent, disabled: true}\n"))
    assert "unit.percent" not in ids(rules, "units")


def test_the_checksum_follows_the_files(folder):
    assert load_rules(folder(units=UNIT)).checksum != load_rules().checksum


def test_rules_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        load_rules().units[0].unit = "kg"


@pytest.mark.parametrize(
    ("table", "content", "told"),
    [
        ("units", "- {id: a, unit: [}\n", ["units.yaml:1", "not YAML"]),
        ("units", "id: a\n", ["units.yaml:1", "is a list"]),
        ("units", "- just text\n", ["units.yaml:1", "mapping"]),
        (
            "units",
            f"- {{unit: x, forms: [x], {EXAMPLE}}}\n",
            ["units.yaml:1", "without id", "'id'", "add it"],
        ),
        ("units", UNIT + UNIT, ["units.yaml:2", "'unit.mine'", "units.yaml:1", "rename"]),
        ("units", f"- id: a\n  {EXAMPLE}\n  froms: [x]\n", ["units.yaml:3", "'a'", "'froms'", "forms"]),
        ("units", f"- id: a\n  {EXAMPLE}\n  unit: x\n  unit: y\n", ["units.yaml:1", "'unit'", "twice"]),
        (
            "units",
            f"- id: a\n  forms: ['(x']\n  {EXAMPLE}\n",
            ["units.yaml:2", "'forms'", "regular expression"],
        ),
        ("units", "- id: a\n  forms: [x]\n", ["units.yaml:1", "'a'", "no examples", "add at least one"]),
        ("units", "- {id: qualifier.up_to, examples: [{}]}\n", ["qualifiers.yaml", "override it"]),
        ("unist", UNIT, ["unist.yaml", "unknown rule file", "units.yaml"]),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_the_cure(folder, table, content, told):
    with pytest.raises(RuleError) as error:
        load_rules(folder(**{table: content}))
    assert [part for part in told if part not in str(error.value)] == []


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(RuleError, match="is not a directory"):
        load_rules(tmp_path / "none")


def test_a_folder_without_rule_files_is_told(tmp_path):
    with pytest.raises(RuleError, match="no rule file"):
        load_rules(tmp_path)
