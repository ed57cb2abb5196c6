"""The real program on the samples, rules alone: every cell leads to its text, all formats tell the same."""

from pathlib import Path

import pandas as pd
import pytest

from extractor.export import CLAIMS, FILES, read_csv, read_jsonl, read_parquet
from extractor.run import Options, run

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    directory = tmp_path_factory.mktemp("run")
    report = run([SAMPLES], directory / "first", Options(model=False))
    assert report.tally.claims.total() > 20
    return directory / "first"


def test_all_formats_tell_the_same(output):
    extractions = list(read_jsonl(output / "extractions.jsonl"))
    assert list(read_parquet(output)) == extractions
    rows = [row for each in extractions for row in CLAIMS.rows(each)]
    told = read_csv(output / "claims.csv")
    assert [(r["value"], r["low"], r["dataset"]) for r in told] == [
        (r["value"], r["low"], r["dataset"]) for r in rows
    ]


def test_every_cell_leads_to_its_text(output):
    sources = {each.paper.id: each.paper.source for each in read_jsonl(output / "extractions.jsonl")}
    for row in read_csv(output / "claims.csv"):
        source = sources[row["paper"]]
        for field in ("value", "metric", "method", "task", "condition", "sentence"):
            start, end = row[f"{field}_start"], row[f"{field}_end"]
            assert row[field] == ("" if start is None else source[start:end])
        for field in ("baseline", "dataset"):
            spans = zip(row[f"{field}_start"], row[f"{field}_end"], strict=True)
            assert row[field] == [source[start:end] for start, end in spans]


def test_pandas_sees_numbers_and_lists(output):
    frame = pd.read_parquet(output / "claims.parquet")
    assert frame["low"].dtype == "float64"
    assert len(frame) == len(pd.read_csv(output / "claims.csv"))
    assert (frame["dataset"].map(len) == frame["dataset_start"].map(len)).all()
    assert frame["dataset"].map(len).sum() > 10


def test_a_second_run_writes_the_same_bytes(output):
    again = output.with_name("second")
    run([SAMPLES], again, Options(model=False, workers=1))
    assert [name for name in FILES if (again / name).read_bytes() != (output / name).read_bytes()] == []
