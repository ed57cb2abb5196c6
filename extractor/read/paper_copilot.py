"""Paper Copilot's lists of conferences (`iclr2024.json`). They have no dates: venue and year are in the name
of the file. `tldr` is written by a machine and not read."""

import re

from extractor.read.shape import Row, Shape

NAME = re.compile(r"(?P<venue>[A-Za-z]{2,12})[-_]?(?P<year>(?:19|20)\d{2})(?!\d)")
KEYS = frozenset(("title", "author", "site", "track", "status", "id"))


def recognises(row: Row) -> bool:
    return row.keys() >= {"title", "author", "site"} and ("track" in row or "status" in row)


def facts(row: Row) -> dict[str, object]:
    authors = [name.strip() for name in str(row.get("author") or "").split(";") if name.strip()]
    return {
        "id": row.get("id"),
        "title": row.get("title"),
        "abstract": row.get("abstract"),
        "authors": authors,
        "author_count": len(authors) or None,
        "url": row.get("site"),
    }


def name_facts(file: str) -> dict[str, object]:
    """ "lists/iclr2024.json" has the papers of ICLR 2024."""
    found = NAME.search(file.rpartition("/")[2])
    return {"date": found["year"], "venue": f"{found['venue'].upper()} {found['year']}"} if found else {}


SHAPE = Shape("paper-copilot", KEYS | {"abstract"}, recognises, facts, name_facts)
