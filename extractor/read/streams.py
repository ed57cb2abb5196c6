"""Bytes from wherever they come as a buffered stream whose beginning can be looked at (`peek`), in UTF-8
where they are text. Never holds more than a buffer of it."""

import codecs
import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO

HEAD_BYTES = 65_536
"""How much of a file is looked at to see what it is."""

CHUNK = 1 << 18

LONGEST_RECORD = 8_000_000
"""Bytes. What is longer is no paper's record and must not fill the memory."""

LONGEST_OBJECT = 64_000_000
"""Bytes of a JSON object: works of OpenAlex with thousands of authors and all their addresses have 20 MB."""

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


WINDOWS_LETTERS = frozenset({*range(0xC0, 0xFF), 0x8A, 0x8C, 0x8E, 0x9A, 0x9C, 0x9E, 0x9F})
WINDOWS_SIGNS = frozenset(
    {0x80, 0x85, *range(0x91, 0x98), 0x99, 0xA0, 0xA7, 0xA9, 0xAB, 0xAE, *range(0xB0, 0xB8), 0xBB}
)
FEWEST_SIGNS = 3
MOST_SIGNS = 0.2


class DamagedError(OSError):
    """A stream that can't be read on; the message says why."""


class _Chunks(io.RawIOBase):
    """A raw stream over pieces of bytes. An error among them comes after all that stands before it."""

    def __init__(self, chunks: Iterator[bytes]):
        self.chunks = chunks
        self.rest = memoryview(b"")
        self.error: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        filled = 0
        while filled < len(buffer):
            if not self.rest and not self._next():
                break
            piece = self.rest[: len(buffer) - filled]
            buffer[filled : filled + len(piece)] = piece
            filled += len(piece)
            self.rest = self.rest[len(piece) :]
        if not filled and self.error:
            raise self.error
        return filled

    def _next(self) -> bool:
        if self.error:
            return False
        try:
            self.rest = memoryview(next(piece for piece in self.chunks if piece))
        except StopIteration:
            return False
        except OSError as error:
            self.error = error
            return False
        return True


def stream_of(chunks: Iterable[bytes]) -> io.BufferedReader:
    """A stream that can be looked at, over pieces of bytes; it can't be rewound."""
    return io.BufferedReader(_Chunks(iter(chunks)), HEAD_BYTES)


def head_of(stream: io.BufferedReader) -> bytes:
    """The first bytes, `HEAD_BYTES` at most, left in the stream."""
    return stream.peek(HEAD_BYTES)[:HEAD_BYTES]


def chunks_of(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read1(CHUNK):
        yield chunk


def rewindable(stream: BinaryIO) -> BinaryIO:
    """The stream itself, or what it has in a temporary file, where it can't be rewound."""
    if stream.seekable():
        return stream
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked for it reads it to its end
    shutil.copyfileobj(stream, file, CHUNK)
    file.seek(0)
    return file


def in_utf8(stream: io.BufferedReader) -> io.BufferedReader:
    """The same stream, unless its byte order mark says UTF-16 (what Excel calls "Unicode text")."""
    if not head_of(stream).startswith(UTF_16):
        return stream
    decoded = codecs.iterdecode(chunks_of(stream), "utf-16", errors="replace")
    return stream_of(text.encode(errors="replace") for text in decoded)


def is_windows_text(head: bytes) -> bool:
    """Whether text that begins so is Windows-1252, as Latin-1 is too: some bytes over 127, all of them
    letters or signs that people write, and not one character that is UTF-8."""
    if head.isascii() or not head.decode(errors="ignore").isascii():
        return False
    high = [byte for byte in head if byte > 127]
    return (
        FEWEST_SIGNS <= len(high) <= MOST_SIGNS * len(head)
        and set(high) <= WINDOWS_LETTERS | WINDOWS_SIGNS
        and not any(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
    )


def from_windows(stream: io.BufferedReader) -> io.BufferedReader:
    """The same Windows-1252 text in UTF-8."""
    decoded = codecs.iterdecode(chunks_of(stream), "cp1252", errors="replace")
    return stream_of(text.encode() for text in decoded)
