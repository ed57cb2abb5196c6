"""A corpus's way through the program: sources in, a folder of files and a `Report` out. Papers go through one
process or several, in the order in which they were read; what comes out is the same. Never decides what a
text says, and never writes a file itself."""

import json
import os
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from functools import partial
from heapq import nsmallest
from importlib.metadata import version
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from extractor import pipeline
from extractor.export import FILES, OutputError, folder_writer, replacing
from extractor.export.folder import RUN_FILE
from extractor.read import Problem, Reading, read_sources
from extractor.records import RECORD_VERSION, Claim, Extraction, Kind, Paper, Role

PAPERS_PER_WORKER = 200  # a process takes about as long to start as to extract so many
PAPERS_PER_TASK = 16  # sent to a process at a time
SHOWN = 10
TELLING = frozenset({Kind.SPEEDUP, Kind.SCORE})  # the kinds among which the most certain results are shown

Extract = Callable[[Paper], Extraction]
Progress = Callable[[Iterable, int], Iterable]
"""(items, how many there will be) -> the same items, shown as they pass."""


class WorkerError(Exception):
    """A worker process is gone; the message says what to do."""


@dataclass(frozen=True)
class Failure:
    """A paper that the pipeline broke on, which is a mistake in the program."""

    paper: Paper
    message: str


@dataclass
class Tally:
    """What is counted while extractions pass."""

    papers: int = 0
    mentions: Counter[str] = field(default_factory=Counter)  # by label
    claims: Counter[str] = field(default_factory=Counter)  # by kind
    failures: list[Failure] = field(default_factory=list)
    top: list[tuple[Paper, Claim]] = field(default_factory=list)  # the most certain first, `SHOWN` at most

    def add(self, extraction: Extraction) -> None:
        self.papers += 1
        self.mentions.update(mention.label.value for mention in extraction.mentions)
        self.claims.update(claim.kind.value for claim in extraction.claims)
        telling = [c for c in extraction.claims if c.kind in TELLING and c.role is Role.RESULT]
        rows = self.top + [(extraction.paper, claim) for claim in telling]
        self.top = nsmallest(SHOWN, rows, key=lambda row: -row[1].confidence)


@dataclass(frozen=True)
class Options:
    """How to run: what `extractor run` takes besides sources and output."""

    rules: Path | None = None  # a folder of rules that extend and override the built-in ones
    model: bool = True  # False: rules alone
    workers: int | None = None  # processes at most; None: one a core
    min_confidence: float = 0.0  # claims below are left out
    bom: bool = False  # CSV with a byte order mark
    columns: Mapping[str, str] = field(default_factory=dict)  # a paper's field -> the column that holds it
    form: str | None = None  # how to read the sources, one of extractor.read.formats.NAMES; None: find out


@dataclass(frozen=True)
class Report:
    """What a run did. `seconds` by step: start, read, extract (with writing), all."""

    output: Path
    reading: Reading
    tally: Tally
    seconds: dict[str, float]

    @property
    def problems(self) -> list[Problem]:
        """What couldn't be read or extracted, with file and line."""
        return [*self.reading.problems, *map(_problem, self.tally.failures)]


def run(
    sources: Sequence[Path | str],
    output: Path,
    options: Options = Options(),
    progress: Progress = lambda items, total: items,
) -> Report:
    """Extracts from every paper in `sources` and leaves `FILES` and run.json in `output`; writes nothing if
    nothing was read. ReadError, RuleError, ModelError, OutputError or WorkerError says what can't be used."""
    started, clock = time.time(), _Clock()
    if output.exists() and not output.is_dir():
        raise OutputError(f"{output}: a file stands in the way; name another directory")
    load = partial(pipeline.load, options.rules, options.model)
    extractor = load()
    clock.lap("start")
    reading = read_sources(sources, columns=options.columns, form=options.form)
    clock.lap("read")
    if not reading.papers:
        return Report(output, reading, Tally(), clock.seconds())
    results = extract_all(reading.papers, load, extractor.extract, workers=options.workers)
    tally = _write_tables(progress(results, len(reading.papers)), output, options)
    clock.lap("extract")
    report = Report(output, reading, tally, clock.seconds())
    asked = {"sources": [str(source) for source in sources], **asdict(options)}
    versions = {"rules": extractor.rules.checksum, "model": extractor.model_version, **_versions()}
    started_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started))
    _write_run_file(report, {"versions": versions, "options": asked, "started": started_at})
    return report


def _write_tables(results: Iterable[Extraction | Failure], output: Path, options: Options) -> Tally:
    tally = Tally()
    with folder_writer(output, bom=options.bom) as write:
        for result in results:
            if isinstance(result, Failure):
                tally.failures.append(result)
            else:
                extraction = at_least(result, options.min_confidence)
                tally.add(extraction)
                write(extraction)
    return tally


def extract_all(
    papers: Sequence[Paper], load: Callable[[], object], extract: Extract, *, workers: int | None = None
) -> Iterator[Extraction | Failure]:
    """An extraction a paper, in the order of `papers`. Processes are started only where there is work for
    each; they call `load`, which must be picklable, for an extractor of their own, and WorkerError says if
    one dies. Without processes, `extract` is called. As with every spawned process, a script that calls this
    needs a `if __name__ == "__main__":`."""
    processes = min(workers or _cores(), len(papers) // PAPERS_PER_WORKER)
    if processes < 2:
        yield from (_extract(extract, paper) for paper in papers)
        return
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _start_worker, (load,))
    try:
        for results in pool.map(_extract_in_worker, _tasks(papers)):
            yield from results
    except BrokenProcessPool as error:
        raise WorkerError("a worker process died, most likely out of memory; try fewer workers") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _cores() -> int:
    """The cores that this process may use, where the system says; else all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tasks(papers: Iterable[Paper]) -> Iterator[list[Paper]]:
    left = iter(papers)
    while task := list(islice(left, PAPERS_PER_TASK)):
        yield task


_worker_extract: Extract  # a worker process's own, set when it starts


def _start_worker(load: Callable[[], object]) -> None:
    global _worker_extract
    _worker_extract = load().extract


def _extract_in_worker(papers: Sequence[Paper]) -> list[Extraction | Failure]:
    return [_extract(_worker_extract, paper) for paper in papers]


def _extract(extract: Extract, paper: Paper) -> Extraction | Failure:
    """One paper on which the program breaks doesn't cost the others."""
    try:
        return extract(paper)
    except Exception as error:
        return Failure(paper, f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")


def at_least(extraction: Extraction, confidence: float) -> Extraction:
    """The extraction without its less certain claims."""
    claims = tuple(claim for claim in extraction.claims if claim.confidence >= confidence)
    return (
        extraction
        if len(claims) == len(extraction.claims)
        else extraction.model_copy(update={"claims": claims})
    )


def _problem(failure: Failure) -> Problem:
    place = failure.paper.places[0] if failure.paper.places else None
    message = f"paper {failure.paper.id!r} could not be extracted, please report it: {failure.message}"
    return Problem(
        file=place.file if place else "", line=place.line if place else 0, message=message, skipped=True
    )


class _Clock:
    """Seconds by step."""

    def __init__(self) -> None:
        self.start = self.last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step] = now - self.last
        self.last = now

    def seconds(self) -> dict[str, float]:
        return {
            step: round(s, 3) for step, s in {**self.laps, "all": time.perf_counter() - self.start}.items()
        }


def _versions() -> dict[str, str]:
    packages = ("claim-extractor", "spacy", "onnxruntime", "pydantic", "pyarrow")
    return {"python": platform.python_version(), **{package: version(package) for package in packages}}


def _write_run_file(report: Report, about: dict) -> None:
    """run.json: what was run, on what, by which versions, with what outcome. The only file that differs
    between two runs on the same input, by its times."""
    reading, tally = report.reading, report.tally
    content = {
        "version": RECORD_VERSION,
        **about,
        "seconds": report.seconds,
        "inputs": [{"name": f.name, "sha256": f.sha256, "entries": f.entries} for f in reading.files],
        "outputs": FILES,
        "counts": {
            "entries": reading.entries,
            "papers": tally.papers,
            "repeats": reading.repeats,
            "skipped": reading.skipped,
            "failures": len(tally.failures),
            "mentions": dict(sorted(tally.mentions.items())),
            "claims": dict(sorted(tally.claims.items())),
        },
        "problems": [{"file": p.file, "line": p.line, "message": p.message} for p in report.problems],
    }
    with replacing(report.output / RUN_FILE) as file:
        json.dump(content, file, indent=2, ensure_ascii=False, default=str)
        file.write("\n")
