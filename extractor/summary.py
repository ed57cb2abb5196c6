"""A run's `Report` as a screenful: what was read, what was found, the most certain results, where the files
are. Takes a `Report`, returns something that rich prints; never writes or counts."""

from collections import Counter
from dataclasses import asdict

from rich.console import Group, RenderableType
from rich.text import Text

from extractor.export.folder import RUN_FILE
from extractor.records import Claim, Slot
from extractor.run import FAILED, PROBLEMS, Report
from extractor.terminal import printable, table

PROBLEMS_SHOWN = 10
ALWAYS = ("extracted", "repeated")  # counts that are told even if they are 0


def summary(report: Report) -> Group:
    """The whole summary; without results where nothing was read."""
    parts: list[RenderableType] = [printable(report.note)] if report.note else []
    parts.append(reading_line(report))
    parts += [printable(f"  {problem}", "yellow") for problem in report.problems[:PROBLEMS_SHOWN]]
    if (more := report.problem_count - PROBLEMS_SHOWN) > 0:
        where = [name for name in report.files if name in (PROBLEMS, FAILED)]
        parts.append(Text(f"  and {more} more" + (f", all in {' and '.join(where)}" if where else "")))
    if report.tally.papers:
        parts += [counts("mentions", report.tally.mentions), counts("claims", report.tally.claims)]
        parts += [Text(), top_results(report.tally.top)] if report.tally.top else []
    if report.files:
        parts += [Text(), printable(f"{report.output}/ has {', '.join((*report.files, RUN_FILE))}")]
    return Group(*parts)


def reading_line(report: Report) -> Text:
    """Every record that was read, once."""
    told = asdict(report.counts)
    read, reused = told.pop("read"), told.pop("reused")
    words = {name: f"{count} {name.replace('_', ' ')}" for name, count in told.items()}
    words["extracted"] += f" ({reused} of them taken over)" if reused else ""
    shown = [words[name] for name in reversed(told) if told[name] or name in ALWAYS]
    return Text(f"{read} records read: {', '.join(shown)}; {report.seconds['all']:.1f} s")


def counts(what: str, counter: Counter[str]) -> Text:
    by = ", ".join(f"{count} {name}" for name, count in counter.most_common())
    return Text(f"{counter.total()} {what}{': ' if by else ''}{by}")


def top_results(rows: list[tuple[str, Claim]]) -> RenderableType:
    """The rows with what a reader wants to know first."""
    grid = table(
        "value", "metric", "method", "dataset", "over", ">sure", "paper", title="Most certain results"
    )
    for paper, claim in rows:
        cells = [
            claim.value.text,
            _name(claim.metric) or claim.kind.value,
            _name(claim.method),
            ", ".join(map(_name, claim.dataset)),
            ", ".join(map(_name, claim.baseline)),
            f"{claim.confidence:.2f}",
            paper,
        ]
        grid.add_row(*map(printable, cells))
    return grid


def _name(slot: Slot | None) -> str:
    return (slot.name or slot.text) if slot else ""
