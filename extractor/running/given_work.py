"""What a worker process does where papers come with their task and not from a file: extracts, and keeps the
part or sends back what it found. The extractor is loaded when the first paper needs it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from extractor.records import Extraction, Paper
from extractor.running.earlier import of_line
from extractor.running.one_paper import Extract, Failure, extract_one
from extractor.running.parts import Settings, extract_part, finished_part
from extractor.running.store import Store
from extractor.running.workers import Begin, Task


@dataclass(frozen=True)
class GivenTask(Task):
    """Without papers: only look whether the part is finished. `earlier`: lines of an earlier run's
    extractions by index in the task; `keep`: as a part, else send back."""

    papers: tuple[Paper, ...] = ()
    earlier: Mapping[int, bytes] = field(default_factory=dict)
    keep: bool = True


@dataclass
class GivenWork:
    """`load` returns an extractor."""

    load: Callable[[], Any]
    store: Store
    settings: Settings

    @cached_property
    def extract(self) -> Extract:
        return self.load().extract

    def __call__(self, task: GivenTask, begin: Begin) -> bool | Extraction | Failure:
        """Whether the part is finished now; of a paper that is tried alone, or sent back, what came of it."""
        if task.alone is not None or not task.keep:
            return task.known.get(0) or self._one(task, task.alone or 0, begin)
        if finished_part(task.number, self.store):
            return True
        if task.papers:
            extract_part(
                task.number,
                task.papers,
                lambda: self.extract,
                self.store,
                self.settings,
                earlier=_Lines(task),
                known=task.known,
                begin=begin,
            )
        return bool(task.papers)

    def _one(self, task: GivenTask, index: int, begin: Begin) -> Extraction | Failure:
        extract = self.extract
        begin(index)
        return extract_one(extract, task.papers[index], self.settings.seconds_per_paper)


class _Lines:
    """The task's earlier extractions, looked up by paper."""

    def __init__(self, task: GivenTask):
        self._lines = {task.papers[index].id: line for index, line in task.earlier.items()}

    def get(self, paper: Paper) -> Extraction | None:
        line = self._lines.get(paper.id)
        return of_line(line, paper) if line else None
