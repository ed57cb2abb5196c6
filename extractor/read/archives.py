"""Compressed files and archives as streams: `.gz`, `.bz2`, `.xz`, `.zst`, `.zip`, `.tar` and compressed tars.
Takes a stream, yields what is in it, a stream a file. Nothing is ever written under a member's name, and what
unpacks to far more than any text would is not read on."""

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import PurePosixPath
from typing import BinaryIO

import zstandard

from extractor.read.problems import Problems
from extractor.read.streams import CHUNK, DamagedError, head_of, stream_of

MOST_RATIO = 250
"""How many times its size an archive may unpack to. Text packs to a tenth, at best to a fiftieth."""
ALWAYS_READ = 64 << 20  # bytes unpacked, whatever the ratio
MOST_UNPACKED = 1 << 40
MOST_MEMBERS = 200_000
MOST_WINDOW = 1 << 27  # bytes of memory that zstd may ask for

DAMAGED = (
    *(EOFError, OSError, ValueError, NotImplementedError, RuntimeError),
    *(zlib.error, lzma.LZMAError, zstandard.ZstdError, zipfile.BadZipFile, tarfile.TarError),
)


class _Zstd:
    """Unpacks zstd, and says so where less comes out of a file than its first frame promises."""

    def __init__(self, stream: io.BufferedReader):
        self.promised = zstandard.frame_content_size(head_of(stream))  # -1: it doesn't say
        opened = zstandard.ZstdDecompressor(max_window_size=MOST_WINDOW)
        self.inner = opened.stream_reader(stream, read_across_frames=True)

    def read1(self, size: int) -> bytes:
        piece = self.inner.read(size)
        self.promised -= len(piece)
        if not piece and self.promised > 0:
            raise EOFError(f"{self.promised} bytes are missing")
        return piece


DECOMPRESSORS: dict[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
    b"\x28\xb5\x2f\xfd": lambda stream: _Zstd(stream),
}
"""By the bytes that such a file begins with."""

PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zst")
ARCHIVE_SUFFIXES = (".zip", ".tar", ".tgz", ".tbz2", ".txz")

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OFFICE = "[Content_Types].xml"
TAR = (257, b"ustar")

Member = tuple[str, io.BufferedReader]
"""The name of a file in an archive, "" for the only one of a compressed file, and its bytes."""


class _Budget:
    """How many bytes may still be unpacked."""

    def __init__(self, packed: int):
        self.left = min(MOST_UNPACKED, max(ALWAYS_READ, MOST_RATIO * packed))

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise DamagedError(f"it unpacks to more than {MOST_RATIO} times its size, as no text does")


def unpacked(
    stream: io.BufferedReader, size: int, problems: Problems, readable: Callable[[str], bool]
) -> Iterator[Member]:
    """The files in a stream of `size` bytes that can be rewound; the stream itself if it is no archive.
    `readable` says of a member's name whether it is worth reading; others are reported."""
    budget = _Budget(size)
    try:
        yield from _members(_plain(stream, budget), budget, problems, readable)
    except DAMAGED as error:
        problems.add(0, f"the archive is damaged ({error}); what stands before was read")


def _members(
    stream: io.BufferedReader, budget: _Budget, problems: Problems, readable: Callable[[str], bool]
) -> Iterator[Member]:
    try:
        head = head_of(stream)
    except OSError as error:
        problems.add(0, f"damaged from its first byte ({error}); nothing could be read")
        return
    if head.startswith(ZIP):
        if not stream.seekable():
            problems.add(0, "a zip archive inside a compressed file, not read; unpack it first")
            return
        yield from _zipped(stream, budget, problems, readable)
    elif _is_tar(head):
        yield from _tarred(stream, budget, problems, readable)
    else:
        yield "", stream


def _is_tar(head: bytes) -> bool:
    return head[TAR[0] :].startswith(TAR[1])


def _plain(stream: io.BufferedReader, budget: _Budget) -> io.BufferedReader:
    """The stream, unpacked if it is compressed."""
    head = head_of(stream)
    for magic, opened in DECOMPRESSORS.items():
        if head.startswith(magic):
            return stream_of(_guarded(opened(stream), budget))
    return stream


def _guarded(file: BinaryIO, budget: _Budget) -> Iterator[bytes]:
    """What a file unpacks to, as far as it goes; DamagedError says why it goes no further."""
    while True:
        try:
            chunk = file.read1(CHUNK) if hasattr(file, "read1") else file.read(CHUNK)
        except DAMAGED as error:
            raise DamagedError(str(error) or type(error).__name__) from error
        if not chunk:
            return
        budget.take(len(chunk))
        yield chunk


def _zipped(
    stream: io.BufferedReader, budget: _Budget, problems: Problems, readable: Callable[[str], bool]
) -> Iterator[Member]:
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
        if any(member.filename == OFFICE for member in members):
            problems.add(0, "an Office document, not text; save it as CSV or text")
            return
        if len(members) > MOST_MEMBERS:
            problems.add(0, f"an archive of {len(members):,} files, not read; unpack it and give its folder")
            return
        for member in members:
            is_file = not member.is_dir() and not stat.S_ISLNK(member.external_attr >> 16)
            if is_file and _wanted(member.filename, problems, readable):
                yield from _member(
                    member.filename, lambda member=member: archive.open(member), budget, problems
                )


def _tarred(
    stream: io.BufferedReader, budget: _Budget, problems: Problems, readable: Callable[[str], bool]
) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            archive.members.clear()  # else it keeps one for every file
            if member.isfile() and _wanted(member.name, problems, readable):
                yield from _member(
                    member.name, lambda member=member: archive.extractfile(member), budget, problems
                )


def _wanted(name: str, problems: Problems, readable: Callable[[str], bool]) -> bool:
    parts = PurePosixPath(name).parts
    if any(part.startswith((".", "__MACOSX")) and not part.startswith("..") for part in parts):
        return False
    if not readable(name):
        problems.add(0, f"{name} in it not read: no known suffix; unpack it and name the file itself")
        return False
    return True


def _member(
    name: str, opened: Callable[[], BinaryIO], budget: _Budget, problems: Problems
) -> Iterator[Member]:
    try:
        file = opened()
    except DAMAGED as error:
        problems.add(0, f"{name} in it can't be read ({error})")
        return
    with closing(file):
        inner = _plain(stream_of(_guarded(file, budget)), budget)
        head = head_of(inner)
        if head.startswith(ZIP) or _is_tar(head):
            problems.add(0, f"{name} in it is an archive itself, not read; unpack it first")
            return
        yield name, inner
