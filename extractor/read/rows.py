"""Named values to a `Paper`, whatever file they stood in: by the source's own shape where its keys tell it,
by the common names for what it lacks, and as the user mapped them before both."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from extractor.read import (
    arxiv,
    csl,
    daily_papers,
    openalex,
    openreview,
    paper_copilot,
    scopus,
    semantic_scholar,
    wos_table,
    zotero,
)
from extractor.read.fields import Columns, common_facts, find_columns, paper_from
from extractor.read.mapping import list_in, mapped_value, why_nothing
from extractor.read.problems import Problems
from extractor.read.shape import LeftOut, Row, Shape
from extractor.records import Paper, Place

SHAPES = (
    openalex.SHAPE,
    arxiv.SHAPE,
    openreview.SHAPE,
    daily_papers.SHAPE,
    semantic_scholar.SHAPE,
    paper_copilot.SHAPE,
    csl.SHAPE,
    zotero.SHAPE,
    wos_table.SHAPE,
    scopus.SHAPE,
)
"""In the order in which they are tried."""


@dataclass(frozen=True)
class Rows:
    """`columns`: the user's mapping. `shape`: the one asked for; None: each row's own. `partition`: what the
    folders around a file say of all its rows (`year=2020/`). `root`: the path of the list that holds them."""

    columns: Columns = field(default_factory=dict)
    shape: Shape | None = None
    partition: Mapping[str, str] = field(default_factory=dict)
    root: str = ""

    def below(self, path: str) -> "Rows":
        """The same for the items of the list at this path."""
        return replace(self, root=f"{self.root}.{path}" if self.root else path)

    def list_in(self, row: Row) -> str:
        """The path of the list in a row whose items the mapping says are the records; "" if none."""
        return list_in(row, self.columns, self.root) if self.columns else ""

    def has_mapped(self, row: Row) -> bool:
        """Whether a field was mapped to something in this row."""
        return any(mapped_value(row, column, self.root) is not None for column in self.columns.values())

    def paper(self, row: Row, place: Place, problems: Problems, where: str = "") -> Paper | None:
        """The paper of a row; None, and a problem, where there is none. `where` names a row without line."""
        row = {**self.partition, **row}
        for column in self.columns.values():
            found = mapped_value(row, column, self.root) is not None
            problems.look_up(column, None if found else partial(why_nothing, row, column, self.root))
        shape = self.shape or shape_of(row)
        facts = common_facts(row)
        if shape:
            try:
                own = shape.facts(row)
            except LeftOut as left:
                problems.leave_out(str(left))
                return None
            named = shape.name_facts(place.file) if shape.name_facts else {}
            facts |= named | {name: held for name, held in own.items() if held not in (None, [])}
        return self.paper_of(facts, row, place, problems, where)

    def paper_of(
        self, facts: Mapping[str, object], row: Row, place: Place, problems: Problems, where: str = ""
    ) -> Paper | None:
        """The paper of facts under the names of `NAMES`, those that the user mapped taken from `row`."""
        mapped = {name: mapped_value(row, column, self.root) for name, column in self.columns.items()}
        if "authors" in mapped:
            facts = {name: held for name, held in facts.items() if name != "author_count"}
        return paper_from({**facts, **mapped}, place, problems, where)

    def wanted(self, names: Iterable[str]) -> list[str]:
        """Those of a file's columns that any shape, common name or mapping reads."""
        read = {name for found in find_columns(names).values() for name in found}
        read |= {key for shape in SHAPES for key in shape.reads}
        read |= {part for column in self.columns.values() for part in (column, column.partition(".")[0])}
        return [name for name in names if name in read]

    def lacking(self, names: list[str]) -> str | None:
        """What is wrong with a table that has these columns, if papers can't be read from it."""
        listed = ", ".join(map(repr, names)) or "none"
        missing = [
            column
            for column in self.columns.values()
            if column not in names and column.partition(".")[0] not in names
        ]
        if missing:
            told = ", ".join(map(repr, missing))
            return f"no column {told}, to which a field was mapped; columns are {listed}"
        found = find_columns(names)
        known = found["title"] or found["abstract"] or self.shape or shape_of(dict.fromkeys(names))
        if known or self.columns.keys() & {"title", "abstract"}:
            return None
        how = "rename one to 'title' or 'abstract', or map it, such as title=COLUMN"
        return f"no column with titles or abstracts; columns are {listed}; {how}"


def shape_of(row: Row) -> Shape | None:
    """The source that this row is from, as far as its keys tell."""
    return next((shape for shape in SHAPES if shape.recognises(row)), None)
