"""What a run left -> the rows of its claims table, with people's decisions applied where it is a whole run.
Takes a run's directory, or its claims.csv, claims.parquet or extractions.jsonl alone. Never writes."""

import json
from collections.abc import Iterable, Iterator
from math import isfinite
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from extractor.decisions import decided, read_decisions
from extractor.export import CLAIMS, read_csv, read_jsonl
from extractor.export.folder import JSONL, RUN_FILE, extraction_files, unfinished
from extractor.export.tables import Row
from extractor.records import RECORD_VERSION, Direction, Extraction, Kind, Qualifier, Role

PARQUET = f"{CLAIMS.name}.parquet"
CSV = f"{CLAIMS.name}.csv"
ROWS_AT_A_TIME = 8_192
SAVED = f"the folder of a run, or its {PARQUET}, {CSV} or {JSONL}"


class SavedError(ValueError):
    """Something that is no saved run, or one of another version; the message says what to do."""


def claim_rows_of(source: Path, *, decisions: bool = True) -> Iterator[Row]:
    """The rows of the claims table, columns as in `extractor.export.CLAIMS`, in the order of the run.
    `decisions`: leave out what people rejected and show what they corrected or added (directories only).
    SavedError says what can't be read."""
    source = Path(source)
    if source.is_dir():
        return _rows_of_run(source, decisions)
    if not source.exists():
        raise SavedError(f"{source}: not there; give {SAVED}")
    match source.suffix.lower():
        case ".csv":
            return _csv_rows(source)
        case ".parquet":
            return _parquet_rows(source)
        case ".jsonl":
            return _jsonl_rows(source)
    raise SavedError(f"{source}: no file that is known here; give {SAVED}")


def _rows_of_run(run: Path, decisions: bool) -> Iterator[Row]:
    if why := unfinished(run):
        raise SavedError(why)
    _check_run_file(run / RUN_FILE)
    try:
        made = read_decisions(run) if decisions else {}
    except ValueError as error:
        raise SavedError(f"{error}; mend that line or take the file away") from error
    files = extraction_files(run)
    if made:
        if not files:
            raise SavedError(f"{run}: has decisions but no {JSONL} to apply them to; run again")
        return _rows(_decided(extraction, made) for extraction in _extractions(*files))
    if (run / PARQUET).is_file():
        return _parquet_rows(run / PARQUET)
    if files:
        return _jsonl_rows(*files)
    if (run / CSV).is_file():
        return _csv_rows(run / CSV)
    raise SavedError(f"{run}: no run stands there; give {SAVED}, such as `extractor run` leaves in output/")


def _check_run_file(path: Path) -> None:
    if not path.is_file():
        return
    try:
        version = json.loads(path.read_text(encoding="utf-8"))["version"]
    except (ValueError, KeyError, TypeError) as error:
        raise SavedError(f"{path}: damaged; extract again with `extractor run`") from error
    _check_version(str(version), path)


def _check_version(version: str, path: Path) -> None:
    if version != RECORD_VERSION:
        raise SavedError(
            f"{path}: written in record version {version}, this program reads {RECORD_VERSION}; "
            "extract again with `extractor run`"
        )


def _decided(extraction: Extraction, made) -> Extraction:
    try:
        return decided(extraction, made)
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise SavedError(
            f"paper {extraction.paper.id!r}: a correction can't be applied: {message}; "
            "correct it again, or leave decisions out"
        ) from error


def _rows(extractions: Iterable[Extraction]) -> Iterator[Row]:
    return (row for extraction in extractions for row in CLAIMS.rows(extraction))


def _extractions(*paths: Path) -> Iterator[Extraction]:
    try:
        for path in paths:
            for extraction in read_jsonl(path):
                _check_version(extraction.version, path)
                yield extraction
    except SavedError:
        raise
    except ValueError as error:
        raise SavedError(f"{error}; give {SAVED}") from error


def _jsonl_rows(*paths: Path) -> Iterator[Row]:
    return _rows(_extractions(*paths))


def _parquet_rows(path: Path) -> Iterator[Row]:
    try:
        with pq.ParquetFile(path) as file:
            _check_parquet(file.schema_arrow, path)
            for batch in file.iter_batches(ROWS_AT_A_TIME):
                for row in batch.to_pylist():
                    yield _checked(row, path)
    except pa.ArrowException as error:
        raise SavedError(f"{path}: damaged or no Parquet; give {SAVED}") from error


def _check_parquet(schema: pa.Schema, path: Path) -> None:
    version = (schema.metadata or {}).get(b"extractor.record_version")
    if version is not None:
        _check_version(version.decode(), path)
    if schema.names != list(CLAIMS.columns):
        raise SavedError(f"{path}: not the columns of the {CLAIMS.name} table; give {SAVED}")


def _csv_rows(path: Path) -> Iterator[Row]:
    try:
        rows = read_csv(path)
    except ValueError as error:
        raise SavedError(f"{path}: not as `extractor run` wrote it ({error}); give {SAVED}") from error
    for row in rows:
        _check_version(row["version"], path)
        yield _checked(row, path)


def _checked(row: Row, path: Path) -> Row:
    """The row, if a claim can be made of it."""
    numbers = [
        row[name] for name in ("low", "high", "confidence", "value_start", "value_end", "sentence_start")
    ]
    try:
        Kind(row["kind"]), Role(row["role"]), Qualifier(row["qualifier"])
        if row["direction"]:
            Direction(row["direction"])
        if not all(isinstance(number, int | float) and isfinite(number) for number in numbers):
            raise ValueError("a number is missing or not finite")
    except ValueError as error:
        where = f"{path}: claim at {row['value_start']} of paper {row['paper']}"
        raise SavedError(f"{where}: {error}; give {SAVED}") from error
    return row
