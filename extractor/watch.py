"""What a long task tells while it works. Takes steps, counts and problems; `Silent` says nothing."""

from typing import Protocol

from extractor.read import Problem


class Watch(Protocol):
    def step(self, name: str, total: int | None = None) -> None:
        """A step begins: "reading", "extracting", "writing"; `total` papers, if known."""

    def done(self, papers: int = 1) -> None:
        """So many more papers of the step are done."""

    def problem(self, problem: Problem) -> None:
        """Something to tell at once."""


class Silent:
    def step(self, name: str, total: int | None = None) -> None:
        pass

    def done(self, papers: int = 1) -> None:
        pass

    def problem(self, problem: Problem) -> None:
        pass


SILENT = Silent()
