"""A later run into the same folder takes over what was found in the same texts; its result is that of a fresh
run."""

import json

import pandas as pd
import pytest
from running import speedups, tables, write_papers

from extractor.run import Options, run
from extractor.running.options import DEFAULTS


@pytest.fixture
def source(tmp_path, counting):
    """Five papers that were extracted in `out`."""
    path = write_papers(tmp_path / "in.jsonl", *speedups(5))
    run([path], tmp_path / "out")
    counting.given.clear()
    return path


def fresh(source, tmp_path, options=DEFAULTS) -> dict[str, bytes]:
    run([source], tmp_path / "fresh", options)
    return tables(tmp_path / "fresh")


def test_only_what_is_new_or_changed_is_extracted(source, tmp_path, counting):
    write_papers(source, *speedups(7, p2="It is 8x faster now."))
    report = run([source], tmp_path / "out")
    assert counting.given == ["p2", "p5", "p6"]
    assert (report.counts.reused, report.counts.extracted) == (4, 7)
    assert json.loads((tmp_path / "out" / "run.json").read_bytes())["counts"]["reused"] == 4
    assert tables(tmp_path / "out") == fresh(source, tmp_path)


def test_facts_and_places_are_those_of_the_new_input(source, tmp_path, counting):
    moved = source.with_name("moved.jsonl")
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    rows = [row | {"venue": "V", "id": f"new{row['id']}"} for row in reversed(rows)]
    moved.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    run([moved], tmp_path / "out")
    assert counting.given == []
    assert tables(tmp_path / "out") == fresh(moved, tmp_path)


def test_fresh_takes_nothing_over(source, tmp_path, counting):
    run([source], tmp_path / "out", Options(fresh=True))
    assert len(counting.given) == 5


def test_surer_claims_are_taken_from_what_was_found(source, tmp_path, counting):
    run([source], tmp_path / "out", Options(min_confidence=0.3))
    assert counting.given == []
    assert tables(tmp_path / "out") == fresh(source, tmp_path, Options(min_confidence=0.3))
    counting.given.clear()
    run([source], tmp_path / "out")
    assert len(counting.given) == 5  # the less sure ones had gone


@pytest.mark.parametrize("name", ["rules", "model", "code", "onnxruntime"])
def test_nothing_holds_that_another_version_found(source, tmp_path, counting, monkeypatch, name):
    from extractor.running import manifest

    now = manifest.versions("rules", "") | {name: "other"}
    monkeypatch.setattr("extractor.run.versions", lambda rules, model: now)
    run([source], tmp_path / "out")
    assert len(counting.given) == 5


@pytest.mark.parametrize(
    "damage",
    [
        lambda out: (out / "run.json").unlink(),
        lambda out: (out / "run.json").write_text("[]", encoding="utf-8"),
        lambda out: (out / "extractions.jsonl").write_bytes(b"{}\n"),
        lambda out: (out / "extractions.jsonl").write_bytes((out / "extractions.jsonl").read_bytes()[:-1]),
    ],
)
def test_a_damaged_run_is_not_believed(source, tmp_path, counting, damage):
    damage(tmp_path / "out")
    run([source], tmp_path / "out")
    assert len(counting.given) == 5


def test_parts_hold_what_the_joined_tables_hold(source, tmp_path, counting):
    options = Options(parts=True, papers_per_part=2)
    run([source], tmp_path / "parts", options)
    names = sorted(
        path.relative_to(tmp_path / "parts").as_posix() for path in (tmp_path / "parts").rglob("*.*")
    )
    assert names[:4] == [*(f"claims/part-0000{n}.parquet" for n in range(3)), "extractions/part-00000.jsonl"]
    for table in ("claims", "mentions", "papers"):
        parts, joined = (pd.read_parquet(tmp_path / at) for at in (f"parts/{table}", f"out/{table}.parquet"))
        pd.testing.assert_frame_equal(parts, joined, check_categorical=False)


def test_parts_are_taken_over_and_replaced(source, tmp_path, counting):
    run([source], tmp_path / "out", Options(parts=True, papers_per_part=2))
    assert not (tmp_path / "out" / "claims.csv").exists()
    write_papers(source, *speedups(3))
    run([source], tmp_path / "out", Options(parts=True, papers_per_part=2))
    assert len(list((tmp_path / "out" / "claims").iterdir())) == 2
    run([source], tmp_path / "out")
    assert counting.given == []
    assert not (tmp_path / "out" / "claims").exists()
    assert tables(tmp_path / "out") == fresh(source, tmp_path)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_the_size_of_parts_leaves_the_bytes_alone(source, tmp_path, counting, size):
    run([source], tmp_path / "cut", Options(papers_per_part=size))
    assert tables(tmp_path / "cut") == tables(tmp_path / "out")
