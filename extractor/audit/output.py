"""Findings and verdicts as people and scripts get them: a table for the screen, JSON, CSV. Takes records,
returns text; never judges."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from rich.console import Group, RenderableType
from rich.text import Text

from extractor.audit.finding import Finding, Severity
from extractor.audit.verdicts import Judgement, State, Verdict
from extractor.terminal import printable, table

COLOURS = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.NOTE: "cyan",
    Judgement.SUPPORTED: "green",
    Judgement.PARTLY: "yellow",
    Judgement.CONTRADICTED: "red",
    Judgement.NOT_FOUND: "magenta",
}
VERDICT_COLUMNS = ("row", "verdict", "cells", "reason", "paper", "start", "end", "text")


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def findings_as(wanted: Format, findings: Sequence[Finding]) -> RenderableType | str:
    """TEXT is something that rich prints, the others a string."""
    rows = [finding.model_dump(mode="json") for finding in findings]
    if wanted is Format.JSON:
        return json.dumps(rows, indent=2, ensure_ascii=False)
    if wanted is Format.CSV:
        return _csv(tuple(Finding.model_fields), rows)
    grid = table("severity", "check", "at", "finding")
    for finding in sorted(findings, key=lambda finding: list(Severity).index(finding.severity)):
        at = f"{finding.paper}:{finding.start}-{finding.end}" if finding.end else finding.paper
        cells = (finding.check, at, finding.message)
        grid.add_row(printable(finding.severity, COLOURS[finding.severity]), *map(printable, cells))
    counts = Counter(finding.severity for finding in findings)
    told = ", ".join(f"{counts[each]} {each}{'' if counts[each] == 1 else 's'}" for each in Severity)
    return (
        Group(grid, Text(), Text(told))
        if findings
        else Text("nothing found: every record agrees with its source")
    )


def verdicts_as(wanted: Format, verdicts: Sequence[Verdict]) -> RenderableType | str:
    """TEXT is something that rich prints, the others a string."""
    if wanted is Format.JSON:
        return json.dumps(
            [verdict.model_dump(mode="json") for verdict in verdicts], indent=2, ensure_ascii=False
        )
    if wanted is Format.CSV:
        return _csv(VERDICT_COLUMNS, [_row(verdict) for verdict in verdicts])
    grid = table(">row", "verdict", "why")
    for verdict in verdicts:
        why = Text("\n").join(
            [printable(verdict.reason), *(printable(p.text, "dim") for p in verdict.evidence[:1])]
        )
        grid.add_row(
            str(verdict.row), printable(verdict.verdict.replace("_", " "), COLOURS[verdict.verdict]), why
        )
    counts = Counter(verdict.verdict for verdict in verdicts)
    told = ", ".join(f"{counts[judgement]} {judgement.replace('_', ' ')}" for judgement in Judgement)
    return Group(grid, Text(), Text(f"{len(verdicts)} rows: {told}"))


def _row(verdict: Verdict) -> dict[str, object]:
    first = verdict.evidence[0].model_dump() if verdict.evidence else {}
    cells = "; ".join(f"{column} {state}" for column, state in verdict.cells.items() if state is not State.OK)
    return {"row": verdict.row, "verdict": verdict.verdict, "cells": cells, "reason": verdict.reason, **first}


def _csv(columns: Sequence[str], rows: Sequence[dict]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")
