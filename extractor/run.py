"""A corpus's way through the program: sources in, a folder of files and a `Report` out. Papers go through one
process or several, part by part, and what is finished is kept, so that a run that was killed can be gone on
with; what comes out is the same. Never decides what a text says."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from extractor import pipeline
from extractor.export import FILES, NoSpace, make_directory, replacing
from extractor.export.folder import RUN_FILE, WORK
from extractor.read.repeats import open_distinct
from extractor.reader import model_version
from extractor.records import Extraction, Paper
from extractor.rules import load_rules
from extractor.running.assemble import join_parts, link_parts, parts_checksum
from extractor.running.begin import Beginning, Unfinished, papers_file, problems_file
from extractor.running.earlier import EarlierRun, index_earlier
from extractor.running.full_disk import telling_full_disk
from extractor.running.job import Job, read_rules_folder
from extractor.running.lock import only_run
from extractor.running.manifest import FILE, Manifest, ResumeError, how_to_go_on, read_manifest, versions
from extractor.running.on_dask import extract_on_dask
from extractor.running.one_paper import Extract, Failure, extract_one
from extractor.running.options import DEFAULTS, Engine, Options
from extractor.running.outputs import FAILED, FOLDERS, PROBLEMS, Guard, Left, exchange, left
from extractor.running.part_work import ListWork, PartWork
from extractor.running.parts import PartDone, Settings, finished_part, part_file
from extractor.running.place import Place, place_of
from extractor.running.report import Counts, Report, failure_problem, write_run_file
from extractor.running.store import LocalStore, Store
from extractor.running.tally import Tally
from extractor.running.workers import Task, WorkerError, in_processes
from extractor.watch import SILENT, Watch

__all__ = [
    "FAILED",
    "PROBLEMS",
    "RUN_FILE",
    "Counts",
    "Engine",
    "Failure",
    "NoSpace",
    "Options",
    "Report",
    "ResumeError",
    "WorkerError",
    "extract_all",
    "resume",
    "run",
]

PAPERS_PER_WORKER = 200  # a process takes about as long to start as to extract so many
PAPERS_PER_TASK = 16  # sent to a process at a time where papers are in memory
EARLIER = "earlier.sqlite"
ASSEMBLED = "assembled"  # the tables, before they are exchanged for those of an earlier run


def run(
    sources: Sequence[Path | str], output: Path | str, options: Options = DEFAULTS, watch: Watch = SILENT
) -> Report:
    """Extracts from every paper in `sources` and leaves `FILES` and run.json in `output`, a folder or a URL
    such as s3://bucket/claims; writes nothing if nothing was read. An unfinished run of the same input there
    is gone on with; what an earlier run there found in the same texts is taken over. ReadError, RuleError,
    ModelError, OutputError, NoSpace or WorkerError says what can't be used."""
    clock = _Clock()
    place = place_of(output)
    asked = Manifest(
        sources=tuple(map(str, sources)),
        options={**asdict(options), "rules": str(options.rules) if options.rules else None},
        versions=_versions(options),
        started=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    )
    clock.lap("start")
    with _alone(place):
        place.check(parts=options.parts)
        if not options.fresh:
            place.fetch_earlier()
        unfinished = _beginning(place, watch, parts=options.parts).begin(asked)
        return _finish(unfinished, place, options, watch, clock)


def resume(
    output: Path | str,
    *,
    workers: int | None = None,
    engine: Engine = Engine.LOCAL,
    scheduler: str | None = None,
    watch: Watch = SILENT,
) -> Report:
    """Goes on with the unfinished run in `output`, with its own options, and leaves what `run` would have
    left, by whatever engine. ResumeError if there is none, or rules, model or program changed since; else as
    `run`."""
    clock = _Clock()
    place = place_of(output)
    work = place.folder / WORK
    with _alone(place):
        if not (work / FILE).is_file():
            finished = (place.folder / RUN_FILE).is_file()
            what = "the run there is finished" if finished else "no unfinished run there"
            raise ResumeError(f"{place.name}: {what}, so there is nothing to resume")
        manifest = read_manifest(work)
        if manifest is None:
            raise ResumeError(
                f"{place.name}: the unfinished run there is damaged; run it anew, with its sources"
            )
        if set(manifest.options) != set(asdict(DEFAULTS)):
            raise ResumeError(
                f"{place.name}: the unfinished run there was begun by another version; run it anew, with its "
                "sources"
            )
        options = replace(_options(manifest), workers=workers, engine=engine, scheduler=scheduler)
        now = _versions(options)
        if changed := [name for name in now if manifest.versions.get(name) != now[name]]:
            raise ResumeError(
                f"{place.name}: what the run was begun with has changed ({', '.join(changed)}); run it anew, "
                "with its sources"
            )
        clock.lap("start")
        place.check(parts=options.parts)
        unfinished = _beginning(place, watch, parts=options.parts).begin_again(manifest)
        return _finish(unfinished, place, options, watch, clock)


def _finish(unfinished: Unfinished, place: Place, options: Options, watch: Watch, clock: "_Clock") -> Report:
    """Extracts what is not yet, puts the parts together and takes the work folder away."""
    manifest, output, work = unfinished.manifest, place.folder, place.folder / WORK
    clock.lap("read")
    if not manifest.read.papers:
        return Report(place.name, manifest.read, seconds=clock.seconds(), note=unfinished.note)
    place.keep(manifest)
    store = place.store(manifest)
    _extract_parts(unfinished, work, store, options, watch)
    clock.lap("extract")
    watch.step("writing", manifest.read.papers)
    assembled = work / ASSEMBLED
    shutil.rmtree(assembled, ignore_errors=True)
    make_directory(assembled)
    tally, checksum, now = _assemble(manifest, work, store, assembled, watch)
    exchange(output, assembled, now)
    clock.lap("assemble")
    report = Report(place.name, manifest.read, tally, clock.seconds(), now["outputs"], unfinished.note)
    write_run_file(assembled / RUN_FILE, report, manifest, options, checksum)
    (assembled / RUN_FILE).replace(output / RUN_FILE)
    place.leave(now, store)
    return report


def _extract_parts(unfinished: Unfinished, work: Path, store: Store, options: Options, watch: Watch) -> None:
    manifest = unfinished.manifest
    index = work / EARLIER
    index.unlink(missing_ok=True)
    reusable = not options.fresh and index_earlier(work.parent, index, manifest.versions, manifest.options)
    papers, size = manifest.read.papers, manifest.papers_per_part
    left_over = _left_over(manifest, store, watch) if unfinished.interrupted else range(manifest.parts)
    if not left_over:
        return
    tasks = (Task(n, n * size, min(papers, (n + 1) * size)) for n in left_over)
    total = sum(min(papers, (n + 1) * size) - n * size for n in left_over)
    settings = Settings(
        min_confidence=options.min_confidence,
        any_language=options.any_language,
        csv=not options.parts,
        seconds_per_paper=options.seconds_per_paper,
    )
    if options.engine == Engine.DASK:
        _extract_on_dask(
            tasks,
            total,
            manifest,
            work,
            store,
            settings,
            index if reusable else None,
            options,
            watch,
        )
        return
    watch.step("extracting", total)
    load = partial(pipeline.load, options.rules, options.model, options.any_language)
    set_up = partial(
        PartWork, load, papers_file(work, manifest), store, settings, index if reusable else None
    )
    processes = _processes(options.workers, papers)
    # what was interrupted may hold a paper that brings its process down, which must not be this one
    if processes < 2 and not unfinished.interrupted:
        part_work = set_up()
        for task in tasks:
            part_work(task, lambda index: watch.done(index >= 0))
        return
    distinct = open_distinct(papers_file(work, manifest))
    done = in_processes(
        tasks,
        set_up,
        max(1, min(processes, len(left_over))),
        lambda at: next(distinct.papers(at, at + 1)),
        options.seconds_per_paper,
        watch.done,
    )
    for _ in done:
        pass
    distinct.close()


def _left_over(manifest: Manifest, store: Store, watch: Watch) -> Sequence[int]:
    """The numbers of the parts that are not known to be finished."""
    watch.step("looking through what is done", manifest.read.papers)
    names, left_over = store.names("done"), []
    for number in range(manifest.parts):
        there = part_file("done", number, "json") in names
        # what is far away is looked at by who would do it again
        if not (there and isinstance(store, LocalStore) and finished_part(number, store)):
            left_over.append(number)
        watch.done(min(manifest.papers_per_part, manifest.read.papers - number * manifest.papers_per_part))
    return left_over


def _extract_on_dask(
    tasks: Iterable[Task],
    total: int,
    manifest: Manifest,
    work: Path,
    store: Store,
    settings: Settings,
    index: Path | None,
    options: Options,
    watch: Watch,
) -> None:
    job = Job(
        manifest.id,
        pipeline.load,
        read_rules_folder(options.rules),
        options.model,
        manifest.versions,
        store,
        settings,
    )
    distinct = open_distinct(papers_file(work, manifest))
    extract_on_dask(
        tasks,
        total,
        distinct,
        EarlierRun(index) if index else None,
        job,
        watch,
        scheduler=options.scheduler,
        workers=min(options.workers or _cores(), -(-total // manifest.papers_per_part)),
    )
    distinct.close()


def _assemble(
    manifest: Manifest, work: Path, store: Store, output: Path, watch: Watch
) -> tuple[Tally, str, Left]:
    """Leaves all but run.json in the new folder `output`; what was counted, the checksum of the extractions,
    and the names of what was left."""
    tally, counted = Tally(), []
    with (work / FAILED).open("w", encoding="utf-8", newline="") as failed:
        for number in range(manifest.parts):
            done = PartDone.model_validate_json(store.get(part_file("done", number, "json")))
            failed.writelines(map(_failed_line, done.tally.failures))
            for failure in done.tally.failures:
                watch.problem(failure_problem(failure))
            tally.merge(done.tally)
            counted.append(done.tally.papers + done.tally.failed)
    if manifest.options["parts"]:
        checksum, files = parts_checksum(store, counted, watch.done), FOLDERS
        if isinstance(store, LocalStore):
            link_parts(store, manifest.parts, output)
    else:
        bom = manifest.options["bom"]
        checksum, files = join_parts(store, counted, output, watch.done, bom=bom), FILES
    told = ((PROBLEMS, problems_file(work, manifest), manifest.read.problem_count),)
    for name, kept, count in ((FAILED, work / FAILED, tally.failed), *told):
        if count:
            with kept.open("rb") as source, replacing(output / name, "wb") as file:
                shutil.copyfileobj(source, file)
            files = (*files, name)
    return tally, checksum, left(files, manifest.parts)


def _failed_line(failure: Failure) -> str:
    about = failure.paper.model_dump(include={"id", "title", "places"})
    return (
        json.dumps({"paper": about.pop("id"), **about, "reason": failure.message}, ensure_ascii=False) + "\n"
    )


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
    processes = _processes(workers, len(papers))
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


def _processes(workers: int | None, papers: int) -> int:
    return min(workers or _cores(), papers // PAPERS_PER_WORKER)


def _beginning(place: Place, watch: Watch, *, parts: bool) -> Beginning:
    guard = Guard(place.name, place.left(), parts=parts)
    return Beginning(place.folder / WORK, place.store, guard, watch)


def _cores() -> int:
    """The cores that this process may use, where the system says; else all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _versions(options: Options) -> dict[str, str]:
    """RuleError for bad rules, ModelError for a missing model."""
    return versions(load_rules(options.rules).checksum, model_version() if options.model else "")


def _options(manifest: Manifest) -> Options:
    rules = manifest.options["rules"]
    return Options(**{**manifest.options, "rules": Path(manifest.directory) / rules if rules else None})


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Holds the place against other runs."""
    with (
        telling_full_disk(place.folder, place.name),
        _folder(place.folder),
        only_run(place.folder, place.name),
    ):
        place.enter()
        try:
            yield
        except WorkerError as error:
            how = how_to_go_on(place.folder, place.name)
            raise WorkerError(f"{error}; {how} goes on" if how else str(error)) from error


@contextmanager
def _folder(output: Path) -> Iterator[None]:
    """The folder `output`, which goes again if it was made for nothing."""
    made = not output.exists()
    make_directory(output)
    try:
        yield
    finally:
        if made and output.is_dir() and not any(output.iterdir()):
            output.rmdir()


class _Clock:
    """Seconds by step."""

    def __init__(self) -> None:
        self.start = self.last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step] = now - self.last
        self.last = now

    def seconds(self) -> dict[str, float]:
        return {
            step: round(s, 3) for step, s in {**self.laps, "all": time.perf_counter() - self.start}.items()
        }
