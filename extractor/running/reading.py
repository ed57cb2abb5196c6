"""Sources to a file of distinct papers, with memory that does not grow with them. Takes the names that a user
gave, leaves the papers and the problems in files, returns what was counted."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from extractor.read import FileRead, LeavesOut, Problem, stream_sources
from extractor.read.repeats import new_distinct
from extractor.records import Paper
from extractor.running.manifest import Read
from extractor.watch import Watch

PROBLEMS_KEPT = 100
PAPERS_TOLD_AT_ONCE = 100


def read_papers(
    sources: Sequence[Path | str],
    papers: Path,
    problems: Path,
    watch: Watch,
    *,
    columns: Mapping[str, str],
    form: str | None,
    leaves_out: LeavesOut,
) -> Read:
    """Writes the new files `papers`, for `open_distinct`, and `problems`, a JSON object a line. ReadError,
    sqlite3.Error or OSError, or what `leaves_out` raises, before anything is read."""
    papers.unlink(missing_ok=True)
    distinct = new_distinct(papers)
    files: list[FileRead] = []
    entries = skipped = empty = count = 0
    first: list[Problem] = []
    with problems.open("w", encoding="utf-8", newline="") as told:

        def tell(problem: Problem) -> None:
            nonlocal count
            count += 1
            told.write(problem.model_dump_json(include={"file", "line", "message", "skipped"}) + "\n")
            if count <= PROBLEMS_KEPT:
                first.append(problem)
            watch.problem(problem)

        for met in stream_sources(sources, columns=columns, form=form, leaves_out=leaves_out):
            if isinstance(met, Paper):
                distinct.add(met)
                entries += 1
                if entries % PAPERS_TOLD_AT_ONCE == 0:
                    watch.done(PAPERS_TOLD_AT_ONCE)
            elif isinstance(met, Problem):
                tell(met)
                skipped += met.skipped
                empty += met.empty
            else:
                files.append(met)
        watch.done(entries % PAPERS_TOLD_AT_ONCE)
        for problem in distinct.finish():
            tell(problem)
    read = Read(
        entries=entries,
        papers=len(distinct),
        empty=empty,
        unreadable=skipped - empty,
        problem_count=count,
        problems=tuple(first),
        files=tuple(files),
        digest=distinct.digest(),
    )
    distinct.close()
    with papers.open("rb+") as file:
        os.fsync(file.fileno())
    return read
