"""A run: what is left in the folder, in which order, what is told about it. The pipeline is a stand-in."""

import csv
import json
import os
import time

import pytest
from build import load_fake, paper

from extractor.export import FILES, OutputError, read_jsonl
from extractor.read import ReadError
from extractor.rules import load_rules
from extractor.run import Failure, Options, WorkerError, extract_all, run
from extractor.running.processes import PAPERS_PER_WORKER


@pytest.fixture(autouse=True)
def fake_pipeline(monkeypatch):
    monkeypatch.setattr("extractor.pipeline.load", load_fake)


@pytest.fixture
def source(tmp_path):
    """Writes papers as JSONL, an abstract each, and gives the file."""

    def write(*abstracts):
        lines = [
            json.dumps({"id": f"p{n}", "title": f"T{n}", "abstract": a}) for n, a in enumerate(abstracts)
        ]
        (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
        return tmp_path / "in.jsonl"

    return write


def tables(directory) -> dict[str, bytes]:
    return {name: (directory / name).read_bytes() for name in FILES}


def test_a_run_leaves_every_file(source, tmp_path):
    report = run([source("It is 2x faster.", "And 3x and 4x.")], tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {*FILES, "run.json"}
    assert report.files == FILES
    assert (report.tally.papers, report.tally.claims["speedup"]) == (2, 3)
    with (tmp_path / "out" / "claims.csv").open(encoding="utf-8", newline="") as file:
        assert [row["value"] for row in csv.DictReader(file)] == ["2x", "3x", "4x"]


def test_the_same_input_twice_gives_the_same_bytes(source, tmp_path):
    given = source(*(f"{n}x faster" for n in range(20)))
    run([given], tmp_path / "a")
    run([given], tmp_path / "b")
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_several_processes_give_the_same_bytes(source, tmp_path):
    given = source(*(f"It is {n}.5x faster" for n in range(2 * PAPERS_PER_WORKER + 1)))
    run([given], tmp_path / "one", Options(workers=1))
    run([given], tmp_path / "two", Options(workers=2))
    assert tables(tmp_path / "one") == tables(tmp_path / "two")


def test_processes_are_started_only_where_they_pay():
    few = [paper(id=str(n)) for n in range(2 * PAPERS_PER_WORKER - 1)]
    loaded_elsewhere = pytest.fail
    results = extract_all(few, loaded_elsewhere, load_fake().extract, workers=8)
    assert [result.paper.id for result in results] == [p.id for p in few]


def load_and_die():
    os._exit(1)


def test_a_worker_that_dies_is_told():
    many = [paper(id=str(n)) for n in range(2 * PAPERS_PER_WORKER)]
    with pytest.raises(WorkerError, match="try fewer workers"):
        list(extract_all(many, load_and_die, load_fake().extract, workers=2))


def test_a_paper_that_breaks_the_program_costs_no_other(source, tmp_path):
    report = run([source("2x", "BREAK", "3x")], tmp_path / "out")
    assert [e.paper.id for e in read_jsonl(tmp_path / "out" / "extractions.jsonl")] == ["p0", "p2"]
    [problem] = report.problems
    assert problem.line == 2
    assert "paper 'p1' could not be extracted, please report it: RuntimeError: out of luck" in problem.message


def test_loading_is_not_part_of_a_paper_s_time(source, tmp_path, monkeypatch):
    def load_slowly(*given):
        time.sleep(0.3)
        return load_fake(*given)

    monkeypatch.setattr("extractor.pipeline.load", load_slowly)
    report = run([source("2x", "3x")], tmp_path / "out", Options(seconds_per_paper=0.2))
    assert (report.counts.extracted, report.counts.failed) == (2, 0)


def test_a_failure_says_which_paper():
    [failure] = extract_all([paper(abstract="BREAK")], load_fake, load_fake().extract)
    assert failure == Failure(paper=paper(abstract="BREAK"), message="RuntimeError: out of luck")


def test_uncertain_claims_are_left_out(source, tmp_path):
    report = run([source("2x and 6x and 9x")], tmp_path / "out", Options(min_confidence=0.6))
    [extraction] = read_jsonl(tmp_path / "out" / "extractions.jsonl")
    assert [claim.value.text for claim in extraction.claims] == ["6x", "9x"]
    assert report.tally.claims["speedup"] == 2


def test_the_most_certain_results_come_first(source, tmp_path):
    report = run([source(*(f"{n}x" for n in range(15)))], tmp_path / "out")
    assert [claim.value.text for _, claim in report.tally.top] == [
        *("10x", "11x", "12x", "13x", "14x"),  # equally certain: in the order of the papers
        *("9x", "8x", "7x", "6x", "5x"),
    ]


def test_run_json_says_what_was_run_on_what(source, tmp_path):
    given = source("2x", "2x faster")
    run([given], tmp_path / "out", Options(min_confidence=0.1, columns={"title": "title"}, bom=True))
    told = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert told["versions"].keys() >= {"claim-extractor", "code", "model", "python", "spacy", "pyarrow"}
    assert told["versions"]["rules"] == load_rules().checksum
    assert told["inputs"][0]["name"] == str(given)
    assert len(told["inputs"][0]["sha256"]) == 64
    assert told["options"]["sources"] == [str(given)]
    assert (told["options"]["min_confidence"], told["options"]["bom"], told["options"]["model"]) == (
        0.1,
        True,
        True,
    )
    assert told["counts"]["papers"] == told["counts"]["read"] == told["counts"]["extracted"] == 2
    assert told["counts"]["claims"] == {"speedup": 2}
    assert told["outputs"] == list(FILES)
    assert set(told["seconds"]) == {"start", "read", "extract", "assemble", "all"}


def test_repeats_are_read_once(source, tmp_path):
    given = source("2x")
    given.write_text("\n".join([given.read_text(encoding="utf-8")] * 2), encoding="utf-8")
    report = run([given], tmp_path / "out")
    assert (report.counts.read, report.counts.repeated, report.counts.extracted) == (2, 1, 1)


def test_where_nothing_is_read_nothing_is_written(tmp_path):
    (tmp_path / "empty.jsonl").write_text("", encoding="utf-8")
    report = run([tmp_path / "empty.jsonl"], tmp_path / "out")
    assert report.tally.papers == 0
    assert not (tmp_path / "out").exists()


def test_papers_without_claims_leave_empty_tables(source, tmp_path):
    report = run([source("Nothing to see.")], tmp_path / "out")
    assert report.tally.claims.total() == 0
    assert (tmp_path / "out" / "claims.csv").read_bytes().count(b"\r\n") == 1


def test_a_file_as_output_is_refused_before_anything_is_read(tmp_path):
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="a file stands in the way"):
        run(["no such source"], tmp_path / "out")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_a_source_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ReadError, match="nowhere"):
        run([tmp_path / "nowhere"], tmp_path / "out")
