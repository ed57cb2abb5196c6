"""The Summary sheet: how far the deciding is (counted by the spreadsheet itself, so that it stays true while
people work), and what the run holds by kind, metric, dataset and method."""

from collections import Counter
from dataclasses import dataclass, field

from xlsxwriter.worksheet import Worksheet

from extractor.decisions import Verdict
from extractor.export.words import heading, named
from extractor.records import Kind, Role
from extractor.run_folder import Reviewed
from extractor.sheet.looks import BANDS, Looks

MOST = 40  # rows of a list of names
WIDTH = 5
OPEN = "not yet decided"


@dataclass
class Totals:
    """What is counted while papers pass. In the lists of names: claims and papers of each."""

    papers: int = 0
    claims: int = 0
    with_claims: int = 0
    mentions: Counter[str] = field(default_factory=Counter)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)  # by kind and role
    bands: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    names: dict[str, Counter[str]] = field(default_factory=lambda: {title: Counter() for title in NAMES})
    in_papers: dict[str, Counter[str]] = field(default_factory=lambda: {title: Counter() for title in NAMES})

    def add(self, paper: Reviewed) -> None:
        rows = paper.rows
        self.papers += 1
        self.claims += len(rows)
        self.with_claims += bool(rows)
        self.mentions.update(mention.label.value for mention in paper.extracted.mentions)
        for claim, decision in rows:
            self.kinds[claim.kind.value, claim.role.value] += 1
            self.bands[next(name for lowest, _, name in BANDS if claim.confidence >= lowest)] += 1
            self.verdicts[decision.verdict.value if decision and decision.verdict else OPEN] += 1
        for title, of_claim in NAMES.items():
            found = [set(of_claim(claim)) for claim, _ in rows]
            for each in found:
                self.names[title].update(each)
            self.in_papers[title].update(set().union(*found))


NAMES = {
    "Metrics": lambda claim: [str(heading(claim))] if claim.metric else [],
    "Datasets": lambda claim: map(named, claim.dataset),
    "Methods": lambda claim: [named(claim.method)] if claim.method else [],
    "Baselines": lambda claim: map(named, claim.baseline),
}
"""Title of a list -> the names that a claim adds to it."""


def write_summary(sheet: Worksheet, totals: Totals, claim_sheets: list[str], looks: Looks) -> None:
    """`claim_sheets`: the names of the sheets that hold claims."""
    page = _Page(sheet, looks)
    page.title(f"{totals.claims:,} claims of {totals.papers:,} papers")
    page.lines(
        [("papers with claims", totals.with_claims), ("papers without", totals.papers - totals.with_claims)]
    )
    page.heads("Decisions", "claims")
    for verdict in Verdict:
        page.formula(verdict.value, _count(claim_sheets, f'"{verdict}"'), totals.verdicts[verdict.value])
    page.formula(OPEN, f"{totals.claims}-SUM(B{page.row - 2}:B{page.row})", totals.verdicts[OPEN])
    page.heads("Confidence", "claims")
    page.lines([(f"{name}: from {lowest:.1f}", totals.bands[name]) for lowest, _, name in BANDS])
    page.heads("Claims by kind", "all", *(role.value for role in Role))
    for kind in Kind:
        counts = [totals.kinds[kind.value, role.value] for role in Role]
        if any(counts):
            page.line(kind.value, sum(counts), *counts)
    page.heads("Mentions", "places")
    page.lines([(label.lower(), count) for label, count in totals.mentions.most_common()])
    for title, counts in totals.names.items():
        page.heads(title, "claims", "papers")
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0].casefold()))[:MOST]:
            page.line(name, count, totals.in_papers[title][name])
        if (more := len(counts) - MOST) > 0:
            page.line(f"and {more:,} more, see the Claims sheet")


def _count(sheets: list[str], of: str) -> str:
    return "+".join(f"COUNTIF('{sheet}'!$A:$A,{of})" for sheet in sheets)


class _Page:
    """Writes down a sheet, line after line."""

    def __init__(self, sheet: Worksheet, looks: Looks):
        self.sheet, self.row = sheet, 0
        self.plain, self.head, self.head_right = looks.format(), looks.head(), looks.head(align="right")
        self.large = looks.format(bold=True, font_size=16)
        self.count = looks.format(num_format="#,##0")
        sheet.hide_gridlines(2)
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 44, self.plain)
        sheet.set_column(1, WIDTH, 12, self.count)

    def title(self, text: str) -> None:
        self.sheet.write_string(self.row, 0, text, self.large)
        self.row += 2

    def heads(self, *texts: str) -> None:
        self.row += 1
        for at, text in enumerate(texts):
            self.sheet.write_string(self.row, at, text, self.head_right if at else self.head)
        self.row += 1

    def lines(self, lines: list[tuple[str, int]]) -> None:
        for text, count in lines:
            self.line(text, count)

    def line(self, text: str, *counts: int) -> None:
        self.sheet.write_string(self.row, 0, text, self.plain)
        for at, count in enumerate(counts, 1):
            self.sheet.write_number(self.row, at, count, self.count)
        self.row += 1

    def formula(self, text: str, formula: str, value: int) -> None:
        self.sheet.write_string(self.row, 0, text, self.plain)
        self.sheet.write_formula(self.row, 1, f"={formula}", self.count, value)
        self.row += 1
