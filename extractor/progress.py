"""What `extractor run` tells on standard error while it works, as `Watch`es: a bar on a terminal, a line now
and then in a log, JSON lines for programs, or errors alone. Takes steps, counts and problems, and in the end
the `Report`; never counts papers anew, and never writes to standard output."""

import json
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TextIO

from extractor.read import Problem
from extractor.run import Report
from extractor.terminal import printable
from extractor.watch import Silent

STOPPED = (130, 143)  # exit codes of a run that was asked to stop, which is no error
EVERY = 30  # seconds between two lines on the progress of a step

Clock = Callable[[], float]


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


def teller(form: LogFormat = LogFormat.TEXT, *, quiet: bool = False, verbose: bool = False) -> "Teller":
    """What fits: JSON lines if asked for, a bar where standard error is a terminal, else plain lines.
    `quiet`: errors alone; `verbose`: problems as they are met, each file, the seconds of each step."""
    if form is LogFormat.JSON:
        return Errors(as_event) if quiet else Events(sys.stderr)
    if quiet:
        return Errors(as_line)
    return Bar(verbose) if sys.stderr.isatty() else Lines(sys.stderr, verbose)


class Step:
    """A step under way: its papers by count and time. Seconds."""

    def __init__(self, name: str, total: int | None, now: float):
        self.name, self.total, self.began, self.told = name, total, now, now
        self.papers = 0

    def pace(self, now: float) -> tuple[float, float | None]:
        """Papers per second, and the seconds left if that can be said."""
        rate = self.papers / max(now - self.began, 1e-9)
        left = (self.total - self.papers) / rate if self.total and self.papers else None
        return rate, left

    def is_due(self, now: float) -> bool:
        """Whether it is time to tell of it; then it counts as told."""
        if now - self.told < EVERY:
            return False
        self.told = now
        return True


class Teller(AbstractContextManager, Silent):
    """A watch that also tells how the run ended: with a report, or with an error."""

    def ended(self, report: Report) -> None:
        pass

    def error(self, message: str, code: int) -> None:
        """The sentence that says what is wrong, and the exit code that follows."""
        raise NotImplementedError

    def __exit__(self, *raised: object) -> None:
        pass


class Errors(Teller):
    """Says nothing but errors, as `write` makes them."""

    def __init__(self, write: Callable[[str, int], str]):
        self.write = write

    def error(self, message: str, code: int) -> None:
        print(self.write(message, code), file=sys.stderr, flush=True)


class Lines(Teller):
    """A line when a step with a known number of papers begins, and one every half a minute."""

    def __init__(self, stream: TextIO, verbose: bool = False, now: Clock = time.monotonic):
        self.stream, self.verbose, self.now = stream, verbose, now
        self.at: Step | None = None

    def step(self, name: str, total: int | None = None) -> None:
        self._finish()
        self.at = Step(name, total, self.now())
        if total is not None:
            self.say(f"{name}: {total:,} papers")

    def done(self, papers: int = 1) -> None:
        self.at.papers += papers
        if self.at.is_due(now := self.now()):
            self.say(progress_line(self.at, now))

    def problem(self, problem: Problem) -> None:
        if self.verbose:
            self.say(str(problem))

    def note(self, message: str) -> None:
        self.say(message)

    def ended(self, report: Report) -> None:
        self._finish()
        for file in report.read.files if self.verbose else ():
            self.say(f"{file.name}: {file.entries:,} papers")

    def error(self, message: str, code: int) -> None:
        self.say(as_line(message, code))

    def _finish(self) -> None:
        """The step's seconds, if wanted."""
        if self.at and self.verbose:
            self.say(f"{self.at.name}: {self.now() - self.at.began:.1f} s")
        self.at = None

    def say(self, line: str) -> None:
        print(printable(line), file=self.stream, flush=True)


class Bar(Lines):
    """A bar that goes when the run ends; what else is said stands above it."""

    def __init__(self, verbose: bool = False, stream: TextIO | None = None):
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        super().__init__(stream or sys.stderr, verbose)
        shown = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[papers]} papers"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(compact=True),
        )
        console = Console(file=self.stream, highlight=False)
        self.bar = Progress(*shown, console=console, transient=True)
        self.task = None

    def step(self, name: str, total: int | None = None) -> None:
        self._finish()
        self.at = Step(name, total, self.now())
        if self.task is not None:
            self.bar.remove_task(self.task)
        self.task = self.bar.add_task(name, total=total, papers=share(self.at), rate="")
        self.bar.start()

    def done(self, papers: int = 1) -> None:
        self.at.papers += papers
        rate = f"{self.at.pace(self.now())[0]:,.1f}/s"
        self.bar.update(self.task, completed=self.at.papers, papers=share(self.at), rate=rate)

    def say(self, line: str) -> None:
        self.bar.console.print(printable(line), soft_wrap=True)

    def ended(self, report: Report) -> None:
        super().ended(report)
        self.bar.stop()

    def error(self, message: str, code: int) -> None:
        self.bar.stop()
        super().error(message, code)

    def __exit__(self, *raised: object) -> None:
        self.bar.stop()


class Events(Teller):
    """A JSON object a line: `step`, `progress` every half a minute, `problem`, `note`, `step_done`, `file`,
    `summary`, `error`, each with its time."""

    def __init__(self, stream: TextIO, now: Clock = time.monotonic):
        self.stream, self.now = stream, now
        self.at: Step | None = None

    def step(self, name: str, total: int | None = None) -> None:
        self._finish()
        self.at = Step(name, total, self.now())
        self._tell("step", step=name, total=total)

    def done(self, papers: int = 1) -> None:
        self.at.papers += papers
        if self.at.is_due(now := self.now()):
            rate, left = self.at.pace(now)
            about = {"step": self.at.name, "papers": self.at.papers, "total": self.at.total}
            left = None if left is None else round(left)
            self._tell("progress", **about, papers_per_second=round(rate, 1), seconds_left=left)

    def problem(self, problem: Problem) -> None:
        self._tell("problem", **problem.model_dump())

    def note(self, message: str) -> None:
        self._tell("note", message=message)

    def ended(self, report: Report) -> None:
        self._finish()
        for file in report.read.files:
            self._tell("file", file=file.name, papers=file.entries)
        found = {"mentions": dict(report.tally.mentions), "claims": dict(report.tally.claims)}
        about = {"seconds": report.seconds["all"], "output": str(report.output)}
        self._tell("summary", **asdict(report.counts), **found, **about)

    def error(self, message: str, code: int) -> None:
        print(as_event(message, code), file=self.stream, flush=True)

    def _finish(self) -> None:
        if self.at:
            seconds = round(self.now() - self.at.began, 3)
            self._tell("step_done", step=self.at.name, papers=self.at.papers, seconds=seconds)
        self.at = None

    def _tell(self, event: str, **about: Any) -> None:
        print(event_line(event, **about), file=self.stream, flush=True)


def share(step: Step) -> str:
    """ "1,200 of 87,000"."""
    return f"{step.papers:,}" if step.total is None else f"{step.papers:,} of {step.total:,}"


def progress_line(step: Step, now: float) -> str:
    """ "extracting: 1,200 of 87,000 papers (1%), 25.1/s, 57 min left"."""
    rate, left = step.pace(now)
    percent = f" ({step.papers / step.total:.0%})" if step.total else ""
    until = f", {duration(left)} left" if left is not None else ""
    return f"{step.name}: {share(step)} papers{percent}, {rate:,.1f}/s{until}"


def duration(seconds: float) -> str:
    """ "40 s", "57 min", "3 h 5 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def as_line(message: str, code: int) -> str:
    return message if code in STOPPED else f"error: {message}"


def as_event(message: str, code: int) -> str:
    return event_line("error", message=message, exit_code=code)


def event_line(event: str, **about: Any) -> str:
    """One line of JSON in ASCII, so that it is the same in any encoding."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"time": at, "event": event, **about})
