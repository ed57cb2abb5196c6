"""What `extractor run` tells while it goes on: a bar, lines, JSON, or errors alone; standard output has the
summary and nothing else."""

import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from abstracts import OTHERS
from build import commands, load_fake

from extractor.export import FILES
from extractor.progress import Bar, Events, Lines, duration, teller
from extractor.read import Problem
from extractor.run import Options, run
from extractor.watch import Silent

BROKEN = Problem(file="papers.jsonl", line=7, message="not JSON", skipped=True)


class Clock:
    """A time that goes on when told to."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


def walk(watch, clock, papers=300, each=0.5):
    """Sixty papers a half minute."""
    watch.step("reading")
    watch.done(papers)
    watch.problem(BROKEN)
    watch.step("extracting", papers)
    for _ in range(papers):
        clock.seconds += each
        watch.done()


def test_a_log_gets_a_line_every_half_minute(clock):
    stream = io.StringIO()
    walk(Lines(stream, now=clock), clock, papers=120)
    assert stream.getvalue().splitlines() == [
        "extracting: 120 papers",
        "extracting: 60 of 120 papers (50%), 2.0/s, 30 s left",
        "extracting: 120 of 120 papers (100%), 2.0/s, 0 s left",
    ]


def test_a_step_of_unknown_length_tells_count_and_rate(clock):
    stream = io.StringIO()
    watch = Lines(stream, now=clock)
    watch.step("reading")
    clock.seconds = 40
    watch.done(80_000)
    assert stream.getvalue() == "reading: 80,000 papers, 2,000.0/s\n"


def test_verbose_tells_problems_at_once_and_the_seconds_of_each_step(clock):
    stream = io.StringIO()
    walk(Lines(stream, verbose=True, now=clock), clock, papers=4)
    assert stream.getvalue().splitlines() == [
        "papers.jsonl:7: not JSON",
        "reading: 0.0 s",
        "extracting: 4 papers",
    ]


def test_what_a_file_is_called_cannot_command_the_terminal():
    stream = io.StringIO()
    Lines(stream, verbose=True).problem(Problem(file="\x1b[2Jx", message="broken"))
    assert stream.getvalue() == "\N{REPLACEMENT CHARACTER}[2Jx: broken\n"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.4, "0 s"), (89, "89 s"), (91, "2 min"), (5_000, "83 min"), (11_100, "3 h 5 min")],
)
def test_time_left_is_told_in_what_one_counts_in(seconds, told):
    assert duration(seconds) == told


def events(stream) -> list[dict]:
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event.pop("time")) for event in told)
    return told


def test_programs_get_an_object_a_line(clock):
    stream = io.StringIO()
    walk(Events(stream, now=clock), clock, papers=61)
    progress = {"step": "extracting", "papers": 60, "total": 61, "papers_per_second": 2.0, "seconds_left": 0}
    assert events(stream) == [
        {"event": "step", "step": "reading", "total": None},
        {"event": "problem", **BROKEN.model_dump()},
        {"event": "step_done", "step": "reading", "papers": 61, "seconds": 0.0},
        {"event": "step", "step": "extracting", "total": 61},
        {"event": "progress", **progress},
    ]


def test_a_bar_shows_count_rate_and_time_left(clock, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    stream = io.StringIO()
    stream.isatty = lambda: True
    with Bar(verbose=True, stream=stream) as watch:
        watch.now = clock
        walk(watch, clock)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    assert "papers.jsonl:7: not JSON" in shown
    assert "300 of 300 papers 2.0/s" in shown


@pytest.fixture
def extractor(monkeypatch, tmp_path):
    return commands(monkeypatch, tmp_path)


@pytest.fixture
def papers(tmp_path):
    lines = [{"id": f"p{n}", "title": f"T{n}", "abstract": text} for n, text in enumerate(("2x", "BREAK"))]
    text = "\n".join([*map(json.dumps, [*lines, lines[0]]), "{"])
    (tmp_path / "papers.jsonl").write_text(text, encoding="utf-8")
    return "papers.jsonl"


def test_every_record_is_counted_once(extractor, papers):
    done = extractor("run", papers)
    assert done.stdout.splitlines()[0].startswith(
        "4 records read: 1 extracted, 1 repeated, 1 unreadable, 1 failed; "
    )


def test_json_tells_problems_and_ends_with_the_summary(extractor, papers):
    done = extractor("run", papers, "--log-format", "json")
    told = [json.loads(line) for line in done.stderr.splitlines()]
    problems = [(p["file"], p["line"], p["skipped"]) for p in told if p["event"] == "problem"]
    assert problems == [(papers, 4, True), (papers, 2, True)]
    summary = told[-1]
    assert summary["event"] == "summary"
    parts = ("repeated", "empty", "unreadable", "not_english", "failed", "extracted")
    assert summary["read"] == sum(summary[part] for part in parts) == 4
    assert (summary["claims"], summary["output"]) == ({"speedup": 1}, "output")
    assert done.stdout.startswith("4 records read")


def test_standard_output_is_the_same_however_much_is_told(extractor, papers):
    told = ((), ("-v",), ("--log-format", "json"))
    outputs = [extractor("run", papers, "--fresh", *more).stdout for more in told]
    assert len({re.sub(r"[\d.]+ s$", "", text, flags=re.MULTILINE) for text in outputs}) == 1


def test_verbose_tells_each_file(extractor, papers):
    assert "papers.jsonl: 3 papers" in extractor("run", papers, "--verbose").stderr.splitlines()


def test_quiet_tells_nothing(extractor, papers):
    done = extractor("run", papers, "--quiet")
    assert (done.output, done.exit_code) == ("", 0)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ((), "error: nowhere: no such file or folder"),
        (("--quiet",), "error: nowhere: no such file or folder"),
        (("--log-format", "json"), {"message": "nowhere: no such file or folder", "exit_code": 2}),
        (("--log-format", "json", "--quiet"), {"message": "nowhere: no such file or folder", "exit_code": 2}),
    ],
    ids=str,
)
def test_errors_are_always_told(extractor, more, told):
    done = extractor("run", "nowhere", *more)
    last = done.stderr.splitlines()[-1]
    if isinstance(told, dict):
        event = json.loads(last)
        assert {key: event[key] for key in told} == told and event["event"] == "error"
    else:
        assert last == told
    assert (done.exit_code, done.stdout) == (2, "")


def test_nothing_read_is_an_error_event_too(extractor, tmp_path):
    (tmp_path / "empty.txt").touch()
    done = extractor("run", "empty.txt", "--log-format", "json", "--quiet")
    assert (json.loads(done.stderr)["exit_code"], done.exit_code) == (1, 1)


def test_wrong_usage_is_an_error_event_where_events_are_told(extractor, papers):
    for usage in (["--map", "title"], ["--resume"], ["--quiet", "--verbose"]):
        done = extractor("run", papers, *usage, "--log-format", "json")
        event = json.loads(done.stderr)
        assert (event["event"], event["exit_code"], done.exit_code) == ("error", 2, 2)


def test_notes_on_the_run_are_told(clock):
    lines, events = io.StringIO(), io.StringIO()
    Lines(lines, now=clock).note("it goes on")
    Events(events, now=clock).note("it goes on")
    assert lines.getvalue() == "it goes on\n"
    assert json.loads(events.getvalue()).items() >= {"event": "note", "message": "it goes on"}.items()


def test_the_summary_is_not_broken_into_lines_for_programs(extractor, papers, tmp_path):
    done = extractor("run", papers, "--output", f"out{'x' * 90}")
    assert (
        done.stdout.splitlines()[-1]
        == f"out{'x' * 90}/ has {', '.join((*FILES, 'failed.jsonl', 'problems.jsonl', 'run.json'))}"
    )


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--log-format", "xml"), "'xml' is none of text, json"),
        (("--quiet", "--verbose"), "it can't go with --verbose"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(extractor, papers, more, message):
    done = extractor("run", papers, *more)
    assert (done.exit_code, message in done.stderr) == (2, True)


def test_python_users_can_watch_too(monkeypatch, tmp_path, papers):
    monkeypatch.setattr("extractor.pipeline.load", load_fake)
    monkeypatch.chdir(tmp_path)

    class Told(Silent):
        steps, papers, problems = [], 0, []

        def step(self, name, total=None):
            self.steps.append((name, total))

        def done(self, papers=1):
            self.papers += papers

        def problem(self, problem):
            self.problems.append(problem.line)

    watch = Told()
    run([papers], Path("output"), Options(), watch)
    assert watch.steps == [("reading", None), ("extracting", 2), ("writing", 2)]
    assert (watch.papers, watch.problems) == (3 + 2 + 2, [4, 2])


def test_without_a_terminal_lines_are_told_and_no_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert type(teller()) is Lines


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_a_bar_is_shown_and_goes(tmp_path):
    source = tmp_path / "papers.jsonl"
    source.write_text("\n".join(json.dumps({"title": code, "abstract": t}) for code, t in OTHERS.items()))
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "extractor",
        "run",
        str(source),
        "--no-model",
        "--output",
        str(tmp_path / "o"),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"}
    ) as p:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        output = p.stdout.read()
    os.close(ours)
    assert b"extracting" in shown and "\N{BOX DRAWINGS HEAVY HORIZONTAL}".encode() in shown
    assert output.startswith(b"18 records read: 0 extracted, 18 not English; ")
