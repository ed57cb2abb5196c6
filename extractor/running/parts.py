"""A part: some papers in a row, extracted by one worker, with their rows of every table. Takes papers, leaves
files in a store, and last of all the part's own small file, a `PartDone`, which makes it count."""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from extractor.export import TABLES
from extractor.export.csv import write_rows
from extractor.export.folder import EXTRACTIONS
from extractor.export.jsonl import line
from extractor.export.parquet import arrow_rows
from extractor.export.tables import Row, Table
from extractor.language import is_foreign
from extractor.records import Extraction, Paper, Record
from extractor.running.one_paper import Extract, Failure, at_least, extract_one
from extractor.running.store import Store
from extractor.running.tally import Tally

PAPERS_PER_PART = 250


class Settings(Record):
    """What decides on the content of a part, besides papers and extractor."""

    min_confidence: float = 0.0
    any_language: bool = False
    csv: bool = True  # CSV rows too, for tables that are joined
    seconds_per_paper: float | None = 60.0


class Earlier(Protocol):
    """Extractions of an earlier run that hold for this one."""

    def get(self, paper: Paper) -> Extraction | None:
        """That of the same text, if there is one."""


class FileDone(Record):
    size: int
    sha256: str


class PartDone(Record):
    """What a part's own file says: that the others are there, and how they must look."""

    number: int
    tally: Tally
    files: dict[str, FileDone]


def part_file(folder: str, number: int, end: str) -> str:
    """ "claims/part-00012.parquet"."""
    return f"{folder}/part-{number:05}.{end}"


def extract_part(
    number: int,
    papers: Sequence[Paper],
    load: Callable[[], Extract],
    store: Store,
    settings: Settings,
    *,
    earlier: Earlier | None = None,
    known: Mapping[int, Extraction | Failure] | None = None,
    begin: Callable[[int], None] = lambda index: None,
) -> PartDone:
    """Extracts from `papers` and writes their part. `load` gives what extracts, and is called if a paper
    needs it; `known`: what is known already, by index; `begin` is called with each index before its paper,
    and with -1 after the last. Raises what `load` raises, and what a store that is full raises."""
    known = known or {}
    reused = {i: found for i, paper in enumerate(papers) if earlier and (found := earlier.get(paper))}
    extract = load() if len(known.keys() | reused.keys()) < len(papers) else None
    tally, extractions = Tally(reused=len(reused.keys() - known.keys())), []
    for index, paper in enumerate(papers):
        begin(index)
        found = known.get(index) or reused.get(index)
        found = found or extract_one(extract, paper, settings.seconds_per_paper)
        if isinstance(found, Failure):
            tally.fail(found)
            continue
        found = at_least(found, settings.min_confidence)
        tally.add(found, left_out=is_foreign(found.language) and not settings.any_language)
        extractions.append(found)
    begin(-1)
    files = {}
    for name, content in _contents(number, extractions, settings.csv):
        store.put(name, content)
        files[name] = _file_done(content)
    done = PartDone(number=number, tally=tally, files=files)
    store.put(part_file("done", number, "json"), done.model_dump_json().encode())
    return done


def finished_part(number: int, store: Store) -> PartDone | None:
    """What a finished part's own file says, if all its files are there and as they were written."""
    try:
        done = PartDone.model_validate_json(store.get(part_file("done", number, "json")))
        whole = all(_file_done(store.get(name)) == wanted for name, wanted in done.files.items())
    except (FileNotFoundError, ValidationError):
        return None
    return done if whole and done.number == number else None


def _file_done(content: bytes) -> FileDone:
    return FileDone(size=len(content), sha256=hashlib.sha256(content).hexdigest())


def _contents(number: int, extractions: Sequence[Extraction], with_csv: bool) -> list[tuple[str, bytes]]:
    lines = "".join(map(line, extractions)).encode()
    files = [(part_file(EXTRACTIONS, number, "jsonl"), lines)]
    for table in TABLES:
        rows = [row for extraction in extractions for row in table.rows(extraction)]
        files.append((part_file(table.name, number, "parquet"), _parquet(rows, table)))
        if with_csv:
            files.append((part_file(table.name, number, "csv"), _csv(rows, table)))
    return files


def _csv(rows: list[Row], table: Table) -> bytes:
    """Without the header."""
    file = io.StringIO(newline="")
    write_rows(file, table, rows)
    return file.getvalue().encode()


def _parquet(rows: list[Row], table: Table) -> bytes:
    file = pa.BufferOutputStream()
    pq.write_table(arrow_rows(rows, table), file)
    return file.getvalue().to_pybytes()
