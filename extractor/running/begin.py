"""How a run begins: anew, or going on with an unfinished one, which is given up only once the new sources
were read. Takes what is asked for and the work folder, leaves there the file of papers and the manifest,
returns the manifest with what was read."""

import os
import shlex
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from extractor.export import OutputError, make_directory
from extractor.read import ReadError
from extractor.read.locations import STANDARD_INPUT
from extractor.read.repeats import open_distinct
from extractor.running.earlier import KEPT, holds_for, keep_parts
from extractor.running.manifest import FILE, Manifest, Read, ResumeError, new_id, read_manifest
from extractor.running.outputs import Guard, give_up_exchange
from extractor.running.parts import PAPERS_PER_PART
from extractor.running.reading import read_papers
from extractor.running.store import LocalStore, Store
from extractor.watch import Watch

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


@dataclass(frozen=True)
class Beginning:
    """What beginning a run takes: the work folder, where the parts of a run are, what stands between sources
    and output, and who is told."""

    work: Path
    store_of: Callable[[Manifest], Store]
    guard: Guard
    watch: Watch

    def begin(self, asked: Manifest) -> Unfinished:
        """Reads the sources; goes on with the unfinished run in the work folder if it is of the same papers,
        options and versions. What another unfinished run there has finished is kept, to be taken over. Where
        the sources can't be read, or hold nothing, it stays. ReadError, OutputError."""
        before = read_manifest(self.work)
        if before is None or before.read is None:
            return self._begin_anew(asked)
        reading, cleared = asked.reading, [papers_file(self.work, asked), problems_file(self.work, asked)]
        try:
            read = self._read(asked)
        except BaseException:
            _remove(cleared)
            raise
        if not read.papers:
            _remove(cleared)
            return Unfinished(asked.model_copy(update={"read": read}))
        done, parts = finished_parts(self.store_of(before)), before.parts
        if not asked.options["fresh"] and _same(before, asked) and read.digest == before.read.digest:
            manifest = before.model_copy(update={"read": read, "reading": reading})
            self._change(manifest)
            return self._noted(manifest, _going_on(done, parts), interrupted=True)
        kept = self._keep_parts(before, asked)
        manifest = _cut(asked.model_copy(update={"read": read}))
        self._change(manifest)
        shutil.rmtree(parts_folder(self.work, before), ignore_errors=True)
        return self._noted(manifest, f"an unfinished run there was given up: {_why(before, asked)}{kept}")

    def begin_again(self, manifest: Manifest) -> Unfinished:
        """Goes on with the unfinished run of the work folder; reads its sources again if that was not
        finished, or can't be used any more. ResumeError if they can't be."""
        if manifest.read is not None and self._is_whole(manifest):
            done = finished_parts(self.store_of(manifest))
            return self._noted(manifest, _going_on(done, manifest.parts), interrupted=True)
        what = "were not read to their end" if manifest.read is None else "have to be read again"
        if STANDARD_INPUT in manifest.sources:
            raise ResumeError("standard input was not read to its end, and is gone; run it anew")
        if manifest.directory != os.getcwd() and not all(map(_anywhere, manifest.sources)):
            raise ResumeError(f"its sources {what}; resume it in {shlex.quote(manifest.directory)}")
        try:
            if manifest.read is not None:  # on another machine, or damaged
                new = {"options": {**manifest.options, "fresh": False}, "id": new_id(), "reading": new_id()}
                return self.begin(manifest.model_copy(update=new))
            return Unfinished(self._reading(manifest), True)
        except ReadError as error:
            raise ResumeError(f"its sources {what}, and now: {error}") from error

    def _begin_anew(self, asked: Manifest) -> Unfinished:
        damaged = (self.work / FILE).is_file() and read_manifest(self.work) is None
        give_up_exchange(self.work.parent)
        clear(self.work)
        make_directory(self.work)
        asked.write(self.work)
        try:
            manifest = self._reading(asked)
        except (ReadError, OutputError):
            clear(self.work)
            raise
        if damaged:
            return self._noted(manifest, "an unfinished run there was given up: it is damaged")
        return Unfinished(manifest)

    def _reading(self, manifest: Manifest) -> Manifest:
        manifest = _cut(manifest.model_copy(update={"read": self._read(manifest)}))
        if manifest.read.papers:
            manifest.write(self.work)
        else:
            clear(self.work)
        return manifest

    def _read(self, manifest: Manifest) -> Read:
        self.watch.step("reading")
        columns, form = manifest.options["columns"], manifest.options["form"]
        files = papers_file(self.work, manifest), problems_file(self.work, manifest)
        leaves_out = self.guard.leaves_out
        read = read_papers(
            manifest.sources, *files, self.watch, columns=columns, form=form, leaves_out=leaves_out
        )
        if self.guard.skipped:
            self.watch.note(f"not read: {self.guard.skipped:,} files that the output {self.guard.root} holds")
        return read

    def _change(self, manifest: Manifest) -> None:
        """From now on the unfinished run is that one."""
        if manifest.id != read_manifest(self.work).id:
            give_up_exchange(self.work.parent)
        manifest.write(self.work)
        wanted = papers_file(self.work, manifest), problems_file(self.work, manifest)
        _remove(path for path in self.work.glob("p*-*.*") if path.is_file() and path not in wanted)

    def _keep_parts(self, before: Manifest, asked: Manifest) -> str:
        """Keeps what the unfinished run has done, if it holds for the one that is asked for; says so."""
        if asked.options["fresh"] or not holds_for(before, asked):
            shutil.rmtree(self.work / KEPT, ignore_errors=True)
            return ""
        kept = keep_parts(before.id, before.parts, self.store_of(before), LocalStore(self.work))
        return f"; what its {kept} finished parts hold is taken over" if kept else ""

    def _is_whole(self, manifest: Manifest) -> bool:
        try:
            with closing(open_distinct(papers_file(self.work, manifest))) as distinct:
                return distinct.digest() == manifest.read.digest
        except (sqlite3.Error, OSError):
            return False

    def _noted(self, manifest: Manifest, note: str, *, interrupted: bool = False) -> Unfinished:
        self.watch.note(note)
        return Unfinished(manifest, interrupted, note)


def papers_file(work: Path, manifest: Manifest) -> Path:
    return work / f"papers-{manifest.reading}.sqlite"


def problems_file(work: Path, manifest: Manifest) -> Path:
    return work / f"problems-{manifest.reading}.jsonl"


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


def _going_on(done: int, parts: int) -> str:
    return f"an unfinished run there was gone on with: {done} of {parts} parts done"


def _why(before: Manifest, asked: Manifest) -> str:
    if asked.options["fresh"]:
        return "a fresh one is asked for"
    return "its input has changed" if _same(before, asked) else "its sources, options or versions were others"


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _cut(manifest: Manifest) -> Manifest:
    """Decides on the size of parts: of a fixed one where they stay, so that any engine leaves the same."""
    asked, papers = manifest.options["papers_per_part"], manifest.read.papers
    cores = CORES_OF_A_CLUSTER if manifest.options.get("scheduler") else os.cpu_count() or 1
    fitting = papers // (PARTS_PER_CORE * cores)
    if not asked and manifest.options["parts"]:
        asked = PAPERS_PER_PART
    size = asked or min(PAPERS_PER_PART, max(FEWEST_PER_PART, fitting))
    return manifest.model_copy(update={"papers_per_part": size})
