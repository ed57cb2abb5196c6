"""Worker processes that die, hang or can't start: what they cost, and what is told."""

import json
import os
import signal

import pytest
from build import load_fake
from running import failed, in_this_process, load_misbehaving, speedups, tables, write_papers

from extractor.reader import ModelError
from extractor.run import Options, resume, run

TWO = Options(workers=2, papers_per_part=3, seconds_per_paper=1)


@pytest.fixture(autouse=True)
def pipeline(monkeypatch):
    monkeypatch.setattr("extractor.pipeline.load", load_misbehaving)
    monkeypatch.setattr("extractor.running.processes.PAPERS_PER_WORKER", 3)
    monkeypatch.setattr("extractor.running.workers.GRACE", 0.5)


def expected(tmp_path, monkeypatch, without: str) -> dict[str, bytes]:
    """What a run leaves where the papers that are to fail raise an error instead."""
    with monkeypatch.context() as patch:
        patch.setattr("extractor.pipeline.load", load_fake)
        harmless = write_papers(tmp_path / "in.jsonl", *without.split("|"))
        run([harmless], tmp_path / "expected", Options(workers=1))
    return tables(tmp_path / "expected")


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="the system has no signal masks")
def test_a_paper_that_brings_its_process_down_costs_no_other(tmp_path, monkeypatch):
    """One kills its process, one sleeps for ever, one can't even be interrupted."""
    abstracts = speedups(8, p1="DIE", p4="SLEEP", p6="HANG")
    wanted = expected(tmp_path, monkeypatch, "|".join(speedups(8, p1="BREAK", p4="BREAK", p6="BREAK")))
    report = run([write_papers(tmp_path / "in.jsonl", *abstracts)], tmp_path / "out", TWO)
    assert failed(tmp_path / "out") == {
        "p1": "a worker process died (exit code 7)",
        "p4": "it took longer than 1 s",
        "p6": "it took longer than 1 s",
    }
    assert tables(tmp_path / "out") == wanted
    assert (report.counts.read, report.counts.failed, report.counts.extracted) == (8, 3, 5)
    assert [(problem.line, problem.skipped) for problem in report.problems] == [
        (2, True),
        (5, True),
        (7, True),
    ]


def test_a_killed_worker_costs_nothing(tmp_path, monkeypatch):
    """Tried again alone, the paper at which it was killed is like any other."""
    abstracts = speedups(6, p4=f"2x ONCE {tmp_path / 'killed'}")
    wanted = expected(tmp_path, monkeypatch, "|".join(abstracts))
    run([write_papers(tmp_path / "in.jsonl", *abstracts)], tmp_path / "out", TWO)
    assert (tmp_path / "killed").exists()
    assert tables(tmp_path / "out") == wanted
    assert not (tmp_path / "out" / "failed.jsonl").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_what_brings_a_small_run_down_is_set_aside_when_it_is_resumed(tmp_path):
    """A small run has no workers: its first try ends with the paper."""
    source = write_papers(tmp_path / "in.jsonl", "2x", "DIE", "3x")
    if (child := os.fork()) == 0:
        run([source], tmp_path / "out")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    report = resume(tmp_path / "out")
    assert failed(tmp_path / "out") == {"p1": "a worker process died (exit code 7)"}
    assert (report.counts.extracted, report.counts.failed) == (2, 1)


def load_nothing(rules=None, model=True, any_language=False):
    raise ModelError("model.onnx is damaged; install again")


def test_a_model_that_workers_can_not_load_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("extractor.pipeline.load", load_nothing)
    with pytest.raises(ModelError, match=r"model\.onnx is damaged"):
        run([write_papers(tmp_path / "in.jsonl", *speedups(6))], tmp_path / "out", TWO)


def test_failures_are_kept_with_their_places(tmp_path, monkeypatch):
    monkeypatch.setattr("extractor.running.extracting.in_processes", in_this_process)
    source = write_papers(tmp_path / "in.jsonl", "2x", "BREAK")
    run([source], tmp_path / "out")
    [line] = (tmp_path / "out" / "failed.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == {
        "paper": "p1",
        "title": "T1",
        "places": [{"file": str(source), "line": 2}],
        "reason": "RuntimeError: out of luck",
    }
    write_papers(source, "2x", "3x")
    report = run([source], tmp_path / "out")
    assert not (tmp_path / "out" / "failed.jsonl").exists()
    assert (report.counts.failed, report.counts.reused) == (0, 1)
