"""What a run tells while it goes on: `Watch`, and one that keeps silent. Those that print are in
`progress.py`."""

from typing import Protocol

from extractor.read import Problem


class Watch(Protocol):
    """Is told of every step of a run, in the order in which they come."""

    def step(self, name: str, total: int | None = None) -> None:
        """A step begins, such as "reading"; `total`: the papers that it will see, if known."""

    def done(self, papers: int = 1) -> None:
        """So many more papers of the step are done."""

    def problem(self, problem: Problem) -> None:
        """Something could not be read or extracted."""

    def note(self, message: str) -> None:
        """Something about the run as a whole, such as that it goes on with an unfinished one."""


class Silent:
    """A watch that says nothing."""

    def step(self, name: str, total: int | None = None) -> None:
        pass

    def done(self, papers: int = 1) -> None:
        pass

    def problem(self, problem: Problem) -> None:
        pass

    def note(self, message: str) -> None:
        pass


SILENT = Silent()
