"""RIS and BibTeX: a reference a paper, its claims in the note field, so that Zotero, EndNote and JabRef take
them along. The record itself is never rewritten: title, authors and abstract are as read."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from extractor.clean import clean
from extractor.export.replacing import replacing
from extractor.export.words import described, heading, numbers
from extractor.records import Claim, Extraction, Paper

DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$")
SPECIAL = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}"}
SPECIAL |= {"^": r"\textasciicircum{}", **{sign: f"\\{sign}" for sign in "#$%&_"}}


def write_ris(extractions: Iterable[Extraction], path: Path) -> int:
    """Tags as Zotero reads them; returns the number of references."""
    return _write(extractions, path, _ris)


def write_bibtex(extractions: Iterable[Extraction], path: Path) -> int:
    """Keys are the papers' ids, in the letters that BibTeX takes; returns the number of references."""
    taken: set[str] = set()
    return _write(extractions, path, lambda extraction: _bibtex(extraction, taken))


def _write(extractions: Iterable[Extraction], path: Path, entry: Callable[[Extraction], str]) -> int:
    count = 0
    with replacing(path) as file:
        for extraction in extractions:
            file.write(entry(extraction) + "\n")
            count += 1
    return count


def note(extraction: Extraction) -> str:
    """The claims in one line: "2 claims: (1) top-1 accuracy (%): 84.3\\% = 84.3; EfficientNet-B7, on
    ImageNet; score, result, 0.74 sure (2) ..."; empty without claims."""
    claims = extraction.claims
    if not claims:
        return ""
    listed = " ".join(f"({number}) {_claim(claim)}" for number, claim in enumerate(claims, 1))
    return _one_line(f"{len(claims)} claim{'s' if len(claims) > 1 else ''}: {listed}")


def _claim(claim: Claim) -> str:
    value, _, about = described(claim).partition(": ")
    number = "" if claim.value.text == numbers(claim) else f" = {numbers(claim)}"
    parts = [f"{heading(claim)}: {value}{number}", about, f"{claim.kind}, {claim.role}"]
    return "; ".join(filter(None, parts)) + f", {claim.confidence:.2f} sure"


def _ris(extraction: Extraction) -> str:
    paper = extraction.paper
    lines = [("TY", "CPAPER" if paper.venue else "UNPB"), ("ID", paper.id), ("TI", paper.title)]
    lines += [("AU", author) for author in paper.authors]
    if date := DATE.match(paper.date):
        lines += [("PY", date[1]), ("DA", "/".join(part or "" for part in (*date.groups(), "")))]
    lines += [("T2", paper.venue), ("DO", paper.doi), ("UR", paper.url)]
    lines += [("AB", paper.abstract), ("N1", note(extraction))]
    told = (f"{tag}  - {_one_line(text)}\r\n" for tag, text in lines if text)
    return "".join(told) + "ER  - \r\n"


def _bibtex(extraction: Extraction, taken: set[str]) -> str:
    paper = extraction.paper
    fields = [f"  {name} = {{{text}}}" for name, text in _bibtex_fields(paper, note(extraction))]
    kind = "inproceedings" if paper.venue else "misc"
    return ",\n".join([f"@{kind}{{{_key(paper, taken)}", *fields]) + "\n}\n"


def _bibtex_fields(paper: Paper, claims: str) -> Iterator[tuple[str, str]]:
    """LaTeX leftovers are made plain first, so that nothing is escaped twice."""
    date = DATE.match(paper.date)
    fields = {
        "title": f"{{{_latex(paper.title)}}}",  # the second braces keep capitals
        "author": " and ".join(map(_author, paper.authors)),
        "year": date[1] if date else "",
        "date": paper.date if date else "",
        "booktitle": _latex(paper.venue),
        "doi": _plain(paper.doi),
        "url": _plain(paper.url),
        "abstract": _latex(paper.abstract),
        "note": _latex(claims),
    }
    return ((name, text) for name, text in fields.items() if text)


def _author(name: str) -> str:
    """A name with "and" in it is one name all the same."""
    return f"{{{_latex(name)}}}" if re.search(r"\band\b", name, re.IGNORECASE) else _latex(name)


def _latex(text: str) -> str:
    return "".join(SPECIAL.get(sign, sign) for sign in _one_line(clean(text).text))


def _plain(address: str) -> str:
    """Without the signs that BibTeX would take for its own."""
    return re.sub(r"[{}\\\s]", "", address)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _key(paper: Paper, taken: set[str]) -> str:
    key = plain = re.sub(r"[^\w.:-]+", "-", paper.id, flags=re.ASCII).strip("-") or "paper"
    number = 1
    while key.casefold() in taken:
        number += 1
        key = f"{plain}-{number}"
    taken.add(key.casefold())
    return key
