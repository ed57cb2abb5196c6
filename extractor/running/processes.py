"""How many processes a run starts. Takes what the user allows and how much there is to do; starts none."""

import os

PAPERS_PER_WORKER = 200  # a process takes about as long to start as to extract so many


def processes_for(papers: int, workers: int | None) -> int:
    """As many as pay for so many papers, `workers` or one a core at most; under 2: none beside this one."""
    return min(workers or cores(), papers // PAPERS_PER_WORKER)


def cores() -> int:
    """The cores that this process may use, where the system says; else all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
