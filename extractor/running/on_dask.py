"""A run's parts on a Dask cluster. Takes tasks, papers and a `Job`, hands a few parts ahead to each worker
thread and hears only when one is kept, so that neither the scheduler nor this process holds the corpus."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

from extractor.read.repeats import Distinct
from extractor.records import Extraction
from extractor.running import on_worker
from extractor.running.earlier import EarlierRun
from extractor.running.given_work import GivenTask
from extractor.running.job import MENDABLE, Job, packed
from extractor.running.one_paper import Failure
from extractor.running.parts import part_file
from extractor.running.workers import Task, WorkerError
from extractor.watch import Watch

AHEAD = 2  # parts that a worker's thread has, the one it is at included
FEWEST_AHEAD = 4  # even before workers have come
SECONDS_TO_CONNECT = 20.0
SECONDS_PER_LOOK = 5.0  # between looks at how many workers there are
RETRIES = 2  # of a part on which something failed that may pass, such as a network
MOST_LOST = 3  # papers tried alone in a row whose workers died

KILLED = "killed"  # in place of a result: all workers that were given the task died
DIED = "the Dask workers that were given it died"
OUT_OF_MEMORY = "most likely they are out of memory: give them more, or fewer threads each"


def extract_on_dask(
    tasks: Iterable[Task],
    total: int,
    papers: Distinct,
    earlier: EarlierRun | None,
    job: Job,
    watch: Watch,
    *,
    scheduler: str | None,
    workers: int,
) -> None:
    """Returns when every part is kept; `total`: papers in all. `scheduler`: its address; None: a
    cluster of `workers` processes on this machine, for this run. What a part's workers all died of is looked
    for when all other parts are kept, paper by paper; the paper is a Failure. WorkerError if the cluster
    can't do the work."""
    with _client(scheduler, workers) as client:
        cluster = _Cluster(client, scheduler or "local cluster", job)
        job.announce()
        cluster.wait_for_workers(watch)
        watch.step("extracting", total)
        try:
            _extract(cluster, tasks, papers, earlier, watch)
        finally:
            cluster.end_processes()


def _given(
    tasks: Iterable[Task], papers: Distinct, earlier: EarlierRun | None, job: Job
) -> Iterator[GivenTask]:
    """Each with its papers; without where the part seems to be finished."""
    finished = job.store.names("done")
    for task in tasks:
        bare = GivenTask(task.number, task.start, task.stop)
        yield bare if part_file("done", task.number, "json") in finished else _full(bare, papers, earlier)


def _full(task: GivenTask, papers: Distinct, earlier: EarlierRun | None) -> GivenTask:
    held = tuple(papers.papers(task.start, task.stop))
    lines = ((index, earlier.line(paper)) for index, paper in enumerate(held)) if earlier else ()
    return replace(task, papers=held, earlier={index: line for index, line in lines if line})


def _extract(
    cluster: "_Cluster", tasks: Iterable[Task], papers: Distinct, earlier: EarlierRun | None, watch: Watch
) -> None:
    given, damaged, suspects = _given(tasks, papers, earlier, cluster.job), deque(), []

    def following() -> GivenTask | None:
        return _full(damaged.popleft(), papers, earlier) if damaged else next(given, None)

    for task, result in cluster.results(following):
        if result is KILLED:
            suspects.append(task)
        elif result:
            watch.done(task.stop - task.start)
        else:
            damaged.append(task)
    for task in suspects:  # nothing else is at work now, so that nothing else can die of their papers
        full = _full(task, papers, earlier)
        if cluster.result(replace(full, known=_one_by_one(cluster, full))) is KILLED:
            raise WorkerError(f"the workers that were to write part {task.number} died; {OUT_OF_MEMORY}")
        watch.done(task.stop - task.start)


def _one_by_one(cluster: "_Cluster", task: GivenTask) -> dict[int, Extraction | Failure]:
    known, lost = {}, 0
    for index, paper in enumerate(task.papers):
        if index in task.earlier:
            continue
        alone = GivenTask(
            task.number, task.start + index, task.start + index + 1, papers=(paper,), keep=False
        )
        result = cluster.result(alone)
        lost = lost + 1 if result is KILLED else 0
        if lost == MOST_LOST:
            raise WorkerError(f"the workers died of {lost} papers in a row; {OUT_OF_MEMORY}")
        known[index] = Failure(paper=paper, message=DIED) if lost else result
    return known


class _Cluster:
    """A Dask client with the job."""

    def __init__(self, client: Any, address: str, job: Job):
        self.job = job
        self._client, self._address = client, address
        self._given = count()
        self._ahead, self._looked = 0, -SECONDS_PER_LOOK

    def wait_for_workers(self, watch: Watch) -> None:
        if not self._client.nthreads():
            watch.step("waiting for Dask workers")
            self._client.wait_for_workers(1)

    def results(self, following: Callable[[], GivenTask | None]) -> Iterator[tuple[GivenTask, Any]]:
        """Each task with its result as it is ready, or with `KILLED`; `following` is asked for the next one
        whenever a worker may take it."""
        from distributed import as_completed

        running: dict[str, GivenTask] = {}
        completed = as_completed(loop=self._client.loop)
        while True:
            while len(running) < self._most_ahead() and (task := following()):
                future = self._submit(task)
                running[future.key] = task
                completed.add(future)
            if not running:
                return
            future = next(completed)
            task = running.pop(future.key)
            yield replace(task, papers=(), earlier={}), self._result(future)

    def result(self, task: GivenTask) -> Any:
        [(_, result)] = self.results(partial(next, iter((task,)), None))
        return result

    def end_processes(self) -> None:
        """That wait for more of the job."""
        if self._client.status == "running":
            with suppress(Exception):  # workers that have gone have no processes either
                self._client.run(on_worker.end, self.job.id, on_error="ignore")

    def _submit(self, task: GivenTask) -> Any:
        key = f"part-{task.number:05}-{self.job.id}-{next(self._given)}"
        return self._client.submit(on_worker.do, packed(self.job, task), key=key, retries=RETRIES)

    def _result(self, future: Any) -> Any:
        from distributed import KilledWorker

        if future.status not in ("finished", "error"):
            raise WorkerError(f"{self._address}: the Dask scheduler went away; start it again")
        error = future.exception()
        if isinstance(error, KilledWorker):
            return KILLED
        if isinstance(error, ImportError | AttributeError | RuntimeError):
            told = " ".join(str(error.__cause__ or error).split())[:200]
            raise WorkerError(
                f"the Dask cluster can't do the work ({told}); install the same claim-extractor and Dask on "
                "its scheduler and workers"
            ) from error
        if error:
            told = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            raise WorkerError(f"a part could not be done, nor on other workers ({told})") from error
        result = future.result()
        if isinstance(result, MENDABLE):
            raise result
        return result

    def _most_ahead(self) -> int:
        """By the workers that there are now, who may come and go."""
        if time.monotonic() - self._looked > SECONDS_PER_LOOK:
            self._ahead = max(FEWEST_AHEAD, AHEAD * sum(self._client.nthreads().values()))
            self._looked = time.monotonic()
        return self._ahead


@contextmanager
def _client(scheduler: str | None, workers: int) -> Iterator[Any]:
    """WorkerError without Dask, or without an answer from the scheduler."""
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise WorkerError(
            f"--engine dask needs {error.name}; pip install 'claim-extractor[distributed]'"
        ) from error
    with ExitStack() as opened:
        opened.enter_context(_quiet())
        if scheduler is None:
            scheduler = opened.enter_context(
                LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    memory_limit=0,  # what takes memory are the processes of the workers
                    dashboard_address="127.0.0.1:0",
                    silence_logs=logging.CRITICAL,
                    preload=[on_worker.__name__],
                )
            )
        try:
            client = Client(scheduler, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise WorkerError(
                f"{scheduler}: no Dask scheduler answers there; check that it runs, and its address, such as "
                "tcp://node1:8786"
            ) from error
        yield opened.enter_context(client)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Dask's own log lines: what matters of them is raised here."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
