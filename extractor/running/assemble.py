"""Finished parts to what a run leaves. Takes parts and their store, one part in memory at a time; all files
appear together, whole, and `run.json` after them. The bytes don't depend on how papers were cut into
parts."""

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extractor.export import TABLES, make_directory, replacing
from extractor.export.csv import encoding, header
from extractor.export.folder import FILES, JSONL, RUN_FILE
from extractor.export.parquet import groups_writer
from extractor.running.parts import EXTRACTIONS, part_file
from extractor.running.store import LocalStore, Store

FOLDERS = (*(table.name for table in TABLES), EXTRACTIONS)
"""Of parts, where they are not joined."""


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
        _begin_replacing(output)
    for folder in FOLDERS:
        _remove_parts(output / folder)
    return digest.hexdigest()


def parts_checksum(store: Store, parts: Sequence[int], told: Callable[[int], None]) -> str:
    """The same sha256, where nothing is joined."""
    digest = hashlib.sha256()
    for part, papers in enumerate(parts):
        digest.update(store.get(part_file(EXTRACTIONS, part, "jsonl")))
        told(papers)
    return digest.hexdigest()


def leave_parts(store: LocalStore, output: Path) -> None:
    """The tables in parts: leaves `FOLDERS` in `output`."""
    _begin_replacing(output)
    for folder in FOLDERS:
        _remove_parts(output / folder)
        make_directory(output / folder)
        for path in sorted((store.root / folder).iterdir()):
            _link(path, output / folder / path.name)
    for name in FILES:
        (output / name).unlink(missing_ok=True)


def _begin_replacing(output: Path) -> None:
    """From here on the folder holds no finished run, until it has a `run.json` again."""
    (output / RUN_FILE).unlink(missing_ok=True)


def _link(path: Path, to: Path) -> None:
    """The same file under another name, or a copy where the file system has no such thing."""
    try:
        os.link(path, to)
    except OSError:
        with replacing(to, "wb") as file:
            file.write(path.read_bytes())


def _remove_parts(folder: Path) -> None:
    """The parts that an earlier run left, and nothing else."""
    for path in folder.glob("part-*"):
        path.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
