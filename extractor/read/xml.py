"""XML of arXiv (Atom, OAI-PMH), PubMed and the ACL Anthology, a record at a time.
The stream is cut at the tags of its records and each is parsed by itself, below the root's own start tag: so
memory is that of one record, a broken record costs no other, and a document type, with whatever entities it
declares, is never parsed."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from extractor.read import acl, arxiv, pubmed
from extractor.read.lines import UNREADABLE
from extractor.read.problems import Problems
from extractor.read.rows import Rows
from extractor.read.shape import LeftOut
from extractor.read.streams import CHUNK, LONGEST_RECORD, head_of, in_utf8
from extractor.records import Paper, Place

Element = etree._Element
LONGEST_TAG = 4096
TAG_NAME = rb"(?:[\w.-]+:)?"
PROLOG = re.compile(rb"\s*(?:<\?[^>]*\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>|\s+)*", re.DOTALL)
ROOT = re.compile(rb"<((?:[\w.-]+:)?([\w.-]+))((?:\s[^<>]*)?)>", re.DOTALL)
ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


@dataclass(frozen=True)
class Kind:
    """`context` is a tag whose last element is handed to `facts` with every record that follows it."""

    name: str
    roots: tuple[str, ...]
    facts: dict[str, Callable[..., dict[str, object]]]  # by the tag of a record
    context: str = ""


KINDS = (
    Kind("arxiv-atom", ("feed",), {"entry": arxiv.atom_facts}),
    Kind("arxiv-oai", ("OAI-PMH", "ListRecords", "GetRecord"), {"record": arxiv.oai_facts}),
    Kind(
        "pubmed",
        ("PubmedArticleSet", "PubmedBookArticleSet"),
        {"PubmedArticle": pubmed.article_facts, "PubmedBookArticle": pubmed.book_facts},
    ),
    Kind("acl-xml", ("collection", "volume"), {"paper": acl.paper_facts}, context="meta"),
)


def read(
    stream: io.BufferedReader, problems: Problems, rows: Rows, kind: Kind | None = None
) -> Iterator[Paper]:
    stream = in_utf8(stream)
    head = head_of(stream)
    root = _root(head)
    if root is None:
        problems.add(0, "no XML: no first tag was found")
        return
    kind = kind or kind_of(head)
    if kind is None:
        known = ", ".join(f"<{name}>" for each in KINDS for name in each.roots)
        problems.add(0, f"XML of an unknown kind, <{root[2].decode()}>; known are {known}")
        return
    yield from _papers(stream, kind, _wrapper(head, root), problems, rows)


def kind_of(head: bytes) -> Kind | None:
    """The kind of XML that begins so."""
    root = _root(head)
    name = root[2].decode(errors="replace") if root else ""
    return next((kind for kind in KINDS if name in kind.roots), None)


def _root(head: bytes) -> re.Match | None:
    return ROOT.match(head, PROLOG.match(head.removeprefix(b"\xef\xbb\xbf")).end())


def _wrapper(head: bytes, root: re.Match) -> tuple[bytes, bytes]:
    """What goes before and behind a record: the root's tags, and the declaration of the encoding."""
    encoding = ENCODING.match(head.lstrip())
    utf_8 = encoding is None or encoding[1].lower().startswith((b"utf-16", b"utf16"))
    declared = b"utf-8" if utf_8 else encoding[1]
    start = b'<?xml version="1.0" encoding="' + declared + b'"?><' + root[1] + root[3] + b">"
    return start, b"</" + root[1] + b">"


def _papers(
    stream: io.BufferedReader, kind: Kind, around: tuple[bytes, bytes], problems: Problems, rows: Rows
) -> Iterator[Paper]:
    context: list[Element] = []
    number = 0
    tags = (*kind.facts, kind.context) if kind.context else tuple(kind.facts)
    for name, line, raw in _records(stream, tags, problems):
        number += name != kind.context
        try:
            parser = etree.XMLParser(**SAFE)
            element = etree.fromstring(around[0] + raw + around[1], parser)[0]
        except (etree.LxmlError, ValueError, LookupError, IndexError) as error:
            problems.skip(line, f"record {number} is broken XML ({_brief(error)}), not read")
            continue
        if name == kind.context:
            context = [element]
            continue
        try:
            held = (context or [None]) if kind.context else []
            facts = kind.facts[name](element, *held)
        except LeftOut as left:
            problems.leave_out(str(left))
            continue
        if paper := rows.paper_of(facts, facts, Place(file=problems.file, line=line), problems):
            yield paper


def _brief(error: Exception) -> str:
    return str(error).split(", line ")[0] or type(error).__name__


def _records(
    stream: io.BufferedReader, tags: tuple[str, ...], problems: Problems
) -> Iterator[tuple[str, int, bytes]]:
    """Tag, line and bytes of each record; what is cut off or too long is reported."""
    cutter = _Cutter(tags)
    try:
        while chunk := stream.read1(CHUNK):
            cutter.add(chunk)
            yield from cutter.cut(problems)
    except UNREADABLE as error:
        problems.add(cutter.line, f"the file is damaged from here on ({error}); what stands before was read")
        return
    if cutter.started:
        problems.skip(cutter.line, "the file ends in the middle of a record, not read; get it anew")


class _Cutter:
    """Cuts what it is given at the records' tags; holds what is not cut yet."""

    def __init__(self, tags: tuple[str, ...]):
        names = b"|".join(re.escape(tag.encode()) for tag in tags)
        self.start = re.compile(rb"<" + TAG_NAME + rb"(" + names + rb")(?=[\s/>])")
        self.ends = {
            tag.encode(): re.compile(rb"<(/?)" + TAG_NAME + re.escape(tag.encode()) + rb"(?=[\s/>])")
            for tag in tags
        }
        self.held = bytearray()
        self.line = 1  # on which `held` starts
        self.started = b""  # the tag of the record at the front of `held`
        self.looked = 0  # so far of it was its end looked for

    def add(self, chunk: bytes) -> None:
        self.held += chunk

    def cut(self, problems: Problems) -> Iterator[tuple[str, int, bytes]]:
        at = 0
        while True:
            if not self.started:
                found = self.start.search(self.held, at)
                if not found:
                    self._drop(max(at, len(self.held) - LONGEST_TAG))
                    return
                self.started, self.looked = found[1], found.end() - found.start()
                self._drop(found.start())
                at = 0
            end = self._end(problems)
            if end < 0:
                return
            if end:
                name, line, raw = self.started.decode(), self.line, bytes(self.held[:end])
                self._drop(end)
                self.started = b""
                yield name, line, raw

    def _end(self, problems: Problems) -> int:
        """Where the record at the front ends; -1: not yet; 0: it has no end and was given up."""
        opening = self.held.find(b">", 0, LONGEST_TAG)
        if opening < 0 and len(self.held) < LONGEST_TAG:
            return -1
        if self.held[opening - 1 : opening] == b"/":
            return opening + 1
        found = self.ends[self.started].search(self.held, self.looked)
        closed = self.held.find(b">", found.end()) if found and found[1] else -1
        if found and found[1]:
            if closed >= 0:
                return closed + 1
            self.looked = found.start()
        elif found:  # the next one begins
            return self._give_up(found.start(), "has no end tag", problems)
        else:
            self.looked = max(self.looked, len(self.held) - LONGEST_TAG)
        if len(self.held) > LONGEST_RECORD:
            limit = f"has more than {LONGEST_RECORD // 1_000_000} MB"
            return self._give_up(len(self.held), limit, problems)
        return -1

    def _give_up(self, end: int, why: str, problems: Problems) -> int:
        problems.skip(self.line, f"a <{self.started.decode()}> {why}, not read")
        self._drop(end)
        self.started = b""
        return 0

    def _drop(self, end: int) -> None:
        self.line += self.held.count(b"\n", 0, end)
        del self.held[:end]
