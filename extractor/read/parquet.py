"""Parquet: a paper a row. Takes a stream, yields papers; for want of lines, problems name the row, from 1.
Reads batch by batch, and never more columns than a paper needs."""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from extractor.read.arrow import papers_of
from extractor.read.problems import Problems
from extractor.read.rows import Rows
from extractor.records import Paper

BATCH_ROWS = 256
BUFFER = 1 << 20  # bytes of a column read at a time


def read(stream: BinaryIO, problems: Problems, rows: Rows) -> Iterator[Paper]:
    yield from papers_of(lambda: _batches(stream, rows), "Parquet", problems, rows)


def _batches(stream: BinaryIO, rows: Rows) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    file = pq.ParquetFile(stream, buffer_size=BUFFER, pre_buffer=False)
    names = file.schema_arrow.names
    wanted = rows.wanted(names)
    return names, file.iter_batches(batch_size=BATCH_ROWS, columns=wanted, use_threads=False)
