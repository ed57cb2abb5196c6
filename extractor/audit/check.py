"""Somebody's table of claims against papers: `check(Path("table.csv"), ["pages/"])`. Each row becomes a
`Verdict`, with the passage that speaks for or against it. Uses the extractor to read the papers, and looks
at their text itself for what it is told."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from extractor import pipeline
from extractor.audit.judging import judge_row
from extractor.audit.library import Library
from extractor.audit.rules import load_audit_rules
from extractor.audit.table_rows import read_table
from extractor.audit.verdicts import Judgement, Passage, State, Verdict
from extractor.read import Problem, ReadError, read_sources

__all__ = ["Judgement", "Passage", "State", "Verdict", "check", "fails"]

FAILING = frozenset({Judgement.CONTRADICTED, Judgement.NOT_FOUND})


def check(
    table: Path,
    against: Sequence[Path | str],
    *,
    mapped: Mapping[str, str] | None = None,
    rules: Path | None = None,
    model: bool = True,
    problems: list[Problem] | None = None,
) -> list[Verdict]:
    """A verdict a row, in order. `against`: files or folders of papers; `mapped`: a field of the table ->
    its column, where the header doesn't tell; `problems` takes what couldn't be read. TableError,
    ReadError, RuleError or ModelError says what can't be used."""
    audit_rules = load_audit_rules(rules)
    claims = read_table(table, audit_rules, mapped)
    reading = read_sources(against)
    if problems is not None:
        problems += reading.problems
    if not reading.papers:
        raise ReadError(
            f"{', '.join(map(str, against))}: no papers in it to check against; give files that hold some"
        )
    library = Library(reading.papers, pipeline.load(rules, model, any_language=True).study, audit_rules)
    return list(_named(claims.columns, (judge_row(row, library) for row in claims.rows)))


def fails(verdict: Verdict) -> bool:
    """Whether a row is wrong, or rests on a quote that nobody wrote."""
    return verdict.verdict in FAILING or verdict.made_up


def _named(columns: Mapping[str, str], verdicts: Iterator[Verdict]) -> Iterator[Verdict]:
    """The verdicts with the table's own column names."""
    for verdict in verdicts:
        cells = {columns.get(field, field): state for field, state in verdict.cells.items()}
        yield verdict.model_copy(update={"cells": cells})
