"""A JSON document: a list of papers, an answer of an API with the list in it, or a single paper.
Takes a stream, yields papers as they come by; only one of them is ever held. For want of lines, problems name
the record, from 1. What stands before damage is read."""

import codecs
import io
from collections.abc import Iterator

import ijson

from extractor.read.json_objects import WRAPPERS, paper_in_list, papers_in
from extractor.read.lines import UNREADABLE, as_utf8
from extractor.read.problems import Problems
from extractor.read.rows import Rows
from extractor.read.streams import CHUNK, LONGEST_OBJECT, DamagedError, head_of
from extractor.records import Paper, Place

BROKEN = (ijson.JSONError, ValueError, RecursionError, OverflowError, *UNREADABLE)
SMALL = 256  # bytes looked at together while searching for the list


def read(stream: io.BufferedReader, problems: Problems, rows: Rows) -> Iterator[Paper]:
    stream = as_utf8(stream, problems)
    prefix = list_prefix(head_of(stream))
    text = _Text(stream)
    place = Place(file=problems.file)
    number = 0
    try:
        for item in ijson.items(text, prefix or "", use_float=True, multiple_values=True, buf_size=CHUNK):
            number += 1
            text.since = 0
            where = f"record {number}: "
            in_list = paper_in_list if prefix or not isinstance(item, dict) else papers_in
            yield from in_list(item, rows, place, problems, where)
    except BROKEN as error:
        read_so_far = f"the {number} records before were read" if number else "nothing could be read"
        brief = " ".join(str(error).split("\n")[0].split())
        problems.skip(0, f"damaged JSON after record {number} ({brief}); {read_so_far}")
    if text.broken:
        problems.add(0, "bytes that are not UTF-8, replaced by U+FFFD; save the file as UTF-8")


def list_prefix(head: bytes) -> str | None:
    """Where the list of papers is in the JSON that begins so, in ijson's terms; None: nowhere near."""
    start = io.BytesIO(head.removeprefix(codecs.BOM_UTF8))
    try:
        for prefix, event, _ in ijson.parse(start, buf_size=SMALL):
            if event == "start_array" and (prefix == "" or prefix in WRAPPERS):
                return f"{prefix}.item" if prefix else "item"
            if prefix in ("title", "abstract"):
                return None
    except (ijson.JSONError, ValueError, RecursionError, OverflowError):
        return None
    return None


class _Text:
    """The bytes of a stream as clean UTF-8, with the count of those `since` the last record."""

    def __init__(self, stream: io.BufferedReader):
        self.stream = stream
        self.decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode
        self.since = 0
        self.broken = False

    def read(self, size: int) -> bytes:
        if size == 0:
            return b""
        if self.since > LONGEST_OBJECT + CHUNK:
            raise DamagedError(f"more than {LONGEST_OBJECT // 1_000_000} MB without the end of a record")
        raw = self.stream.read1(CHUNK)
        self.since += len(raw)
        text = self.decode(raw, final=not raw)
        self.broken = self.broken or ("\ufffd" in text and b"\xef\xbf\xbd" not in raw)
        return text.encode()
