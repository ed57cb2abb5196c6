"""How a run begins: anew, or going on with an unfinished one. Takes what is asked for and the work folder,
leaves there the file of papers and the manifest, returns the manifest with what was read."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from extractor.export import make_directory
from extractor.read import ReadError
from extractor.running.manifest import FILE, Manifest, Read, ResumeError, new_id, read_manifest
from extractor.running.parts import PAPERS_PER_PART
from extractor.running.reading import read_papers
from extractor.running.store import Store
from extractor.watch import Watch

PAPERS, PROBLEMS = "papers.sqlite", "problems.jsonl"
AGAIN = "again-"  # before the name of a file that is read while an unfinished run may still be gone on with
STANDARD_INPUT = "-"
FEWEST_PER_PART = 25
CORES_OF_A_CLUSTER = 64  # as a guess
PARTS_PER_CORE = 8  # so that all workers are busy to the end
DECIDE = ("model", "min_confidence", "bom", "columns", "form", "any_language", "parts")
"""The options that decide on the result; the versions stand for the rules."""


@dataclass(frozen=True)
class Unfinished:
    """A run whose papers are read. `interrupted`: it stood there before."""

    manifest: Manifest
    interrupted: bool = False
    note: str = ""


def begin(asked: Manifest, work: Path, watch: Watch, store_of: Callable[[Manifest], Store]) -> Unfinished:
    """Reads the sources; goes on with the unfinished run in `work` if it is of the same papers, options and
    versions. `store_of` gives where the parts of a run are. ReadError."""
    before = read_manifest(work)
    same = before and before.read and not asked.options["fresh"] and _same(before, asked)
    if not same:
        clear(work)
        make_directory(work)
        asked.write(work)
        note = "an unfinished run there was given up: its sources, options or versions were others"
        try:
            manifest = _reading(asked, work, watch)
        except ReadError:
            clear(work)
            raise
        return Unfinished(manifest, note=note if before and before.read else "")
    read = _read(asked, work, watch, AGAIN)
    if read.digest == before.read.digest:
        done, parts = finished_parts(store_of(before)), before.parts
        before = _keep(before.model_copy(update={"read": read}), work)
        return Unfinished(
            before, True, f"an unfinished run there was gone on with: {done} of {parts} parts done"
        )
    asked.write(work)
    shutil.rmtree(parts_folder(work, before), ignore_errors=True)
    note = "an unfinished run there was given up: its input has changed"
    return Unfinished(_keep(_cut(asked.model_copy(update={"read": read})), work), note=note)


def begin_again(
    manifest: Manifest, work: Path, watch: Watch, store_of: Callable[[Manifest], Store]
) -> Unfinished:
    """Goes on with the unfinished run in `work`; reads its sources again if that was not finished.
    ResumeError if they can't be."""
    if manifest.read is not None and (work / PAPERS).is_file():
        return Unfinished(manifest, True)
    if STANDARD_INPUT in manifest.sources:
        raise ResumeError("standard input was not read to its end, and is gone; run it anew")
    if manifest.directory != os.getcwd() and not all(map(_anywhere, manifest.sources)):
        raise ResumeError(f"its sources were not read to their end; resume it in {manifest.directory}")
    try:
        if manifest.read is not None:  # on another machine
            update = {"options": {**manifest.options, "fresh": False}, "id": new_id()}
            return begin(manifest.model_copy(update=update), work, watch, store_of)
        return Unfinished(_reading(manifest, work, watch), True)
    except ReadError as error:
        raise ResumeError(f"its sources were not read to their end, and now: {error}") from error


def parts_folder(work: Path, manifest: Manifest) -> Path:
    """Of this run alone, so that a process that survived another one can't write to it."""
    return work / f"parts-{manifest.id}"


def finished_parts(store: Store) -> int:
    """How many parts say that they are finished."""
    return len(store.names("done"))


def clear(work: Path) -> None:
    """Takes the work folder away, so that it is no unfinished run at any moment in between."""
    (work / FILE).unlink(missing_ok=True)
    shutil.rmtree(work, ignore_errors=True)


def _anywhere(source: str) -> bool:
    """Whether the name holds in any directory."""
    return "://" in source or Path(source).is_absolute()


def _same(before: Manifest, asked: Manifest) -> bool:
    return (before.sources, before.versions) == (asked.sources, asked.versions) and all(
        before.options.get(name) == asked.options[name] for name in DECIDE
    )


def _reading(manifest: Manifest, work: Path, watch: Watch) -> Manifest:
    manifest = _cut(manifest.model_copy(update={"read": _read(manifest, work, watch)}))
    manifest.write(work)
    return manifest


def _read(manifest: Manifest, work: Path, watch: Watch, before_name: str = "") -> Read:
    watch.step("reading")
    columns, form = manifest.options["columns"], manifest.options["form"]
    papers, problems = (work / f"{before_name}{name}" for name in (PAPERS, PROBLEMS))
    return read_papers(manifest.sources, papers, problems, watch, columns=columns, form=form)


def _keep(manifest: Manifest, work: Path) -> Manifest:
    """Puts the files that were read again in their place."""
    for name in (PAPERS, PROBLEMS):
        (work / f"{AGAIN}{name}").replace(work / name)
    manifest.write(work)
    return manifest


def _cut(manifest: Manifest) -> Manifest:
    """Decides on the size of parts: of a fixed one where they stay, so that any engine leaves the same."""
    asked, papers = manifest.options["papers_per_part"], manifest.read.papers
    cores = CORES_OF_A_CLUSTER if manifest.options.get("scheduler") else os.cpu_count() or 1
    fitting = papers // (PARTS_PER_CORE * cores)
    if not asked and manifest.options["parts"]:
        asked = PAPERS_PER_PART
    size = asked or min(PAPERS_PER_PART, max(FEWEST_PER_PART, fitting))
    return manifest.model_copy(update={"papers_per_part": size})
