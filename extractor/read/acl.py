"""The ACL Anthology's own XML, a file a collection (https://github.com/acl-org/acl-anthology): volumes, whose
`meta` has date and title of the proceedings, and their papers. TeX in them gets its dollars back."""

from lxml.etree import _Element as Element

from extractor.read.dates import date_of
from extractor.read.elements import child, children, path, text_of
from extractor.read.identifiers import joined

PAGE = "https://aclanthology.org/"


def paper_facts(paper: Element, meta: Element | None) -> dict[str, object]:
    """A `paper`. `meta`: its volume's; older files have year, month and book title in the paper."""
    number = text_of(child(paper, "url")) or text_of(child(paper, "bibkey"))
    authors = [
        joined(*(text_of(path(each, part)) for part in ("first", "last")))
        for each in children(paper, "author")
    ]

    def told(what: str) -> str:
        return text_of(path(paper, what)) or text_of(path(meta, what))

    return {
        "id": number.removeprefix(PAGE).rstrip("/"),
        "title": text_of(child(paper, "title")),
        "abstract": text_of(child(paper, "abstract")),
        "date": date_of(told("year"), told("month").split("-")[0]) or date_of(told("year")),
        "authors": [name for name in authors if name],
        "author_count": len(authors) or None,
        "venue": told("booktitle"),
        "url": number if number.startswith("http") else f"{PAGE}{number}/" if number else "",
        "doi": text_of(child(paper, "doi")),
    }
