"""Bytes to lines of text: encoding, line ends, NULs and lines without end, for every line-based format.
Takes a buffered stream, yields a string per line. Never raises on damaged input: what is broken is replaced
by U+FFFD or read as an empty line, and reported."""

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from extractor.read.problems import Problems
from extractor.read.streams import from_windows, head_of, in_utf8, is_windows_text

LONGEST_LINE = 4_000_000
"""Bytes. The longest abstracts have some 10,000; a line of 4 MB is no paper and must not fill the memory."""

UNREADABLE = (OSError, EOFError, zlib.error)
"""What damaged storage or a damaged archive raises in the middle of reading."""

REPLACED = "\ufffd"


@dataclass
class _Seen:
    """Lines that have something: how many, and the first."""

    what: str
    first: int = 0
    count: int = 0

    def add(self, line: int) -> None:
        self.first = self.first or line
        self.count += 1

    def report(self, problems: Problems) -> None:
        if self.count:
            more = f" (and in {self.count - 1} more lines)" if self.count > 1 else ""
            problems.add(self.first, self.what + more)


def as_utf8(stream: io.BufferedReader, problems: Problems) -> io.BufferedReader:
    """The same text in UTF-8, from UTF-16 with its mark, or from Windows-1252, which is reported."""
    stream = in_utf8(stream)
    if not is_windows_text(head_of(stream)):
        return stream
    problems.add(0, "not in UTF-8, read as Windows-1252; where letters are wrong, save the file as UTF-8")
    return from_windows(stream)


def read_lines(stream: io.BufferedReader, problems: Problems, longest: int = LONGEST_LINE) -> Iterator[str]:
    """Each line without its end; one over `longest` bytes is an empty one, so that line numbers hold."""
    number = 0
    broken = _Seen("bytes that are not UTF-8, replaced by U+FFFD; save the file as UTF-8")
    nuls = _Seen("NUL characters, replaced by U+FFFD")
    try:
        for raw in _raw_lines(as_utf8(stream, problems), longest):
            if raw is None:
                limit = f"{longest // 1_000_000} MB"
                problems.skip(number + 1, f"a line of more than {limit}, not read; split it or shorten it")
            for line in _decoded(raw or b"", number + 1, broken):
                number += 1
                if "\0" in line:
                    nuls.add(number)
                yield line.removeprefix("\ufeff").replace("\0", REPLACED)
    except UNREADABLE as error:
        problems.add(number + 1, f"the file is damaged from here on ({error}); what stands before was read")
    finally:
        broken.report(problems)
        nuls.report(problems)


def _raw_lines(stream: BinaryIO, longest: int) -> Iterator[bytes | None]:
    """Lines as bytes, None for one over `longest`, which is never held as a whole."""
    while raw := stream.readline(longest):
        if len(raw) < longest or raw.endswith(b"\n"):
            yield raw
            continue
        while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        yield None


def _decoded(raw: bytes, number: int, broken: _Seen) -> list[str]:
    """The text of a line; more than one where lone carriage returns end lines too."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        broken.add(number + raw[: error.start].count(b"\r"))
        text = raw.decode(errors="replace")
    return text.removesuffix("\n").removesuffix("\r").split("\r")
