"""Web of Science's exports as tables: tab-delimited with tags for a header, and from Excel with names."""

from extractor.read.dates import date_in_year
from extractor.read.identifiers import given_first
from extractor.read.shape import Row, Shape, first_of


def recognises(row: Row) -> bool:
    return row.keys() >= {"PT", "TI", "SO"} or row.keys() >= {"Article Title", "Source Title"}


def facts(row: Row) -> dict[str, object]:
    names = str(first_of(row, "AF", "Author Full Names", "AU", "Authors") or "").split(";")
    authors = [given_first(name) for name in names if name.strip()]
    within = first_of(row, "PD", "Publication Date")
    return {
        "id": first_of(row, "UT", "UT (Unique WOS ID)"),
        "title": first_of(row, "TI", "Article Title"),
        "abstract": first_of(row, "AB", "Abstract"),
        "date": date_in_year(within, first_of(row, "PY", "Publication Year")),
        "authors": authors,
        "author_count": len(authors) or None,
        "venue": first_of(row, "SO", "Source Title"),
        "url": first_of(row, "DOI Link"),
        "doi": first_of(row, "DI", "DOI"),
    }


TAGS = ("PT", "TI", "SO", "AF", "AU", "UT", "AB", "PD", "PY", "DI")
COLUMNS = (
    "Article Title",
    "Source Title",
    "Authors",
    "Author Full Names",
    "UT (Unique WOS ID)",
    "Abstract",
    "Publication Date",
    "Publication Year",
    "DOI",
    "DOI Link",
)
READS = frozenset((*TAGS, *COLUMNS))
SHAPE = Shape("wos-table", READS, recognises, facts)
