"""Where files may be and how they may be packed: archives and their limits, folders of datasets, addresses;
and that nothing is ever held as a whole."""

import bz2
import gzip
import io
import json
import lzma
import os
import random
import sys
import tarfile
import tracemalloc
import zipfile

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from extractor.read import ReadError, read_sources, stream_sources
from extractor.read.archives import MOST_MEMBERS
from extractor.records import Paper

ROW = json.dumps({"title": "T", "abstract": "A."}).encode() + b"\n"
BIB = b"@misc{k, title={B}}\n"


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def tarred(mode="w", **members: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def read(name: str, content: bytes, **options):
        (tmp_path / name).write_bytes(content)
        return read_sources([name], **options)

    return read


def told(reading) -> list[str]:
    return [str(problem) for problem in reading.problems]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl.gz", gzip.compress(ROW)),
        ("a.jsonl.bz2", bz2.compress(ROW)),
        ("a.jsonl.xz", lzma.compress(ROW)),
        ("a.jsonl.zst", zstandard.compress(ROW)),
        ("two-frames.zst", zstandard.compress(ROW[:9]) + zstandard.compress(ROW[9:])),
        ("named-by-content", gzip.compress(ROW)),
        ("a.zip", zipped(**{"x/a.jsonl": ROW})),
        ("a.zip", zipped(**{"a.jsonl.gz": gzip.compress(ROW)})),
        ("a.tar", tarred(**{"a.jsonl": ROW})),
        ("a.tar.gz", tarred("w:gz", **{"a.jsonl": ROW})),
        ("a.tgz", tarred("w:gz", **{"a.jsonl.xz": lzma.compress(ROW)})),
        ("a.tar.zst", zstandard.compress(tarred(**{"a.jsonl": ROW}))),
    ],
)
def test_packed_files(read, name, content):
    reading = read(name, content)
    assert [(paper.title, paper.places[0].line) for paper in reading.papers] == [("T", 1)]
    assert reading.problems == []
    assert [(file.name, file.entries) for file in reading.files] == [(name, 1)]


def test_members_are_named_and_the_unreadable_told(read):
    members = {
        "d/a.jsonl": ROW + b"{\n",
        "b.bib": BIB,
        "pic.png": b"\x89PNG",
        ".hidden.bib": BIB,
        "__MACOSX/b.bib": BIB,
    }
    for reading in (read("a.zip", zipped(**members)), read("a.tar", tarred(**members))):
        file = reading.files[0].name
        assert [paper.places[0].file for paper in reading.papers] == [f"{file}/d/a.jsonl", f"{file}/b.bib"]
        assert [problem.split(":")[0] for problem in told(reading)] == [f"{file}/d/a.jsonl", file]
        assert "pic.png in it not read" in told(reading)[1]


def test_parquet_in_archives(read):
    file = io.BytesIO()
    pq.write_table(pa.table({"title": ["T"]}), file)
    for name, content in [
        ("a.zip", zipped(**{"a.parquet": file.getvalue()})),
        ("a.gz", gzip.compress(file.getvalue())),
    ]:
        assert [paper.title for paper in read(name, content).papers] == ["T"]


@pytest.mark.parametrize("name", ["../../outside.jsonl", "/outside.jsonl", "..\\outside.jsonl"])
def test_members_are_read_wherever_they_would_go(read, tmp_path, name):
    for content in (zipped(**{name: ROW}), tarred(**{name: ROW})):
        assert [paper.title for paper in read("a.zip", content).papers] == ["T"]
    assert os.listdir(tmp_path) == ["a.zip"] and not os.path.exists(tmp_path.parent / "outside.jsonl")


def test_links_in_archives_are_not_followed(read):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    assert told(read("a.tar", file.getvalue())) == ["a.tar: holds no papers"]


ZEROS = b" " * 3_000_000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl.gz", lambda: gzip.compress(ROW + ZEROS)),
        ("a.jsonl.bz2", lambda: bz2.compress(ROW + ZEROS)),
        ("a.jsonl.zst", lambda: zstandard.compress(ROW + ZEROS)),
        ("a.zip", lambda: zipped(**{"a.jsonl": ROW + ZEROS})),
        ("a.zip", lambda: zipped(**{"a.jsonl.gz": gzip.compress(ROW + ZEROS)})),
        ("a.tar.gz", lambda: tarred("w:gz", **{"a.jsonl": ROW + ZEROS})),
    ],
)
def test_what_explodes_is_not_read_on(read, monkeypatch, name, content):
    monkeypatch.setattr("extractor.read.archives.ALWAYS_READ", 1_000_000)
    reading = read(name, content())
    assert [paper.title for paper in reading.papers] == ["T"]
    assert any("it unpacks to more than 250 times its size" in problem for problem in told(reading))


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.zip", zipped(**{"a.jsonl": ROW * 99})[:80], "the archive is damaged ("),
        (
            "a.zip",
            zipped(**{"b.zip": zipped(**{"a.jsonl": ROW})}),
            "b.zip in it is an archive itself, not read",
        ),
        (
            "a.gz",
            gzip.compress(zipped(**{"a.jsonl": ROW})),
            "a zip archive inside a compressed file, not read",
        ),
        ("a.xlsx", zipped(**{"[Content_Types].xml": b"<x/>"}), "an Office document, not text"),
        ("a.zip", zipped(), "holds no papers"),
        ("a.jsonl.xz", lzma.compress(ROW)[:20], "damaged from its first byte ("),
    ],
)
def test_archives_without_papers(read, name, content, problem):
    reading = read(name, content)
    assert reading.papers == []
    assert any(each.message.startswith(problem) for each in reading.problems), told(reading)


NOISE = random.Random(0)
MANY = "".join(
    json.dumps({"title": f"Title {n} {NOISE.random()} {NOISE.random()}"}) + "\n" for n in range(20_000)
)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_cut_files_are_read_up_to_the_cut(read, pack):
    packed = pack(MANY.encode())
    reading = read("a.jsonl", packed[: len(packed) * 3 // 4])
    assert [paper.title.split()[1] for paper in reading.papers] == [str(n) for n in range(reading.entries)]
    assert reading.entries > 1000
    assert any("damaged" in problem for problem in told(reading))


def test_an_archive_of_too_many_files_is_refused(read, monkeypatch):
    monkeypatch.setattr("extractor.read.archives.MOST_MEMBERS", 2)
    reading = read("a.zip", zipped(**{f"{n}.jsonl": ROW for n in range(3)}))
    assert told(reading) == ["a.zip: an archive of 3 files, not read; unpack it and give its folder"]
    assert MOST_MEMBERS > 1000


# Folders


def test_partitions_are_columns(tmp_path):
    for year, venue in ((2020, "ICML"), (2021, "a%20b"), (2022, "__HIVE_DEFAULT_PARTITION__")):
        folder = tmp_path / f"year={year}" / f"venue={venue}"
        folder.mkdir(parents=True)
        pq.write_table(pa.table({"title": [f"T{year}"], "abstract": ["A."]}), folder / "part-0.parquet")
    (tmp_path / "_SUCCESS").touch()
    reading = read_sources([tmp_path])
    assert [(p.title, p.date, p.venue) for p in reading.papers] == [
        ("T2020", "2020", "ICML"),
        ("T2021", "2021", "a b"),
        ("T2022", "2022", ""),
    ]
    assert reading.problems == []


def test_a_dataset_folder_of_hugging_face(tmp_path):
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        table = pa.table({"title": [split], "abstract": ["A."]})
        data = str(tmp_path / split / "data-00000-of-00001.arrow")
        with pa.OSFile(data, "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
            writer.write_table(table)
        (tmp_path / split / "dataset_info.json").write_text('{"features": {"title": {}}}')
        (tmp_path / split / "state.json").write_text("{}")
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    (tmp_path / "README.md").write_text("# A dataset\n\nAbout it.")
    reading = read_sources([tmp_path])
    assert [paper.title for paper in reading.papers] == ["test", "train"]
    assert [problem.split(": ", 1)[1][:38] for problem in told(reading)] == [
        "not read: it is about its folder; name"
    ]


def test_in_a_folder_a_format_that_is_told_reads_all(tmp_path):
    (tmp_path / "part-00000").write_bytes(ROW)
    assert read_sources([tmp_path]).papers == []
    assert [paper.title for paper in read_sources([tmp_path], form="jsonl").papers] == ["T"]


# Addresses


@pytest.fixture
def bucket():
    system = fsspec.filesystem("memory")
    system.pipe({"/bucket/year=2020/a.jsonl": ROW, "/bucket/b.bib": BIB, "/bucket/x.bin": b"x"})
    yield "memory://bucket"
    system.rm("/bucket", recursive=True)


def test_an_address_of_a_file(bucket):
    reading = read_sources([f"{bucket}/b.bib"])
    assert [(p.title, p.places[0].file) for p in reading.papers] == [("B", "memory://bucket/b.bib")]


def test_an_address_of_a_folder(bucket):
    reading = read_sources([bucket])
    assert [(p.title, p.date, p.places[0].file) for p in reading.papers] == [
        ("B", "", "memory:///bucket/b.bib"),
        ("T", "2020", "memory:///bucket/year=2020/a.jsonl"),
    ]
    assert [file.entries for file in reading.files] == [1, 1]
    assert [problem[:57] for problem in told(reading)] == [
        "memory:///bucket/x.bin: not read: no known suffix; name t"
    ]


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("memory://bucket/nowhere.bib", "no such file or folder"),
        ("nonsense://x/y", "nonsense"),
    ],
)
def test_addresses_that_lead_nowhere(bucket, address, message):
    with pytest.raises(ReadError, match=message):
        read_sources([address])


@pytest.mark.parametrize("missing", ["fsspec", "s3fs"])
def test_a_missing_library_is_named_with_the_command(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ReadError, match=r"pip install 'claim-extractor\[remote\]'"):
        read_sources(["s3://bucket/a.jsonl"])


# Constant memory

PAPERS = 200
ABSTRACT = "It reaches 71.2% accuracy on ImageNet, 1.9x faster. " * 600
SIZE = PAPERS * len(ABSTRACT)  # some 6 MB
HELD = SIZE // 2

FILES = {
    "json": ('{"results": [', '{"id": "1", "title": "T", "abstract": "%s"}, ', "{}]}"),
    "xml": ("<feed>", "<entry><id>1</id><title>T</title><summary>%s</summary></entry>", "</feed>"),
    "bib": ("", "@misc{k,\n title={T},\n abstract={%s}\n}\n", ""),
    "ris": ("", "TY  - JOUR\nID  - 1\nTI  - T\nAB  - %s\nER  - \n\n", ""),
    "csv": ("id,title,abstract\n", '1,T,"%s"\n', ""),
    "jsonl": ("", '{"id": "1", "title": "T", "abstract": "%s"}\n', ""),
}
ENDLESS = {
    "json": ('[{"title": "', "%s", ""),
    "xml": ("<feed><entry><title>", "%s", ""),
    "bib": ("@misc{k, title={", "%s\n", ""),
    "ris": ("TY  - JOUR\nTI  - ", "%s\n", ""),
    "jsonl": ('{"title": "', "%s", ""),
}


def most_held(file) -> tuple[int, int]:
    """How many papers a file has, and how many bytes were held at most while they were read."""
    tracemalloc.start()
    try:
        papers = sum(isinstance(item, Paper) for item in stream_sources([file]))
        return papers, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("suffix", "content", "papers"),
    [
        *((suffix, content, PAPERS) for suffix, content in FILES.items()),
        *((suffix, content, 0) for suffix, content in ENDLESS.items()),
    ],
    ids=[*FILES, *(f"endless {suffix}" for suffix in ENDLESS)],
)
def test_no_file_is_held_as_a_whole(tmp_path, monkeypatch, suffix, content, papers):
    for module in ("xml", "bibtex", "ris"):
        monkeypatch.setattr(f"extractor.read.{module}.LONGEST_RECORD", 300_000)
    for module in ("jsonl", "json_document"):
        monkeypatch.setattr(f"extractor.read.{module}.LONGEST_OBJECT", 300_000)
    monkeypatch.setattr("extractor.read.lines.LONGEST_LINE", 300_000)
    start, record, end = content
    with (tmp_path / f"a.{suffix}").open("w", encoding="utf-8") as file:
        file.write(start)
        file.writelines(record.replace("%s", ABSTRACT) for _ in range(PAPERS))
        file.write(end)
    assert (tmp_path / f"a.{suffix}").stat().st_size > SIZE
    found, held = most_held(tmp_path / f"a.{suffix}")
    assert found == papers
    assert held < HELD
