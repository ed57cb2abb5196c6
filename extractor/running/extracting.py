"""The parts of a run that are not finished: each extracted and kept, by this process, several, or a Dask
cluster. Takes a run whose papers are read, leaves parts in its store."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from extractor import pipeline
from extractor.read.repeats import open_distinct
from extractor.running.begin import Unfinished, papers_file
from extractor.running.earlier import EarlierRun, index_earlier
from extractor.running.job import Job, read_rules_folder
from extractor.running.manifest import Manifest
from extractor.running.on_dask import extract_on_dask
from extractor.running.options import Engine, Options
from extractor.running.part_work import PartWork
from extractor.running.parts import Settings, finished_part, part_file
from extractor.running.processes import cores, processes_for
from extractor.running.store import LocalStore, Store
from extractor.running.workers import Task, in_processes
from extractor.watch import Watch

EARLIER = "earlier.sqlite"


def extract_parts(unfinished: Unfinished, work: Path, store: Store, options: Options, watch: Watch) -> None:
    """Returns when every part is kept in `store`. `work`: the run's work folder, which has its papers."""
    manifest = unfinished.manifest
    index = _index_earlier(manifest, work, options)
    numbers = _left_over(manifest, store, watch) if unfinished.interrupted else range(manifest.parts)
    if not numbers:
        return
    tasks = [_task(manifest, number) for number in numbers]
    extracting = _Extracting(manifest, tasks, papers_file(work, manifest), index, store, options, watch)
    if options.engine == Engine.DASK:
        extracting.on_dask()
        return
    watch.step("extracting", extracting.total)
    processes = processes_for(manifest.read.papers, options.workers)
    # what was interrupted may hold a paper that brings its process down, which must not be this one
    if processes < 2 and not unfinished.interrupted:
        extracting.in_this_process()
    else:
        extracting.in_processes(max(1, min(processes, len(tasks))))


def _index_earlier(manifest: Manifest, work: Path, options: Options) -> Path | None:
    """The index of an earlier run's extractions, if they can be taken over."""
    index = work / EARLIER
    index.unlink(missing_ok=True)
    if options.fresh or not index_earlier(work.parent, index, manifest.versions, manifest.options):
        return None
    return index


def _left_over(manifest: Manifest, store: Store, watch: Watch) -> Sequence[int]:
    """The numbers of the parts that are not known to be finished."""
    watch.step("looking through what is done", manifest.read.papers)
    names, left_over = store.names("done"), []
    for number in range(manifest.parts):
        there = part_file("done", number, "json") in names
        # what is far away is looked at by who would do it again
        if not (there and isinstance(store, LocalStore) and finished_part(number, store)):
            left_over.append(number)
        task = _task(manifest, number)
        watch.done(task.stop - task.start)
    return left_over


def _task(manifest: Manifest, number: int) -> Task:
    size = manifest.papers_per_part
    return Task(number, number * size, min(manifest.read.papers, (number + 1) * size))


@dataclass(frozen=True)
class _Extracting:
    """`papers`: the file of them; `index`: of an earlier run's extractions, if they can be taken over."""

    manifest: Manifest
    tasks: Sequence[Task]
    papers: Path
    index: Path | None
    store: Store
    options: Options
    watch: Watch

    @property
    def total(self) -> int:
        """The papers of all tasks."""
        return sum(task.stop - task.start for task in self.tasks)

    @property
    def settings(self) -> Settings:
        return Settings(
            min_confidence=self.options.min_confidence,
            any_language=self.options.any_language,
            csv=not self.options.parts,
            seconds_per_paper=self.options.seconds_per_paper,
        )

    def in_this_process(self) -> None:
        part_work = self._set_up()()
        for task in self.tasks:
            part_work(task, lambda index: self.watch.done(index >= 0))

    def in_processes(self, processes: int) -> None:
        with closing(open_distinct(self.papers)) as distinct:
            done = in_processes(
                self.tasks,
                self._set_up(),
                processes,
                lambda at: next(distinct.papers(at, at + 1)),
                self.options.seconds_per_paper,
                self.watch.done,
            )
            for _ in done:
                pass

    def on_dask(self) -> None:
        options, manifest = self.options, self.manifest
        job = Job(
            manifest.id,
            pipeline.load,
            read_rules_folder(options.rules),
            options.model,
            manifest.versions,
            self.store,
            self.settings,
        )
        with closing(open_distinct(self.papers)) as distinct:
            extract_on_dask(
                self.tasks,
                self.total,
                distinct,
                EarlierRun(self.index) if self.index else None,
                job,
                self.watch,
                scheduler=options.scheduler,
                workers=min(options.workers or cores(), -(-self.total // manifest.papers_per_part)),
            )

    def _set_up(self) -> partial[PartWork]:
        """What makes a process's work; picklable."""
        load = partial(pipeline.load, self.options.rules, self.options.model, self.options.any_language)
        return partial(PartWork, load, self.papers, self.store, self.settings, self.index)
