"""Finished parts to what a run leaves. Takes parts and their store, one part in memory at a time, writes to a
folder of its own. The bytes don't depend on how papers were cut into parts."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extractor.export import FILES, TABLES, make_directory, replacing
from extractor.export.csv import encoding, header
from extractor.export.folder import EXTRACTIONS, JSONL
from extractor.export.parquet import groups_writer
from extractor.running.begin import problems_file
from extractor.running.manifest import Manifest
from extractor.running.one_paper import Failure
from extractor.running.outputs import FAILED, FOLDERS, PROBLEMS, Left, left, names_of
from extractor.running.parts import PartDone, part_file
from extractor.running.report import failure_problem
from extractor.running.store import LocalStore, Store
from extractor.running.tally import Tally
from extractor.watch import Watch


def assemble(
    manifest: Manifest, work: Path, store: Store, output: Path, watch: Watch
) -> tuple[Tally, str, Left]:
    """Leaves all but run.json in the new folder `output`; what was counted, the checksum of the extractions,
    and the names of what was left."""
    tally, counted = _tallied(manifest, work / FAILED, store, watch)
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


def _tallied(manifest: Manifest, failed: Path, store: Store, watch: Watch) -> tuple[Tally, list[int]]:
    """What all parts count, and how many papers each has; failures go to the file `failed` and to `watch`."""
    tally, counted = Tally(), []
    with failed.open("w", encoding="utf-8", newline="") as file:
        for number in range(manifest.parts):
            done = PartDone.model_validate_json(store.get(part_file("done", number, "json")))
            file.writelines(map(_failed_line, done.tally.failures))
            for failure in done.tally.failures:
                watch.problem(failure_problem(failure))
            tally.merge(done.tally)
            counted.append(done.tally.papers + done.tally.failed)
    return tally, counted


def _failed_line(failure: Failure) -> str:
    about = failure.paper.model_dump(include={"id", "title", "places"})
    return (
        json.dumps({"paper": about.pop("id"), **about, "reason": failure.message}, ensure_ascii=False) + "\n"
    )


def join_parts(
    store: Store, parts: Sequence[int], output: Path, told: Callable[[int], None], *, bom: bool
) -> str:
    """Leaves `FILES` in `output`. `parts` says how many papers each part has, `told` is called with it
    after each. Returns the sha256 of the extractions."""
    digest = hashlib.sha256()
    with ExitStack() as files:
        lines = files.enter_context(replacing(output / JSONL, "wb"))
        with ExitStack() as groups:
            tables = []
            for table in TABLES:
                rows = files.enter_context(replacing(output / f"{table.name}.csv", "wb"))
                rows.write(header(table).encode(encoding(bom)))
                columns = files.enter_context(replacing(output / f"{table.name}.parquet", "wb"))
                tables.append((table.name, rows, groups.enter_context(groups_writer(columns, table))))
            for part, papers in enumerate(parts):
                content = store.get(part_file(EXTRACTIONS, part, "jsonl"))
                digest.update(content)
                lines.write(content)
                for name, rows, add in tables:
                    rows.write(store.get(part_file(name, part, "csv")))
                    part_rows = pa.BufferReader(store.get(part_file(name, part, "parquet")))
                    add(pq.read_table(part_rows, use_threads=False))
                told(papers)
    return digest.hexdigest()


def parts_checksum(store: Store, parts: Sequence[int], told: Callable[[int], None]) -> str:
    """The same sha256, where nothing is joined."""
    digest = hashlib.sha256()
    for part, papers in enumerate(parts):
        digest.update(store.get(part_file(EXTRACTIONS, part, "jsonl")))
        told(papers)
    return digest.hexdigest()


def link_parts(store: LocalStore, parts: int, output: Path) -> None:
    """The tables in parts: leaves `FOLDERS` in the new folder `output`."""
    for name in names_of(left(FOLDERS, parts)):
        make_directory((output / name).parent)
        _link(store.root / name, output / name)


def _link(path: Path, to: Path) -> None:
    """The same file under another name, or a copy where the file system has no such thing."""
    try:
        os.link(path, to)
    except OSError:
        shutil.copyfile(path, to)
