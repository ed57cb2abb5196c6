"""Arrow: Feather files, and the streams in which Hugging Face keeps datasets. A paper a row, as in Parquet.
Takes a stream, yields papers, batch by batch; every batch is checked before a value of it is looked at."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

import pyarrow as pa

from extractor.read.lines import UNREADABLE
from extractor.read.problems import Problems
from extractor.read.rows import Rows
from extractor.records import Paper, Place

MAGIC = b"ARROW1"
STREAM = b"\xff\xff\xff\xff"

SLICE_ROWS = 256
DAMAGED = (pa.ArrowException, ValueError, KeyError, *UNREADABLE)

Opened = Callable[[], tuple[list[str], Iterator[pa.RecordBatch]]]
"""Opens a file: the names of its columns, and its batches."""


def read(stream: BinaryIO, problems: Problems, rows: Rows) -> Iterator[Paper]:
    yield from papers_of(lambda: _batches(stream, rows), "Arrow", problems, rows)


def papers_of(opened: Opened, what: str, problems: Problems, rows: Rows) -> Iterator[Paper]:
    """The papers in the rows of batches; what stands before damage is read."""
    number = 0
    try:
        names, batches = opened()
        if complaint := rows.lacking(names):
            problems.add(0, complaint)
            return
        for batch in batches:
            for row in batch.to_pylist():
                number += 1
                if paper := rows.paper(row, Place(file=problems.file), problems, f"row {number}: "):
                    yield paper
    except DAMAGED as error:
        read_so_far = f"{number} rows before were read" if number else "nothing could be read"
        problems.add(0, f"damaged {what} ({error}); {read_so_far}; write the file anew")


def _batches(stream: BinaryIO, rows: Rows) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    start = stream.read(len(MAGIC))
    stream.seek(0)
    if start == MAGIC:
        file = pa.ipc.open_file(stream)
        whole = (file.get_batch(number) for number in range(file.num_record_batches))
    else:
        file = whole = pa.ipc.open_stream(stream)
    names = file.schema.names
    wanted = rows.wanted(names)
    return names, (part for batch in whole for part in _slices(batch.select(wanted)))


def _slices(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    batch.validate(full=True)
    for start in range(0, batch.num_rows, SLICE_ROWS):
        yield batch.slice(start, SLICE_ROWS)
