"""What stands in the CSV files: readable by spreadsheets and pandas, harmless, all of it there when read
back."""

import csv
import re

import pandas as pd
import pytest
from build import claim, extraction, paper, quantity, slot
from hypothesis import given
from hypothesis import strategies as st
from strategies import extractions

from extractor.export import CLAIMS, MENTIONS, PAPERS, TABLES, read_csv, write_csv
from extractor.export.csv import from_cell, to_cell
from extractor.export.tables import Cell


def cells(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_read(row: dict, table) -> dict:
    """A row as CSV can give it back: it has one way to hold nothing."""
    nothing = {Cell.TEXT: "", Cell.WORD: "", Cell.TEXTS: []}
    return {
        name: row[name] if _holds(row[name]) else nothing.get(cell, row[name])
        for name, cell in table.columns.items()
    }


def _holds(value) -> bool:
    return any(value) if isinstance(value, list) else value is not None


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+7.4",
        "-3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1+1",
        "＝1",
        '=HYPERLINK("http://x")',
        "'quoted'",
        "''",
        "5-10",  # the fifth of October
        "1/8",
        "2:4",
        "10 May",
        "SEPT2",
        "0.90",
        "2301.10970",
        "007",
        "4e10",
    ],
)
def test_what_a_spreadsheet_would_change_is_marked_and_read_back(text):
    cell = to_cell(text, Cell.TEXT)
    assert cell == "'" + text
    assert from_cell(cell, Cell.TEXT) == text


@pytest.mark.parametrize(
    "text", ["", "1.9x", "71.2", "1,024", "GPT-4", "25-50%", "a = b", "it's", "Mart 5x", "🦘", "2022-12-08"]
)
def test_other_text_stands_as_it_is(text):
    assert to_cell(text, Cell.TEXT) == text


@pytest.mark.parametrize(
    ("items", "cell"),
    [
        ([], ""),
        (["SpeechSet"], "SpeechSet"),
        (["SpeechSet", "QuizSet"], "SpeechSet; QuizSet"),
        (["a; b", "c;"], r"a\; b; c\;"),
        (["a\\", "b"], r"a\\; b"),
        (["+1", "2"], "'+1; 2"),
        (["", "b"], "; b"),
    ],
    ids=str,
)
def test_a_list_is_one_cell(items, cell):
    assert to_cell(items, Cell.TEXTS) == cell
    assert from_cell(cell, Cell.TEXTS) == items


def test_aliases_are_one_cell():
    groups = [["SEW", "Squeezed = and Efficient"], ["a;", "b"]]
    cell = to_cell(groups, Cell.GROUPS)
    assert cell == r"SEW = Squeezed \= and Efficient; a\; = b"
    assert from_cell(cell, Cell.GROUPS) == groups


@pytest.mark.parametrize(
    ("number", "cell"), [(1.9, "1.9"), (1.4e12, "1400000000000"), (-3.0, "-3"), (1e300, "1e+300"), (None, "")]
)
def test_a_number_is_a_number(number, cell):
    assert to_cell(number, Cell.NUMBER) == cell
    assert from_cell(cell, Cell.NUMBER) == number


def test_a_claim_is_a_row_whose_cells_lead_to_the_text(tmp_path):
    assert write_csv([extraction()], tmp_path / "claims.csv") == 1
    [row] = cells(tmp_path / "claims.csv")
    source = extraction().paper.source
    for field in ("value", "method", "condition", "sentence"):
        assert source[int(row[f"{field}_start"]) : int(row[f"{field}_end"])] == row[field]
    starts, ends = row["dataset_start"].split("; "), row["dataset_end"].split("; ")
    assert row["dataset"] == "SpeechSet; QuizSet"
    assert [source[int(s) : int(e)] for s, e in zip(starts, ends, strict=True)] == ["SpeechSet", "QuizSet"]
    assert (row["file"], row["line"], row["version"]) == ("list.txt", "3", "1")
    assert row["metric"] == row["metric_start"] == row["task"] == ""


def test_columns_come_in_the_order_a_reader_wants():
    first = [
        "paper",
        "title",
        "value",
        "low",
        "high",
        "unit",
        "kind",
        "role",
        "qualifier",
        "direction",
        "metric",
    ]
    assert list(CLAIMS.columns)[: len(first)] == first


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_have_just_the_columns(table):
    for row in table.rows(extraction()):
        assert row.keys() == table.columns.keys()


def test_nothing_extracted_is_a_header_alone(tmp_path):
    assert write_csv([extraction(mentions=(), claims=())], tmp_path / "claims.csv") == 0
    assert (tmp_path / "claims.csv").read_bytes() == (",".join(CLAIMS.columns) + "\r\n").encode()


def test_hostile_text_is_quoted_and_survives(tmp_path):
    text = 'He said "no", then;\r\nleft 🦘, twice\n=cmd()'
    e = extraction(paper=paper(title="=HYPERLINK(1)", abstract=text), mentions=(), claims=())
    write_csv([e], tmp_path / "papers.csv", PAPERS)
    assert cells(tmp_path / "papers.csv")[0]["title"] == "'=HYPERLINK(1)"
    [row] = read_csv(tmp_path / "papers.csv", PAPERS)
    assert (row["title"], row["abstract"]) == ("=HYPERLINK(1)", text)


def test_a_written_sign_survives(tmp_path):
    gain = claim(
        quantity("+7.4", low=7.4, high=7.4, unit=""), kind="gain", method=slot("Quokka", name="'Quokka'")
    )
    write_csv([extraction(claims=(gain,))], tmp_path / "claims.csv")
    assert cells(tmp_path / "claims.csv")[0]["value"] == "'+7.4"
    [row] = read_csv(tmp_path / "claims.csv")
    assert (row["value"], row["low"], row["method_name"]) == ("+7.4", 7.4, "'Quokka'")


def test_pandas_reads_numbers_as_numbers(tmp_path):
    write_csv([extraction()], tmp_path / "claims.csv")
    frame = pd.read_csv(tmp_path / "claims.csv")
    assert frame.loc[0, ["low", "high", "confidence"]].tolist() == [1.9, 1.9, 0.875]
    assert frame["value_start"].dtype == "int64"
    assert frame.loc[0, "paper"] == "quokka"


def test_a_byte_order_mark_only_where_asked_for(tmp_path):
    write_csv([extraction()], tmp_path / "with.csv", bom=True)
    write_csv([extraction()], tmp_path / "without.csv")
    assert (tmp_path / "with.csv").read_bytes() == b"\xef\xbb\xbf" + (tmp_path / "without.csv").read_bytes()
    assert read_csv(tmp_path / "with.csv") == read_csv(tmp_path / "without.csv")


def test_another_table_is_refused(tmp_path):
    write_csv([extraction()], tmp_path / "mentions.csv", MENTIONS)
    with pytest.raises(ValueError, match=r"mentions\.csv: not the columns of the claims table"):
        read_csv(tmp_path / "mentions.csv")


@given(st.lists(extractions(), max_size=3), st.sampled_from(TABLES))
def test_every_row_is_read_back(tmp_path_factory, written, table):
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    rows = [row for e in written for row in table.rows(e)]
    assert write_csv(written, path, table) == len(rows)
    assert read_csv(path, table) == [as_read(row, table) for row in rows]


@given(extractions(), st.sampled_from(TABLES))
def test_no_text_cell_is_ever_a_formula(tmp_path_factory, written, table):
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    write_csv([written], path, table)
    texts = [name for name, cell in table.columns.items() if cell not in (Cell.NUMBER, Cell.INTEGER)]
    written_texts = [row[name] for row in cells(path) for name in texts]
    assert not [text for text in written_texts if re.match(r"\s*[=+\-@]|[\t\r]", text)]
