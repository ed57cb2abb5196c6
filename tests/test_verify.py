"""`verify`: what is wrong with a record is found, by the check that should, and a right one is left alone.
The run in output/ is what it reads; each row breaks one thing in one record."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from build import extraction
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from extractor.audit.rules import load_audit_rules
from extractor.audit.run_files import NotARun
from extractor.audit.verify import Severity, verify, verify_record, verify_run
from extractor.cli import app

ROOT = Path(__file__).parents[1]
RULES = load_audit_rules()
TITLE = "Quokka: Fast Speech Models"


def record(sentence: str, *claims: dict, mentions: tuple = (), aliases: tuple = ()) -> dict:
    """A line of extractions.jsonl about one sentence; spans are looked up in it."""
    source = f"{TITLE}\n{sentence}"

    def part(text: str, **fields) -> dict:
        start = source.index(text, len(TITLE) if text in sentence else 0)
        return {"text": text, "name": text, "start": start, "end": start + len(text), **fields}

    def full(given: dict) -> dict:
        low, high, unit = given.pop("number")
        made = {"kind": "score", "role": "result", "qualifier": "exact", "direction": None, "confidence": 0.9}
        made |= dict.fromkeys(("metric", "method", "task", "condition")) | {"baseline": [], "dataset": []}
        made["sentence"] = {"start": len(TITLE) + 1, "end": len(source)}
        for field, value in given.items():
            if field == "value":
                made["value"] = part(value) | {"low": low, "high": high, "unit": unit}
            elif field in ("metric", "method", "task", "condition"):
                made[field] = part(value)
            elif field in ("baseline", "dataset"):
                made[field] = [part(each) for each in value]
            else:
                made[field] = value
        return made

    paper = {"id": "quokka", "title": TITLE, "abstract": sentence}
    named = [part(text, label=label) for text, label in mentions]
    return {
        "paper": paper,
        "mentions": named,
        "aliases": list(aliases),
        "claims": [full(dict(c)) for c in claims],
    }


def found(given: dict) -> list[tuple[str, str]]:
    return [(f.severity.value, f.check) for f in verify_record(given, "line 1", RULES)]


RIGHT = [
    ("It reaches 94.8% accuracy on ImageNet.",
     {"value": "94.8%", "number": (94.8, 94.8, "%"), "metric": "accuracy", "dataset": ["ImageNet"]}),
    ("It cuts latency by up to 4.86times.",
     {"value": "4.86times", "number": (4.86, 4.86, "x"), "kind": "speedup", "direction": "decrease",
      "qualifier": "up_to", "metric": "latency"}),
    ("It is trained on 1.4 trillion tokens.",
     {"value": "1.4 trillion", "number": (1.4e12, 1.4e12, ""), "kind": "scale", "metric": "tokens"}),
    (r"It needs 25-50\% less memory.",
     {"value": r"25-50\%", "number": (25, 50, "%"), "kind": "compression", "direction": "decrease",
      "metric": "memory"}),
    ("It needs 6,250 A100 GPU days.",
     {"value": "6,250 A100 GPU days", "number": (6250, 6250, "A100 GPU days"), "kind": "measure"}),
    ("It needs half a million songs.",
     {"value": "half a million", "number": (5e5, 5e5, ""), "kind": "scale"}),
    ("It needs a third of the memory.",
     {"value": "a third", "number": (0.3333, 0.3333, "x"), "kind": "other", "metric": "memory"}),
    ("It hears over an 80m range.",
     {"value": "80m", "number": (80, 80, "m"), "kind": "measure", "qualifier": "at_least"}),
    ("It lifts 67N of weight.", {"value": "67N", "number": (67, 67, "N"), "kind": "measure"}),
    ("It has a precision of 35 μm.",
     {"value": "35 μm", "number": (35, 35, "μm"), "kind": "measure", "metric": "precision"}),
    ("It handles sizes from 10 mm to 90 mm.",
     {"value": "10 mm", "number": (10, 10, "mm"), "kind": "measure"}),
    ("It stays within ~ 99% of the rival.",
     {"value": "99%", "number": (99, 99, "%"), "kind": "other", "qualifier": "at_most"}),
    ("It has 10<sup>3</sup> songs.", {"value": "10<sup>3", "number": (1000, 1000, ""), "kind": "scale"}),
    ("It has 10^{6} songs.", {"value": "10^{6", "number": (1e6, 1e6, ""), "kind": "scale"}),
    ("Its gain is 5&times; in latency.",
     {"value": "5&times;", "number": (5, 5, "x"), "kind": "speedup", "direction": "decrease",
      "metric": "latency"}),
    ("It stays at an error&lt;0.05.",
     {"value": "0.05", "number": (0.05, 0.05, ""), "qualifier": "at_most", "metric": "error"}),
    ("It is $3\\times$ faster.",
     {"value": "3\\times", "number": (3, 3, "x"), "kind": "speedup", "direction": "increase"}),
    ("It reaches 30<i>%</i> accuracy.", {"value": "30<i>%", "number": (30, 30, "%"), "metric": "accuracy"}),
    ("It takes &le;&nbsp;20&thinsp;<i>ms</i>.",
     {"value": "20&thinsp;<i>ms", "number": (20, 20, "ms"), "kind": "measure", "qualifier": "at_most"}),
    ("<p>Foo &amp; Bar reaches <b>81.2</b>% on <i>ImageNet</i>.</p>",
     {"value": "81.2</b>%", "number": (81.2, 81.2, "%"), "method": "Foo &amp; Bar", "dataset": ["ImageNet"]}),
    ("It has 2, 041, 960 songs.",
     {"value": "2, 041, 960", "number": (2041960, 2041960, ""), "kind": "scale", "metric": "songs"}),
    ("It reaches 81:4% accuracy.",
     {"value": "81:4%", "number": (81.4, 81.4, "%"), "metric": "accuracy"}),
    ("It learns in under an hour.",
     {"value": "an hour", "number": (1, 1, "hour"), "kind": "measure", "qualifier": "at_most"}),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "claim"), RIGHT, ids=[s for s, _ in RIGHT])
def test_a_right_record_is_left_alone(sentence, claim):
    assert found(record(sentence, claim)) == []


ACCURACY = {"value": "94.8%", "number": (94.8, 94.8, "%"), "metric": "accuracy"}
LATENCY = {"value": "30%", "number": (30, 30, "%"), "kind": "speedup", "metric": "latency"}
WRONG = [
    ("number", "error", "It reaches 94.8% accuracy.", ACCURACY | {"number": (84.9, 84.9, "%")}),
    ("number", "error", "It has 300K songs.",
     {"value": "300K", "number": (300, 300, ""), "kind": "scale"}),
    ("number", "error", "It has 10,286 songs.",
     {"value": "10,286", "number": (10287, 10287, ""), "kind": "scale"}),
    ("unit", "error", "It reaches 94.8% accuracy.", ACCURACY | {"number": (94.8, 94.8, "points")}),
    ("unit", "error", "It takes 12 ms.", {"value": "12 ms", "number": (12, 12, "s"), "kind": "measure"}),
    ("unit", "warning", "It has 97, 95 and 89% recall.",
     {"value": "97", "number": (97, 97, ""), "metric": "recall"}),
    ("kind", "error", "It has 12% of songs.", {"value": "12%", "number": (12, 12, "%"), "kind": "scale"}),
    ("kind", "error", "It reaches 94.8% accuracy.", ACCURACY | {"direction": "increase"}),
    ("kind", "warning", "It has 30% inference latency.",
     {"value": "30%", "number": (30, 30, "%"), "metric": "inference latency"}),
    ("direction", "warning", "It lowers the latency by 30%.", LATENCY | {"direction": "increase"}),
    ("direction", "warning", "It has 30% lower latency.", LATENCY | {"direction": "increase"}),
    ("direction", "note", "It changes 30% in latency.", LATENCY),
    ("qualifier", "warning", "It covers more than 300 songs.",
     {"value": "300", "number": (300, 300, ""), "kind": "scale"}),
    ("impossible", "error", "It reaches 194.8% accuracy.",
     {"value": "194.8%", "number": (194.8, 194.8, "%"), "metric": "accuracy"}),
    ("impossible", "error", "It takes -12 ms.",
     {"value": "-12 ms", "number": (-12, -12, "ms"), "kind": "measure"}),
    ("impossible", "error", "It needs 130% less memory.",
     {"value": "130%", "number": (130, 130, "%"), "kind": "compression", "direction": "decrease"}),
    ("owner", "warning", "It reaches 81.2 compared to 76.0 before.",
     {"value": "76.0", "number": (76, 76, "")}),
    ("owner", "warning", "It raises recall from 71.2% to 74.0%.",
     {"value": "71.2%", "number": (71.2, 71.2, "%"), "metric": "recall"}),
    ("name", "warning", "It won the task in 2021.",
     {"value": "2021", "number": (2021, 2021, ""), "kind": "other"}),
    ("name", "warning", "It beats Llama 3 8B.", {"value": "8B", "number": (8e9, 8e9, ""), "kind": "scale"}),
    ("slot", "error", "It reaches 94.8% accuracy.", ACCURACY | {"method": "It", "baseline": ["It"]}),
    ("slot", "error", "It reaches 94.8% accuracy.", ACCURACY | {"metric": "94.8% accuracy"}),
    ("slot", "warning", "It reaches 94.8% on MNIST, SVHN and ImageNet.",
     {"value": "94.8%", "number": (94.8, 94.8, "%"), "dataset": ["MNIST, SVHN and ImageNet"]}),
    ("record", "error", "It reaches 94.8% accuracy.", ACCURACY | {"kind": "boast"}),
    ("record", "error", "It reaches 94.8% accuracy.", ACCURACY | {"number": (94.8, None, "%")}),
    ("record", "error", "It reaches 94.8% accuracy.", ACCURACY | {"confidence": 7}),
    ("number", "error", "It has 10<sup>3</sup> songs.",
     {"value": "10<sup>3", "number": (103, 103, ""), "kind": "scale"}),
    ("unit", "error", "It is 5&times; faster.",
     {"value": "5&times;", "number": (5, 5, "%"), "kind": "speedup", "direction": "increase"}),
    ("qualifier", "warning", "It has an error &lt;0.05.",
     {"value": "0.05", "number": (0.05, 0.05, ""), "metric": "error"}),
    ("sentence", "error", "It reaches 94.8% accuracy.", ACCURACY | {"sentence": {"start": 0, "end": 12}}),
    ("sentence", "error", "It reaches 94.8% accuracy.", ACCURACY | {"sentence": {"start": 0, "end": 999}}),
    ("sentence", "note", "It reaches 94.8% accuracy. Then it stops.", ACCURACY),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "severity", "sentence", "claim"), WRONG, ids=[f"{c}: {s}" for c, _, s, _ in WRONG]
)
def test_a_wrong_record_is_found(check, severity, sentence, claim):
    assert (severity, check) in found(record(sentence, claim))


def test_a_span_that_does_not_stand_there_is_found():
    given = record("It reaches 94.8% accuracy.", ACCURACY)
    given["claims"][0]["metric"]["start"] += 1
    given["claims"][0]["metric"]["end"] += 1
    [finding] = verify_record(given, "line 1", RULES)
    assert (finding.check, finding.severity) == ("span", Severity.ERROR)
    assert "the metric 'accuracy' is said to stand at" in finding.message
    assert TITLE + "\nIt reaches 94.8% accuracy."[finding.start - len(TITLE) : finding.end - len(TITLE)]


def test_a_finding_in_markup_leads_to_the_source():
    sentence = "It has 10<sup>3</sup> songs."
    given = record(sentence, {"value": "10<sup>3", "number": (103, 103, ""), "kind": "scale"})
    [finding] = verify_record(given, "line 1", RULES)
    assert f"{TITLE}\n{sentence}"[finding.start : finding.end] == "10<sup>3"
    assert finding.message == "the record says 103, but '10^3' reads 1000"


def test_two_claims_about_one_number_are_found():
    given = record("It reaches 94.8% accuracy.", ACCURACY, ACCURACY)
    assert ("error", "duplicate") in found(given)


def test_two_numbers_for_one_thing_are_found():
    slots = {"method": "Quokka", "metric": "accuracy", "dataset": ["MNIST"]}
    two = [{"value": v, "number": (float(v[:-1]), float(v[:-1]), "%"), **slots} for v in ("94.8%", "91.1%")]
    given = record("Quokka reaches 94.8% and 91.1% accuracy on MNIST.", *two)
    assert ("warning", "contradiction") in found(given)


def test_a_number_in_brackets_belongs_to_the_name_before_it():
    claim = {"value": "71.0%", "number": (71, 71, "%"), "method": "Quokka"}
    mentions = (("Quokka", "METHOD"), ("BYOL", "METHOD"))
    assert ("warning", "owner") in found(record("Quokka beats BYOL (71.0%).", claim, mentions=mentions))


@pytest.mark.parametrize(
    "line", [None, 3, [], {}, {"paper": 3}, {"paper": {"id": 3}}, {"paper": {}, "claims": "x"}]
)
def test_what_is_no_record_is_a_finding(line):
    findings = list(verify_record(line, "extractions.jsonl:4", RULES))
    assert findings
    assert all(f.check == "record" and f.severity is Severity.ERROR for f in findings)


@pytest.mark.parametrize(
    ("sentence", "qualifier", "warned"),
    [
        ("It is 3x faster.", "up_to", True),
        ("It is 3x faster.", "at_least", True),
        ("It is 3x faster.", "approx", True),
        ("It is up to 2x and 3x faster.", "up_to", False),  # carried over
        ("It is over 3x faster.", "at_least", False),
        ("It is 3x faster or more, over the last one.", "at_least", True),
        ("It is sim3x faster.", "approx", False),
        ("It is over 3x faster.", "exact", False),
        ("It is 3x faster.", "average", False),
    ],
)
def test_a_qualifier_needs_words_that_say_it(sentence, qualifier, warned):
    claim = {"value": "3x", "number": (3, 3, "x"), "kind": "speedup", "direction": "increase"}
    given = record(sentence, claim | {"qualifier": qualifier})
    assert (("warning", "qualifier") in found(given)) == warned


@pytest.mark.parametrize("name", ["claims", "mentions"])
def test_null_is_no_list(name):
    [finding] = verify_record(record("It is fast.") | {name: None}, "line 1", RULES)
    assert (finding.check, finding.message) == ("record", f"{name} is not a list")


def leaves(value, path=()):
    if isinstance(value, dict | list) and value:
        keys = value if isinstance(value, dict) else range(len(value))
        return [leaf for key in keys for leaf in leaves(value[key], (*path, key))]
    return [path]


PARSED = json.loads(extraction().model_dump_json())
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.just([]), st.just({})
)


@given(st.sampled_from(leaves(PARSED)), JUNK)
def test_no_tampering_makes_it_crash(path, junk):
    tampered = json.loads(json.dumps(PARSED))
    holder = tampered
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = junk
    for finding in verify_record(tampered, "line 1", RULES):
        assert finding.message
        assert finding.start >= 0


def test_records_in_memory_are_checked_too():
    assert [f for f in verify([extraction()]) if f.severity is Severity.ERROR] == []


@pytest.fixture
def run(tmp_path):
    return Path(shutil.copytree(ROOT / "output", tmp_path / "run"))


def test_our_own_run_has_no_errors():
    assert [f.message for f in verify_run(ROOT / "output") if f.severity is Severity.ERROR] == []


def test_a_line_that_is_no_json_is_found(run):
    lines = (run / "extractions.jsonl").read_text(encoding="utf-8").splitlines()
    (run / "extractions.jsonl").write_text("\n".join(["{" + lines[0], *lines[1:]]), encoding="utf-8")
    messages = [f.message for f in verify_run(run)]
    assert any("extractions.jsonl:1 is not JSON" in message for message in messages)
    assert any("run.json counts" in message for message in messages)


def test_a_paper_that_stands_twice_is_found(run):
    with (run / "extractions.jsonl").open("r+", encoding="utf-8") as file:
        first = file.readline()
        file.seek(0, 2)
        file.write(first)
    assert any("stands twice" in f.message for f in verify_run(run))


def test_a_cell_changed_in_the_csv_is_found(run):
    path = run / "claims.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, first, *rest = list(csv.reader(file))
    first[header.index("low")] = "99"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, first, *rest])
    [finding] = [f for f in verify_run(run) if f.check == "table"]
    assert finding.message.startswith("claims.csv, row 1: low is '99', extractions.jsonl has ")


def test_rows_that_the_parquet_lacks_are_found(run):
    table = pq.read_table(run / "claims.parquet")
    pq.write_table(table.slice(1), run / "claims.parquet")
    assert any(f.message.startswith("claims.parquet has ") for f in verify_run(run))


def test_damaged_and_missing_tables_are_found(run):
    (run / "claims.parquet").write_bytes(b"PAR1")
    (run / "claims.csv").unlink()
    messages = [f.message for f in verify_run(run) if f.check == "table"]
    assert messages[0] == "claims.csv is missing from the run"
    assert messages[1].startswith("claims.parquet can't be read")


def test_what_is_no_run_is_said(tmp_path):
    with pytest.raises(NotARun, match=r"no extractions\.jsonl in it; give a folder"):
        verify_run(tmp_path)


def test_it_shares_no_code_with_the_extraction():
    code = "import sys, extractor.audit.verify; print(*(m for m in sys.modules if m.startswith('extractor')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    others = {m for m in done.stdout.split() if not m.startswith("extractor.audit")}
    record_types_and_a_reader_of_yaml = {
        "extractor",
        "extractor.arithmetic",
        "extractor.records",
        "extractor.rules",
    }
    assert others == record_types_and_a_reader_of_yaml


def command(*arguments) -> object:
    return CliRunner().invoke(app, ["verify", *map(str, arguments)], catch_exceptions=False)


def test_the_command_prints_findings_and_fails_on_errors(run):
    done = command(run)
    assert done.exit_code == 0
    assert "contradiction" in done.stdout
    assert "0 errors" in done.stdout
    (run / "claims.csv").unlink()
    assert command(run).exit_code == 1


def test_scripts_get_json_or_csv(run):
    (run / "claims.csv").unlink()
    findings = json.loads(command(run, "--format", "json").stdout)
    assert set(findings[0]) == {"paper", "start", "end", "severity", "check", "message"}
    rows = list(csv.DictReader(command(run, "--format", "csv").stdout.splitlines()))
    assert [row["message"] for row in rows] == [finding["message"] for finding in findings]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: no such file or folder"),
        (["output", "--format", "xml"], "'xml' is none of text"),
    ],
)
def test_wrong_usage_is_one_clear_error_and_2(arguments, message, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = command(*arguments)
    assert done.exit_code == 2
    assert message in done.output.replace("\n", " ")
