"""arXiv: the metadata snapshot (JSON lines), the API's Atom feeds and OAI-PMH answers.
Titles and abstracts keep their line breaks. Ids are without version, so that a paper has one id in all
three; its address keeps the version where the source gives it."""

from lxml.etree import _Element as Element

from extractor.read.elements import child, children, text_of
from extractor.read.identifiers import arxiv_id, arxiv_url, given_first, joined, value_at
from extractor.read.shape import LeftOut, Row, Shape


def recognises(row: Row) -> bool:
    return "authors_parsed" in row or ("versions" in row and "categories" in row and "id" in row)


def facts(row: Row) -> dict[str, object]:
    created = value_at(row, "versions.created")
    first = created[0] if isinstance(created, list) and created else None
    parsed = row.get("authors_parsed")
    names = [name for name in parsed if isinstance(name, list)] if isinstance(parsed, list) else []
    authors = [joined(*name[1:2], *name[:1], *name[2:3]) for name in names]
    number = str(row.get("id") or "")
    return {
        "id": arxiv_id(number),
        "title": row.get("title"),
        "abstract": row.get("abstract"),
        "date": first or row.get("update_date"),
        "authors": [name for name in authors if name] or row.get("authors"),
        "author_count": len(authors) or None,
        "venue": row.get("journal-ref"),
        "url": arxiv_url(number),
        "doi": row.get("doi"),
    }


READS = frozenset(
    [
        "id",
        "title",
        "abstract",
        "versions",
        "update_date",
        "authors",
        "authors_parsed",
        "categories",
        "journal-ref",
        "doi",
    ]
)
SHAPE = Shape("arxiv-snapshot", READS, recognises, facts)


def atom_facts(entry: Element) -> dict[str, object]:
    """An `entry` of the API's Atom feed. A query that went wrong is answered with one entry, "Error"."""
    number, title = text_of(child(entry, "id")), text_of(child(entry, "title"))
    if "/api/errors" in number or title == "Error":
        raise LeftOut(f"answers that say {text_of(child(entry, 'summary'))!r} instead of papers")
    authors = [text_of(child(author, "name")) for author in children(entry, "author")]
    return {
        "id": arxiv_id(number),
        "title": title,
        "abstract": text_of(child(entry, "summary")),
        "date": text_of(child(entry, "published")),
        "authors": authors,
        "author_count": len(authors) or None,
        "venue": text_of(child(entry, "journal_ref")),
        "url": arxiv_url(number),
        "doi": text_of(child(entry, "doi")),
    }


def oai_facts(record: Element) -> dict[str, object]:
    """A `record` of OAI-PMH, with metadata as `arXiv`, `arXivRaw` or `oai_dc`."""
    header = child(record, "header")
    if header is not None and header.get("status") == "deleted":
        raise LeftOut("deleted records")
    metadata = child(record, "metadata")
    held = metadata[0] if metadata is not None and len(metadata) else record
    return _dublin_core(held) if children(held, "identifier") else _own_metadata(held)


def _own_metadata(held: Element) -> dict[str, object]:
    number = text_of(child(held, "id"))
    versions = [text_of(child(version, "date")) for version in children(held, "version")]
    listed = child(held, "authors")
    authors = [
        joined(*(text_of(child(author, part)) for part in ("forenames", "keyname", "suffix")))
        for author in ([] if listed is None else children(listed, "author"))
    ]
    return {
        "id": arxiv_id(number),
        "title": text_of(child(held, "title")),
        "abstract": text_of(child(held, "abstract")),
        "date": text_of(child(held, "created")) or next(iter(versions), ""),
        "authors": authors or text_of(listed),
        "author_count": len(authors) or None,
        "venue": text_of(child(held, "journal-ref")),
        "url": arxiv_url(number),
        "doi": text_of(child(held, "doi")),
    }


def _dublin_core(held: Element) -> dict[str, object]:
    """Several descriptions: the first is the abstract, the others comments; the first date is the first
    version's."""
    told = [text_of(each) for each in children(held, "identifier")]
    pages = [each for each in told if "arxiv.org/abs/" in each]
    dois = [each for each in told if each.startswith("doi:") or "doi.org/" in each]
    authors = [given_first(text_of(each)) for each in children(held, "creator")]
    return {
        "id": arxiv_id(pages[0]) if pages else "",
        "title": text_of(child(held, "title")),
        "abstract": text_of(child(held, "description")),
        "date": text_of(child(held, "date")),
        "authors": authors,
        "author_count": len(authors) or None,
        "url": pages[0] if pages else "",
        "doi": dois[0] if dois else "",
    }
