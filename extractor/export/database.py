"""A run as a database: tables with keys, and views for the questions that are asked most. The same tables and
views for SQLite and DuckDB; text as read, `source` being title, newline, abstract, in which all spans
count."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

from extractor.export.csv import to_cell
from extractor.export.replacing import OutputError, replacing_path
from extractor.export.tables import CLAIMS, MULTIPLE, SINGLE, Cell, Row, Table
from extractor.records import Extraction

TEXT, INTEGER, NUMBER, FLAG = "VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN"
TABLES: dict[str, dict[str, str]] = {
    "run": {"key": f"{TEXT} PRIMARY KEY", "value": TEXT},
    "papers": {
        "paper": f"{TEXT} PRIMARY KEY",
        **dict.fromkeys(("title", "abstract", "source", "date"), TEXT),
        "author_count": INTEGER,
        **dict.fromkeys(("venue", "url", "doi", "language", "version"), TEXT),
    },
    "authors": {"paper": f"{TEXT} REFERENCES papers", "position": INTEGER, "author": TEXT},
    "places": {"paper": f"{TEXT} REFERENCES papers", "position": INTEGER, "file": TEXT, "line": INTEGER},
    "aliases": {"paper": f"{TEXT} REFERENCES papers", "name_group": INTEGER, "form": TEXT},
    "mentions": {
        "id": f"{INTEGER} PRIMARY KEY",
        "paper": f"{TEXT} REFERENCES papers",
        **dict.fromkeys(("label", "text", "name"), TEXT),
        "proposed": FLAG,
        "span_start": INTEGER,
        "span_end": INTEGER,
        "confidence": NUMBER,
        "inferred": TEXT,
        "origin": TEXT,
    },
    "claims": {
        "id": f"{INTEGER} PRIMARY KEY",
        "paper": f"{TEXT} REFERENCES papers",
        "claim": TEXT,
        "value": TEXT,
        "low": NUMBER,
        "high": NUMBER,
        **dict.fromkeys(("unit", "kind", "role", "qualifier", "direction"), TEXT),
        **{name: TEXT for f in (*SINGLE, *MULTIPLE) for name in (f, f"{f}_name")},
        "sentence": TEXT,
        "confidence": NUMBER,
        "value_start": INTEGER,
        "value_end": INTEGER,
        "sentence_start": INTEGER,
        "sentence_end": INTEGER,
        "origin": TEXT,
        **dict.fromkeys(("decision", "note", "reviewer", "decided"), TEXT),
    },
    "slots": {
        "claim_id": f"{INTEGER} REFERENCES claims",
        "field": TEXT,
        "position": INTEGER,
        "text": TEXT,
        "name": TEXT,
        "span_start": INTEGER,
        "span_end": INTEGER,
        "inferred": TEXT,
    },
}
"""Table -> column -> type. In `claims`, lists are joined by "; "; in `slots` each has a row of its own."""

KEYS = {
    "authors": "PRIMARY KEY (paper, position)",
    "places": "PRIMARY KEY (paper, position)",
    "slots": "PRIMARY KEY (claim_id, position)",
}

OWN = "c.role = 'result' AND c.kind NOT IN ('scale', 'other')"
ABOUT = (
    "c.claim, c.method_name AS method, c.value, c.low, c.high, c.unit, c.qualifier, "
    "c.baseline_name AS baseline, c.metric_name AS metric, c.dataset_name AS datasets"
)
PLACE = "c.condition, c.confidence, c.decision, p.title, p.date, p.url, c.sentence, c.paper"
FROM = "FROM claims c JOIN papers p ON p.paper = c.paper"
RANKED = "c.role = 'result' AND c.kind = 'score' AND c.metric_name IS NOT NULL"
VIEWS = {
    # what papers report of themselves, sizes of data and models apart
    "results": f"SELECT c.kind, {ABOUT}, {PLACE} {FROM} WHERE {OWN}",
    # a dataset and metric at a time: which method reports what
    "leaderboard": f"SELECT d.name AS dataset, {ABOUT}, {PLACE} {FROM} "
    f"JOIN slots d ON d.claim_id = c.id AND d.field = 'dataset' WHERE {RANKED}",
    "speedups": f"SELECT {ABOUT}, {PLACE} {FROM} WHERE c.role = 'result' AND c.kind = 'speedup'",
    # less memory, fewer parameters, less energy ...
    "savings": f"SELECT c.kind, c.direction, {ABOUT}, {PLACE} {FROM} "
    "WHERE c.role = 'result' AND c.kind IN ('compression', 'efficiency')",
    "metrics": "SELECT metric_name AS metric, unit, count(*) AS claims, count(DISTINCT paper) AS papers "
    "FROM claims WHERE metric_name IS NOT NULL GROUP BY metric_name, unit",
    "datasets": "SELECT s.name AS dataset, count(*) AS claims, count(DISTINCT c.paper) AS papers "
    "FROM slots s JOIN claims c ON c.id = s.claim_id WHERE s.field = 'dataset' GROUP BY s.name",
    # who is compared with whom
    "comparisons": "SELECT c.method_name AS method, b.name AS baseline, count(*) AS claims, "
    "count(DISTINCT c.paper) AS papers FROM claims c "
    "JOIN slots b ON b.claim_id = c.id AND b.field = 'baseline' "
    "WHERE c.method_name IS NOT NULL GROUP BY c.method_name, b.name",
    # what nobody has decided yet, for working through by rising confidence
    "undecided": f"SELECT c.kind, c.role, {ABOUT}, {PLACE} {FROM} WHERE c.decision IS NULL",
}
INDEXES = {
    "claims": ("claim", "paper", "metric_name", "method_name", "kind"),
    "mentions": ("paper", "name"),
    "slots": ("claim_id", "name"),
}
ROWS_AT_ONCE = 20_000

Insert = Callable[[str, list[tuple]], None]


def write_sqlite(
    extractions: Iterable[Extraction],
    path: Path,
    claims: Table = CLAIMS,
    about: Mapping[str, str] | None = None,
) -> int:
    """`claims`: the table whose columns the claims are taken from; `about`: the rows of `run`. Returns the
    number of claims. OutputError if a paper's id stands twice."""
    with replacing_path(path) as partial, closing(sqlite3.connect(partial)) as base:
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA foreign_keys = ON")
        _create(base.execute)

        def insert(table: str, rows: list[tuple]) -> None:
            base.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(TABLES[table]))})", rows)

        count = _fill(extractions, claims, about or {}, insert, sqlite3.IntegrityError, path)
        for table, columns in INDEXES.items():
            for column in columns:
                base.execute(f"CREATE INDEX {table}_{column} ON {table} ({column})")
        base.commit()
    return count


def write_duckdb(
    extractions: Iterable[Extraction],
    path: Path,
    claims: Table = CLAIMS,
    about: Mapping[str, str] | None = None,
) -> int:
    """As `write_sqlite`. OutputError if DuckDB is not installed."""
    import pyarrow as pa

    try:
        duckdb = import_module("duckdb")
    except ModuleNotFoundError as error:
        raise OutputError(
            f"{path}: DuckDB is not installed; pip install 'claim-extractor[duckdb]', or write .sqlite"
        ) from error
    kinds = {TEXT: pa.string(), INTEGER: pa.int64(), NUMBER: pa.float64(), FLAG: pa.bool_()}
    with replacing_path(path) as partial, closing(duckdb.connect(str(partial))) as base:
        _create(base.execute)

        def insert(table: str, rows: list[tuple]) -> None:
            types = [kinds[kind.split()[0]] for kind in TABLES[table].values()]
            columns = [
                pa.array(cells, kind) for cells, kind in zip(zip(*rows, strict=True), types, strict=True)
            ]
            base.register("batch", pa.table(columns, list(TABLES[table])))
            base.execute(f"INSERT INTO {table} SELECT * FROM batch")
            base.unregister("batch")

        count = _fill(extractions, claims, about or {}, insert, duckdb.ConstraintException, path)
    return count


def _create(execute: Callable[[str], Any]) -> None:
    for table, columns in TABLES.items():
        told = [f"{name} {kind}" for name, kind in columns.items()]
        told += [KEYS[table]] if table in KEYS else []
        execute(f"CREATE TABLE {table} ({', '.join(told)})")
    for view, query in VIEWS.items():
        execute(f"CREATE VIEW {view} AS {query}")


def _fill(
    extractions: Iterable[Extraction],
    claims: Table,
    about: Mapping[str, str],
    insert: Insert,
    refused: type[Exception],
    path: Path,
) -> int:
    """Rows in batches, those that others refer to first."""
    waiting: dict[str, list[tuple]] = defaultdict(list, run=list(about.items()))
    numbers = {"mentions": 0, "claims": 0}

    def flush() -> None:
        for table in TABLES:
            if rows := waiting.pop(table, None):
                insert(table, rows)

    try:
        for extraction in extractions:
            for table, row in _rows(extraction, claims, numbers):
                waiting[table].append(row)
            if len(waiting["mentions"]) + len(waiting["slots"]) >= ROWS_AT_ONCE:
                flush()
        flush()
    except refused as error:
        raise OutputError(f"{path}: two papers of the run have one id ({error}); extract again") from error
    return numbers["claims"]


def _rows(extraction: Extraction, claims: Table, numbers: dict[str, int]) -> Iterator[tuple[str, tuple]]:
    """A paper's rows, each with its table. `numbers` counts mentions and claims over all papers."""
    paper = extraction.paper
    about = {**paper.model_dump(), "paper": paper.id, "source": paper.source}
    about |= {"language": extraction.language, "version": extraction.version}
    yield "papers", tuple(about[name] for name in TABLES["papers"])
    for position, author in enumerate(paper.authors):
        yield "authors", (paper.id, position, author)
    for position, place in enumerate(paper.places):
        yield "places", (paper.id, position, place.file, place.line)
    for number, group in enumerate(extraction.aliases):
        for form in group:
            yield "aliases", (paper.id, number, form)
    for m in extraction.mentions:
        numbers["mentions"] += 1
        named = (numbers["mentions"], paper.id, m.label.value, m.text, m.name, m.proposed)
        yield "mentions", (*named, m.start, m.end, m.confidence, m.inferred, "; ".join(m.origin))
    for claim, row in zip(extraction.claims, claims.rows(extraction), strict=True):
        numbers["claims"] += 1
        yield "claims", _claim_row(row, numbers["claims"])
        for position, (field, slot) in enumerate(claim.slots()):
            span = (slot.start, slot.end, slot.inferred)
            yield "slots", (numbers["claims"], field, position, slot.text, slot.name, *span)


def _claim_row(row: Row, number: int) -> tuple:
    """Nothing is NULL, so that a query can ask for it."""
    return tuple(number if name == "id" else _joined(row.get(name)) for name in TABLES["claims"])


def _joined(value: Any) -> Any:
    text = to_cell(value, Cell.TEXTS).removeprefix("'") if isinstance(value, list) else value
    return None if text == "" else text
