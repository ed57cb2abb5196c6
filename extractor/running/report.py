"""What a run did, for people and as run.json."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from extractor.export import replacing
from extractor.export.folder import JSONL
from extractor.read import Problem
from extractor.records import RECORD_VERSION
from extractor.running.manifest import Manifest, Read
from extractor.running.one_paper import Failure
from extractor.running.options import Options
from extractor.running.reading import PROBLEMS_KEPT
from extractor.running.tally import Tally

HOW = ("workers", "engine", "scheduler")  # options that may be others when a run is gone on with


@dataclass(frozen=True)
class Counts:
    """Every input record once: `read` is the sum of the others up to `extracted`."""

    read: int
    repeated: int
    empty: int
    unreadable: int
    not_english: int
    failed: int
    extracted: int
    reused: int  # of those extracted or not English, taken over from an earlier run


@dataclass(frozen=True)
class Report:
    """What a run did. `seconds` by step: start, read, extract, assemble, all."""

    output: str  # as the user gave it
    read: Read
    tally: Tally = field(default_factory=Tally)
    seconds: dict[str, float] = field(default_factory=dict)
    files: tuple[str, ...] = ()  # what was left in `output`, run.json apart
    note: str = ""  # what became of an unfinished run that stood there

    @property
    def counts(self) -> Counts:
        return Counts(
            read=self.read.entries + self.read.empty + self.read.unreadable,
            repeated=self.read.entries - self.read.papers,
            empty=self.read.empty,
            unreadable=self.read.unreadable,
            not_english=self.tally.not_english,
            failed=self.tally.failed,
            extracted=self.tally.extracted,
            reused=self.tally.reused,
        )

    @property
    def problems(self) -> list[Problem]:
        """What couldn't be read or extracted, with file and line; of many the first."""
        return [*self.read.problems, *map(failure_problem, self.tally.failures)][:PROBLEMS_KEPT]

    @property
    def problem_count(self) -> int:
        return self.read.problem_count + self.tally.failed


def failure_problem(failure: Failure) -> Problem:
    """A failure as something to tell, with the paper's first place."""
    place = failure.paper.places[0] if failure.paper.places else None
    message = f"paper {failure.paper.id!r} could not be extracted, please report it: {failure.message}"
    return Problem(
        file=place.file if place else "", line=place.line if place else 0, message=message, skipped=True
    )


def write_run_file(path: Path, report: Report, manifest: Manifest, options: Options, checksum: str) -> None:
    """run.json: what was run, on what, by which versions, with what outcome. The only file that differs
    between two runs on the same input: by times, by how it was run (`HOW`), and by what was taken over.
    `checksum`: sha256 of the extractions."""
    tally = report.tally
    how = {name: getattr(options, name) for name in HOW}
    content: dict[str, Any] = {
        "version": RECORD_VERSION,
        "versions": manifest.versions,
        "options": {"sources": manifest.sources, **manifest.options, **how},
        "started": manifest.started,
        "seconds": report.seconds,
        "inputs": [{"name": f.name, "sha256": f.sha256, "entries": f.entries} for f in manifest.read.files],
        "outputs": report.files,
        "parts": manifest.parts if manifest.options["parts"] else 0,
        "checksums": {JSONL: checksum},
        "counts": {
            **asdict(report.counts),
            "papers": tally.papers,
            "mentions": dict(sorted(tally.mentions.items())),
            "claims": dict(sorted(tally.claims.items())),
            "problems": report.problem_count,
        },
        "problems": [{"file": p.file, "line": p.line, "message": p.message} for p in report.problems],
    }
    with replacing(path) as file:
        json.dump(content, file, indent=2, ensure_ascii=False, default=str)
        file.write("\n")
