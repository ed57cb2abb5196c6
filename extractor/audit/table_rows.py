"""Somebody's table of claims (CSV, TSV, XLSX, JSONL, JSON, Parquet) -> `TableRow`s. Columns are found by
`rules/audit/columns.yaml` or as the user maps them; TableError says what can't be used, with the file."""

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex

from extractor.audit.rules import AuditRules

NAMES = ("method", "metric", "dataset")
FIELDS = ("paper", "id", *NAMES, "value", "unit", "direction", "quote")
SEPARATORS = (",", "\t", ";", "|")


class TableError(ValueError):
    """A table that can't be checked; the message says why and what to do."""


@dataclass(frozen=True)
class TableRow:
    """`number`: from 1, the header not counted. `cells`: a field's text, stripped, "" where the cell is
    empty."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        return self.cells.get(field, "")


@dataclass(frozen=True)
class ClaimTable:
    """Rows, and the column of each field that the table has."""

    columns: Mapping[str, str]
    rows: tuple[TableRow, ...]


def read_table(path: Path, rules: AuditRules, mapped: Mapping[str, str] | None = None) -> ClaimTable:
    """The claims in a file; `mapped`: a field of FIELDS -> its column. TableError if there are none."""
    if not path.is_file():
        raise TableError(f"{path}: no such file; give a table of claims")
    header, rows = _read(path)
    columns = find_columns(header, rules, mapped or {}, path)
    kept = []
    for number, row in enumerate(rows, 1):
        cells = {field: _text(row.get(column)) for field, column in columns.items()}
        if any(cells.values()):
            kept.append(TableRow(number, cells))
    if not kept:
        raise TableError(f"{path}: no rows below the header; give a table with at least one claim")
    return ClaimTable(columns, tuple(kept))


def find_columns(
    header: Sequence[str], rules: AuditRules, mapped: Mapping[str, str], path: Path
) -> dict[str, str]:
    """Field -> column. TableError where a mapped column isn't there, or none holds the values."""
    listed = ", ".join(map(repr, header)) or "none"
    for field, column in mapped.items():
        if field not in FIELDS:
            raise TableError(f"no field {field!r} to map a column to; fields are {', '.join(FIELDS)}")
        if column not in header:
            raise TableError(
                f"{path}: no column {column!r}, to which {field} was mapped; columns are {listed}"
            )
    folded = [_folded(name) for name in header if name not in mapped.values()]
    twice = [name for name in header if folded.count(_folded(name)) > 1 and field_of(name, rules)]
    twice += [column for column in mapped.values() if header.count(column) > 1]
    if twice:
        raise TableError(f"{path}: two columns are called {twice[0]!r}; rename or remove one of them")
    by_name = {_folded(name): name for name in reversed(header)}
    found = {
        rule.field: by_name[name]
        for rule in reversed(rules.columns)
        for name in reversed(rule.headers)
        if name in by_name and by_name[name] not in mapped.values()
    } | dict(mapped)
    if "value" not in found:
        how = "rename one to 'value', or map it with --map value=COLUMN"
        raise TableError(f"{path}: no column of values; columns are {listed}; {how}")
    return {field: found[field] for field in FIELDS if field in found}


def field_of(header: str, rules: AuditRules) -> str | None:
    """The field that a header names; None if no rule knows it."""
    return next((rule.field for rule in rules.columns if _folded(header) in rule.headers), None)


def _folded(name: str) -> str:
    return regex.sub(r"[\W_]", "", name).lower()


def _text(value: Any) -> str:
    """A cell as text: lists joined by "; ", whole floats without ".0", an apostrophe that guards a cell
    taken off."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return "; ".join(filter(None, map(_text, value)))
    if isinstance(value, dict):
        return _text(value.get("text") or value.get("name") or value.get("title") or value.get("id"))
    return str(value).strip().removeprefix("'").strip()


def _read(path: Path) -> tuple[list[str], list[Mapping[str, Any]]]:
    suffix = path.suffix.lower()
    try:
        if suffix in (".xlsx", ".xlsm"):
            return _read_xlsx(path)
        if suffix in (".jsonl", ".ndjson", ".json"):
            return _read_json(path)
        if suffix in (".parquet", ".pq"):
            return _read_parquet(path)
        return _read_csv(path)
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: byte {error.start} is not UTF-8; save the table as UTF-8") from error


def _read_csv(path: Path) -> tuple[list[str], list[Mapping[str, Any]]]:
    limit = csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            rows = list(csv.reader(file, delimiter=max(SEPARATORS, key=first.count)))
    except csv.Error as error:
        raise TableError(f"{path}: can't be read as a table ({error}); save it again as CSV") from error
    finally:
        csv.field_size_limit(limit)
    return _with_header(path, rows)


def _with_header(path: Path, rows: list[Sequence[Any]]) -> tuple[list[str], list[Mapping[str, Any]]]:
    if not rows:
        raise TableError(f"{path}: an empty file; give a table with a header and a claim a row")
    header = [_text(cell).removeprefix("\ufeff") for cell in rows[0]]
    return header, [dict(zip(header, row, strict=False)) for row in rows[1:]]


def _read_json(path: Path) -> tuple[list[str], list[Mapping[str, Any]]]:
    text = path.read_text(encoding="utf-8-sig")
    try:
        if text.lstrip().startswith("["):
            rows = json.loads(text)
        else:
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise TableError(
            f"{path}: not JSON ({error}); give a list of objects, or one object a line"
        ) from error
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise TableError(f"{path}: no objects to check; give a list of objects, or one object a line")
    return list(dict.fromkeys(key for row in rows for key in row)), rows


def _read_parquet(path: Path) -> tuple[list[str], list[Mapping[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise TableError(f"{path}: not a Parquet file ({error})") from error
    return table.column_names, table.to_pylist()


def _read_xlsx(path: Path) -> tuple[list[str], list[Mapping[str, Any]]]:
    """The first sheet that has cells; a cell in a percent format is read as it shows, "92.3%"."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, data_only=True)
    except Exception as error:  # openpyxl raises whatever zipfile and its XML parser raise
        raise TableError(f"{path}: can't be read as a workbook ({error}); save it again as .xlsx") from error
    for sheet in book.worksheets:
        rows = [[_shown(cell) for cell in row] for row in sheet.iter_rows()]
        rows = [row for row in rows if any(cell not in (None, "") for cell in row)]
        if rows:
            return _with_header(path, rows)
    raise TableError(f"{path}: no sheet with cells; give a table with a header and a claim a row")


def _shown(cell: Any) -> Any:
    if (
        isinstance(cell.value, int | float)
        and not isinstance(cell.value, bool)
        and "%" in (cell.number_format or "")
    ):
        return f"{cell.value * 100:.10g}%"
    return cell.value
