"""A run to one file, in the format that the file's name ends in. Takes the run's folder, applies what people
decided, and streams; returns an `Exported` that says in a line what was written. Never changes the run."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from extractor.decisions import FOLDER as DECISIONS
from extractor.export import OutputError, Table, make_directory, write_csv, write_jsonl, write_parquet
from extractor.export.database import write_duckdb, write_sqlite
from extractor.export.evidence import with_evidence
from extractor.export.folder import FILES, RUN_FILE
from extractor.export.leaderboard import write_leaderboard
from extractor.export.references import write_bibtex, write_ris
from extractor.export.wide import write_wide
from extractor.gold import write_gold
from extractor.records import Extraction
from extractor.reviewed import reviewed_claims
from extractor.run_folder import RunFolder, open_run

REPORT = "report.html"  # in the run's folder, where `extractor report` leaves it


@dataclass(frozen=True)
class Shape:
    """What can be asked for besides the format; each fits one format."""

    with_evidence: bool = False  # CSV: each slot followed by its sentence and offsets
    wide: bool = False  # CSV: a row a paper, columns by metric
    bom: bool = False  # CSV with a byte order mark
    gold: bool = False  # JSONL: judged papers in the format of annotated ones


@dataclass(frozen=True)
class Exported:
    """`count` of `what` in `path`; `decisions` that were applied, `lost` ones whose claim is no longer
    there."""

    path: Path
    count: int
    what: str
    decisions: int
    lost: int

    def __str__(self) -> str:
        told = f"{self.path}: {self.count:,} {self.what}"
        told += f", {self.decisions:,} decisions applied" if self.decisions else ""
        lost = "; {:,} decisions fit no claim of this run any more and were left out"
        return told + (lost.format(self.lost) if self.lost else "")


class _Passing:
    """The papers of a run, counting the decisions that find their claim."""

    def __init__(self, run: RunFolder):
        self.run, self.applied = run, 0

    def __iter__(self) -> Iterator:
        self.applied = 0
        for paper in self.run:
            self.applied += paper.applied
            yield paper

    def left(self) -> Iterator[Extraction]:
        return (paper.left for paper in self)

    @property
    def claims(self) -> Table:
        return reviewed_claims(
            decision for of_paper in self.run.decisions.values() for decision in of_paper.values()
        )


def export_run(run: Path, to: Path, shape: Shape = Shape(), *, decisions: bool = True) -> Exported:
    """Writes the run in the folder `run` to the file `to`; with `decisions=False` as it was extracted.
    RunError for a run that can't be read, OutputError for a file or a wish that can't be met."""
    _refuse_own(run, to)
    write, what = _writer(to, shape)
    folder = open_run(run, decisions=decisions)
    make_directory(to.parent)
    passing = _Passing(folder)
    count = write(passing, to)
    return Exported(to, count, what, passing.applied, folder.decision_count - passing.applied)


def _refuse_own(run: Path, to: Path) -> None:
    """OutputError where `to` would take the place of what the run consists of."""
    folder, file = run.resolve(), to.resolve()
    if file in {folder / name for name in (*FILES, RUN_FILE)} or file.parent == folder / DECISIONS:
        raise OutputError(f"{to}: a file of the run itself; name another")


def _writer(to: Path, shape: Shape) -> tuple[Callable[[_Passing, Path], int], str]:
    """What writes the file, and what it counts."""
    suffix = SAME.get(to.suffix.lower(), to.suffix.lower())
    if suffix not in FORMATS:
        raise OutputError(f"{to}: unknown format; end the name in one of {', '.join(FORMATS)}")
    for wish, needed in (("with_evidence", ".csv"), ("wide", ".csv"), ("bom", ".csv"), ("gold", ".jsonl")):
        if getattr(shape, wish) and suffix != needed:
            option = wish.replace("_", "-")
            raise OutputError(
                f"{to}: --{option} is for {needed} files; leave it out or end the name in {needed}"
            )
    if shape.wide and shape.with_evidence:
        raise OutputError(f"{to}: --wide and --with-evidence are two tables; ask for one at a time")
    if shape.wide:
        return lambda papers, path: write_wide(papers.left, path, bom=shape.bom), "papers"
    if shape.gold:
        return write_gold, "papers judged in full"
    if suffix == ".csv":
        return partial(_csv, shape), "claims"
    return FORMATS[suffix]


def _csv(shape: Shape, papers: _Passing, path: Path) -> int:
    table = with_evidence(papers.claims) if shape.with_evidence else papers.claims
    return write_csv(papers.left(), path, table, bom=shape.bom)


def _workbook(papers: _Passing, path: Path) -> int:
    from extractor.sheet.workbook import write_workbook

    report = papers.run.path / REPORT
    there = os.path.relpath(report.resolve(), path.parent.resolve()) if report.is_file() else ""
    return write_workbook(papers, path, papers.run.about, quote(Path(there).as_posix()) if there else "")


def _database(write: Callable, papers: _Passing, path: Path) -> int:
    about = {name: _told(value) for name, value in papers.run.about.items()}
    return write(papers.left(), path, papers.claims, about)


def _told(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


FORMATS: dict[str, tuple[Callable[[_Passing, Path], int], str]] = {
    ".xlsx": (_workbook, "claims"),
    ".csv": (partial(_csv, Shape()), "claims"),
    ".parquet": (lambda papers, path: write_parquet(papers.left(), path, papers.claims), "claims"),
    ".jsonl": (lambda papers, path: write_jsonl(papers.left(), path), "papers"),
    ".sqlite": (partial(_database, write_sqlite), "claims"),
    ".duckdb": (partial(_database, write_duckdb), "claims"),
    ".json": (lambda papers, path: write_leaderboard(papers.left(), path), "leaderboard claims"),
    ".ris": (lambda papers, path: write_ris(papers.left(), path), "references"),
    ".bib": (lambda papers, path: write_bibtex(papers.left(), path), "references"),
}
"""Suffix -> what writes such a file, and what it counts."""
SAME = {".db": ".sqlite", ".sqlite3": ".sqlite", ".ndjson": ".jsonl"}
