"""OpenAlex works (https://docs.openalex.org), from the API or the snapshot. The abstract comes as an inverted
index, a word and its positions, and is put together again with one space between words."""

import json
from collections.abc import Mapping

from extractor.read.identifiers import persons, value_at
from extractor.read.shape import Row, Shape, first_of

OPENALEX = "https://openalex.org/"
FULL_LIST = 100
"""Authors that the API lists at most."""


def recognises(row: Row) -> bool:
    return "abstract_inverted_index" in row or (
        "authorships" in row and str(row.get("id", "")).startswith(OPENALEX)
    )


def facts(row: Row) -> dict[str, object]:
    authors = persons(value_at(row, "authorships.author"))
    cut = row.get("is_authors_truncated") or len(authors) >= FULL_LIST
    return {
        "id": str(row.get("id") or "").removeprefix(OPENALEX),
        "title": first_of(row, "title", "display_name"),
        "abstract": rebuilt(row.get("abstract_inverted_index")) or row.get("abstract"),
        "date": first_of(row, "publication_date", "publication_year"),
        "authors": authors,
        "author_count": row.get("authors_count") or (None if cut else len(authors) or None),
        "venue": value_at(row, "primary_location.source.display_name")
        or value_at(row, "host_venue.display_name"),
        "url": value_at(row, "primary_location.landing_page_url") or first_of(row, "doi", "id"),
        "doi": row.get("doi"),
    }


def rebuilt(index: object) -> str:
    """The text of an inverted index; what is no list of positions in it is left out. The index may be JSON in
    a text, pairs (a map of Parquet), or wrapped with its length."""
    if isinstance(index, str):
        try:
            index = json.loads(index)
        except (ValueError, RecursionError):
            return ""
    if isinstance(index, Mapping) and isinstance(index.get("InvertedIndex"), Mapping):
        index = index["InvertedIndex"]
    placed = [
        (position, word)
        for word, positions in _pairs(index)
        if isinstance(positions, list)
        for position in positions
        if isinstance(position, int)
    ]
    return " ".join(word for _, word in sorted(placed))


def _pairs(index: object) -> list[tuple[str, object]]:
    if isinstance(index, Mapping):
        return list(index.items())
    listed = index if isinstance(index, list) else []
    pairs = (pair for pair in listed if isinstance(pair, list | tuple) and len(pair) == 2)
    return [(word, positions) for word, positions in pairs if isinstance(word, str)]


READS = frozenset(
    [
        "id",
        "title",
        "display_name",
        "abstract",
        "abstract_inverted_index",
        "publication_date",
        "publication_year",
        "authorships",
        "authors_count",
        "is_authors_truncated",
        "primary_location",
        "host_venue",
        "doi",
    ]
)
SHAPE = Shape("openalex", READS, recognises, facts)
