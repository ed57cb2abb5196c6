"""A run directory as report and review read it: its extractions and what `verify` finds in them. Takes the
directory that `extractor run` left, or its extractions.jsonl; RunError says what can't be used."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from extractor.audit.verify import Finding, verify
from extractor.decisions import ClaimKey, Decision, claim_key, decided, read_decisions
from extractor.export.folder import JSONL, extraction_files, unfinished
from extractor.export.jsonl import read_jsonl
from extractor.records import Extraction
from extractor.run_folder import RunError

SEVERITIES = ("error", "warning", "note")
"""The worst first."""


@dataclass(frozen=True)
class FoundWrong:
    """The findings of one paper: of each claim by the place of its value, and of everything else."""

    by_value: dict[tuple[int, int], list[Finding]] = field(default_factory=dict)
    elsewhere: list[Finding] = field(default_factory=list)

    def of(self, start: int, end: int) -> list[Finding]:
        return self.by_value.get((start, end), [])


def run_folder(run: Path) -> Path:
    """The directory of a run, given itself or its extractions.jsonl."""
    folder = run.parent if run.name == JSONL else run
    if why := unfinished(folder):
        raise RunError(why)
    if not extraction_files(folder):
        raise RunError(f"{run}: no run, since it has no {JSONL}; name the output folder of `extractor run`")
    return folder


def read_run(run: Path) -> list[Extraction]:
    """Every extraction of a run, as extracted."""
    folder = run_folder(run)
    try:
        extractions = list(chain.from_iterable(map(read_jsonl, extraction_files(folder))))
    except ValueError as error:
        raise RunError(str(error)) from error
    if not extractions:
        raise RunError(f"{folder / JSONL}: no papers in it; run `extractor run` on some")
    return extractions


def as_decided(
    extractions: Iterable[Extraction], run: Path
) -> tuple[list[Extraction], dict[ClaimKey, Decision]]:
    """The extractions as people left them, and what they decided."""
    try:
        decisions = read_decisions(run_folder(run))
        return [decided(extraction, decisions) for extraction in extractions], decisions
    except ValueError as error:
        raise RunError(f"{run}: {error}") from error


def findings_by_paper(extractions: Sequence[Extraction]) -> dict[str, FoundWrong]:
    """What `verify` finds, by paper id."""
    values = {claim_key(e.paper, claim) for e in extractions for claim in e.claims}
    papers: dict[str, FoundWrong] = defaultdict(FoundWrong)
    for finding in verify(extractions):
        found = papers[finding.paper]
        if (finding.paper, finding.start, finding.end) in values:
            found.by_value.setdefault((finding.start, finding.end), []).append(finding)
        else:
            found.elsewhere.append(finding)
    return dict(papers)


def worst(findings: Iterable[Finding]) -> str:
    """The worst severity among the findings; "" if there are none."""
    there = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in there), "")
