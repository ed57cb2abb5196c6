"""`check`: a row of somebody's table, the verdict on it. The paper is made up; what a user cares about is
said row by row: what counts as the same number, whose number it is, and that nothing wrong is called
supported."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from typer.testing import CliRunner

from extractor import pipeline
from extractor.audit.check import fails
from extractor.audit.judging import judge_row
from extractor.audit.library import Library
from extractor.audit.rules import load_audit_rules
from extractor.audit.table_rows import FIELDS, TableError, TableRow, read_table
from extractor.cli import app
from extractor.records import Paper

TITLE = "Quokka: Fast Speech Models"
ABSTRACT = (
    "We propose Quokka, a small speech model. On LibriSpeech, Quokka reaches 92.3\\% accuracy and runs "
    "4.86times faster than wav2vec 2.0. It lowers the word error rate from 7.4 to 5.2 on TED-LIUM. "
    "Our model takes 120 ms per utterance on one core, and has 1,234,567 parameters. Quokka and Wombat get "
    "81.4 and 79.6 BLEU on WMT14 and IWSLT, respectively."
)
PAPER = Paper(id="quokka2020", title=TITLE, abstract=ABSTRACT, url="https://arxiv.org/abs/2003.01234v2")
OTHER = Paper(
    id="numbat", title="Numbat: Slow Speech Models", abstract="Numbat reaches 61.5% accuracy on GLUE."
)
RULES = load_audit_rules()


@pytest.fixture(scope="module")
def library():
    return Library([PAPER, OTHER], pipeline.load(model=False).study, RULES)


def judged(library, **cells):
    return judge_row(TableRow(1, {"paper": TITLE, **cells}), library)


SAME = [
    {"value": "92.3%"},
    {"value": "92.3", "unit": "%"},
    {"value": "92.3", "unit": "percent"},
    {"value": "92.3"},
    {"value": "0.923"},
    {"value": "92%"},
    {"value": "92.3", "metric": "accuracy (%)"},
]


@pytest.mark.parametrize("cells", SAME, ids=str)
def test_one_number_in_several_spellings_is_supported(library, cells):
    row = {"method": "Quokka", "metric": "accuracy", "dataset": "LibriSpeech"} | cells
    verdict = judged(library, **row)
    assert verdict.verdict == "supported", verdict.reason
    assert set(verdict.cells.values()) == {"ok"}
    sentence, value, *_ = verdict.evidence
    assert sentence.text.startswith("On LibriSpeech, Quokka reaches")
    assert (value.text, value.text) == ("92.3\\%", PAPER.source[value.start : value.end])


@pytest.mark.parametrize(
    ("cells", "how"),
    [
        ({"value": "0.923"}, "a share of 1, written as 92.3\\%"),
        ({"value": "92%"}, "rounded to 92%"),
        ({"value": "4.9 times"}, "rounded to 4.9 times"),
        ({"value": "0.12", "unit": "s"}, "in another unit, written as 120 ms"),
        ({"value": "1.23M"}, "rounded to 1.23M"),
    ],
    ids=str,
)
def test_what_differs_in_writing_is_said(library, cells, how):
    verdict = judged(library, **cells)
    assert (verdict.verdict, how in verdict.reason) == ("supported", True)


@pytest.mark.parametrize(
    "value",
    [
        "92.4%",
        "93.2%",
        "92.30001",
        "9.23%",
        "0.92.4",
        "5x",
        "4.8x",
        "4.87x",
        "1.24M",
        "119 ms",
    ],
)
def test_another_number_is_never_supported(library, value):
    assert judged(library, value=value, method="Quokka").verdict in ("contradicted", "not_found")


def test_the_number_that_stands_there_is_shown(library):
    verdict = judged(library, value="94.3%", method="Quokka", metric="accuracy", dataset="LibriSpeech")
    assert verdict.verdict == "contradicted"
    assert verdict.cells == {"paper": "ok", "value": "wrong", "method": "ok", "metric": "ok", "dataset": "ok"}
    assert "the source has '92.3\\%' there, not '94.3%'" in verdict.reason


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"value": "92.3%", "metric": "accuracy", "dataset": "ImageNet"}, {"dataset": "missing"}),
        ({"value": "92.3%", "metric": "accuracy", "dataset": "TED-LIUM"}, {"dataset": "wrong"}),
        ({"value": "92.3%", "metric": "perplexity"}, {"metric": "missing"}),
        ({"value": "92.3%", "metric": "word error rate"}, {"metric": "wrong"}),
        ({"value": "92.3", "unit": "ms"}, {"unit": "wrong"}),
        ({"value": "120", "unit": "s"}, {"unit": "wrong"}),
        ({"value": "4.86x", "direction": "decrease"}, {"direction": "wrong"}),
        ({"value": "92.3%", "quote": "Quokka reaches a stunning 92.3% accuracy"}, {"quote": "missing"}),
        ({"value": "92.3%", "quote": "It lowers the word error rate from 7.4 to 5.2"}, {"quote": "wrong"}),
    ],
    ids=str,
)
def test_a_wrong_cell_is_named(library, cells, wrong):
    verdict = judged(library, **cells)
    assert verdict.verdict != "supported"
    assert {field: state for field, state in verdict.cells.items() if state != "ok"} == wrong


EMU = Paper(
    id="emu",
    title="Emu: Small Models",
    abstract="Emu is 8.4x smaller and 6.1x faster than BERT. It reaches 84.3% accuracy on SQuAD. Its larger "
    "sibling is 7.7x smaller by up to 2x and 3x. It improves recall by 4.5% and is slower by 9 ms.",
)


@pytest.fixture(scope="module")
def emu():
    made = Library([EMU], pipeline.load(model=False).study, RULES)
    return lambda **cells: judge_row(TableRow(1, {"paper": EMU.title, **cells}), made)


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ({"value": "8.4x smaller"}, "supported"),
        ({"value": "8.4x larger"}, "contradicted"),
        ({"value": "8.4x faster"}, "partly"),  # that is what 6.1x is
        ({"value": "6.1x slower"}, "contradicted"),
        ({"value": "7.7x larger"}, "contradicted"),  # the sibling is
        ({"value": "9 ms slower"}, "supported"),
        ({"value": "9 ms faster"}, "contradicted"),
        ({"value": "+84.3%"}, "partly"),  # a level, no gain
        ({"value": "+4.5%"}, "supported"),
        ({"value": "4.5% drop"}, "partly"),
        ({"value": "> 84.3"}, "partly"),
        ({"value": "at most 84.3%"}, "partly"),
        ({"value": "no more than 84.3%"}, "partly"),
        ({"value": "over 84.3%"}, "partly"),
        ({"value": "84.3%+"}, "partly"),
        ({"value": "84.3% or more"}, "partly"),
        ({"value": "about 84.3%"}, "supported"),
        ({"value": "up to 3x"}, "supported"),  # from its list
        ({"value": "8.4x", "direction": "smaller"}, "supported"),
        ({"value": "8.4x", "direction": "larger"}, "contradicted"),
        ({"value": "8.4x", "direction": "Bigger"}, "contradicted"),
        ({"value": "6.1x", "direction": "faster"}, "supported"),
    ],
    ids=str,
)
def test_words_signs_and_qualifiers_beside_a_number_are_compared(emu, cells, verdict):
    assert emu(**cells).verdict == verdict


def test_a_direction_that_is_none_is_said(emu):
    verdict = emu(value="8.4x", direction="sideways")
    assert (verdict.verdict, verdict.cells["direction"]) == ("partly", "missing")
    assert "'sideways' is no direction" in verdict.reason


def test_a_row_that_names_nothing_is_partly_true_at_most(library):
    verdict = judged(library, value="1", paper="")
    assert verdict.verdict == "partly"
    assert "the row names nothing to tie the number to" in verdict.reason


@pytest.mark.parametrize(
    ("names", "verdict"), [({}, "not_found"), ({"method": "Quokka"}, "partly")], ids=["alone", "named"]
)
def test_a_made_up_quote_fails_the_check(library, names, verdict):
    row = judged(library, value="92.3%", quote="Quokka reaches a stunning 92.3% accuracy", **names)
    assert (row.verdict, fails(row)) == (verdict, True)


@pytest.mark.parametrize("quote", ["92.3%", "On LibriSpeech, Quokka reaches ... accuracy"])
def test_a_quote_that_is_too_short_proves_nothing(library, quote):
    verdict = judged(library, value="92.3%", method="Quokka", quote=quote)
    assert (verdict.verdict, fails(verdict)) == ("partly", False)
    assert "the quote is too short to prove anything" in verdict.reason


def test_respectively_pairs_numbers_with_names(library):
    assert judged(library, value="81.4", dataset="WMT14").verdict == "supported"
    verdict = judged(library, value="81.4", dataset="IWSLT")
    assert verdict.verdict == "contradicted"
    assert "the source has '79.6' there" in verdict.reason


@pytest.mark.parametrize(
    "quote",
    [
        "On LibriSpeech, Quokka reaches 92.3% accuracy",
        "on librispeech quokka reaches 92.3 % accuracy",
        "On LibriSpeech, Quokka ... 92.3\\% accuracy and runs",
    ],
)
def test_a_true_quote_may_be_written_otherwise(library, quote):
    assert judged(library, value="92.3%", quote=quote).cells["quote"] == "ok"


def test_a_rival_is_no_owner(library):
    verdict = judged(library, value="4.86x", method="wav2vec 2.0")
    assert verdict.verdict in ("contradicted", "partly")
    assert verdict.cells["method"] == "wrong"


@pytest.mark.parametrize(
    "named",
    [
        {"paper": "quokka fast speech models"},
        {"paper": "Quokka: Fast Speech"},
        {"paper": "Quokka: Fsat Speech Models"},
        {"paper": "quokka2020"},
        {"paper": "", "id": "2003.01234"},
        {"paper": "", "id": "https://arxiv.org/abs/2003.01234"},
        {"paper": ""},
    ],
    ids=str,
)
def test_a_paper_is_found_as_people_name_it(library, named):
    assert judged(library, value="92.3%", method="Quokka", **named).verdict == "supported"


def test_a_paper_that_was_not_given_is_said(library):
    verdict = judged(library, value="92.3%", paper="Wombat: A Tale")
    assert (verdict.verdict, verdict.cells) == ("not_found", {"paper": "missing"})
    assert verdict.reason == "no paper 'Wombat: A Tale' among the 2 given"


@pytest.mark.parametrize(
    ("value", "reason"), [("", "the row has no value"), ("few", "'few' holds no number")]
)
def test_a_row_without_a_number_is_not_found(library, value, reason):
    verdict = judged(library, value=value)
    assert (verdict.verdict, verdict.reason) == ("not_found", reason)


CELLS = st.sampled_from(
    ["", "92.3%", "Quokka", "5.2", "x", "; ", "…", "$\\times$", "±", "1e400", "٣"]
) | st.text(max_size=8)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(FIELDS), CELLS))
def test_any_row_gets_a_verdict_whose_evidence_stands_in_the_text(library, cells):
    verdict = judge_row(TableRow(1, cells), library)
    papers = {PAPER.id: PAPER, OTHER.id: OTHER}
    assert all(papers[p.paper].source[p.start : p.end] == p.text for p in verdict.evidence)
    assert verdict.verdict != "supported" or set(verdict.cells.values()) == {"ok"}


ROWS = [
    ["Paper title", "Model", "Result", "Units"],
    [TITLE, "Quokka", "92.3", "%"],
    [TITLE, "Quokka", "94.1", "%"],
]


def written(path: Path) -> Path:
    if path.suffix == ".xlsx":
        book = Workbook()
        book.create_sheet("first", 0)
        for row in ROWS:
            book.worksheets[1].append([float(cell) if cell[0].isdigit() else cell for cell in row])
        book.save(path)
    elif path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(dict(zip(ROWS[0], row, strict=True))) for row in ROWS[1:]))
    else:
        with path.open("w", newline="") as file:
            csv.writer(file, delimiter=";" if path.suffix == ".csv" else "\t").writerows(ROWS)
    return path


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.xlsx", "t.jsonl"])
def test_tables_are_read_in_every_format(tmp_path, name):
    table = read_table(written(tmp_path / name), RULES)
    assert table.columns == {"paper": "Paper title", "method": "Model", "value": "Result", "unit": "Units"}
    assert [(row.number, row["value"], row["unit"]) for row in table.rows] == [
        (1, "92.3", "%"),
        (2, "94.1", "%"),
    ]


def test_a_percent_format_of_a_sheet_is_read_as_it_shows(tmp_path):
    book = Workbook()
    book.active.append(["value"])
    book.active.append([0.923])
    book.active["A2"].number_format = "0.0%"
    book.save(tmp_path / "t.xlsx")
    assert read_table(tmp_path / "t.xlsx", RULES).rows[0]["value"] == "92.3%"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "an empty file"),
        (
            "t.csv",
            b"paper,figure of merit\na,b\n",
            "no column of values; columns are 'paper', 'figure of merit'",
        ),
        ("t.csv", b"value,paper,Value\n1,a,2\n", "two columns are called 'value'"),
        ("t.csv", b"value\n", "no rows below the header"),
        ("t.csv", b"value\n\xff\n", "is not UTF-8"),
        ("t.jsonl", b"{", "not JSON"),
        ("t.jsonl", b"[1]", "no objects to check"),
        ("t.xlsx", b"PK", "can't be read as a workbook"),
        ("t.parquet", b"PAR1", "not a Parquet file"),
    ],
)
def test_a_table_that_can_not_be_read_is_said(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError) as told:
        read_table(tmp_path / name, RULES)
    assert message in str(told.value)
    assert name in str(told.value)


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pages.jsonl").write_text(PAPER.model_dump_json(include={"id", "title", "abstract"}))
    written(tmp_path / "t.csv")

    def run(*arguments):
        given = ["check", *arguments, "--against", "pages.jsonl", "--no-model"]
        return CliRunner().invoke(app, given, catch_exceptions=False)

    return run


def test_the_command_tells_every_row_and_fails_on_a_wrong_one(command):
    done = command("t.csv")
    assert done.exit_code == 1
    assert "2 rows: 1 supported, 1 contradicted" in done.stdout


def test_json_has_the_columns_of_the_table(command):
    first, _ = json.loads(command("t.csv", "--format", "json").stdout)
    assert set(first) == {"row", "verdict", "cells", "evidence", "reason"}
    assert first["cells"] == {"Paper title": "ok", "Model": "ok", "Result": "ok", "Units": "ok"}
    assert set(first["evidence"][0]) == {"paper", "start", "end", "text"}


def test_csv_has_a_line_a_row(command):
    rows = list(csv.DictReader(command("t.csv", "--format", "csv").stdout.splitlines()))
    assert [row["verdict"] for row in rows] == ["supported", "contradicted"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.csv"], "nowhere.csv: no such file"),
        (["t.csv", "--map", "value=Wert"], "no column 'Wert', to which value was mapped"),
        (["t.csv", "--map", "colour=Model"], "no field 'colour' to map a column to"),
        (["t.csv", "--format", "xml"], "'xml' is none of text, json, csv"),
    ],
)
def test_wrong_usage_is_one_clear_error_and_2(command, arguments, message):
    done = command(*arguments)
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())
