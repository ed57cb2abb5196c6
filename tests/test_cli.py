"""The commands as a user meets them: what is printed, the exit code, and one line for what is wrong."""

import json
import subprocess
import sys
import time

import pytest
from build import commands, extraction, load_fake
from typer.testing import CliRunner

from extractor.cli import app
from extractor.export import FILES
from extractor.reader import ModelError
from extractor.rule_examples import ExampleResult

HELD = {"id": "p1", "title": "Quokka", "abstract": "Quokka is 1.9x faster than BaseNet."}


@pytest.fixture
def extractor(monkeypatch, tmp_path):
    return commands(monkeypatch, tmp_path)


@pytest.fixture
def papers(tmp_path):
    path = tmp_path / "papers.jsonl"
    path.write_text(json.dumps(HELD) + "\n", encoding="utf-8")
    return path


def imported(*arguments) -> set[str]:
    """The packages that a command imports."""
    command = [sys.executable, "-X", "importtime", "-m", "extractor", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}


def test_help_answers_at_once():
    def seconds():
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "extractor", "--help"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "run" in done.stdout
        return time.perf_counter() - start

    assert min(seconds() for _ in range(3)) < 0.5


def test_help_imports_nothing_that_takes_time():
    assert imported("--help").isdisjoint({"numpy", "onnxruntime", "pandas", "pyarrow", "pydantic", "spacy"})


def test_a_run_needs_no_spacy(papers, tmp_path):
    assert "spacy" not in imported("run", str(papers), "--no-model", "--output", str(tmp_path / "out"))


def test_version(extractor):
    assert extractor("--version").output.strip().count(".") == 2


def test_run_ends_with_a_summary(extractor, papers, tmp_path):
    done = extractor("run", papers)
    assert done.exit_code == 0
    assert "1 records read: 1 extracted; " in done.stdout
    assert "1 claims: 1 speedup" in done.stdout
    assert "Most certain results" in done.stdout
    assert "1.9x" in done.stdout
    assert all(name in " ".join(done.stdout.split()) for name in FILES)
    assert (tmp_path / "output" / "claims.csv").is_file()
    assert done.stderr == "extracting: 1 papers\nwriting: 1 papers\n"


def test_run_says_what_could_not_be_read(extractor, papers):
    papers.write_text(json.dumps(HELD) + "\n{\n", encoding="utf-8")
    done = extractor("run", papers)
    assert done.exit_code == 0
    assert "2 records read: 1 extracted, 1 unreadable; " in done.stdout
    assert "papers.jsonl:2" in done.stdout.replace("\n", "")


def test_run_reads_standard_input(monkeypatch, tmp_path):
    monkeypatch.setattr("extractor.pipeline.load", load_fake)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["run", "-"], input=json.dumps(HELD))
    assert (done.exit_code, "1 extracted" in done.stdout) == (0, True)


def test_run_takes_column_names(extractor, tmp_path):
    (tmp_path / "t.csv").write_text("Heading,Text\nQuokka,2x faster\n", encoding="utf-8")
    done = extractor("run", "t.csv", "--map", "title=Heading", "--map", "abstract=Text")
    assert "1 claims: 1 speedup" in done.stdout


def test_where_nothing_was_read_the_exit_code_is_1(extractor, tmp_path):
    (tmp_path / "empty.txt").touch()
    done = extractor("run", "empty.txt")
    assert done.exit_code == 1
    assert "error: nothing was read" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.jsonl"], "nowhere.jsonl"),
        (
            ["papers.jsonl", "--output", "papers.jsonl"],
            "papers.jsonl: a file stands in the way; name another",
        ),
        (["papers.jsonl", "--output", "papers.jsonl/below"], "a file stands in the way"),
        (["papers.jsonl", "--map", "title"], "'title' is not FIELD=COLUMN"),
        (["papers.jsonl", "--map", "colour=Red"], "colour"),
        (["papers.jsonl", "--workers", "0"], "--workers"),
        (["papers.jsonl", "--min-confidence", "2"], "--min-confidence"),
        ([], "Missing argument"),
    ],
    ids=str,
)
def test_wrong_usage_is_one_clear_error_and_2(extractor, papers, arguments, message):
    done = extractor("run", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.output


def test_a_damaged_model_is_one_error_and_1(extractor, papers, monkeypatch):
    def load(rules, model, any_language):
        raise ModelError("model.onnx is damaged; install again")

    monkeypatch.setattr("extractor.pipeline.load", load)
    done = extractor("run", papers)
    said = "extracting: 1 papers\nerror: model.onnx is damaged; install again\n"
    assert (done.exit_code, done.stderr) == (1, said)


def test_explain_marks_the_text(extractor):
    done = extractor("explain", "It is 1.9x faster.")
    assert done.exit_code == 0
    assert "It is [1.9x #1] faster." in done.stdout
    assert "speedup.faster" in done.stdout


@pytest.mark.parametrize("wanted", ["p1", "quokka"])
def test_explain_finds_a_paper_by_id_or_title(extractor, papers, wanted):
    assert "[1.9x #1]" in extractor("explain", wanted, "--from", papers).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Quoka", "--from", "papers.jsonl"], "no paper 'Quoka' among 1; near: 'Quokka'"),
        (["xyz", "--from", "papers.jsonl"], "none is like it"),
        (["  "], "no text to explain"),
    ],
)
def test_explain_says_what_is_missing(extractor, papers, arguments, message):
    done = extractor("explain", *arguments)
    assert (done.exit_code, message in done.stderr) == (2, True)


def test_evaluate_compares_two_files(extractor, tmp_path):
    (tmp_path / "gold.jsonl").write_text(extraction().model_dump_json(), encoding="utf-8")
    done = extractor("evaluate", "gold.jsonl", "--predicted", "gold.jsonl")
    assert "claim          100.0   100.0   100.0" in done.stdout


def test_evaluate_extracts_from_the_gold_papers_and_shows_errors(extractor, tmp_path):
    (tmp_path / "gold.jsonl").write_text(extraction().model_dump_json(), encoding="utf-8")
    error, head, *_ = extractor("evaluate", "gold.jsonl", "--errors", "1").stdout.splitlines()
    assert error.startswith("~ quokka '1.9x' method: gold [['quokka']] got []")
    assert head.startswith("1 papers (0 without a prediction)")


@pytest.mark.parametrize(("file", "code"), [("nowhere.jsonl", 1), ("text.jsonl", 2)])
def test_evaluate_says_what_is_no_gold(extractor, tmp_path, file, code):
    (tmp_path / "text.jsonl").write_text("plain", encoding="utf-8")
    done = extractor("evaluate", file)
    assert (done.exit_code, f"error: {file}" in done.stderr) == (code, True)


def test_schema_is_json(extractor):
    assert json.loads(extractor("schema").stdout)["title"] == "Extraction"


def test_rules_test_passes_on_the_built_in_rules(extractor):
    done = extractor("rules", "test")
    assert done.exit_code == 0, done.stdout
    passed, of = done.stdout.split()[:3:2]
    assert passed == of != "0"


def test_rules_test_shows_what_differs(extractor, monkeypatch):
    results = [ExampleResult("units.yaml", "unit.ms", {"text": "5 ms"}, "ms", got) for got in ("ms", "s")]
    monkeypatch.setattr("extractor.rule_examples.run_examples", lambda rules: results)
    monkeypatch.setattr("extractor.audit.rule_examples.run_audit_examples", lambda rules: [])
    done = extractor("rules", "test")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "units.yaml: rule 'unit.ms': {'text': '5 ms'}",
        "  expected 'ms'",
        "  got      's'",
        "1 of 2 examples as expected",
    ]


@pytest.mark.parametrize("command", ["test", "list"])
def test_rules_that_are_not_there_are_named(extractor, command):
    done = extractor("rules", command, "--rules", "nowhere")
    assert (done.exit_code, "error: nowhere is not a directory" in done.stderr) == (2, True)


def test_rules_list_names_every_rule(extractor):
    lines = extractor("rules", "list").stdout.splitlines()
    assert all(line.split("\t")[0].endswith(".yaml") for line in lines)
    assert len({line.split("\t")[1] for line in lines}) == len(lines) > 10
