"""Scopus' CSV export. "Author full names" has ids behind the names; a record without an abstract says
"[No abstract available]", one without authors "[No author name available]"."""

import re

from extractor.read.identifiers import given_first, persons
from extractor.read.shape import Row, Shape, first_of

NO_ABSTRACT = "[No abstract available]"
AUTHOR_ID = re.compile(r"\s*\(\d+\)\s*$")
COMMA_BETWEEN = re.compile(r"(?<=\.),\s+")  # the older export: "Devlin J., Chang M.-W."


def recognises(row: Row) -> bool:
    return row.keys() >= {"Title", "Source title"} and ("EID" in row or "Authors" in row)


def facts(row: Row) -> dict[str, object]:
    authors = _authors(row)
    abstract = row.get("Abstract")
    return {
        "id": first_of(row, "EID", "DOI"),
        "title": row.get("Title"),
        "abstract": "" if abstract == NO_ABSTRACT else abstract,
        "date": row.get("Year"),
        "authors": authors,
        "author_count": len(authors) or None,
        "venue": row.get("Source title"),
        "url": row.get("Link"),
        "doi": row.get("DOI"),
    }


def _authors(row: Row) -> list[str]:
    if full := row.get("Author full names"):
        return persons([given_first(AUTHOR_ID.sub("", name)) for name in str(full).split(";")])
    short = str(row.get("Authors") or "")
    names = short.split(";") if ";" in short else COMMA_BETWEEN.split(short)
    return persons(names)


READS = frozenset(
    ("EID", "DOI", "Title", "Abstract", "Year", "Authors", "Author full names", "Source title", "Link")
)
SHAPE = Shape("scopus", READS, recognises, facts)
