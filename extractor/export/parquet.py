"""Parquet with real types: lists as lists, empty numbers as nulls, kinds, roles and units as dictionaries.
The three tables of a folder read back into the very records that were written. The record version stands in
the file's metadata (`extractor.record_version`) and in the last column."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

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
    schema = arrow_schema(table)
    waiting: list[Row] = []
    with replacing(path, "wb") as file, pq.ParquetWriter(file, schema) as groups:

        def write(extraction: Extraction) -> int:
            rows = list(table.rows(extraction))
            waiting.extend(rows)
            if len(waiting) >= ROWS_PER_GROUP:
                flush()
            return len(rows)

        def flush() -> None:
            groups.write_table(pa.Table.from_pylist(waiting, schema))
            waiting.clear()

        yield write
        flush()


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
