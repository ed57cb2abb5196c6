"""A row of named values to a `Paper`: JSONL objects, table rows and Parquet rows all come through here.
Takes a mapping, finds title, abstract and the rest under their common names or as the user mapped them.
Never changes text, but for NULs and lone surrogates, which few files can hold: U+FFFD, and reported."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from extractor.read.lines import REPLACED
from extractor.read.problems import Problems, ReadError
from extractor.read.repeats import content_id
from extractor.records import Paper, Place

NAMES = {
    "title": ("title", "papertitle"),
    "abstract": ("abstract", "summary", "abstracttext", "paperabstract"),
    "id": ("id", "paperid", "arxivid", "identifier"),
    "date": (
        "date",
        "published",
        "publicationdate",
        "publishedat",
        "publisheddate",
        "submitted",
        "created",
        "year",
    ),
    "authors": ("authors", "author", "authornames"),
    "author_count": ("authorcount", "numauthors", "authorscount"),
    "venue": ("venue", "journal", "conference", "booktitle"),
    "url": ("url", "link", "paperurl", "urlabs"),
    "doi": ("doi",),
}
"""A paper's fields and their usual names, lower case without `_`, `-` and spaces; the first filled wins."""

LONGEST_TEXT = 200_000
"""Characters of title and abstract together. Whole papers have under 100,000."""

Columns = Mapping[str, str]
"""The user's mapping: a field of `NAMES` to the column that holds it."""

UNSTORABLE = re.compile(r"[\0\ud800-\udfff]")
ISO_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(?=$|[T ])", re.ASCII)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WRITTEN_DATE = re.compile(r"([A-Z][a-z]{2})[a-z]*\.? (\d{1,2})(?:, (\d{4}))?", re.ASCII)


def check_columns(columns: Columns) -> None:
    """ReadError where the mapping names a field that papers do not have."""
    if unknown := sorted(set(columns) - set(NAMES)):
        raise ReadError(
            f"no field {', '.join(map(repr, unknown))} to map a column to; fields are {', '.join(NAMES)}"
        )


def find_columns(names: Iterable[str], columns: Columns) -> dict[str, list[str]]:
    """For each field, the columns that may hold it, likeliest first; a mapped field has that column only."""
    by_name: dict[str, str] = {}
    for name in names:
        by_name.setdefault(re.sub(r"[\W_]", "", name).lower(), name)
    found = {field: [by_name[a] for a in aliases if a in by_name] for field, aliases in NAMES.items()}
    return found | {field: [name] for field, name in columns.items()}


def lacking_columns(names: list[str], columns: Columns) -> str | None:
    """What is wrong with a table that has these columns, if papers can't be read from it."""
    listed = ", ".join(map(repr, names)) or "none"
    if missing := [name for name in columns.values() if name not in names]:
        return f"no column {', '.join(map(repr, missing))}, to which a field was mapped; columns are {listed}"
    found = find_columns(names, columns)
    if not found["title"] and not found["abstract"]:
        how = "rename one to 'title' or 'abstract', or map it, such as title=COLUMN"
        return f"no column with titles or abstracts; columns are {listed}; {how}"
    return None


def paper_from(
    row: Mapping[str, object], columns: Columns, place: Place, problems: Problems, where: str = ""
) -> Paper | None:
    """The paper of a row; None, and a problem, where there is none. `where` names a row that has no line."""
    found = find_columns(row, columns)
    values = {field: _first_filled(row, names) for field, names in found.items()}
    texts = {field: _text(values[field]) for field in ("title", "abstract")}
    if wrong := [field for field, text in texts.items() if text is None]:
        problems.skip(
            place.line, f"{where}{wrong[0]} is a {type(values[wrong[0]]).__name__}, not text; not read"
        )
        return None
    if not any(text.strip() for text in texts.values()):
        problems.skip(
            place.line, f"{where}neither title nor abstract; give at least one of the two", empty=True
        )
        return None
    return build_paper(
        **texts,
        id=_text(values["id"]) or "",
        date=_date(values["date"], place, problems, where),
        authors=_authors(values["authors"]),
        author_count=_count(values["author_count"]),
        **{field: _text(values[field]) or "" for field in ("venue", "url", "doi")},
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


def iso_date(text: str) -> str:
    """ "2022-12-08T09:00Z" and "Dec 8, 2022" are "2022-12-08", "Dec 8" is "12-08"; "" for anything else."""
    if iso := ISO_DATE.match(text):
        return iso[0] if _is_date(*map(int, iso[0].split("-"))) else ""
    written = WRITTEN_DATE.fullmatch(text)
    if not written or written[1] not in MONTHS:
        return ""
    month, day, year = MONTHS.index(written[1]) + 1, int(written[2]), written[3]
    if not _is_date(int(year or 2000), month, day):  # 2000 had a 29 February
        return ""
    return f"{year}-{month:02}-{day:02}" if year else f"{month:02}-{day:02}"


def _is_date(year: int, month: int = 1, day: int = 1) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _first_filled(row: Mapping[str, object], names: list[str]) -> object:
    return next((row[name] for name in names if not _is_empty(row.get(name))), None)


def _is_empty(value: object) -> bool:
    return value is None or value == "" or value != value  # a missing number is NaN, which equals nothing


def _text(value: object) -> str | None:
    """The text of a value; numbers as written; None where it is a list, a mapping or the like."""
    if value is None:
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
    """A list of names or of objects with a name, or one string: "A; B", "A, B" or "A and B"."""
    if isinstance(value, str):
        value = re.split(r";" if ";" in value else r",| and ", value)
    if not isinstance(value, list):
        return ()
    names = (author.get("name") if isinstance(author, Mapping) else author for author in value)
    texts = (UNSTORABLE.sub(REPLACED, name.strip()) for name in names if isinstance(name, str))
    return tuple(text for text in texts if text)


def _count(value: object) -> int | None:
    text = _text(value) or ""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None
