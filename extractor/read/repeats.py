"""The same paper met twice becomes one paper with all its places.
Takes papers in the order they were met, returns the distinct ones, by text alone: title and abstract are the
same but for case, spacing and punctuation, or the titles are and one of the two has no abstract.
Never drops a place, and never changes the text of a paper that has an abstract."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from extractor.read.problems import Problem
from extractor.records import Paper

FACTS = ("date", "authors", "author_count", "venue", "url", "doi")
"""What a paper takes from a repeat where it has none itself."""


def normalised(text: str) -> str:
    """Letters and digits only, in lower case, one space between words; symbols if there is nothing else."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"\w+", folded)) or folded.strip()


def content_id(title: str, abstract: str) -> str:
    """Twelve hexadecimal digits that any copy of this paper gets, in whatever file it stands."""
    text = f"{normalised(title)}\n{normalised(abstract)}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:12]


def distinct(papers: Iterable[Paper]) -> tuple[list[Paper], list[Problem]]:
    """Papers in order of first appearance, all ids different; a problem for each id that two papers had."""
    found: list[Paper] = []
    by_text: dict[tuple[str, str], int] = {}
    by_title: dict[str, int] = {}
    for paper in papers:
        title, abstract = normalised(paper.title), normalised(paper.abstract)
        at = by_text.get((title, abstract), _title_alone(found, by_title, title, abstract))
        if at is None:
            at = len(found)
            found.append(paper)
        else:
            found[at] = _merged(found[at], paper)
        by_text[title, abstract] = at
        by_title.setdefault(title, at)
    return _with_own_ids(found)


def _title_alone(found: list[Paper], by_title: dict[str, int], title: str, abstract: str) -> int | None:
    """The paper of the same title, where it or the new entry has no abstract."""
    at = by_title.get(title) if title else None
    return at if at is not None and not (abstract and found[at].abstract.strip()) else None


def _merged(first: Paper, repeat: Paper) -> Paper:
    facts = {name: getattr(first, name) or getattr(repeat, name) for name in FACTS}
    abstract = first.abstract if first.abstract.strip() else repeat.abstract
    paper = first.model_copy(update=facts | {"abstract": abstract, "places": first.places + repeat.places})
    return paper.model_copy(update={"id": _merged_id(first, repeat, paper)})


def _merged_id(first: Paper, repeat: Paper, merged: Paper) -> str:
    """An id that a source gave, the first one's before the other's; else the id of the text they now have."""
    given = [paper.id for paper in (first, repeat) if paper.id != content_id(paper.title, paper.abstract)]
    return given[0] if given else content_id(merged.title, merged.abstract)


def _with_own_ids(papers: list[Paper]) -> tuple[list[Paper], list[Problem]]:
    result, problems, owner = [], [], {}
    for paper in papers:
        own = paper.id
        while own in owner:
            own = f"{own}~{content_id(paper.title, paper.abstract)}"
        if own != paper.id:
            problems.append(_shared_id(owner[paper.id], paper, own))
            paper = paper.model_copy(update={"id": own})
        owner[own] = paper
        result.append(paper)
    return result, problems


def _shared_id(first: Paper, second: Paper, own: str) -> Problem:
    holder = f"{first.title!r} in {first.places[0].file}"
    message = f"id {second.id!r} belongs to {holder} already; this one is {own!r}"
    return Problem(file=second.places[0].file, line=second.places[0].line, message=message)
