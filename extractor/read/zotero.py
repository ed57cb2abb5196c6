"""Zotero's CSV export. Names are "Last, First; Last, First"."""

from extractor.read.dates import iso_date
from extractor.read.identifiers import given_first
from extractor.read.shape import Row, Shape, first_of

KEYS = frozenset(("Key", "Title", "Abstract Note", "Publication Year"))


def recognises(row: Row) -> bool:
    return row.keys() >= KEYS


def facts(row: Row) -> dict[str, object]:
    authors = [given_first(name) for name in str(row.get("Author") or "").split(";") if name.strip()]
    return {
        "id": row.get("Key"),
        "title": row.get("Title"),
        "abstract": row.get("Abstract Note"),
        "date": iso_date(str(row.get("Date") or "")) or first_of(row, "Publication Year", "Date"),
        "authors": authors,
        "author_count": len(authors) or None,
        "venue": first_of(row, "Publication Title", "Conference Name"),
        "url": row.get("Url"),
        "doi": row.get("DOI"),
    }


READS = KEYS | {"Author", "Date", "Publication Title", "Conference Name", "Url", "DOI"}
SHAPE = Shape("zotero", READS, recognises, facts)
