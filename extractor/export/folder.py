"""All files of a run, written side by side as extractions come in: every table as CSV and as Parquet, and
JSON Lines. They appear together when all are whole."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shlex import quote

from extractor.export.csv import csv_writer
from extractor.export.jsonl import jsonl_writer
from extractor.export.parquet import parquet_writer
from extractor.export.replacing import make_directory
from extractor.export.tables import TABLES
from extractor.records import Extraction

JSONL = "extractions.jsonl"
EXTRACTIONS = "extractions"  # the folder of its parts, where they are not joined
WORK = ".work"  # the folder in which a run keeps what is not finished
RUN_FILE = "run.json"  # written last, by the run itself
FILES = (*(f"{table.name}.{end}" for table in TABLES for end in ("csv", "parquet")), JSONL)


def extraction_files(run: Path) -> list[Path]:
    """The files of a run's extractions, whole or in parts, in their order; none if there is no run."""
    whole = run / JSONL
    return [whole] if whole.is_file() else numbered((run / EXTRACTIONS).glob("part-*.jsonl"))


def numbered(parts: Iterable[Path]) -> list[Path]:
    """Files such as part-00007.jsonl, by what stands before the number, and by the number."""

    def key(path: Path) -> tuple[str, int]:
        name, _, number = path.stem.rpartition("-")
        return name, int(number) if number.isdecimal() else -1

    return sorted(parts, key=key)


def unfinished(run: Path) -> str:
    """Why the tables in the folder `run` can't be used, and what to do, where a run there was stopped that
    has left none, or only some of them; else ""."""
    if (run / WORK).is_dir() and any((run / WORK).iterdir()) and not (run / RUN_FILE).is_file():
        how = f"extractor run --resume --output {quote(str(run))}"
        return f"{run}: the run there is unfinished; go on with `{how}`"
    return ""


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
