"""Identifiers and names as papers carry them: bare DOIs, arXiv ids, authors with the given name first.
Takes what a source wrote, returns text; never fails on what is none of these."""

import re
from collections.abc import Iterable, Mapping

NOBODY = re.compile(r"\[no author .*\]|nan", re.IGNORECASE)
"""What sources write where there is no author."""

GIVEN = ("given", "first", "firstName", "first_name", "givenName", "given_name", "forename")
FAMILY = ("family", "last", "lastName", "last_name", "familyName", "family_name", "surname")

DOI_PREFIX = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:\s*|urn:doi:", re.IGNORECASE)
ARXIV_URL = re.compile(
    r"(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/|(?:oai:)?arxiv(?:\.org)?:", re.I
)
ID_KINDS = {
    "arxiv": re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}"),
    "openalex": re.compile(r"W\d+"),
    "semantic-scholar": re.compile(r"[0-9a-f]{40}"),
    "pubmed": re.compile(r"\d{5,8}"),
    "scopus": re.compile(r"2-s2\.0-\d+"),
    "web-of-science": re.compile(r"WOS:\w+"),
}
"""The sources whose ids tell by their form that they are theirs; each gives a paper one."""

ARXIV_VERSION = re.compile(r"(?:v\d+)?(?:\.pdf)?$")


def bare_doi(written: str) -> str:
    """ "https://doi.org/10.18653/v1/N19-1423" is "10.18653/v1/N19-1423"; of several, the first."""
    doi = DOI_PREFIX.sub("", written.strip(), count=1)
    return doi.split()[0] if doi.split() else ""


def arxiv_id(written: str) -> str:
    """ "http://arxiv.org/abs/2103.00020v1" is "2103.00020": without address and version."""
    return ARXIV_VERSION.sub("", ARXIV_URL.sub("", written.strip(), count=1))


def arxiv_url(written: str) -> str:
    """The page of an arXiv id; an address stays as it is, with its version."""
    written = written.strip()
    return written if written.startswith("http") or not written else f"https://arxiv.org/abs/{written}"


def marks(given: str, doi: str) -> dict[str, str]:
    """What tells a paper from another one of its title: its DOI, and its id by the source that gave it."""
    found = {kind: given for kind, form in ID_KINDS.items() if form.fullmatch(given)}
    return found | ({"doi": doi.lower()} if doi else {})


def joined(*names: object) -> str:
    """The parts of a person's name that are there: "Ada", None, "Lovelace"."""
    return " ".join(name.strip() for name in names if isinstance(name, str) and name.strip())


def given_first(name: str) -> str:
    """ "Devlin, Jacob" and "Devlin, Jacob, Jr." with the given name first; any other name as it is."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) not in (2, 3) or not all(parts[:2]):
        return name.strip()
    return joined(parts[1], parts[0], *parts[2:])


def person(author: object) -> str:
    """The name of an author as JSON gives it: a text, or an object with a name or its parts."""
    if isinstance(author, str):
        return author.strip()
    if not isinstance(author, Mapping):
        return ""
    for key in ("name", "literal", "display_name", "fullname"):
        if isinstance(author.get(key), str) and author[key].strip():
            return author[key].strip()
    middle = author.get("middle")
    middle = joined(*middle) if isinstance(middle, list) else middle
    given, family = (next(filter(None, map(author.get, keys)), None) for keys in (GIVEN, FAMILY))
    particle = author.get("dropping-particle") or author.get("non-dropping-particle")
    return joined(given, middle, particle, family, author.get("suffix"))


def persons(authors: object) -> list[str]:
    """The names in a list of authors, those without a name left out."""
    listed = authors if isinstance(authors, Iterable) and not isinstance(authors, str | Mapping) else ()
    return [name for name in map(person, listed) if name and not NOBODY.fullmatch(name)]


def value_at(row: object, path: str) -> object:
    """What stands at "content.abstract.value"; on the way through a list, a list of what its items have."""
    for at, key in enumerate(keys := path.split(".")):
        if isinstance(row, list):
            return [value_at(item, ".".join(keys[at:])) for item in row]
        row = row.get(key) if isinstance(row, Mapping) else None
    return row
