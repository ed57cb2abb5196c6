"""A run to a file: formats by the name's end, decisions applied, and one clear sentence for what can't be."""

import json
from pathlib import Path

import pandas as pd
import pytest
from build import claim, extraction, quantity, slot
from openpyxl import load_workbook
from saved import decide, decision, save_run, two_papers
from typer.testing import CliRunner

from extractor.cli import app
from extractor.evaluate import evaluate_files
from extractor.export import OutputError, read_jsonl
from extractor.exports import FORMATS, Shape, export_run
from extractor.run_folder import RunError, open_run

NUMBAT = two_papers()[1]
SCORE = claim(quantity("5.2%", low=5.2, high=5.2, unit="%"), kind="score")


@pytest.fixture
def run(tmp_path):
    return save_run(tmp_path, *two_papers())


@pytest.fixture
def command(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return lambda *given: CliRunner().invoke(app, list(map(str, given)), catch_exceptions=False)


def exported(run, name, *wishes, **options):
    return export_run(run, run.parent / name, Shape(**dict.fromkeys(wishes, True)), **options)


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_is_written_whole(run, tmp_path, suffix):
    if suffix == ".duckdb":
        pytest.importorskip("duckdb", reason="DuckDB is not installed")
    assert exported(run, f"new/folder/out{suffix}").path.stat().st_size > 0
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == [f"out{suffix}"]


@pytest.mark.parametrize(
    ("name", "wishes", "told"),
    [
        ("a.csv", [], "1 claims"),
        ("a.csv", ["wide"], "2 papers"),
        ("a.csv", ["with_evidence"], "1 claims"),
        ("a.jsonl", [], "2 papers"),
        ("a.DB", [], "1 claims"),
        ("a.json", [], "0 leaderboard claims"),
        ("a.ris", [], "2 references"),
        ("a.jsonl", ["gold"], "0 papers judged in full"),
    ],
    ids=str,
)
def test_what_was_written_is_told(run, name, wishes, told):
    assert str(exported(run, name, *wishes)) == f"{run.parent / name}: {told}"


@pytest.mark.parametrize(
    "name",
    [
        "extractions.jsonl",
        "claims.csv",
        "papers.parquet",
        "run.json",
        "../run/claims.csv",
        "decisions/a.jsonl",
    ],
)
def test_a_file_of_the_run_is_not_overwritten(run, name):
    decide(run, decision(verdict="accept"))
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    with pytest.raises(OutputError, match="a file of the run itself; name another"):
        export_run(run, run / name)
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("name", "wishes", "message"),
    [
        ("a.pdf", [], "unknown format; end the name in one of .xlsx, .csv"),
        ("a", [], "unknown format"),
        ("a.xlsx", ["wide"], "--wide is for .csv files"),
        ("a.parquet", ["with_evidence"], "--with-evidence is for .csv files"),
        ("a.csv", ["gold"], "--gold is for .jsonl files"),
        ("a.csv", ["wide", "with_evidence"], "ask for one at a time"),
    ],
    ids=str,
)
def test_what_does_not_go_together_is_told(run, name, wishes, message):
    with pytest.raises(OutputError, match=message):
        exported(run, name, *wishes)


def table(run, **options) -> pd.DataFrame:
    return pd.read_csv(exported(run, "claims.csv", **options).path, keep_default_na=False)


def test_csv_names_each_claim_and_what_was_decided(run):
    decide(run, decision(verdict="accept", note="seen", by="Ada"))
    [row] = table(run).to_dict("records")
    assert (row["claim"], row["decision"], row["note"]) == ("quokka:37-41", "accept", "seen")
    assert (row["reviewer"], row["decided"]) == ("Ada", "2026-01-02T12:00:00+00:00")


def test_decisions_are_applied_and_counted(run):
    correction = {"method": slot("BaseNet").model_dump(mode="json"), "dataset": []}
    decide(run, decision(verdict="accept", corrections=correction))
    [row] = table(run).to_dict("records")
    assert (row["method"], row["dataset"]) == ("BaseNet", "")
    assert "method:review" in row["origin"]
    assert str(exported(run, "claims.csv")).endswith("1 claims, 1 decisions applied")


def test_rejected_claims_go(run):
    decide(run, decision(verdict="reject"))
    assert len(table(run)) == 0


def test_as_extracted_is_without_decisions(run):
    decide(run, decision(verdict="reject"))
    [row] = table(run, decisions=False).to_dict("records")
    assert (row["method"], row["decision"]) == ("Quokka", "")


def test_a_claim_keeps_its_name_where_its_value_is_corrected(run):
    value = quantity("5.2%", low=5.2, high=5.2, unit="%").model_dump(mode="json")
    decide(run, decision(corrections={"value": value}))
    [row] = table(run).to_dict("records")
    assert (row["claim"], row["value"]) == ("quokka:37-41", "5.2%")


def test_decisions_that_lost_their_claim_are_told(run):
    decide(run, decision(value="2.9x", verdict="reject"))
    assert "1 decisions fit no claim of this run any more" in str(exported(run, "claims.csv"))


def test_a_decision_that_contradicts_the_text_is_told(run):
    decide(run, decision(corrections={"method": {"text": "Wombat", "start": 0, "end": 6}}))
    with pytest.raises(RunError, match=r"paper 'quokka' can't be applied: .*source has 'Quokka'"):
        exported(run, "claims.csv")


def test_jsonl_holds_the_records_as_people_left_them(run):
    decide(run, decision(verdict="reject"))
    first, second = read_jsonl(exported(run, "a.jsonl").path)
    assert (first.claims, second) == ((), NUMBAT)


def test_pandas_reads_the_parquet(run):
    frame = pd.read_parquet(exported(run, "a.parquet").path)
    assert frame.loc[0, "low"] == 1.9
    assert frame.loc[0, "dataset"].tolist() == ["SpeechSet", "QuizSet"]


def test_gold_has_the_papers_that_were_judged_in_full(tmp_path):
    both = extraction(claims=(*extraction().claims, SCORE))
    run = save_run(tmp_path, both)
    decide(run, decision(both, verdict="accept", corrections={"dataset": []}))
    assert exported(run, "gold.jsonl", "gold").count == 0
    decide(
        run,
        decision(both, verdict="accept", corrections={"dataset": []}),
        decision(both, 1, verdict="reject"),
    )
    [line] = map(
        json.loads, exported(run, "gold.jsonl", "gold").path.read_text(encoding="utf-8").splitlines()
    )
    assert line.keys() == {"id", "title", "abstract", "mentions", "aliases", "claims"}
    assert line["claims"] == [
        {
            "value": {"text": "1.9x", "start": 37, "end": 41, "low": 1.9, "high": 1.9, "unit": "x"},
            "kind": "speedup",
            "role": "result",
            "qualifier": "exact",
            "direction": "increase",
            "metric": None,
            "method": "Quokka",
            "task": None,
            "condition": "8-bit weights",
            "baseline": ["BaseNet"],
            "dataset": [],
        }
    ]


def test_evaluate_takes_a_run_that_people_judged(run):
    """The dataset that was wrong counts against the extraction."""
    decide(run, decision(verdict="accept", corrections={"dataset": []}))
    evaluation = evaluate_files(run, run / "extractions.jsonl")
    assert (evaluation.figures["value"].f1, evaluation.figures["claim"].f1) == (1.0, 0.0)
    assert evaluation.papers == 1 and "mentions " not in str(evaluation).split("F1")[1]


def test_a_run_without_a_run_file_is_read(run):
    (run / "run.json").unlink()
    assert exported(run, "a.xlsx").count == 1


def test_a_workbook_leads_to_the_audit_report(run):
    def links(name):
        sheet = load_workbook(exported(run, name).path)["Claims"]
        at = next(cell.column for cell in sheet[1] if cell.value == "Report")
        return sheet.cell(2, at).value

    assert links("a.xlsx") is None
    (run / "report.html").touch()
    assert links("deep er/a.xlsx") == '=HYPERLINK("../run/report.html#p1","see")'


def broken(run: Path, name: str, content: str) -> Path:
    (run / name).parent.mkdir(exist_ok=True)
    (run / name).write_text(content, encoding="utf-8")
    return run


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "run.json",
            '{"version": "0"}',
            "a run of record version 0, and this program reads 1; extract again",
        ),
        ("run.json", "{", "run.json: not JSON"),
        ("extractions.jsonl", "{}\n", "extractions.jsonl:1: paper: Field required"),
        ("decisions/a.jsonl", "{}\n", "a.jsonl:1: .*mend the line or move the file away"),
    ],
)
def test_a_run_that_can_t_be_read_is_told(run, name, content, message):
    with pytest.raises(RunError, match=message):
        for _ in open_run(broken(run, name, content)):
            pass


def test_the_command_writes_and_tells(command, run):
    done = command("export", run, "--to", "out.csv")
    assert (done.exit_code, done.stdout) == (0, "out.csv: 1 claims\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["export", "nowhere", "--to", "a.csv"], 2, "nowhere: no extractions.jsonl there; give a folder"),
        (["export", "run", "--to", "a.pdf"], 2, "a.pdf: unknown format"),
        (["export", "run"], 2, "--to"),
        (["import", "nowhere.csv"], 1, "nowhere.csv: No such file"),
        (["import", "run/papers.csv", "--run", "run"], 2, "papers.csv: no column Claim in it"),
        (["import", "run/claims.csv"], 2, "output: no extractions.jsonl there"),
        (["evaluate", "run"], 2, "run: no paper has a decision on each of its claims"),
    ],
    ids=str,
)
def test_what_is_wrong_is_one_sentence(command, run, arguments, code, message):
    done = command(*arguments)
    assert done.exit_code == code and message in done.stderr
    assert "Traceback" not in done.output


def test_nothing_to_write_is_exit_code_1(command, run):
    done = command("export", run, "--to", "board.json")
    assert (done.exit_code, done.stdout) == (1, "board.json: 0 leaderboard claims\n")


def test_import_tells_what_was_taken_and_what_was_not(command, run):
    command("export", run, "--to", "a.csv")
    text = Path("a.csv").read_bytes().decode()
    Path("a.csv").write_text(text.replace(",speedup,", ",gain,"), encoding="utf-8", newline="")
    done = command("import", "a.csv", "--run", run, "--by", "Ada")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"1 decisions (1 with corrections) to {run / 'decisions'}")
    Path("a.csv").write_text(text.replace(",speedup,", ",win,"), encoding="utf-8", newline="")
    done = command("import", "a.csv", "--run", run)
    assert done.exit_code == 1
    assert "  not taken: row 2 column H (kind): 'win' is none of score" in done.stdout
