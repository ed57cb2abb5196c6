"""A run as machines hear of it that share nothing but the program and a place for parts. Takes a `Job` and a
task, does the task in a process of its own, which no paper can take a worker down with. One process a thread,
with the extractor loaded once; it ends with its worker, or when the job does."""

import os
import pickle
import platform
import zlib
from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import current_process
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, get_ident
from typing import Any

from extractor.export import NoSpace, OutputError
from extractor.reader import ModelError, model_version
from extractor.rules import RuleError, load_rules
from extractor.running.given_work import GivenTask, GivenWork
from extractor.running.manifest import versions
from extractor.running.parts import Settings
from extractor.running.store import Store
from extractor.running.workers import WorkerError, in_processes

MENDABLE = (WorkerError, OutputError, NoSpace, RuleError, ModelError)
"""What ends a run: doing the part again elsewhere would hide it."""

SEEN = "job"  # a file in the store, by which a worker knows that it reaches the same store


@dataclass(frozen=True)
class Job:
    """`load` makes an extractor of a folder of rules, or None, whether to use the model, and whether to read
    other languages than English; `rules` are the files of that folder; `versions` those that the result must
    be made with."""

    id: str
    load: Callable[[Path | None, bool, bool], Any]
    rules: Mapping[str, bytes] | None
    model: bool
    versions: Mapping[str, str]
    store: Store
    settings: Settings

    def announce(self) -> None:
        """Makes the store known to the workers."""
        self.store.put(SEEN, self.id.encode())


def read_rules_folder(folder: Path | None) -> dict[str, bytes] | None:
    return folder and {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def packed(job: Job, task: GivenTask) -> bytes:
    """Both as a scheduler can hold them without knowing what they are."""
    return zlib.compress(pickle.dumps((job, task)), 1)


def do_packed(given: bytes) -> Any:
    """What `GivenWork` returns for the task that was `packed`; an error of `MENDABLE` is returned, any other
    one raised."""
    job, task = pickle.loads(zlib.decompress(given))
    process = _own_process(job)
    try:
        return process.do(task)
    except MENDABLE as error:
        process.job_id = ""
        return error
    except BaseException:
        process.job_id = ""
        raise
    finally:
        if _processes.get(get_ident()) is not process:
            process.end()


def end_processes(job_id: str) -> None:
    """Ends the processes of this worker that are idle and of the job."""
    with _changing:
        for thread, process in list(_processes.items()):
            if process.job_id == job_id:
                _drop(thread)


class _Process:
    """One process that waits for its next task. Not for several threads."""

    def __init__(self, job: Job):
        self.job_id = job.id
        if current_process().daemon:
            current_process().daemon = False  # else it may have no children; ours end with it all the same
        self._task: GivenTask | None = None
        self._results = in_processes(
            iter(lambda: self._task, None),
            partial(_set_up, job),
            1,
            lambda index: self._task.papers[index - self._task.start],
            job.settings.seconds_per_paper,
        )

    def do(self, task: GivenTask) -> Any:
        self._task = task
        return next(self._results)[1]

    def end(self) -> None:
        """Unless it is at work in another thread, which then ends it."""
        with suppress(ValueError):
            self._results.close()


_processes: dict[int, _Process] = {}  # by thread
_changing = Lock()


def _own_process(job: Job) -> _Process:
    """That of this thread."""
    with _changing:
        process = _processes.get(get_ident())
        if process is None or process.job_id != job.id:
            _drop(get_ident())
            process = _processes[get_ident()] = _Process(job)
        return process


def _drop(thread: int) -> None:
    if process := _processes.pop(thread, None):
        process.end()


def _set_up(job: Job) -> GivenWork:
    """WorkerError where this machine would leave something else than the others, or leave it elsewhere."""
    where = f"worker {os.getpid()} on {platform.node()}"
    try:
        seen = job.store.get(SEEN) == job.id.encode()
    except FileNotFoundError:
        seen = False
    if not seen:
        raise WorkerError(
            f"{where} does not see {job.store}; the output must be a folder that all workers share, or a URL "
            "such as s3://bucket/claims"
        )
    with _rules(job) as folder:
        here = versions(load_rules(folder).checksum, model_version() if job.model else "")
    other = [
        f"{name} {here.get(name)} instead of {wanted}"
        for name, wanted in job.versions.items()
        if here.get(name) != wanted
    ]
    if other:
        raise WorkerError(
            f"{where} would find other things: it has {', '.join(other)}; install the same there"
        )
    return GivenWork(partial(_load, job), job.store, job.settings)


def _load(job: Job) -> Any:
    with _rules(job) as folder:
        return job.load(folder, job.model, job.settings.any_language)


@contextmanager
def _rules(job: Job):
    """The job's own rules as a folder on this machine."""
    if job.rules is None:
        yield None
        return
    with TemporaryDirectory() as folder:
        for name, content in job.rules.items():
            (Path(folder) / name).write_bytes(content)
        yield Path(folder)
