"""Parquet: a paper a row. Takes a stream, yields papers; for want of lines, problems name the row, from 1.
Reads batch by batch, and never more columns than a paper needs."""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from extractor.read.fields import Columns, find_columns, lacking_columns, paper_from
from extractor.read.lines import UNREADABLE
from extractor.read.problems import Problems
from extractor.records import Paper, Place

DAMAGED = (pa.ArrowException, UnicodeDecodeError, *UNREADABLE)

BATCH_ROWS = 1000


def read(stream: BinaryIO, problems: Problems, columns: Columns) -> Iterator[Paper]:
    number = 0
    try:
        file = pq.ParquetFile(stream)
        names = file.schema_arrow.names
        if complaint := lacking_columns(names, columns):
            problems.add(0, complaint)
            return
        wanted = sorted({name for names in find_columns(names, columns).values() for name in names})
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=wanted):
            for row in batch.to_pylist():
                number += 1
                place = Place(file=problems.file)
                paper = paper_from(row, columns, place, problems, where=f"row {number}: ")
                if paper:
                    yield paper
    except DAMAGED as error:
        read_so_far = f"{number} rows before were read" if number else "nothing could be read"
        problems.add(0, f"damaged Parquet ({error}); {read_so_far}; write the file anew")
