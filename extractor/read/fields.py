"""A paper's facts to a `Paper`: every reader's papers come through here.
Takes title, abstract and the rest under the names of `NAMES`, or finds them in a row under common names.
Never changes text, but for NULs and lone surrogates, which few files can hold: U+FFFD, and reported."""

import ast
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache

from extractor.read.dates import iso_date
from extractor.read.identifiers import bare_doi, given_first, persons
from extractor.read.lines import REPLACED
from extractor.read.problems import Problems, ReadError
from extractor.read.repeats import content_id
from extractor.read.shape import Row
from extractor.records import Paper, Place

NAMES = {
    "title": ("title", "papertitle", "primarytitle", "documenttitle", "articletitle"),
    "abstract": ("abstract", "summary", "abstracttext", "paperabstract", "abstractnote"),
    "id": ("id", "paperid", "arxivid", "identifier"),
    "date": (
        "date",
        "published",
        "publicationdate",
        "publishedat",
        "publisheddate",
        "datepublished",
        "submitted",
        "created",
        "year",
        "publicationyear",
        "pubyear",
    ),
    "authors": ("authors", "author", "authornames", "firstauthors"),
    "author_count": ("authorcount", "numauthors", "authorscount"),
    "venue": (
        "venue",
        "journal",
        "conference",
        "booktitle",
        "journalref",
        "publicationtitle",
        "containertitle",
        "sourcetitle",
    ),
    "url": ("url", "link", "paperurl", "urlabs", "pdflink"),
    "doi": ("doi",),
}
"""A paper's fields and their usual names, lower case without `_`, `-` and spaces; the first filled wins."""

LONGEST_TEXT = 200_000
"""Characters of title and abstract together. Whole papers have under 100,000."""

Columns = Mapping[str, str]
"""The user's mapping: a field of `NAMES` to the column that holds it, or to a path: "content.title.value"."""

UNSTORABLE = re.compile(r"[\0\ud800-\udfff]")


def check_columns(columns: Columns) -> None:
    """ReadError where the mapping names a field that papers do not have."""
    if unknown := sorted(set(columns) - set(NAMES)):
        raise ReadError(
            f"no field {', '.join(map(repr, unknown))} to map a column to; fields are {', '.join(NAMES)}"
        )


def find_columns(names: Iterable[str]) -> dict[str, list[str]]:
    """For each field, the columns that may hold it by their names, likeliest first."""
    return _find_columns(tuple(names))


@lru_cache(maxsize=256)
def _find_columns(names: tuple[str, ...]) -> dict[str, list[str]]:
    by_name: dict[str, str] = {}
    for name in names:
        by_name.setdefault(re.sub(r"[\W_]", "", name).lower(), name)
    return {field: [by_name[a] for a in aliases if a in by_name] for field, aliases in NAMES.items()}


def common_facts(row: Row) -> dict[str, object]:
    """A paper's facts under the names of `NAMES`, from a row that uses common names."""
    return {
        field: next((row[name] for name in names if not _is_empty(row.get(name))), None)
        for field, names in find_columns(row).items()
    }


def paper_from(
    facts: Mapping[str, object], place: Place, problems: Problems, where: str = ""
) -> Paper | None:
    """The paper of facts under the names of `NAMES`; None, and a problem, where there is none. `where` names
    a record that has no line."""
    texts = {field: _text(facts.get(field)) for field in ("title", "abstract")}
    if wrong := [field for field, text in texts.items() if text is None]:
        kind = type(facts[wrong[0]]).__name__
        problems.skip(place.line, f"{where}{wrong[0]} is a {kind}, not text; not read")
        return None
    if not any(text.strip() for text in texts.values()):
        complaint = f"{where}neither title nor abstract; give at least one of the two"
        problems.skip(place.line, complaint, empty=True)
        return None
    return build_paper(
        **texts,
        id=_text(facts.get("id")) or "",
        date=_date(facts.get("date"), place, problems, where),
        authors=_authors(facts.get("authors")),
        author_count=_count(facts.get("author_count")),
        **{field: (_text(facts.get(field)) or "").strip() for field in ("venue", "url")},
        doi=bare_doi(_text(facts.get("doi")) or ""),
        place=place,
        problems=problems,
        where=where,
    )


def build_paper(
    *, title: str, abstract: str, place: Place, problems: Problems, id: str = "", where: str = "", **facts
) -> Paper | None:
    """A paper with an id and storable text; None, and a problem, where the text is too long for a paper."""
    if len(title) + len(abstract) > LONGEST_TEXT:
        length = f"{len(title) + len(abstract):,} characters"
        problems.skip(
            place.line, f"{where}{length} of text, not read; more than {LONGEST_TEXT:,} is no abstract"
        )
        return None
    text = {"title": title, "abstract": abstract, "id": id}
    text |= {field: value for field, value in facts.items() if isinstance(value, str)}
    if any(UNSTORABLE.search(value) for value in text.values()):
        problems.add(place.line, f"{where}NULs or halves of surrogate pairs, replaced by U+FFFD")
    text = {field: UNSTORABLE.sub(REPLACED, value) for field, value in text.items()}
    text["id"] = text["id"].strip() or content_id(text["title"], text["abstract"])
    return Paper(**(facts | text), places=(place,))


def _is_empty(value: object) -> bool:
    return value is None or value == "" or value != value  # a missing number is NaN, which equals nothing


def _text(value: object) -> str | None:
    """The text of a value; numbers as written; None where it is a list, a mapping or the like."""
    if _is_empty(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # 2021.0: a column of whole numbers with gaps
    return str(value) if isinstance(value, str | int | float) else None


def _date(value: object, place: Place, problems: Problems, where: str) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()[:10]
    text = (_text(value) or "").strip()
    found = iso_date(text)
    if text and not found:
        problems.add(place.line, f"{where}date {text!r} not understood and left out; write it as 2022-12-08")
    return found


def _authors(value: object) -> tuple[str, ...]:
    """A list of names or of objects with a name, or one string: "A; B", "A, B", "A and B", "['A', 'B']"."""
    if isinstance(value, str):
        value = _listed(value.strip())
    return tuple(UNSTORABLE.sub(REPLACED, name) for name in persons(value) if name)


def _listed(written: str) -> list:
    """The names in a string, given names first; a comma parts names where it can't part the two of a name."""
    if written.startswith("[") and written.endswith("]"):
        try:
            held = ast.literal_eval(written)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            held = None
        if isinstance(held, list):
            return held
    if ";" in written:
        return [given_first(name) for name in written.split(";")]
    names = re.split(r",?\s+and\s+", written)
    pieces = [[piece.strip() for piece in name.split(",")] for name in names]
    turned = all(len(each) == 2 for each in pieces)
    if turned and len(names) > 1 and any(" " not in piece for each in pieces for piece in each):
        return [given_first(name) for name in names]
    return re.split(r",|\sand\s", written)


def _count(value: object) -> int | None:
    text = _text(value) or ""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None
