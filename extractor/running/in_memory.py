"""Papers in memory to their extractions, in several processes where that pays. Leaves nothing anywhere."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from extractor.records import Extraction, Paper
from extractor.running.one_paper import Extract, Failure, extract_one
from extractor.running.options import Options
from extractor.running.part_work import ListWork
from extractor.running.processes import processes_for
from extractor.running.workers import Task, in_processes

PAPERS_PER_TASK = 16  # sent to a process at a time


def extract_all(
    papers: Sequence[Paper],
    load: Callable[[], Any],
    extract: Extract,
    *,
    workers: int | None = None,
    seconds_per_paper: float = Options.seconds_per_paper,
) -> Iterator[Extraction | Failure]:
    """An extraction a paper, in the order of `papers`. Processes are started only where there is work for
    each; they call `load`, which must be picklable, for an extractor of their own, and WorkerError says if
    they can't. Without processes, `extract` is called. As with every spawned process, a script that calls
    this needs a `if __name__ == "__main__":`."""
    processes = processes_for(len(papers), workers)
    if processes < 2:
        yield from (extract_one(extract, paper, seconds_per_paper) for paper in papers)
        return
    starts = range(0, len(papers), PAPERS_PER_TASK)
    tasks = [Task(n, start, min(start + PAPERS_PER_TASK, len(papers))) for n, start in enumerate(starts)]
    set_up = partial(ListWork, load, papers, seconds_per_paper)
    ready: dict[int, list[Extraction | Failure]] = {}
    following = 0
    for task, results in in_processes(tasks, set_up, processes, papers.__getitem__, seconds_per_paper):
        ready[task.number] = results
        while following in ready:
            yield from ready.pop(following)
            following += 1
