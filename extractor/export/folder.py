"""All files of a run, written side by side as extractions come in: every table as CSV and as Parquet, and
JSON Lines. They appear together when all are whole."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from extractor.export.csv import csv_writer
from extractor.export.jsonl import jsonl_writer
from extractor.export.parquet import parquet_writer
from extractor.export.replacing import make_directory
from extractor.export.tables import TABLES
from extractor.records import Extraction

JSONL = "extractions.jsonl"
RUN_FILE = "run.json"  # written last, by the run itself
FILES = (*(f"{table.name}.{end}" for table in TABLES for end in ("csv", "parquet")), JSONL)


@contextmanager
def folder_writer(directory: Path, *, bom: bool = False) -> Iterator[Callable[[Extraction], None]]:
    """A function that adds an extraction to every file in `FILES`; OutputError if they can't be written."""
    make_directory(directory)
    with ExitStack() as files:
        writers = [files.enter_context(jsonl_writer(directory / JSONL))]
        for table in TABLES:
            writers.append(files.enter_context(csv_writer(directory / f"{table.name}.csv", table, bom=bom)))
            writers.append(files.enter_context(parquet_writer(directory / f"{table.name}.parquet", table)))

        def write(extraction: Extraction) -> None:
            for writer in writers:
                writer(extraction)

        yield write
