"""Processes that go through parts. Takes tasks, yields each with its result as it is ready. A process that
dies or hangs costs the others nothing: each has a pipe of its own, so no lock is left held, and shows in
shared memory which paper it is at, so that this paper can be tried alone."""

import os
import pickle
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import connection, get_context, parent_process
from multiprocessing.sharedctypes import RawValue
from threading import Thread
from typing import Any

from extractor.records import Extraction, Paper
from extractor.running.one_paper import Failure, too_long

NOTHING = -1  # instead of a paper's index: the process loads or writes
GRACE = 5.0  # seconds over its time limit after which a process is ended that can't interrupt itself
LOOK = 0.25  # seconds between looks at processes that work
MOST_DEATHS = 3  # of processes that were at no paper, with nothing finished in between

Begin = Callable[[int], None]
Work = Callable[["Task", Begin], Any]
"""What a process does with a task, calling `Begin` with the index of each paper."""


class WorkerError(Exception):
    """Worker processes can't do their work; the message says what to do."""


@dataclass(frozen=True)
class Task:
    """Papers `start` to `stop`. `known`: what came of papers that were tried alone, by index in the task."""

    number: int
    start: int
    stop: int
    known: dict[int, Extraction | Failure] = field(default_factory=dict)
    alone: int | None = None  # try this paper only, and send back what comes of it


class _Process:
    """One worker with what it is at."""

    def __init__(self, set_up: Callable[[], Work]):
        context = get_context("spawn")
        self.at = RawValue("q", NOTHING)
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, self.at, set_up), daemon=True)
        with _without_interrupts():
            self.process.start()
        theirs.close()
        self.task: Task | None = None
        self.seen, self.since = NOTHING, time.monotonic()

    def give(self, task: Task) -> None:
        self.task = task
        self.at.value = self.seen = NOTHING
        with suppress(OSError):  # it has died meanwhile, which its sentinel tells
            self.pipe.send(task)

    def overdue(self, seconds: float) -> bool:
        """Whether it has been at one paper for longer."""
        if self.at.value != self.seen:
            self.seen, self.since = self.at.value, time.monotonic()
        return self.task is not None and self.seen != NOTHING and time.monotonic() - self.since > seconds

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def in_processes(
    tasks: Iterable[Task],
    set_up: Callable[[], Work],
    processes: int,
    paper_of: Callable[[int], Paper],
    seconds_per_paper: float,
    progress: Callable[[int], None] = lambda papers: None,
) -> Iterator[tuple[Task, Any]]:
    """Each task with its result, in the order in which they are ready. `set_up` is called in each process and
    must be picklable; what it or the work raises is raised here. The paper at which a process dies, or which
    it doesn't leave in `seconds_per_paper`, is tried alone, and if that fails too, it is a Failure in the
    task's `known`. `progress` is told papers as they are done; WorkerError if processes keep dying without
    being at a paper."""
    waiting, tried = iter(tasks), deque()
    workers: list[_Process] = []
    deaths = told = finished = 0
    try:
        workers += [_Process(set_up) for _ in range(processes)]
        for worker in workers:
            _give_next(worker, tried, waiting)
        while busy := [worker for worker in workers if worker.task]:
            ready = connection.wait([w.pipe for w in busy] + [w.process.sentinel for w in busy], LOOK)
            for place, worker in enumerate(workers):
                if worker.task is None:
                    continue
                task, reason = worker.task, ""
                if worker.pipe in ready:
                    try:
                        outcome, result = worker.pipe.recv()
                    except (EOFError, OSError):
                        reason = _death(worker)
                    else:
                        if outcome == "raised":
                            raise result
                        deaths, worker.task = 0, None
                        if task.alone is None:
                            finished += task.stop - task.start
                            yield task, result
                        else:
                            tried.appendleft(_knowing(task, result))
                elif worker.process.sentinel in ready:
                    reason = _death(worker)
                elif worker.overdue(seconds_per_paper + GRACE):
                    reason = too_long(seconds_per_paper)
                if reason:
                    at = worker.at.value
                    worker.end()
                    deaths = deaths + 1 if at == NOTHING else 0
                    if deaths == MOST_DEATHS:
                        raise WorkerError(
                            f"{reason} while it was at no paper, {deaths} times in a row; most likely out of "
                            "memory: try fewer workers"
                        )
                    tried.appendleft(_after_death(task, at, reason, paper_of))
                    workers[place] = worker = _Process(set_up)
                if worker.task is None:
                    _give_next(worker, tried, waiting)
            now = finished + sum(max(0, w.at.value) for w in workers if w.task and w.task.alone is None)
            progress(max(0, now - told))
            told = max(told, now)
        progress(finished - told)
    finally:
        for worker in workers:
            worker.end()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """A process that is started here never gets Ctrl-C, which is for its parent to act on; the parent gets it
    after the block."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _give_next(worker: _Process, tried: deque[Task], waiting: Iterator[Task]) -> None:
    task = tried.popleft() if tried else next(waiting, None)
    if task:
        worker.give(task)


def _death(worker: _Process) -> str:
    worker.process.join()
    code = worker.process.exitcode
    how = signal.Signals(-code).name if code and code < 0 else f"exit code {code}"
    return f"a worker process died ({how})"


def _after_death(task: Task, at: int, reason: str, paper_of: Callable[[int], Paper]) -> Task:
    """What is to be done next about the task: again as it was, or its paper alone, or without that paper."""
    if at == NOTHING:
        return task
    if task.alone is None:
        return replace(task, alone=at)
    return _knowing(task, Failure(paper=paper_of(task.start + at), message=reason))


def _knowing(task: Task, result: Extraction | Failure) -> Task:
    return replace(task, alone=None, known={**task.known, task.alone: result})


def _serve(pipe: connection.Connection, at: Any, set_up: Callable[[], Work]) -> None:
    """A worker process, until its pipe is closed or its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it could not be blocked
    Thread(target=_end_with_parent, daemon=True).start()

    def begin(index: int) -> None:
        at.value = index

    work: Work | None = None
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        try:
            work = work or set_up()
            answer = ("done", work(task, begin))
        except Exception as error:
            answer = ("raised", _sendable(error))
        try:
            pipe.send(answer)
        except BrokenPipeError:
            return


def _sendable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return WorkerError(f"a worker process failed: {type(error).__name__}: {error}")
    return error


def _end_with_parent() -> None:
    connection.wait([parent_process().sentinel])
    os._exit(1)
