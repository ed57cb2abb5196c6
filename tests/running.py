"""Stand-ins for the pipeline that misbehave where a text says so, and what tests of runs share. Processes of
their own import this by name."""

import json
import os
import signal
import time
from pathlib import Path

from build import FakeExtractor

from extractor.export import FILES
from extractor.records import Extraction, Paper
from extractor.running.workers import Task


class Misbehaving(FakeExtractor):
    """DIE ends the process, SLEEP never comes back, HANG not even interrupted, "ONCE file" kills the
    process unless the file is there, STOP is Ctrl-C, TERM is SIGTERM."""

    def extract(self, paper: Paper) -> Extraction:
        text = paper.abstract
        if "DIE" in text:
            os._exit(7)
        if "HANG" in text:
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        if "SLEEP" in text or "HANG" in text:
            time.sleep(3600)
        if "ONCE" in text and not (killed := Path(text.split("ONCE ")[1])).exists():
            killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if "STOP" in text:
            raise KeyboardInterrupt
        if "TERM" in text:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().extract(paper)


def load_misbehaving(rules=None, model=True, any_language=False) -> Misbehaving:
    return Misbehaving()


class Counting(FakeExtractor):
    """Keeps the ids of the papers that it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def extract(self, paper: Paper) -> Extraction:
        self.given.append(paper.id)
        return super().extract(paper)

    def load(self, rules=None, model=True, any_language=False) -> "Counting":
        return self


def use_counting(monkeypatch) -> Counting:
    """The pipeline's stand-in from here on; runs work in this process."""
    counting = Counting()
    monkeypatch.setattr("extractor.pipeline.load", counting.load)
    monkeypatch.setattr("extractor.running.extracting.in_processes", in_this_process)
    return counting


def in_this_process(tasks, set_up, processes, paper_of, seconds_per_paper, progress=None):
    """In place of `in_processes`, where starting processes is not what a test is about."""
    work = set_up()
    for task in tasks:
        assert isinstance(task, Task)
        yield task, work(task, lambda index: None)


def write_papers(path: Path, *abstracts: str, first: int = 0) -> Path:
    """JSONL, an abstract a line; a paper's id is its abstract's number."""
    rows = [{"id": f"p{n}", "title": f"T{n}", "abstract": a} for n, a in enumerate(abstracts, first)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def speedups(count: int, **changed: str) -> list[str]:
    """Abstracts with a claim each; `p3="DIE"` has that as the one of paper p3."""
    return [changed.get(f"p{n}", f"It is {n}.5x faster.") for n in range(count)]


def tables(directory: Path) -> dict[str, bytes]:
    return {name: (directory / name).read_bytes() for name in FILES}


def failed(directory: Path) -> dict[str, str]:
    """Paper -> reason, as failed.jsonl has them."""
    lines = (directory / "failed.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["paper"]: row["reason"] for row in map(json.loads, lines)}
