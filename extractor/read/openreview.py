"""OpenReview notes (https://docs.openreview.net), of its first API (`content.title`) and its second
(`content.title.value`). Reviews, decisions and comments stand in the forum of a paper and are left out."""

from collections.abc import Mapping

from extractor.read.dates import date_of_milliseconds
from extractor.read.identifiers import persons
from extractor.read.shape import LeftOut, Row, Shape, first_of

FORUM = "https://openreview.net/forum?id="


def recognises(row: Row) -> bool:
    return "content" in row and "forum" in row


def facts(row: Row) -> dict[str, object]:
    if row.get("forum") != row.get("id") or row.get("replyto"):
        raise LeftOut("replies (reviews, decisions, comments: their id is not their forum's)")
    if row.get("ddate"):
        raise LeftOut("deleted notes")
    held = row["content"]
    content = {key: _value(each) for key, each in held.items()} if isinstance(held, Mapping) else {}
    authors = persons(content.get("authors"))
    return {
        "id": row.get("id"),
        "title": content.get("title"),
        "abstract": content.get("abstract"),
        "date": date_of_milliseconds(first_of(row, "pdate", "odate", "cdate", "tcdate")),
        "authors": authors,
        "author_count": len(authors) or None,
        "venue": content.get("venue"),
        "url": f"{FORUM}{row['id']}" if row.get("id") else None,
    }


def _value(held: object) -> object:
    return held.get("value") if isinstance(held, Mapping) else held


READS = frozenset(["id", "forum", "replyto", "content", "ddate", "pdate", "odate", "cdate", "tcdate"])
SHAPE = Shape("openreview", READS, recognises, facts)
