"""The claims table with the evidence beside each cell: every slot is followed by the sentence that it stands
in and its offsets. Takes a claims table, returns one with more columns in another order."""

from bisect import bisect_right
from collections.abc import Iterator

from extractor.export.tables import MULTIPLE, SLOTS, WHERE, WRITTEN, Cell, Row, Table
from extractor.find.sentences import sentences
from extractor.records import Claim, Extraction, Paper

SENTENCE = "_sentence"


def with_evidence(table: Table) -> Table:
    """`table` with a column `metric_sentence` (of a list: one sentence an item) and so on, and the columns of
    each slot together. The value's own sentence stays in `sentence`."""
    return Table(table.name, _columns(table.columns), lambda extraction: _rows(table, extraction))


def _columns(columns: dict[str, Cell]) -> dict[str, Cell]:
    value = ("value", "sentence", "value_start", "value_end")
    moved = {f + end for f in SLOTS for end, *_ in WRITTEN + WHERE} | set(value)
    ordered: dict[str, Cell] = {}
    for name, cell in columns.items():
        if name == "value":
            ordered |= {each: columns[each] for each in value}
        elif name in SLOTS:
            ordered |= _slot_columns(name, columns)
        elif name not in moved:
            ordered[name] = cell
    return ordered


def _slot_columns(field: str, columns: dict[str, Cell]) -> dict[str, Cell]:
    names = (field, f"{field}_name", f"{field}_inferred", f"{field}_start", f"{field}_end")
    held = {name: columns[name] for name in names}
    written = {name: held.pop(name) for name in names[:3]}
    return {**written, field + SENTENCE: Cell.TEXTS if field in MULTIPLE else Cell.TEXT, **held}


def _rows(table: Table, extraction: Extraction) -> Iterator[Row]:
    finder = _Sentences(extraction.paper)
    for claim, row in zip(extraction.claims, table.rows(extraction), strict=True):
        for field in SLOTS:
            slot = getattr(claim, field)
            if field in MULTIPLE:
                row[field + SENTENCE] = [finder.of(claim, one.start, one.end) for one in slot]
            else:
                row[field + SENTENCE] = finder.of(claim, slot.start, slot.end) if slot else None
        yield row


class _Sentences:
    """The sentences of one paper, found when first asked for."""

    def __init__(self, paper: Paper):
        self.source = paper.source
        self.bounds: list[tuple[int, int]] = []

    def of(self, claim: Claim, start: int, end: int) -> str:
        """The text around a span: the claim's own sentence, or the one, or those, that hold the span."""
        own = claim.sentence
        if own.start <= start and end <= own.end:
            return self.source[own.start : own.end]
        self.bounds = self.bounds or sentences(self.source)
        first = max(0, bisect_right(self.bounds, (start, len(self.source))) - 1)
        around = [(a, b) for a, b in self.bounds[first:] if a < end]
        return self.source[around[0][0] : max(end, around[-1][1])] if around else self.source[start:end]
