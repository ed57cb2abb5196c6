"""What a worker process does: takes a part's number, reads its papers from the file of papers, extracts and
keeps the part, unless that has been done. The extractor is loaded when the first paper needs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from extractor.read.repeats import Distinct, open_distinct
from extractor.records import Extraction, Paper
from extractor.running.earlier import EarlierRun
from extractor.running.one_paper import Extract, Failure, extract_one
from extractor.running.parts import Settings, extract_part, finished_part
from extractor.running.store import Store
from extractor.running.workers import Begin, Task


@dataclass
class PartWork:
    """`load` returns an extractor; `index`: of an earlier run's extractions, if they can be taken over."""

    load: Callable[[], Any]
    papers_file: Path
    store: Store
    settings: Settings
    index: Path | None = None

    @cached_property
    def papers(self) -> Distinct:
        return open_distinct(self.papers_file)

    @cached_property
    def earlier(self) -> EarlierRun | None:
        return EarlierRun(self.index) if self.index else None

    @cached_property
    def extract(self) -> Extract:
        return self.load().extract

    def __call__(self, task: Task, begin: Begin) -> Extraction | Failure | None:
        """The task's paper that is to be tried alone; else nothing, and the part is kept."""
        if task.alone is not None:
            [paper] = self.papers.papers(task.start + task.alone, task.start + task.alone + 1)
            extract = self.extract
            begin(task.alone)
            return extract_one(extract, paper, self.settings.seconds_per_paper)
        if finished_part(task.number, self.store):
            return None
        papers = list(self.papers.papers(task.start, task.stop))
        extract_part(
            task.number,
            papers,
            lambda: self.extract,
            self.store,
            self.settings,
            earlier=self.earlier,
            known=task.known,
            begin=begin,
        )
        return None


@dataclass
class ListWork:
    """The same for papers in memory, whose extractions are sent back."""

    load: Callable[[], Any]
    papers: Sequence[Paper]
    seconds_per_paper: float

    @cached_property
    def extract(self) -> Extract:
        return self.load().extract

    def __call__(self, task: Task, begin: Begin) -> Extraction | Failure | list[Extraction | Failure]:
        extract, results = self.extract, []
        for index, paper in enumerate(self.papers[task.start : task.stop]):
            if task.alone in (None, index):
                begin(index)
                known = task.known.get(index)
                results.append(known or extract_one(extract, paper, self.seconds_per_paper))
        return results if task.alone is None else results[0]
