"""Bytes to lines of text: encoding, line ends, NULs and lines without end, for every line-based format.
Takes a seekable binary stream, yields a string per line. Never raises on damaged input: what is broken is
replaced by U+FFFD or read as an empty line, and reported."""

import io
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import BinaryIO

from extractor.read.problems import Problems

LONGEST_LINE = 4_000_000
"""Bytes. The longest abstracts have some 10,000; a line of 4 MB is no paper and must not fill the memory."""

UNREADABLE = (OSError, EOFError, zlib.error)
"""What damaged storage or a damaged `.gz` raises in the middle of reading."""

UTF_16 = (BOM_UTF16_LE, BOM_UTF16_BE)

REPLACED = "\ufffd"


def read_lines(stream: BinaryIO, problems: Problems) -> Iterator[str]:
    """Each line without its end; one over `LONGEST_LINE` as an empty one, so that line numbers stay right."""
    number = 0
    broken: list[int] = []
    nuls: list[int] = []
    try:
        for raw in _raw_lines(_in_utf8(stream)):
            if raw is None:
                limit = f"{LONGEST_LINE // 1_000_000} MB"
                problems.skip(number + 1, f"a line of more than {limit}, not read; split it or shorten it")
            for line in _decoded(raw or b"", number + 1, broken):
                number += 1
                if "\0" in line:
                    nuls.append(number)
                yield line.removeprefix("\ufeff").replace("\0", REPLACED)
    except UNREADABLE as error:
        problems.add(number + 1, f"the file is damaged from here on ({error}); what stands before was read")
    finally:
        _report(problems, broken, "bytes that are not UTF-8, replaced by U+FFFD; save the file as UTF-8")
        _report(problems, nuls, "NUL characters, replaced by U+FFFD")


def _in_utf8(stream: BinaryIO) -> BinaryIO:
    """The same stream, unless its byte order mark says UTF-16 (what Excel calls "Unicode text")."""
    mark = stream.read(2)
    stream.seek(0)
    if mark not in UTF_16:
        return stream
    return io.BytesIO(stream.read().decode("utf-16", errors="replace").encode())


def _raw_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Lines as bytes, None for one over `LONGEST_LINE`, which is never held as a whole."""
    while raw := stream.readline(LONGEST_LINE):
        if len(raw) < LONGEST_LINE or raw.endswith(b"\n"):
            yield raw
            continue
        while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        yield None


def _decoded(raw: bytes, number: int, broken: list[int]) -> list[str]:
    """The text of a line; more than one where lone carriage returns end lines too."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        broken.append(number + raw[: error.start].count(b"\r"))
        text = raw.decode(errors="replace")
    return text.removesuffix("\n").removesuffix("\r").split("\r")


def _report(problems: Problems, lines: list[int], what: str) -> None:
    if lines:
        more = f" (and in {len(lines) - 1} more lines)" if len(lines) > 1 else ""
        problems.add(lines[0], what + more)
