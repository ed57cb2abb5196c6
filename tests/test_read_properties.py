"""What holds for any input: reading never raises, and invents nothing."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.read import read_sources
from extractor.read.streams import is_windows_text

LONG = "We prune half of the weights and lose nothing. " * 8
PIECES = [
    "Daily Papers",
    "Subscribe",
    "new",
    "A Title",
    LONG,
    "·",
    "  • 7 authors",
    "Dec 8, 2022 3",
    "Feb 31",
]
PIECES += [
    "• 3",
    "Some Lab",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "\ufeff",
    '"',
    ",",
    "title,abstract",
    "{}",
    "[",
    "\ufffd",
]

TEXT = st.lists(st.sampled_from(PIECES) | st.just("\n") | st.text(max_size=9), max_size=30).map("".join)
BYTES = TEXT.map(str.encode) | st.binary(max_size=300)
ANY_FORMAT = st.sampled_from(["a.txt", "a.jsonl", "a.csv", "a.tsv", "a.parquet", "a.txt.gz", "a"])
VALUES = st.recursive(st.none() | st.text() | st.floats() | st.integers(), st.lists, max_leaves=3)
FIELDS = st.sampled_from(["title", "abstract", "id", "date", "authors", "author_count", "url", "paper"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("read")


@given(name=ANY_FORMAT, content=BYTES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_reading_never_raises_and_loses_nothing_silently(folder, name, content):
    (folder / name).write_bytes(content)
    reading = read_sources([folder / name])
    assert reading.papers or reading.problems
    assert all(paper.id and paper.places for paper in reading.papers)


@given(content=BYTES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_text_is_taken_from_the_file_as_it_is(folder, content):
    (folder / "a.txt").write_bytes(content)
    text = content.decode("cp1252" if is_windows_text(content) else "utf-8", errors="replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\0", "\ufffd").replace("\n\ufeff", "\n")
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"PAR1", b"\x1f\x8b")):
        return
    for paper in read_sources([folder / "a.txt"]).papers:
        assert paper.title in text and paper.abstract in text


@given(rows=st.lists(st.dictionaries(FIELDS, VALUES), min_size=1, max_size=5))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_json_row_is_a_paper_or_a_problem(folder, rows):
    (folder / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    reading = read_sources([folder / "a.jsonl"])
    assert reading.entries + reading.skipped == len(rows)
    assert sum(len(paper.places) for paper in reading.papers) == reading.entries
    assert len({paper.id for paper in reading.papers}) == len(reading.papers)
