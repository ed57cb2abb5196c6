"""CSL-JSON, as Zotero, Mendeley and Pandoc write it, and works of the Crossref API, which are nearly the same
(titles in lists)."""

from extractor.read.dates import date_of, iso_date
from extractor.read.identifiers import persons, value_at
from extractor.read.shape import Row, Shape, first_of


def recognises(row: Row) -> bool:
    return "issued" in row or "container-title" in row


def facts(row: Row) -> dict[str, object]:
    authors = persons(row.get("author"))
    return {
        "id": first_of(row, "id", "DOI"),
        "title": _single(row.get("title")),
        "abstract": row.get("abstract"),
        "date": _date(row.get("issued")) or _date(row.get("published")),
        "authors": authors,
        "author_count": len(authors) or None,
        "venue": _single(first_of(row, "container-title", "event-title")),
        "url": row.get("URL"),
        "doi": row.get("DOI"),
    }


def _single(value: object) -> object:
    return (value[0] if value else None) if isinstance(value, list) else value


def _date(issued: object) -> object:
    """From `{"date-parts": [[2019, 6, 3]]}`, `{"literal": "June 2019"}`, `{"raw": ...}` or "2019-06"."""
    parts = value_at(issued, "date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, list) and first:
        return date_of(*first[:3])
    written = issued if isinstance(issued, str) else value_at(issued, "literal") or value_at(issued, "raw")
    return iso_date(written) or written if isinstance(written, str) else None


READS = frozenset(
    ("id", "title", "abstract", "issued", "published", "author", "container-title", "event-title", "URL")
) | {"DOI"}
SHAPE = Shape("csl-json", READS, recognises, facts)
