"""A folder that `extractor run` left, read back paper by paper with what people decided about it. Takes the
folder, yields `Reviewed`; holds one paper in memory at a time, and the decisions. Never changes the
folder."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from extractor.decisions import ClaimKey, Decision, claim_key, decided, read_decisions
from extractor.export import read_jsonl
from extractor.export.folder import JSONL, RUN_FILE, extraction_files, unfinished
from extractor.records import RECORD_VERSION, Claim, Extraction

Decisions = Mapping[ClaimKey, Decision]


class RunError(ValueError):
    """A run that can't be used; the message says which, why and what to do."""


@dataclass(frozen=True)
class Reviewed:
    """A paper as extracted, and the latest decision on each of its claims."""

    extracted: Extraction
    decisions: Decisions

    @cached_property
    def left(self) -> Extraction:
        """The extraction as people left it. RunError where a decision contradicts the text."""
        if not self.decisions:
            return self.extracted
        try:
            return decided(self.extracted, self.decisions)
        except ValueError as error:
            message = " ".join(str(error).split())
            raise RunError(
                f"a decision on paper {self.extracted.paper.id!r} can't be applied: {message}"
            ) from error

    @cached_property
    def rows(self) -> list[tuple[Claim, Decision | None]]:
        """Every claim as extracted or added by a person, rejected ones too, with the decision on it."""
        rows = [(claim, self._on(claim)) for claim in self.extracted.claims]
        added = [(claim, decision) for decision in self.decisions.values() for claim in self._added(decision)]
        return sorted([*rows, *added], key=lambda row: row[0].value.start) if added else rows

    @property
    def applied(self) -> int:
        """How many of the decisions find their claim."""
        return sum(decision is not None for _, decision in self.rows) if self.decisions else 0

    def _on(self, claim: Claim) -> Decision | None:
        decision = self.decisions.get(claim_key(self.extracted.paper, claim))
        return decision if decision and decision.value == claim.value.text else None

    def _added(self, decision: Decision) -> tuple[Claim, ...]:
        if not decision.added:
            return ()
        empty = self.extracted.model_copy(update={"claims": ()})
        kept = decision.model_copy(update={"verdict": None})
        return () if self._extracted(decision) else Reviewed(empty, {decision.key: kept}).left.claims

    def _extracted(self, decision: Decision) -> bool:
        """Whether the program has meanwhile found the claim itself."""
        return any(claim_key(self.extracted.paper, claim) == decision.key for claim in self.extracted.claims)


@dataclass(frozen=True)
class RunFolder:
    """`about` is what run.json holds."""

    path: Path
    about: dict[str, Any]
    decisions: dict[str, dict[ClaimKey, Decision]] = field(default_factory=dict)  # by paper

    def __iter__(self) -> Iterator[Reviewed]:
        """Paper by paper, as often as asked for. RunError for a line that can't be read."""
        try:
            for extraction in chain.from_iterable(map(read_jsonl, extraction_files(self.path))):
                yield Reviewed(extraction, self.decisions.get(extraction.paper.id, {}))
        except ValueError as error:
            raise error if isinstance(error, RunError) else RunError(str(error)) from error

    @property
    def decision_count(self) -> int:
        return sum(map(len, self.decisions.values()))


def open_run(path: Path, *, decisions: bool = True) -> RunFolder:
    """The run in the folder `path`; with `decisions=False` as if nobody had decided anything. RunError if it
    is none, or of another record version, or was stopped while its tables were exchanged."""
    if why := unfinished(path):
        raise RunError(why)
    if not extraction_files(path):
        raise RunError(f"{path}: no {JSONL} there; give a folder that `extractor run` wrote")
    about = _run_file(path / RUN_FILE)
    version = about.get("version", RECORD_VERSION)
    if version != RECORD_VERSION:
        raise RunError(
            f"{path}: a run of record version {version}, and this program reads {RECORD_VERSION}; "
            "extract again with `extractor run`, decisions are kept"
        )
    by_paper: dict[str, dict[ClaimKey, Decision]] = defaultdict(dict)
    try:
        for key, decision in (read_decisions(path) if decisions else {}).items():
            by_paper[decision.paper][key] = decision
    except ValueError as error:
        raise RunError(f"{error}; mend the line or move the file away") from error
    return RunFolder(path, about, dict(by_paper))


def _run_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RunError(f"{path}: not JSON ({error}); extract again with `extractor run`") from error
    return about if isinstance(about, dict) else {}
