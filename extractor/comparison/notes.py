"""The sources of a comparison, numbered as a reader meets them: where footnotes, links and comments lead."""

from dataclasses import dataclass

from extractor.comparison.block import Cell
from extractor.comparison.entry import Entry
from extractor.comparison.layouts import Comparison
from extractor.comparison.point import Point
from extractor.records import Qualifier


@dataclass(frozen=True)
class Note:
    """A claim's place: `number` from 1; `before`, `value`, `after`: its sentence around the value."""

    number: int
    entry: Entry
    before: str
    value: str
    after: str

    @property
    def where(self) -> str:
        """ "A Paper's Title (2212.01234), characters 812-816" """
        entry = self.entry
        title = " ".join(entry.title.split())
        named = f"{title} ({entry.paper})" if title else entry.paper
        return f"{named}, characters {entry.start}-{entry.end}"


class Notes:
    """Every shown claim's note, in reading order."""

    def __init__(self, comparison: Comparison):
        self.all = [_note(number, point) for number, point in enumerate(comparison.shown, 1)]
        self._by_id = {note.entry.id: note for note in self.all}

    def of(self, point: Point) -> Note:
        return self._by_id[point.entry.id]

    def of_cell(self, cell: Cell) -> list[tuple[str, bool, Note]]:
        """(text, whether best, note) of each claim in the cell."""
        return [
            (text, best, self.of(point))
            for point, text, best in zip(cell.points, cell.shown, cell.best, strict=True)
        ]


def _note(number: int, point: Point) -> Note:
    before, value, after = (" ".join(part.split("\n")) for part in point.entry.around())
    return Note(number, point.entry, before.lstrip(), value, after.rstrip())


def extent(comparison: Comparison) -> str:
    """ "8 claims of 5 papers", "27 of 829 claims, of 332 papers" """
    points, shown = comparison.points, len(comparison.shown)
    papers = len({point.entry.paper for point in points})
    if shown == len(points):
        return f"{shown} claims of {papers} papers"
    return f"{shown} of {len(points)} claims, of {papers} papers"


def legend(comparison: Comparison) -> str:
    """What the signs before values mean, of those that are there."""
    qualifiers = {point.entry.qualifier for point in comparison.shown}
    said = [text for qualifier, text in LEGEND.items() if qualifier in qualifiers]
    if any("(= " in text for block in comparison.blocks for text in block.texts):
        said.append("(= ...) converted by a rule")
    return "; ".join(said)


LEGEND = {
    Qualifier.AT_LEAST: "≥ at least",
    Qualifier.AT_MOST: "≤ at most",
    Qualifier.APPROX: "~ about",
    Qualifier.AVERAGE: "avg on average",
}
