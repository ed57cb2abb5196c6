"""The same job on a Dask cluster of several processes: the same bytes, whatever dies on the way."""

import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest
from build import load_fake, paper
from on_cluster import StopAfter, load_murderous
from running import Counting, failed, in_this_process, load_misbehaving, speedups, tables, write_papers
from typer.testing import CliRunner

from extractor.cli import app
from extractor.export import TABLES, read_jsonl
from extractor.rules import load_rules
from extractor.run import Options, WorkerError, resume, run
from extractor.running.given_work import GivenTask
from extractor.running.job import Job, packed
from extractor.running.manifest import versions
from extractor.running.on_worker import do, end
from extractor.running.parts import Settings
from extractor.running.store import LocalStore

dask = pytest.importorskip("dask", reason="Dask is not installed")
distributed = pytest.importorskip("distributed", reason="Dask's distributed is not installed")

SAMPLES = Path(__file__).parents[1] / "samples"
SMALL_PARTS = {"model": False, "papers_per_part": 4}
LOCALLY = Options(**SMALL_PARTS, workers=1)


@pytest.fixture(scope="module")
def scheduler():
    """The address of two workers; a task is given to no more than two that die."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            memory_limit=0,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster.scheduler_address


@pytest.fixture
def on_dask(scheduler):
    return Options(**SMALL_PARTS, engine="dask", scheduler=scheduler)


@pytest.fixture
def load(monkeypatch):
    """Decides what the pipeline is, here and on the workers."""

    def by(function):
        monkeypatch.setattr("extractor.pipeline.load", function)

    by(load_misbehaving)
    return by


@pytest.fixture
def source(tmp_path):
    return write_papers(tmp_path / "in.jsonl", *speedups(22, p9="BREAK"))


@pytest.fixture
def expected(source, tmp_path, load):
    run([source], tmp_path / "expected", LOCALLY)
    return tables(tmp_path / "expected")


def extracted(output):
    return [int(each.paper.id[1:]) for each in read_jsonl(output / "extractions.jsonl")]


def test_the_real_rules_find_the_same_there(scheduler, tmp_path):
    run([SAMPLES], tmp_path / "local", LOCALLY)
    options = Options(model=False, papers_per_part=40, engine="dask", scheduler=scheduler)
    run([SAMPLES], tmp_path / "dask", options)
    assert tables(tmp_path / "dask") == tables(tmp_path / "local")


def test_a_cluster_for_this_run_is_started_and_ended(source, tmp_path, expected):
    run([source], tmp_path / "out", Options(**SMALL_PARTS, engine="dask", workers=2))
    assert tables(tmp_path / "out") == expected
    assert failed(tmp_path / "out") == {"p9": "RuntimeError: out of luck"}


def test_a_paper_that_ends_its_process_is_set_aside_as_ever(tmp_path, load, on_dask):
    source = write_papers(tmp_path / "in.jsonl", *speedups(12, p5="DIE", p6="SLEEP"))
    run([source], tmp_path / "out", replace(on_dask, seconds_per_paper=3))
    assert failed(tmp_path / "out") == {
        "p5": "a worker process died (exit code 7)",
        "p6": "it took longer than 3 s",
    }
    assert extracted(tmp_path / "out") == [n for n in range(12) if n not in (5, 6)]


def test_what_a_killed_worker_was_at_is_done_again(tmp_path, load, on_dask):
    load(load_murderous)
    killed = tmp_path / "killed"
    source = write_papers(tmp_path / "in.jsonl", *speedups(22, p13=f"ONCE at {killed}"))
    run([source], tmp_path / "out", on_dask)
    assert killed.exists()
    run([source], tmp_path / "expected", LOCALLY)
    assert tables(tmp_path / "out") == tables(tmp_path / "expected")


def test_a_paper_of_which_all_workers_die_is_set_aside(tmp_path, load, on_dask):
    load(load_murderous)
    source = write_papers(tmp_path / "in.jsonl", *speedups(10, p6="KILL"))
    report = run([source], tmp_path / "out", on_dask)
    assert failed(tmp_path / "out") == {"p6": "the Dask workers that were given it died"}
    assert extracted(tmp_path / "out") == [n for n in range(10) if n != 6]
    assert (report.counts.extracted, report.counts.failed) == (9, 1)


def test_each_thread_of_a_worker_has_a_process_of_its_own(tmp_path):
    store = LocalStore(tmp_path / "parts")
    store.root.mkdir()
    made_with = versions(load_rules().checksum, "")
    job = Job("job", load_misbehaving, None, False, made_with, store, Settings(csv=False))
    job.announce()
    papers = [paper(id=f"p{n}", abstract=text) for n, text in enumerate(speedups(6))]
    tasks = [GivenTask(n, 2 * n, 2 * n + 2, papers=tuple(papers[2 * n : 2 * n + 2])) for n in range(3)]
    before = set(active_children())
    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(do, [packed(job, task) for task in tasks]))
    assert done == [True, True, True]
    assert len(set(active_children()) - before) == 2
    end(job.id)
    assert set(active_children()) <= before
    assert store.names("done") == {f"done/part-0000{n}.json" for n in range(3)}


def test_parts_are_the_same_too(source, tmp_path, load, on_dask):
    for name, options in (("local", LOCALLY), ("dask", on_dask)):
        run([source], tmp_path / name, replace(options, parts=True))
    names = [f"{table.name}/part-00005.parquet" for table in TABLES] + ["extractions/part-00000.jsonl"]
    for name in names:
        assert (tmp_path / "dask" / name).read_bytes() == (tmp_path / "local" / name).read_bytes()


def test_what_one_engine_began_the_other_finishes(tmp_path, load, on_dask, monkeypatch):
    source = write_papers(tmp_path / "in.jsonl", *speedups(40, p9="BREAK"))
    run([source], tmp_path / "expected", LOCALLY)
    expected, out = tables(tmp_path / "expected"), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run([source], out, LOCALLY, StopAfter(6))
    with pytest.raises(KeyboardInterrupt):
        resume(out, engine="dask", scheduler=on_dask.scheduler, watch=StopAfter(10))
    source.unlink()
    counting = Counting()
    load(counting.load)
    monkeypatch.setattr("extractor.running.extracting.in_processes", in_this_process)
    resume(out)
    assert 0 < len(counting.given) <= 24  # of ten parts one was done here, three to seven on the cluster
    assert tables(out) == expected


def test_a_damaged_part_is_done_again(source, tmp_path, expected, on_dask):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run([source], out, LOCALLY, StopAfter(9))
    next((out / ".work").glob("parts-*/claims/part-00001.csv")).write_bytes(b"")
    resume(out, engine="dask", scheduler=on_dask.scheduler)
    assert tables(out) == expected


def test_what_was_extracted_before_is_taken_over(source, tmp_path, load, on_dask):
    first = write_papers(tmp_path / "first.jsonl", *speedups(15))
    run([first], tmp_path / "out", on_dask)
    report = run([source], tmp_path / "out", on_dask)
    assert report.counts.reused == 14
    run([source], tmp_path / "expected", LOCALLY)
    assert tables(tmp_path / "out") == tables(tmp_path / "expected")


def test_rules_of_ones_own_reach_the_workers(source, tmp_path, expected, on_dask):
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "datasets.yaml").write_text(
        "- id: dataset.quizset\n  name: QuizSet\n  examples:\n    - {text: on QuizSet, dataset: QuizSet}\n",
        encoding="utf-8",
    )
    report = run([source], tmp_path / "out", replace(on_dask, rules=rules))
    assert report.counts.extracted == 21


def test_workers_of_another_version_are_refused(source, tmp_path, load, on_dask, monkeypatch):
    monkeypatch.setattr("extractor.running.manifest._code", lambda: "f00d")
    message = "would find other things: it has code [0-9a-f]{12} instead of f00d; install the same there"
    with pytest.raises(WorkerError, match=message):
        run([source], tmp_path / "out", on_dask)


def test_workers_that_do_not_share_the_folder_are_refused(source, tmp_path, load, on_dask, monkeypatch):
    monkeypatch.setattr(LocalStore, "__reduce__", lambda self: (LocalStore, (tmp_path / "elsewhere",)))
    with pytest.raises(WorkerError, match=r"does not see .*elsewhere; the output must be a folder that all"):
        run([source], tmp_path / "out", on_dask)


@pytest.fixture
def command(source, tmp_path, monkeypatch):
    monkeypatch.setattr("extractor.pipeline.load", load_fake)
    monkeypatch.setattr("extractor.running.on_dask.SECONDS_TO_CONNECT", 0.5)
    arguments = ["run", str(source), "--output", str(tmp_path / "out"), "--no-model"]
    return lambda *more: CliRunner().invoke(app, [*arguments, *more], catch_exceptions=False)


def test_a_scheduler_that_does_not_answer_is_told(command, tmp_path):
    done = command("--engine", "dask", "--scheduler", "tcp://127.0.0.1:9")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == (
        "error: tcp://127.0.0.1:9: no Dask scheduler answers there; check that it runs, and its address, "
        f"such as tcp://node1:8786; `extractor run --resume --output {tmp_path / 'out'}` goes on"
    )


def test_without_dask_one_sentence_says_what_to_install(command, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = command("--engine", "dask")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == (
        "error: --engine dask needs distributed; pip install 'claim-extractor[distributed]'; "
        f"`extractor run --resume --output {tmp_path / 'out'}` goes on"
    )
