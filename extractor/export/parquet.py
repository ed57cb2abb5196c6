"""Parquet with real types: lists as lists, empty numbers as nulls, kinds, roles and units as dictionaries.
The three tables of a folder read back into the very records that were written. The record version stands in
the file's metadata (`extractor.record_version`) and in the last column."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from extractor.export.replacing import replacing
from extractor.export.tables import CLAIMS, MENTIONS, PAPERS, TABLES, Cell, Row, Table, extractions
from extractor.records import RECORD_VERSION, Extraction

TYPES = {
    Cell.TEXT: pa.string(),
    Cell.WORD: pa.dictionary(pa.int32(), pa.string()),
    Cell.INTEGER: pa.int64(),
    Cell.NUMBER: pa.float64(),
    Cell.FLAG: pa.bool_(),
    Cell.TEXTS: pa.list_(pa.string()),
    Cell.INTEGERS: pa.list_(pa.int64()),
    Cell.GROUPS: pa.list_(pa.list_(pa.string())),
}
ROWS_PER_GROUP = 8_192


def arrow_schema(table: Table) -> pa.Schema:
    """The columns of a table with their Arrow types."""
    columns = [(name, TYPES[cell]) for name, cell in table.columns.items()]
    return pa.schema(columns, metadata={"extractor.record_version": RECORD_VERSION})


@contextmanager
def parquet_writer(path: Path, table: Table) -> Iterator[Callable[[Extraction], int]]:
    """A function that adds an extraction's rows to `path` and says how many; the file is there when the block
    ends."""
    waiting: list[Row] = []
    with replacing(path, "wb") as file, groups_writer(file, table) as add:

        def write(extraction: Extraction) -> int:
            rows = list(table.rows(extraction))
            waiting.extend(rows)
            if len(waiting) >= ROWS_PER_GROUP:
                flush()
            return len(rows)

        def flush() -> None:
            add(arrow_rows(waiting, table))
            waiting.clear()

        yield write
        flush()


@contextmanager
def groups_writer(file: BinaryIO, table: Table) -> Iterator[Callable[[pa.Table], None]]:
    """A function that adds rows to a Parquet file, however many at a time: the bytes depend on the rows
    alone, since groups are cut anew and get dictionaries of their own."""
    schema = arrow_schema(table)
    waiting = _plain(arrow_rows([], table))
    written = False
    with pq.ParquetWriter(file, schema) as groups:

        def add(rows: pa.Table) -> None:
            nonlocal waiting
            waiting = pa.concat_tables([waiting, _plain(rows)])
            while len(waiting) >= ROWS_PER_GROUP:
                write_group(waiting.slice(0, ROWS_PER_GROUP))
                waiting = waiting.slice(ROWS_PER_GROUP)

        def write_group(rows: pa.Table) -> None:
            nonlocal written
            rows = rows.combine_chunks()
            columns = [
                column.dictionary_encode() if pa.types.is_dictionary(field.type) else column
                for field, column in zip(schema, rows.columns, strict=True)
            ]
            groups.write_table(pa.Table.from_arrays(columns, schema=schema))
            written = True

        yield add
        if len(waiting) or not written:
            write_group(waiting)


def arrow_rows(rows: list[Row], table: Table) -> pa.Table:
    return pa.Table.from_pylist(rows, arrow_schema(table))


def _plain(rows: pa.Table) -> pa.Table:
    """The same rows without dictionaries."""
    fields = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in rows.schema
    ]
    return rows.cast(pa.schema(fields, metadata=rows.schema.metadata))


def write_parquet(extractions: Iterable[Extraction], path: Path, table: Table = CLAIMS) -> int:
    """One file of one table; returns the number of rows."""
    with parquet_writer(path, table) as write:
        return sum(write(extraction) for extraction in extractions)


def read_parquet(directory: Path) -> Iterator[Extraction]:
    """The extractions whose `papers`, `mentions` and `claims` tables stand in `directory`, a batch in memory
    at a time. FileNotFoundError names a table that is missing, ValueError says where the three don't fit
    together."""
    for table in TABLES:
        if not (directory / f"{table.name}.parquet").is_file():
            raise FileNotFoundError(
                f"{directory}: no {table.name}.parquet; give a folder that `extractor run` wrote"
            )
    return extractions(*(_rows(directory / f"{table.name}.parquet") for table in (PAPERS, MENTIONS, CLAIMS)))


def _rows(path: Path) -> Iterator[Row]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(ROWS_PER_GROUP):
            yield from batch.to_pylist()
