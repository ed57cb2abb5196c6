"""Hugging Face's daily papers API (https://huggingface.co/api/daily_papers), its lists and single papers.
`ai_summary` and `ai_keywords` are written by a machine and not read."""

from collections.abc import Mapping

from extractor.read.identifiers import persons
from extractor.read.shape import Row, Shape

PAGE = "https://huggingface.co/papers/"
OWN = ("submittedOnDailyAt", "ai_summary", "upvotes", "discussionId")


def recognises(row: Row) -> bool:
    paper = _paper(row)
    return isinstance(paper.get("summary"), str) and (
        any(key in paper for key in OWN) or (paper is not row and "publishedAt" in paper)
    )


def facts(row: Row) -> dict[str, object]:
    paper = _paper(row)
    authors = persons(paper.get("authors"))
    return {
        "id": paper.get("id"),
        "title": paper.get("title"),
        "abstract": paper.get("summary"),
        "date": paper.get("publishedAt"),
        "authors": authors,
        "author_count": len(authors) or None,
        "url": f"{PAGE}{paper['id']}" if isinstance(paper.get("id"), str) else None,
    }


def _paper(row: Row) -> Row:
    inner = row.get("paper")
    return inner if isinstance(inner, Mapping) else row


READS = frozenset(("paper", "id", "title", "summary", "publishedAt", "authors", *OWN))
SHAPE = Shape("daily-papers", READS, recognises, facts)
