"""A run's folder -> its lines as JSON, and findings on its files: lines that can't be read, papers that
stand twice, tables that say other things than the lines, counts of run.json that don't add up. Reads files
by itself; `NotARun` for what is no run."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from shlex import quote
from typing import Any

from extractor.audit.finding import Finding, Findings, Severity

LINES = "extractions.jsonl"
SLOTS = ("metric", "method", "task", "condition", "baseline", "dataset")


class NotARun(ValueError):
    """What was given is no run; the message says what to give."""


def check_run_path(run: Path) -> list[Path]:
    """The files of extractions that `run` is or holds: one, or its parts in their order. NotARun if there are
    none."""
    if run.is_dir() and (run / ".work").is_dir() and not (run / "run.json").is_file():
        how = f"extractor run --resume --output {quote(str(run))}"
        raise NotARun(f"{run}: the run there is unfinished; go on with `{how}`")
    lines = run / LINES if run.is_dir() else run
    if lines.is_file():
        return [lines]
    if parts := _parts(run / "extractions", "jsonl"):
        return parts
    what = f"{run}: no {LINES} in it" if run.is_dir() else f"{run}: no such file or folder"
    raise NotARun(f"{what}; give a folder that `extractor run` wrote")


def read_lines(files: Iterable[Path]) -> Iterator[tuple[str, Any | Finding]]:
    """Each line's place, such as "extractions.jsonl:3", with what it holds, or the finding that it can't be
    read."""
    for path in files:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                where = f"{path.name}:{number}"
                try:
                    yield where, json.loads(line)
                except (ValueError, RecursionError) as error:
                    what = getattr(error, "msg", None) or str(error)
                    yield where, about_file(f"{where} is not JSON ({what}); run the extraction again")


def about_file(message: str, paper: str = "", check: str = "file") -> Finding:
    return Finding(paper=paper, start=0, end=0, severity=Severity.ERROR, check=check, message=message)


def check_papers(records: Iterable[Any]) -> Findings:
    """No paper stands twice."""
    seen: set[str] = set()
    for name in map(_paper_of, records):
        if name and name in seen:
            yield about_file(f"the paper {name!r} stands twice in {LINES}", name)
        seen.add(name)


def check_tables(run: Path, records: list[Any]) -> Findings:
    """claims.csv and claims.parquet, or the parts of the table, have the rows that the lines have."""
    expected = [row for record in records for row in _rows(record)]
    csv_file = ("claims.csv", [run / "claims.csv"], _read_csv, _csv_cell)
    parquet_file = ("claims.parquet", [run / "claims.parquet"], _read_parquet, _same_cell)
    parts = ("claims/", _parts(run / "claims", "parquet"), _read_parquet, _same_cell)
    for name, paths, read, flat in [csv_file, parquet_file] if (run / LINES).is_file() else [parts]:
        if not (paths and all(path.is_file() for path in paths)):
            yield about_file(f"{name} is missing from the run", check="table")
            continue
        try:
            rows = [row for path in paths for row in read(path)]
        except (ValueError, OSError, KeyError, csv.Error) as error:
            yield about_file(f"{name} can't be read: {error}", check="table")
            continue
        yield from _compare(name, rows, expected, flat)


def check_counts(run: Path, records: list[Any]) -> Findings:
    """run.json counts as many papers, claims and mentions as the lines hold."""
    path = run / "run.json"
    if not path.is_file():
        yield about_file("run.json is missing from the run", check="table")
        return
    try:
        counts = json.loads(path.read_bytes())["counts"]
        told = {"papers": counts["papers"], **{k: sum(counts[k].values()) for k in ("claims", "mentions")}}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield about_file(f"the counts of run.json can't be read ({type(error).__name__})", check="table")
        return
    held = {"papers": len(records)}
    held |= {key: sum(len(_list(record, key)) for record in records) for key in ("claims", "mentions")}
    for key, count in told.items():
        if count != held[key]:
            yield about_file(f"run.json counts {count} {key}, {LINES} has {held[key]}", check="table")


def _parts(folder: Path, end: str) -> list[Path]:
    """In the order of their numbers."""
    found = (path for path in folder.glob(f"part-*.{end}") if path.stem[len("part-") :].isdecimal())
    return sorted(found, key=lambda path: int(path.stem[len("part-") :]))


Row = Mapping[str, Any]


def _compare(name: str, rows: list[Row], expected: list[Row], flat: Callable[[Any], Any]) -> Findings:
    if len(rows) != len(expected):
        yield about_file(f"{name} has {len(rows)} rows for {len(expected)} claims in {LINES}", check="table")
    for number, (row, wanted) in enumerate(zip(rows, expected, strict=False), 1):
        other = [key for key, value in wanted.items() if flat(value) != row.get(key)]
        if other:
            key = other[0]
            more = f" and {len(other) - 1} more cells" if len(other) > 1 else ""
            message = (
                f"{name}, row {number}: {key} is {row.get(key)!r}, {LINES} has {flat(wanted[key])!r}{more}"
            )
            start, end = (
                wanted[f"value_{edge}"] if isinstance(wanted[f"value_{edge}"], int) else 0
                for edge in ("start", "end")
            )
            yield Finding(
                paper=str(wanted["paper"]),
                start=max(0, start),
                end=max(0, end),
                severity=Severity.ERROR,
                check="table",
                message=message,
            )


def _rows(record: Any) -> Iterator[Row]:
    """A line's claims as rows: the columns of claims.csv that say what is claimed, and where."""
    for claim in _list(record, "claims"):
        if not isinstance(claim, dict):
            continue
        value = claim.get("value") if isinstance(claim.get("value"), dict) else {}
        row = {"paper": _paper_of(record), "value": value.get("text")}
        row |= {key: value.get(key) for key in ("low", "high", "unit")}
        row |= {key: claim.get(key) for key in ("kind", "role", "qualifier", "direction", "confidence")}
        row |= {"value_start": value.get("start"), "value_end": value.get("end")}
        for field in SLOTS:
            found = claim.get(field)
            row[field] = (
                [p.get("text") for p in found if isinstance(p, dict)]
                if isinstance(found, list)
                else (found.get("text") if isinstance(found, dict) else None)
            )
        yield row


def _paper_of(record: Any) -> str:
    paper = record.get("paper") if isinstance(record, dict) else None
    name = paper.get("id") if isinstance(paper, dict) else None
    return name if isinstance(name, str) else ""


def _list(record: Any, key: str) -> list:
    found = record.get(key) if isinstance(record, dict) else None
    return found if isinstance(found, list) else []


def _read_csv(path: Path) -> list[Row]:
    limit = csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [
                {key: (cell or "").removeprefix("'") for key, cell in row.items() if key}
                for row in csv.DictReader(file)
            ]
    finally:
        csv.field_size_limit(limit)


def _csv_cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(str(each).replace(";", "\\;") for each in value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return "" if value is None else str(value)


def _read_parquet(path: Path) -> list[Row]:
    import pyarrow.parquet as pq

    return pq.read_table(path).to_pylist()


def _same_cell(value: Any) -> Any:
    return value
