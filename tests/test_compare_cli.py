"""`extractor compare` and `extractor.compare` as their users meet them."""

import pandas as pd
import pytest
from comparing import paper, saved, told
from typer.testing import CliRunner

import extractor
from extractor.cli import app
from extractor.comparison import AskedError, NothingFound
from extractor.saved import SavedError

ADE = {"metric": "mIoU", "dataset": ["ADE20K"]}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    papers = (
        paper("p1", told("50.3%", method="SegFormer", **ADE)),
        paper("p2", told("53.5", method="Numbat", **ADE), told("2x", "speedup", method="Numbat")),
        paper("p3", told("45%", method="UPerNet", role="reference", **ADE)),
    )
    return saved(tmp_path / "run", *papers)


def command(*arguments):
    return CliRunner().invoke(app, ["compare", *map(str, arguments)], catch_exceptions=False)


def test_without_filters_it_shows_what_the_run_has(run):
    done = command(run)
    assert done.exit_code == 0
    assert done.stdout.startswith("ADE20K: mIoU")
    assert "Ask for one of these:" in done.stdout


def test_filters_make_a_list(run):
    done = command(run, "--metric", "mean IoU", "--dataset", "ade20k")
    assert done.stdout.startswith("Scores (2)")
    assert "Numbat" in done.stdout and "SegFormer" in done.stdout and "2x" not in done.stdout


def test_all_roles_are_there_if_asked(run):
    assert "45% (reference)" in command(run, "--role", "all", "--layout", "board").stdout
    assert "UPerNet" not in command(run, "--layout", "board").stdout


def test_output_and_plot_go_into_files(run, tmp_path):
    done = command(run, "--layout", "board", "--output", "board.md", "--plot", "board.svg")
    assert (done.exit_code, done.stdout) == (0, "")
    assert (tmp_path / "board.md").read_text(encoding="utf-8").startswith("## ADE20K: mIoU, %")
    assert (tmp_path / "board.svg").is_file()


def test_a_format_is_printed(run):
    assert command(run / "claims.csv", "--format", "csv", "--kind", "speedup").stdout.count("\n") == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run", "--metric", "mIo"], 1, "no metric 'mIo'; near: mIoU (3)"),
        (["run", "--layout", "board", "--metric", "speedup"], 1, "no metric 'speedup'"),
        (["none"], 2, "none: not there; give the folder of a run"),
        (["run", "--layout", "table"], 2, "no layout 'table'; there are list, pivot, board, overview"),
        (["run", "--kind", "speed"], 2, "no kind 'speed'; there are score"),
        (["run", "--layout", "pivot", "--rows", "colour"], 2, "give two different ones of metric, method"),
        (["run", "--format", "xlsx"], 2, "xlsx is no text"),
        (["run", "--output", "a.doc"], 2, "no format has this suffix"),
        (["run", "--plot", "a.gif"], 2, "a plot is one of .svg, .png, .pdf"),
        (["run", "--rules", "none"], 2, "none is not a directory"),
        (["run", "--min-confidence", "7"], 2, "--min-confidence"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else None,
)
def test_what_is_wrong_is_one_clear_error(run, arguments, code, message):
    done = command(*arguments)
    assert done.exit_code == code
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.output


def test_from_python_a_list_has_a_row_a_claim(run):
    table = extractor.compare(run, metric="mIoU", role="all")
    assert isinstance(table, pd.DataFrame)
    assert table[["method", "value", "common_low", "common_unit", "role"]].values.tolist() == [
        ["Numbat", "53.5", 53.5, "%", "result"],
        ["SegFormer", "50.3%", 50.3, "%", "result"],
        ["UPerNet", "45% (reference)", 45.0, "%", "reference"],
    ]
    for row in table.itertuples():
        assert row.sentence[row.start - row.sentence_start : row.end - row.sentence_start] == row.printed


def test_from_python_a_board_has_ranks(run):
    table = extractor.compare(run, "board", role=["result", "reference"])
    assert table[["board_dataset", "board_metric", "method"]].iloc[0].tolist() == ["ADE20K", "mIoU", "Numbat"]
    assert table["rank"].fillna(0).tolist() == [1, 2, 0]


def test_from_python_a_pivot_keeps_its_sources_in_attrs(run):
    table = extractor.compare(run, "pivot")
    assert table.loc["SegFormer", "ADE20K: mIoU, %↑"] == "50.3%"
    source = next(each for each in table.attrs["sources"] if each["row"] == "SegFormer")
    assert (source["column"], source["paper"], source["id"]) == ("ADE20K: mIoU, %↑", "p1", "p1:14-19")
    assert source["sentence"].startswith("Here 50.3% is reported")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"metric": "nothing like it"}, NothingFound),
        ({"colour": "red"}, AskedError),
        ({"layout": "table"}, AskedError),
    ],
)
def test_from_python_errors_have_types(run, arguments, error):
    with pytest.raises(error):
        extractor.compare(run, **arguments)
    with pytest.raises(SavedError):
        extractor.compare(run / "none")
