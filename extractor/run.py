"""A corpus's way through the program: sources in, a folder of files and a `Report` out. Papers go through one
process or several, part by part, and what is finished is kept, so that a run that was killed can be gone on
with; what comes out is the same. Never decides what a text says."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from extractor.export import NoSpace, make_directory
from extractor.export.folder import RUN_FILE, WORK
from extractor.reader import model_version
from extractor.rules import load_rules
from extractor.running.assemble import assemble
from extractor.running.begin import Beginning, Unfinished
from extractor.running.clock import Clock
from extractor.running.extracting import extract_parts
from extractor.running.holding import holding
from extractor.running.in_memory import extract_all
from extractor.running.manifest import FILE, Manifest, ResumeError, read_manifest, versions
from extractor.running.one_paper import Failure
from extractor.running.options import DEFAULTS, Engine, Options
from extractor.running.outputs import FAILED, PROBLEMS, Guard, exchange
from extractor.running.place import Place, place_of
from extractor.running.report import Counts, Report, write_run_file
from extractor.running.workers import WorkerError
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

ASSEMBLED = "assembled"  # the tables, before they are exchanged for those of an earlier run


def run(
    sources: Sequence[Path | str], output: Path | str, options: Options = DEFAULTS, watch: Watch = SILENT
) -> Report:
    """Extracts from every paper in `sources` and leaves `FILES` and run.json in `output`, a folder or a URL
    such as s3://bucket/claims; writes nothing if nothing was read. An unfinished run of the same input there
    is gone on with; what an earlier run there found in the same texts is taken over. ReadError, RuleError,
    ModelError, OutputError, NoSpace or WorkerError says what can't be used."""
    clock = Clock()
    place = place_of(output)
    asked = Manifest(
        sources=tuple(map(str, sources)),
        options={**asdict(options), "rules": str(options.rules) if options.rules else None},
        versions=_versions(options),
        started=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    )
    clock.lap("start")
    with holding(place):
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
    clock = Clock()
    place = place_of(output)
    work = place.folder / WORK
    with holding(place):
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


def _finish(unfinished: Unfinished, place: Place, options: Options, watch: Watch, clock: Clock) -> Report:
    """Extracts what is not yet, puts the parts together and takes the work folder away."""
    manifest, output, work = unfinished.manifest, place.folder, place.folder / WORK
    clock.lap("read")
    if not manifest.read.papers:
        return Report(place.name, manifest.read, seconds=clock.seconds(), note=unfinished.note)
    place.keep(manifest)
    store = place.store(manifest)
    extract_parts(unfinished, work, store, options, watch)
    clock.lap("extract")
    watch.step("writing", manifest.read.papers)
    assembled = work / ASSEMBLED
    shutil.rmtree(assembled, ignore_errors=True)
    make_directory(assembled)
    tally, checksum, now = assemble(manifest, work, store, assembled, watch)
    exchange(output, assembled, now)
    clock.lap("assemble")
    report = Report(place.name, manifest.read, tally, clock.seconds(), now["outputs"], unfinished.note)
    write_run_file(assembled / RUN_FILE, report, manifest, options, checksum)
    (assembled / RUN_FILE).replace(output / RUN_FILE)
    place.leave(now, store)
    return report


def _beginning(place: Place, watch: Watch, *, parts: bool) -> Beginning:
    guard = Guard(place.name, place.left(), parts=parts)
    return Beginning(place.folder / WORK, place.store, guard, watch)


def _versions(options: Options) -> dict[str, str]:
    """RuleError for bad rules, ModelError for a missing model."""
    return versions(load_rules(options.rules).checksum, model_version() if options.model else "")


def _options(manifest: Manifest) -> Options:
    rules = manifest.options["rules"]
    return Options(**{**manifest.options, "rules": Path(manifest.directory) / rules if rules else None})
