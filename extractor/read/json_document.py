"""A JSON document: a list of papers, an answer of an API with the list in it, or a single paper.
Takes a stream, yields papers as they come by; only one of them is ever held. For want of lines, problems name
the record, from 1. A broken record costs no other; what stands before damage is read."""

import codecs
import io
import json
import re
from collections.abc import Collection, Iterator
from types import MappingProxyType
from typing import BinaryIO

import ijson

from extractor.read.fields import Columns
from extractor.read.json_objects import WRAPPERS, paper_in_list, papers_in
from extractor.read.lines import UNREADABLE, as_utf8
from extractor.read.mapping import TEXTS, list_in, possible_lists
from extractor.read.problems import Problems
from extractor.read.rows import Rows
from extractor.read.streams import CHUNK, LONGEST_OBJECT, DamagedError, head_of, rewindable
from extractor.records import Paper, Place

BROKEN = (ijson.JSONError, ValueError, RecursionError, OverflowError, *UNREADABLE)
STRING = rb'"(?:[^"\\]++|\\.)*+"'
MARK = re.compile(rb"(" + STRING + rb'|[\[\]{}",])', re.DOTALL)
"""A string, or what is between values."""

DEEP = re.compile(rb'(?:[^"\[\]{}]++|' + STRING + rb'|\[[^"\[\]{}]*+\])*+([\[\]{}"])', re.DOTALL)
"""The next that opens or closes inside an item, whose strings and numbers are of no interest yet."""

NOTHING_MAPPED: Columns = MappingProxyType({})
SMALL = 256  # bytes looked at together while searching for the list


def read(stream: io.BufferedReader, problems: Problems, rows: Rows) -> Iterator[Paper]:
    stream, path = _list_of_papers(as_utf8(stream, problems), rows.columns)
    rows = rows.below(".".join(path)) if path else rows
    text = _Text(stream)
    place = Place(file=problems.file)
    number = 0
    try:
        for number, item in enumerate(_documents(text) if path is None else _items(text, path), 1):
            text.since = 0
            where = f"record {number}: "
            if isinstance(item, bytes):
                try:
                    item = json.loads(item)
                except (ValueError, RecursionError) as error:
                    why = getattr(error, "msg", "nested too deep, or a number too long")
                    problems.skip(0, f"{where}not JSON ({why}), not read")
                    continue
            in_list = papers_in if path is None and isinstance(item, dict) else paper_in_list
            yield from in_list(item, rows, place, problems, where)
    except BROKEN as error:
        read_so_far = f"the {number} records before were read" if number else "nothing could be read"
        brief = " ".join(str(error).split("\n")[0].split())
        problems.skip(0, f"damaged JSON after record {number} ({brief}); {read_so_far}")
    if text.broken:
        problems.add(0, "bytes that are not UTF-8, replaced by U+FFFD; save the file as UTF-8")


def _documents(text: "_Text") -> Iterator[object]:
    """Whole documents, one after the other."""
    return ijson.items(text, "", use_float=True, multiple_values=True, buf_size=CHUNK)


def _items(text: "_Text", path: tuple[str, ...]) -> Iterator[bytes]:
    """The JSON of each item of the list under these keys, which may come again in a further document."""
    held, at, start = b"", 0, 0  # `start`: of the item
    depth = inside = 0  # `inside`: the depth in the list; 0: not in it
    opened: list[bytes] = []  # what is open around it, each with its key: b'{"data"', b"["
    last = b""  # string
    while True:
        seek = DEEP.match if inside and depth > inside else MARK.search
        token = seek(held, at)
        mark = token[1] if token else b""
        if mark in (b"", b'"'):  # the end, or that of a string, is not here yet
            at = token.start(1) if token else len(held)
            kept = start if inside else at
            held, at, start = held[kept:], at - kept, 0
            more = text.read(max(CHUNK, len(held)))
            if not more:
                break
            held += more
            continue
        at = token.end()
        if mark in (b"[", b"{"):
            depth += 1
            if not inside:
                opened.append(mark + (last if opened and opened[-1].startswith(b"{") else b""))
                if mark == b"[" and _leads(opened, path):
                    inside, start = depth, at
        elif mark in (b"]", b"}"):
            depth -= 1
            if inside and depth < inside:
                yield from _filled(held[start : at - 1])
                inside = 0
            if not inside and opened:
                opened.pop()
        elif mark == b"," and inside and depth == inside:
            yield from _filled(held[start : at - 1])
            start = at
        elif not inside:
            last = mark
    if inside or depth or held.strip():
        raise DamagedError("it ends before its list does")


def _leads(opened: list[bytes], path: tuple[str, ...]) -> bool:
    """Whether the last that was opened stands under these keys, with no list on the way."""
    if len(opened) != len(path) + 1 or any(mark.startswith(b"[") for mark in opened[:-1]):
        return False
    return all(_key(mark[1:]) == key for mark, key in zip(opened[1:], path, strict=True))


def _key(string: bytes) -> str | None:
    try:
        return json.loads(string)
    except ValueError:
        return None


def _filled(item: bytes) -> list[bytes]:
    return [item] if item.strip() else []


def _list_of_papers(stream: io.BufferedReader, columns: Columns) -> tuple[BinaryIO, tuple[str, ...] | None]:
    """The same stream, and the keys that lead to its list of papers; None: there is none."""
    head = head_of(stream)
    lists = possible_lists(columns)
    whole = _whole(head) if lists else None
    if whole is not None and not list_in(whole, columns):  # a paper of its own, perhaps
        return stream, list_path(head)
    path = list_path(head, columns)
    if lists and path is None:  # it may be further on
        stream = rewindable(stream)
        path = _first_list(_Text(stream), lists)
        stream.seek(0)
    return stream, path


def _whole(head: bytes) -> dict | None:
    """The object that a file is, where it is no more than its head."""
    try:
        held = json.loads(head)
    except (ValueError, RecursionError):
        return None
    return held if isinstance(held, dict) else None


def _first_list(text: "_Text", lists: Collection[str]) -> tuple[str, ...] | None:
    try:
        for prefix, event, _ in ijson.parse(text, buf_size=CHUNK):
            if event == "start_array" and prefix in lists:
                return tuple(prefix.split("."))
    except BROKEN:
        pass
    return None


def list_path(head: bytes, columns: Columns = NOTHING_MAPPED) -> tuple[str, ...] | None:
    """The keys that lead to the list of papers in the JSON that begins so: to where titles and abstracts are
    mapped, else to where APIs have it; None: there is none nearby."""
    start = io.BytesIO(head.removeprefix(codecs.BOM_UTF8))
    lists = possible_lists(columns)
    usual = None
    try:
        for prefix, event, _ in ijson.parse(start, buf_size=SMALL):
            if event == "start_array":
                if prefix == "" or prefix in lists:
                    return tuple(prefix.split(".")) if prefix else ()
                if usual is None and prefix in WRAPPERS:
                    usual = tuple(prefix.split("."))
            if usual and not lists:
                return usual
            if prefix in TEXTS and (not lists or prefix not in columns):
                return usual
    except (ijson.JSONError, ValueError, RecursionError, OverflowError):
        pass
    return usual


class _Text:
    """The bytes of a stream as clean UTF-8, with the count of those `since` the last record."""

    def __init__(self, stream: io.BufferedReader):
        self.stream = stream
        self.decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode
        self.since = 0
        self.broken = False

    def read(self, size: int) -> bytes:
        """`size` bytes or fewer, none of them at the end only."""
        if size == 0:
            return b""
        if self.since > LONGEST_OBJECT + CHUNK:
            raise DamagedError(f"more than {LONGEST_OBJECT // 1_000_000} MB without the end of a record")
        raw = self.stream.read(size)
        self.since += len(raw)
        text = self.decode(raw, final=not raw)
        self.broken = self.broken or ("\ufffd" in text and b"\xef\xbf\xbd" not in raw)
        return text.encode()
