"""A row a paper, a pair of columns a metric: its numbers, and what each stands for as printed. Only a paper's
own results are in it, and a level, a change, a percentage and a ratio of one metric are columns of their own.
Takes extractions that can be gone through twice, since the columns depend on all of them."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from extractor.export.csv import to_cell
from extractor.export.replacing import replacing
from extractor.export.tables import Cell, paper_rows
from extractor.export.words import Heading, described, heading, numbers
from extractor.records import Claim, Extraction, Role

PAPER = ("paper", "title", "date", "venue", "authors", "url", "doi")
AS_WRITTEN = "as written"


def write_wide(extractions: Callable[[], Iterable[Extraction]], path: Path, *, bom: bool = False) -> int:
    """One CSV; the metrics that most papers report come first. Returns the number of papers."""
    headings = _headings(extractions())
    types = {**dict.fromkeys(PAPER, Cell.TEXT), "authors": Cell.TEXTS}
    count = 0
    with replacing(path, encoding="utf-8-sig" if bom else "utf-8") as file:
        lines = csv.writer(file, lineterminator="\r\n")
        names = (name for heading in headings for name in (f"{heading}", f"{heading} {AS_WRITTEN}"))
        lines.writerow([*PAPER, *(to_cell(name, Cell.TEXT) for name in names)])
        for extraction in extractions():
            [about] = paper_rows(extraction)
            cells = [to_cell(about[name], cell) for name, cell in types.items()]
            lines.writerow([*cells, *_metric_cells(extraction, headings)])
            count += 1
    return count


def _headings(extractions: Iterable[Extraction]) -> list[Heading]:
    papers: Counter[Heading] = Counter()
    for extraction in extractions:
        papers.update(set(map(heading, _results(extraction))))
    return sorted(papers, key=lambda each: (-papers[each], each))


def _results(extraction: Extraction) -> Iterator[Claim]:
    return (claim for claim in extraction.claims if claim.role is Role.RESULT)


def _metric_cells(extraction: Extraction, headings: list[Heading]) -> Iterator[str]:
    by_heading: dict[Heading, list[Claim]] = defaultdict(list)
    for claim in _results(extraction):
        by_heading[heading(claim)].append(claim)
    for each in headings:
        claims = by_heading.get(each, ())
        yield to_cell([numbers(claim) for claim in claims], Cell.TEXTS)
        yield to_cell([described(claim) for claim in claims], Cell.TEXTS)
