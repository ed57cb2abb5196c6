"""Which reader reads a file: by what the user asked for, by what its first bytes are, by its suffix, in this
order."""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath

from extractor.read import (
    arrow,
    bibtex,
    endnote,
    json_document,
    jsonl,
    markdown,
    nbib,
    parquet,
    ris,
    table,
    text,
    xml,
)
from extractor.read.fields import Columns
from extractor.read.json_objects import wrapped
from extractor.read.mapping import list_in, possible_lists
from extractor.read.problems import Problems, ReadError
from extractor.read.rows import SHAPES, Rows
from extractor.read.streams import UTF_16
from extractor.records import Paper

Reader = Callable[[io.BufferedReader, Problems, Rows], Iterator[Paper]]


@dataclass(frozen=True)
class Format:
    """`seeks`: its reader needs a stream that can be rewound."""

    name: str
    read: Reader
    suffixes: tuple[str, ...] = ()
    seeks: bool = False


FORMATS = (
    Format("jsonl", jsonl.read, (".jsonl", ".ndjson")),
    Format("json", json_document.read, (".json",)),
    Format("csv", table.read, (".csv", ".tsv")),
    Format("parquet", parquet.read, (".parquet", ".pq"), seeks=True),
    Format("arrow", arrow.read, (".arrow", ".feather", ".ipc"), seeks=True),
    *(Format(kind.name, partial(xml.read, kind=kind)) for kind in xml.KINDS),
    Format("xml", xml.read, (".xml", ".atom", ".rss")),
    Format("bibtex", bibtex.read, (".bib", ".bibtex")),
    Format("ris", ris.read, (".ris",)),
    Format("web-of-science", ris.read_wos, (".ciw",)),
    Format("endnote", endnote.read, (".enw",)),
    Format("nbib", nbib.read, (".nbib",)),
    Format("markdown", markdown.read, (".md", ".markdown")),
    Format("page", text.read_listing),
    Format("text", text.read, (".txt", ".text")),
)
BY_NAME = {each.name: each for each in FORMATS}
BY_SUFFIX = {suffix: each for each in FORMATS for suffix in each.suffixes}
SHAPES_BY_NAME = {shape.name: shape for shape in SHAPES}

NAMES = (*BY_NAME, *SHAPES_BY_NAME)
"""What `--format` takes: kinds of files, and sources whose records come as JSON, tables, Parquet or Arrow."""

NOT_TEXT = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"SQLite format 3\0": "an SQLite database",
    b"FEA1": "a Feather file of version 1",
}
NOT_READ = {
    b"\\documentclass": "a LaTeX document, not read; put its title and abstract into a text file",
}
PARQUET = b"PAR1"
HTML = re.compile(r"(?:<!--(?:[^-]|-(?!->))*+-->\s*+)*+<(?:!doctype html|html[\s>])", re.IGNORECASE)

MOST_NOISE = 0.2
"""The share of control characters and broken UTF-8 in the head above which a file is no text."""


@dataclass(frozen=True)
class Asked:
    """What the user wants read how. `form`: one of `NAMES`; "" = find out."""

    rows: Rows
    form: str = ""

    @classmethod
    def of(cls, form: str | None, rows: Rows) -> "Asked":
        """ReadError if there is no such format."""
        if form and form not in NAMES:
            raise ReadError(f"no format {form!r}; formats are {', '.join(NAMES)}")
        return cls(replace(rows, shape=SHAPES_BY_NAME.get(form or "")), form or "")

    def format_of(self, name: str, head: bytes, problems: Problems) -> Format | None:
        """The format of a file that begins so; None, and a problem, where it holds no papers."""
        if self.form in BY_NAME:
            return BY_NAME[self.form]
        found = _binary(head)
        if found is None:
            if complaint := _unreadable(head):
                problems.add(0, complaint)
                return None
            found = _textual(suffix_of(name), _decoded(head), self.rows.columns)
        return found


def suffix_of(name: str) -> str:
    return PurePath(name.lower()).suffix


def _binary(head: bytes) -> Format | None:
    if head.startswith(PARQUET):
        return BY_NAME["parquet"]
    return BY_NAME["arrow"] if head.startswith((arrow.MAGIC, arrow.STREAM)) else None


def _unreadable(head: bytes) -> str | None:
    """Why a file with this head holds no papers, if it can't."""
    if not head:
        return "an empty file"
    for start, what in NOT_TEXT.items():
        if head.startswith(start):
            return f"{what}, not text; nothing was read"
    for start, complaint in NOT_READ.items():
        if head.lstrip().startswith(start):
            return complaint
    if head.startswith(UTF_16):
        return None
    characters = head.decode(errors="replace")
    noise = sum(c == "\ufffd" or (c < " " and not c.isspace()) for c in characters)
    if noise > MOST_NOISE * len(characters):
        return "not text in UTF-8, but a binary file or another encoding; text can be saved again as UTF-8"
    return None


def _decoded(head: bytes) -> str:
    encoding = "utf-16" if head.startswith(UTF_16) else "utf-8"
    return head.decode(encoding, errors="replace").removeprefix("\ufeff").replace("\r\n", "\n").lstrip()


def _textual(suffix: str, head: str, columns: Columns) -> Format:
    """The format of a text by what it is, else by its suffix, else by its first line."""
    given = BY_SUFFIX.get(suffix)
    if head.startswith("<") and (xml.kind_of(head.encode()) or head.startswith("<?xml")):
        return BY_NAME["xml"]
    if re.match(r"\[\s*[{\]]|\{\s*[\"}]", head):
        return BY_NAME["json" if _is_document(suffix, head, columns) else "jsonl"]
    for name, looks in LOOKS.items():
        if looks(head):
            return BY_NAME[name]
    is_table = table.looks_like_table(head)
    if given is None or given.name in ("json", "jsonl", "text"):
        tabs = "\t" in head.partition("\n")[0]  # a title has commas, but no tabs
        if is_table and (tabs or given is not BY_NAME["text"]):
            return BY_NAME["csv"]
    return given or BY_NAME["text"]


LOOKS: dict[str, Callable[[str], bool]] = {
    "bibtex": bibtex.looks_like_bibtex,
    "ris": ris.looks_like_ris,
    "web-of-science": ris.looks_like_wos,
    "endnote": endnote.looks_like_endnote,
    "nbib": nbib.looks_like_nbib,
}


def _is_document(suffix: str, head: str, columns: Columns) -> bool:
    """Whether JSON is one document, not an object a line."""
    if head.startswith("["):
        return True
    first_line, more, _ = head.partition("\n")
    try:
        row = json.loads(first_line)
        return bool(list_in(row, columns) or wrapped(row))
    except (ValueError, RecursionError):
        pass
    if json_document.list_path(head.encode(errors="replace"), columns) is not None:
        return True
    lines_of_objects = BY_SUFFIX["." + "jsonl"].suffixes
    if not more:  # a line that goes on for long, with a list further on, if one is mapped
        return bool(possible_lists(columns)) and suffix not in lines_of_objects
    return suffix not in lines_of_objects or first_line.strip() == "{"


def is_html(head: bytes) -> bool:
    return bool(HTML.match(_decoded(head)))
