"""What a Dask cluster knows by name. Imports what a task needs only in a worker that does it: the scheduler,
which imports this too, must answer at once."""

import signal
from typing import Any


def do(given: bytes) -> Any:
    """What comes of a task that `packed` made."""
    from extractor.running.job import do_packed

    return do_packed(given)


def end(job_id: str) -> None:
    """Ends this worker's processes of the job."""
    from extractor.running.job import end_processes

    end_processes(job_id)


def dask_setup(worker: Any) -> None:
    """Dask calls it in a worker that was told to load this module: one on the machine of the command, which
    alone is to hear Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
