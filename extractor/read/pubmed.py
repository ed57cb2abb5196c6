"""PubMed's XML (`PubmedArticleSet`), as E-utilities and the yearly baseline give it. The parts of a
structured abstract become a line each, with their labels as PubMed shows them: "METHODS: ..."."""

from lxml.etree import _Element as Element

from extractor.read.dates import date_of, iso_date
from extractor.read.elements import child, children, path, text_of
from extractor.read.identifiers import joined

PAGE = "https://pubmed.ncbi.nlm.nih.gov/"


def article_facts(record: Element) -> dict[str, object]:
    """A `PubmedArticle`."""
    citation = child(record, "MedlineCitation")
    article = path(citation, "Article")
    issue = path(article, "Journal", "JournalIssue", "PubDate")
    return _facts(
        number=text_of(path(citation, "PMID")),
        title=text_of(path(article, "ArticleTitle")) or text_of(path(article, "VernacularTitle")),
        held=article,
        date=_date(issue) or _date(path(article, "ArticleDate")),
        venue=text_of(path(article, "Journal", "Title"))
        or text_of(path(article, "Journal", "ISOAbbreviation")),
        record=record,
    )


def book_facts(record: Element) -> dict[str, object]:
    """A `PubmedBookArticle`."""
    document = child(record, "BookDocument")
    return _facts(
        number=text_of(path(document, "PMID")),
        title=text_of(path(document, "ArticleTitle")) or text_of(path(document, "Book", "BookTitle")),
        held=document,
        date=_date(path(document, "Book", "PubDate")),
        venue=text_of(path(document, "Book", "BookTitle")),
        record=record,
    )


def _facts(
    *, number: str, title: str, held: Element | None, date: str, venue: str, record: Element
) -> dict[str, object]:
    listed = path(held, "AuthorList")
    authors = [_author(author) for author in children(listed, "Author")]
    complete = listed is not None and listed.get("CompleteYN") != "N"
    return {
        "id": number,
        "title": title,
        "abstract": "\n".join(map(_labelled, children(path(held, "Abstract"), "AbstractText"))),
        "date": date,
        "authors": [name for name in authors if name],
        "author_count": len(authors) if complete else None,
        "venue": venue,
        "url": f"{PAGE}{number}/" if number else "",
        "doi": _doi(held, record),
    }


def _labelled(part: Element) -> str:
    label, text = part.get("Label", ""), text_of(part)
    return f"{label}: {text}" if label and text else text


def _author(author: Element) -> str:
    parts = [text_of(child(author, part)) for part in ("ForeName", "LastName", "Suffix")]
    return joined(*parts) or text_of(child(author, "CollectiveName"))


def _date(held: Element | None) -> str:
    """Of `Year`, `Month`, `Day`, or of a `MedlineDate` such as "1998 Dec-1999 Jan"."""
    year, month, day = (text_of(path(held, part)) for part in ("Year", "Month", "Day"))
    return date_of(year, month, day) or date_of(year) or iso_date(text_of(path(held, "MedlineDate")))


def _doi(held: Element | None, record: Element) -> str:
    given = [each for each in children(held, "ELocationID") if each.get("EIdType") == "doi"]
    given = [each for each in given if each.get("ValidYN") != "N"]
    listed = path(record, "PubmedData", "ArticleIdList")
    given += [each for each in children(listed, "ArticleId") if each.get("IdType") == "doi"]
    return text_of(given[0]) if given else ""
