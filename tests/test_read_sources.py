"""Every format and every kind of damage: a file in, papers and problems out."""

import datetime
import gzip
import hashlib
import io
import json
import sys

import pandas as pd
import pytest

from extractor.read import ReadError, read_sources
from extractor.read.lines import LONGEST_LINE, read_lines
from extractor.read.problems import Problems
from extractor.records import Paper, Place

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9
ROW = {"id": "a", "title": "A Title", "abstract": "An abstract."}


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Reads a file of this name and content; names are relative, as a user would give them."""
    monkeypatch.chdir(tmp_path)

    def read(name: str, content: bytes | str, **options):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_sources([name], **options)

    return read


def texts(reading) -> list[tuple[str, str]]:
    return [(paper.title, paper.abstract) for paper in reading.papers]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", json.dumps(ROW)),
        ("own.jsonl", json.dumps({"paper": ROW, "claims": []})),
        ("a.ndjson", '{"paperId": "a", "Paper Title": "A Title", "summary": "An abstract."}'),
        ("a.csv", "id,title,abstract\na,A Title,An abstract.\n"),
        ("excel.csv", "\ufeffID;Title;Abstract\r\na;A Title;An abstract.\r\n"),
        ("a.tsv", "paper_id\tTITLE\tSummary\na\tA Title\tAn abstract.\n"),
        ("utf16.tsv", "id\ttitle\tabstract\na\tA Title\tAn abstract.\n".encode("utf-16")),
        ("a.csv.gz", gzip.compress(b"id,title,abstract\na,A Title,An abstract.\n")),
        ("named by content", json.dumps(ROW)),
        ("table.dat", "id,title,abstract\na,A Title,An abstract.\n"),
    ],
)
def test_rows_of_any_format(read, name, content):
    reading = read(name, content)
    (paper,) = reading.papers
    assert (paper.id, paper.title, paper.abstract) == ("a", "A Title", "An abstract.")
    assert paper.places[0].file == name and paper.places[0].line in (1, 2)
    assert reading.problems == []


def test_parquet(tmp_path):
    row = {"title": "T", "abstract": "A.", "authors": ["X", "Y"], "year": 2021.0, "other": 1}
    pd.DataFrame([row, {"title": None, "abstract": None}]).to_parquet(tmp_path / "a.parquet")
    reading = read_sources([tmp_path / "a.parquet"])
    (paper,) = reading.papers
    assert (paper.title, paper.abstract, paper.authors, paper.date) == ("T", "A.", ("X", "Y"), "2021")
    assert [p.message for p in reading.problems] == [
        "row 2: neither title nor abstract; give at least one of the two"
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("A Title\n\nAn abstract.\n", ("A Title", "An abstract.")),
        ("\ufeffA Title\r\nAn abstract,\r\nin two lines.\r\n", ("A Title", "An abstract,\nin two lines.")),
        ("A Title\rAn abstract.\r", ("A Title", "An abstract.")),
        ("A Title\none\n\nsim20\\% two", ("A Title", "one\n\nsim20\\% two")),
        ("A Title", ("A Title", "")),
        ("A long paragraph. " * 20, ("", ("A long paragraph. " * 20).strip())),
    ],
    ids=repr,
)
def test_text_file_is_one_paper(read, content, expected):
    assert texts(read("a.txt", content)) == [expected]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"published": "2022-12-08T09:00:00Z"}, {"date": "2022-12-08"}),
        ({"date": "Dec 8, 2022"}, {"date": "2022-12-08"}),
        ({"year": 2022}, {"date": "2022"}),
        ({"date": "", "year": "2022"}, {"date": "2022"}),
        ({"authors": ["A B", {"name": "C D"}]}, {"authors": ("A B", "C D")}),
        ({"authors": "B, A; D, C"}, {"authors": ("A B", "C D")}),
        ({"author": "A B, C D and E F"}, {"authors": ("A B", "C D", "E F")}),
        (
            {"author_count": 3, "venue": "V", "doi": "10.1/x"},
            {"author_count": 3, "venue": "V", "doi": "10.1/x"},
        ),
        ({"id": 12}, {"id": "12"}),
    ],
    ids=str,
)
def test_facts(read, fields, expected):
    reading = read("a.jsonl", json.dumps({"title": "T", **fields}))
    (paper,) = reading.papers
    assert {name: getattr(paper, name) for name in expected} == expected
    assert reading.problems == []


def test_columns_can_be_mapped(read):
    table = "Headline,Words\nT,A.\n"
    assert texts(read("a.csv", table, columns={"title": "Headline", "abstract": "Words"})) == [("T", "A.")]
    assert [str(p) for p in read("a.csv", table).problems] == [
        "a.csv:1: no column with titles or abstracts; columns are 'Headline', 'Words'; "
        "rename one to 'title' or 'abstract', or map it, such as title=COLUMN"
    ]
    assert [str(p) for p in read("a.csv", table, columns={"title": "Heading"}).problems] == [
        "a.csv:1: no column 'Heading', to which a field was mapped; columns are 'Headline', 'Words'"
    ]


GOOD = b'{"title": "Good"}\n'


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.jsonl", GOOD + b"{broken\n" + GOOD, "a.jsonl:2: not JSON (Expecting property name"),
        ("a.jsonl", GOOD + b"[1]\n", "a.jsonl:2: JSON, but a list, not read"),
        ("a.jsonl", GOOD + b"[" * 100_000, "a.jsonl:2: not JSON (nested too deep"),
        ("a.jsonl", GOOD + b"{}\n", "a.jsonl:2: neither title nor abstract"),
        ("a.jsonl", GOOD + b'{"title": ["x"]}\n', "a.jsonl:2: title is a list, not text"),
        ("a.jsonl", GOOD + b'{"title": "\\ud800"}', "a.jsonl:2: NULs or halves of surrogate pairs"),
        ("a.jsonl", GOOD + b'{"title": "x", "date": "soon"}', "a.jsonl:2: date 'soon' not understood"),
        ("a.jsonl", GOOD + b'{"title": "\xff"}\n', "a.jsonl:2: bytes that are not UTF-8"),
        (
            "a.jsonl",
            GOOD + b'{"title": "' + b"x" * 66_000_000,
            "a.jsonl:2: a line of more than 64 MB, not read",
        ),
        ("a.jsonl", GOOD + b'{"title": "' + b"x" * 300_000 + b'"}', "a.jsonl:2: 300,000 characters of text"),
        ("a.csv", b"title,id\nGood,1\na,b,c\n", "a.csv:3: 3 cells under a header of 2, not read"),
        ("a.csv", b'title\nGood\n"open\n', "a.csv:3: lines 3 to 3 can't be read as a row"),
        ("a.txt", b"Good\nwith a \0\n", "a.txt:2: NUL characters"),
    ],
    ids=lambda value: value[:30],
)
def test_bad_records_are_named_and_the_rest_is_read(read, name, content, problem):
    reading = read(name, content)
    assert reading.papers[0].title == "Good"
    assert len(reading.problems) == 1
    assert str(reading.problems[0]).startswith(problem)
    assert reading.skipped == (len(reading.papers) == 1 and name != "a.txt")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.txt", b"", "an empty file"),
        ("a.txt", b" \n\n", "holds no papers"),
        ("a.txt", b"new\n\nDaily Papers\n\nMar 11\n", "holds no papers"),
        ("a.csv", b"title,abstract\n", "holds no papers"),
        ("a.txt", PNG, "a PNG picture, not text"),
        ("a.csv", bytes(range(256)) * 9, "not text in UTF-8"),
        ("a.parquet", b"PAR1" + b"x" * 99, "damaged Parquet"),
        ("a.txt.gz", gzip.compress(b"Title\nAbstract.")[:9], "damaged from its first byte"),
    ],
)
def test_bad_files_are_named(read, name, content, problem):
    reading = read(name, content)
    assert reading.papers == []
    (found,) = reading.problems
    assert (found.file, found.line) == (name, 0) and found.message.startswith(problem)


def test_damaged_gz_is_read_up_to_the_damage(read):
    rows = "".join(json.dumps({"title": f"Title {n}", "abstract": str(n**20)}) + "\n" for n in range(9000))
    packed = gzip.compress(rows.encode())
    reading = read("a.jsonl.gz", packed[: len(packed) // 2])
    assert texts(reading) == [(f"Title {n}", str(n**20)) for n in range(reading.entries)]
    assert reading.entries > 1000
    assert [(p.line, p.message[:34]) for p in reading.problems] == [
        (reading.entries + 1, "the file is damaged from here on (")
    ]


def test_a_line_is_never_held_whole():
    class Endless(io.RawIOBase):
        asked = 0

        def readline(self, size=-1):
            assert 0 < size <= LONGEST_LINE
            self.asked += 1
            return b"x" * size if self.asked < 20 else b""

        def peek(self, size=0):
            return b"xx"

    assert list(read_lines(Endless(), Problems("endless"))) == [""]


def test_folder_is_walked_in_order(tmp_path):
    for name in ("b.txt", "a/z.txt", "a/y.txt", ".hidden.txt", "a/.git/x.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{name}\nAn abstract.")
    (tmp_path / "photo.png").write_bytes(PNG)
    reading = read_sources([tmp_path, tmp_path / "b.txt"])
    assert [paper.title for paper in reading.papers] == ["a/y.txt", "a/z.txt", "b.txt"]
    assert (reading.entries, [p.file for p in reading.problems]) == (3, [f"{tmp_path.as_posix()}/photo.png"])


def test_folder_with_nothing_to_read(tmp_path):
    reading = read_sources([tmp_path])
    assert reading.papers == []
    assert "nothing to read in this folder" in str(reading.problems[0])


@pytest.mark.parametrize(
    ("source", "columns", "message"),
    [
        ("missing.txt", {}, "missing.txt: no such file or folder"),
        (".", {"heading": "x"}, "no field 'heading' to map a column to; fields are title"),
    ],
)
def test_wrong_usage(source, columns, message):
    with pytest.raises(ReadError, match=message):
        read_sources([source], columns=columns)


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"id,title\n1,T\n")))
    reading = read_sources(["-"])
    assert reading.papers == [Paper(id="1", title="T", places=(Place(file="-", line=2),))]


def rows(*pairs) -> str:
    return "\n".join(json.dumps(dict(zip(("title", "abstract", "id"), pair, strict=False))) for pair in pairs)


@pytest.mark.parametrize(
    ("pairs", "lines"),
    [
        ([("T", "A."), ("T", "A.")], [(1, 2)]),
        ([("T: One", "A  b."), ("t one", "A b")], [(1, 2)]),  # case, spacing, punctuation
        ([("T", ""), ("T", "A.")], [(1, 2)]),  # one of the two has no abstract
        ([("T", "A."), ("T", "")], [(1, 2)]),
        ([("T", "A."), ("T", "B.")], [(1,), (2,)]),
        ([("", "A."), ("", "B.")], [(1,), (2,)]),
        ([("T", "A.", "x"), ("T", "A.", "y")], [(1, 2)]),
        ([("T", "A.", "x"), ("U", "B.", "x")], [(1,), (2,)]),
    ],
    ids=str,
)
def test_repeats_are_one_paper_with_all_places(read, pairs, lines):
    reading = read("a.jsonl", rows(*pairs))
    assert [tuple(place.line for place in paper.places) for paper in reading.papers] == lines
    assert (reading.entries, reading.repeats) == (2, 2 - len(lines))
    assert reading.papers[0].abstract.startswith("A")


A, B, NO_DOI = {"doi": "10.1/a"}, {"doi": "10.1/b"}, {}


@pytest.mark.parametrize(
    ("entries", "lines"),
    [
        ([A, B], [(1,), (2,)]),
        ([A, {"doi": "https://doi.org/10.1/A"}], [(1, 2)]),
        ([A, NO_DOI, B], [(1, 2), (3,)]),
        ([NO_DOI, A, B, A], [(1, 2, 4), (3,)]),  # the first takes the DOI, and is known by it
        ([A, B, B | {"abstract": "A."}, A], [(1, 4), (2, 3)]),
        ([A | {"abstract": "A."}, B | {"abstract": "A."}], [(1, 2)]),  # a preprint and the article
        ([{"id": "2401.00001"}, {"id": "2401.00002"}], [(1,), (2,)]),
        ([{"id": "2401.00001"}, {"id": "W12"}], [(1, 2)]),  # ids of two sources
        ([{"id": "smith2020"}, {"id": "smith2020b"}], [(1, 2)]),  # keys that people made
    ],
    ids=str,
)
def test_papers_of_one_title_are_told_apart_by_doi_or_id(read, entries, lines):
    content = "\n".join(json.dumps({"title": "Editorial"} | entry) for entry in entries)
    found = read("a.jsonl", content).papers
    assert [tuple(place.line for place in paper.places) for paper in found] == lines


def test_ids(read):
    given, content, other = read("a.jsonl", rows(("T", "A.", "x"), ("U", "B."), ("V", "C.", "x"))).papers
    assert (given.id, content.id, other.id) == ("x", "7f948d67d843", f"x~{other.id[2:]}")
    assert read("b.txt", "U\nB.").papers[0].id == content.id  # the same in any file
    assert read("a.jsonl", rows(("T", "A.", "x"), ("V", "C.", "x"))).problems[0].message == (
        f"id 'x' belongs to 'T' in a.jsonl already; this one is {other.id!r}"
    )


def test_a_repeat_fills_what_the_first_lacks(read):
    first = json.dumps({"title": "T", "date": "2020"})
    (paper,) = read(
        "a.jsonl", first + "\n" + json.dumps(ROW | {"title": "T", "year": 2021, "venue": "V"})
    ).papers
    assert (paper.id, paper.abstract, paper.date, paper.venue) == ("a", "An abstract.", "2020", "V")


def test_dates_of_parquet(tmp_path):
    pd.DataFrame({"title": ["T"], "date": [datetime.date(2022, 12, 8)]}).to_parquet(tmp_path / "a.parquet")
    assert read_sources([tmp_path / "a.parquet"]).papers[0].date == "2022-12-08"


def test_files_are_listed_with_checksums(read):
    (file,) = read("a.txt", "T\nA.").files
    assert (file.name, file.entries, file.sha256) == ("a.txt", 1, hashlib.sha256(b"T\nA.").hexdigest())
