"""Semantic Scholar: answers of its Graph API, its bulk datasets (papers, abstracts, S2ORC), and the older
S2ORC releases, with the text's sections or its parse. Its `tldr` is written by a machine and not read."""

import json
from collections.abc import Mapping

from extractor.read.identifiers import persons, value_at
from extractor.read.shape import Row, Shape, first_of

KEYS = ("paperId", "corpusid", "corpus_id", "corpusId", "paperAbstract", "s2Url", "pdf_parse", "latex_parse")
CORPUS_PAGE = "https://api.semanticscholar.org/CorpusID:"


def recognises(row: Row) -> bool:
    return any(key in row for key in KEYS)


def facts(row: Row) -> dict[str, object]:
    inner = row.get("metadata")
    known = {**inner, **row} if isinstance(inner, Mapping) else row
    corpus = first_of(known, "corpusid", "corpus_id", "corpusId")
    authors = persons(known.get("authors"))
    outside = first_of(known, "externalIds", "externalids", "external_ids")
    return {
        "id": first_of(known, "paperId", "paper_id", "id") or corpus,
        "title": known.get("title") or _annotated(known, "title"),
        "abstract": _abstract(known),
        "date": first_of(known, "publicationDate", "publicationdate", "publication_date", "year"),
        "authors": authors,
        "author_count": len(authors) or None,
        "venue": known.get("venue")
        or value_at(known, "journal.name")
        or value_at(known, "publicationVenue.name")
        or _text_or_none(known.get("journal")),
        "url": first_of(known, "url", "s2Url") or (f"{CORPUS_PAGE}{corpus}" if corpus else None),
        "doi": first_of(known, "doi") or value_at(outside, "DOI") or value_at(outside, "doi"),
    }


def _abstract(row: Row) -> object:
    """A text, the paragraphs of a parse, or the part of the whole text that is annotated as the abstract."""
    given = first_of(row, "abstract", "paperAbstract")
    if isinstance(given, str):
        return given
    sections = given or value_at(row, "pdf_parse.abstract") or value_at(row, "latex_parse.abstract")
    if isinstance(sections, list):
        return "\n".join(text for text in value_at(sections, "text") if isinstance(text, str))
    return sections or _annotated(row, "abstract")


def _annotated(row: Row, what: str) -> str | None:
    """The spans of a bulk S2ORC text that are annotated as `what`; the spans are JSON in a text."""
    for held in (value_at(row, "content"), value_at(row, "body"), row):
        text, annotations = value_at(held, "text"), value_at(held, f"annotations.{what}")
        spans = _spans(annotations)
        if isinstance(text, str) and spans:
            return "\n".join(text[start:end] for start, end in spans).strip()
    return None


def _spans(annotations: object) -> list[tuple[int, int]]:
    if isinstance(annotations, str):
        try:
            annotations = json.loads(annotations)
        except (ValueError, RecursionError):
            return []
    listed = annotations if isinstance(annotations, list) else []
    ends = [(value_at(span, "start"), value_at(span, "end")) for span in listed]
    try:
        return [(int(start), int(end)) for start, end in ends if int(start) >= 0]
    except (TypeError, ValueError, OverflowError):
        return []


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


READS = frozenset(
    [
        "id",
        "paper_id",
        "title",
        "abstract",
        "year",
        "venue",
        "journal",
        "url",
        "doi",
        "authors",
        "metadata",
        "content",
        "body",
        "text",
        "annotations",
        "publicationDate",
        "publicationdate",
        "publication_date",
        "publicationVenue",
        "externalIds",
        "externalids",
        "external_ids",
    ]
) | frozenset(KEYS)
SHAPE = Shape("semantic-scholar", READS, recognises, facts)
