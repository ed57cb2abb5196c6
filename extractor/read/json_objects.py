"""JSON objects to papers: an object is a paper, or the answer of an API with a list of papers in it."""

from collections.abc import Iterator, Mapping

from extractor.read import daily_papers
from extractor.read.identifiers import value_at
from extractor.read.problems import Problems
from extractor.read.rows import Rows
from extractor.read.shape import Row
from extractor.records import Paper, Place

WRAPPERS = (
    "results",
    "data",
    "notes",
    "papers",
    "works",
    "entries",
    "items",
    "message.items",
    "recommendedPapers",
    "rows",
)
"""Under which keys APIs give their lists: OpenAlex, Semantic Scholar, ..., Crossref, Hugging Face."""

INNER = ("paper", "citedPaper", "citingPaper", "row")
"""Under which keys an item has the paper itself, beside what is told of it."""

TEXTS = frozenset(("title", "abstract", "paper", "content"))
"""What an object with one of these keys has under the others belongs to one paper."""


def papers_in(row: Row, rows: Rows, place: Place, problems: Problems, where: str = "") -> Iterator[Paper]:
    """The papers of one object."""
    listed = None if rows.list_in(row) else wrapped(row)
    if listed is None:
        yield from paper_in_list(row, rows, place, problems, where)
        return
    for number, item in enumerate(listed, 1):
        yield from paper_in_list(item, rows, place, problems, f"{where}record {number}: ")


def paper_in_list(item: object, rows: Rows, place: Place, problems: Problems, where: str) -> Iterator[Paper]:
    """The paper of one item of a list, or those of a list in it, if the mapping leads there; anything but an
    object is reported."""
    if not isinstance(item, Mapping):
        kind = type(item).__name__
        problems.skip(place.line, f"{where}JSON, but of type {kind} and no object, not read")
    elif path := rows.list_in(item):
        for number, each in enumerate(value_at(item, path), 1):
            yield from paper_in_list(each, rows.below(path), place, problems, f"{where}record {number}: ")
    elif paper := rows.paper(_unwrapped(item, rows), place, problems, where):
        yield paper


def wrapped(row: Row) -> list | None:
    """The list of papers in an API's answer; None where the object is a paper itself."""
    if row.keys() & TEXTS:
        return None
    held = (value_at(row, wrapper) for wrapper in WRAPPERS)
    return next((each for each in held if isinstance(each, list)), None)


def _unwrapped(row: Row, rows: Rows) -> Row:
    """The paper that an item holds, as what this program writes does; else the item, as where a field was
    mapped to what stands beside the paper."""
    inner = next((row[key] for key in INNER if isinstance(row.get(key), Mapping)), None)
    if inner is None or daily_papers.recognises(row):
        return row
    return row if rows.has_mapped(row) and not rows.has_mapped(inner) else inner
