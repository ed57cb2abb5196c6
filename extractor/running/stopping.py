"""Being asked to stop, by Ctrl-C or by the system, as an exception: workers end and files are closed."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Terminated(KeyboardInterrupt):
    """SIGTERM, as batch systems send it."""


@contextmanager
def terminable() -> Iterator[None]:
    """In the block SIGTERM raises Terminated, as Ctrl-C raises KeyboardInterrupt. In the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: object) -> None:
    raise Terminated
