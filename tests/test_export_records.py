"""Parquet and JSON Lines give back the very records that were written."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from build import extraction, paper
from hypothesis import given
from hypothesis import strategies as st
from strategies import extractions

from extractor.export import (
    CLAIMS,
    FILES,
    TABLES,
    folder_writer,
    read_jsonl,
    read_parquet,
    schema,
    write_jsonl,
    write_parquet,
)
from extractor.records import Extraction, Kind


def write_folder(directory, written):
    with folder_writer(directory) as write:
        for each in written:
            write(each)


@given(st.lists(extractions(), max_size=3))
def test_parquet_and_jsonl_give_the_same_records_back(tmp_path_factory, written):
    directory = tmp_path_factory.mktemp("records")
    write_folder(directory, written)
    assert list(read_parquet(directory)) == written
    assert list(read_jsonl(directory / "extractions.jsonl")) == written


def test_papers_of_one_id_stay_apart(tmp_path):
    written = [extraction(), extraction(mentions=()), extraction(claims=())]
    write_folder(tmp_path, written)
    assert list(read_parquet(tmp_path)) == written


def test_more_rows_than_a_group_holds_stay_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr("extractor.export.parquet.ROWS_PER_GROUP", 3)
    written = [extraction(paper=paper(id=f"p{n}")) for n in range(10)]
    write_folder(tmp_path, written)
    assert pq.ParquetFile(tmp_path / "mentions.parquet").num_row_groups > 1
    assert list(read_parquet(tmp_path)) == written


def test_parquet_has_real_types_and_a_version(tmp_path):
    assert write_parquet([extraction()], tmp_path / "claims.parquet") == 1
    table = pq.read_table(tmp_path / "claims.parquet")
    assert table.column_names == list(CLAIMS.columns)
    assert pa.types.is_dictionary(table.schema.field("kind").type)
    assert table.schema.field("low").type == pa.float64()
    assert table.schema.field("dataset_start").type == pa.list_(pa.int64())
    assert table["metric_start"].to_pylist() == [None]
    assert table.schema.metadata[b"extractor.record_version"] == b"1"


@pytest.mark.parametrize("name", [table.name for table in TABLES])
def test_a_missing_table_is_named(tmp_path, name):
    write_folder(tmp_path, [extraction()])
    (tmp_path / f"{name}.parquet").unlink()
    with pytest.raises(FileNotFoundError, match=rf"no {name}\.parquet"):
        list(read_parquet(tmp_path))


@pytest.mark.parametrize(
    ("others", "message"),
    [([], "doesn't have the 1 rows of paper 'quokka'"), ([extraction()] * 2, "goes on after the last paper")],
)
def test_tables_of_different_runs_are_refused(tmp_path, others, message):
    write_folder(tmp_path, [extraction()])
    write_parquet(others, tmp_path / "claims.parquet")
    with pytest.raises(ValueError, match=message):
        list(read_parquet(tmp_path))


def test_a_line_has_the_fields_of_the_format(tmp_path):
    write_jsonl([extraction()], tmp_path / "one.jsonl")
    line = json.loads((tmp_path / "one.jsonl").read_text(encoding="utf-8"))
    assert list(line) == ["version", "paper", "language", "mentions", "aliases", "claims"]
    claim = line["claims"][0]
    assert claim["value"] == {"start": 37, "end": 41, "text": "1.9x", "low": 1.9, "high": 1.9, "unit": "x"}
    assert claim["metric"] is None
    assert [slot["text"] for slot in claim["dataset"]] == ["SpeechSet", "QuizSet"]
    assert line["mentions"][1]["name"] == "Speech Set"


@pytest.mark.parametrize(
    ("line", "message"),
    [("{", "Invalid JSON"), ('{"paper": {"id": ""}}', r"paper\.id: String should have at least 1 character")],
)
def test_a_line_that_breaks_the_schema_is_named(tmp_path, line, message):
    path = tmp_path / "broken.jsonl"
    path.write_text(extraction().model_dump_json() + "\n\n" + line, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"broken\.jsonl:3: .*{message}"):
        list(read_jsonl(path))


def test_the_schema_names_every_field_and_choice():
    published = schema()
    assert set(published["properties"]) == set(Extraction.model_fields)
    assert published["$defs"]["Kind"]["enum"] == [kind.value for kind in Kind]
    assert "record version 1" in published["$comment"]


def test_all_files_of_a_folder_and_no_others(tmp_path):
    write_folder(tmp_path / "new" / "folder", [extraction()])
    assert {path.name for path in (tmp_path / "new" / "folder").iterdir()} == set(FILES)


def test_the_same_records_are_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        write_folder(tmp_path / folder, [extraction(), extraction()])
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
