"""A part, in whatever store, and the counts that are made of parts."""

import json

import pytest
from build import FakeExtractor, extraction, paper
from hypothesis import given, settings
from hypothesis import strategies as st
from running import speedups, write_papers

from extractor.read.repeats import FACTS, content_id, new_distinct, normalised
from extractor.records import Paper, Place
from extractor.run import Options, run
from extractor.running.one_paper import Failure
from extractor.running.parts import Settings, extract_part, finished_part
from extractor.running.store import LocalStore, RemoteStore

PAPERS = [paper(id="a", abstract="2x and 9x"), paper(id="b", abstract="BREAK"), paper(id="c", abstract="3x")]


def part(store, **options):
    return extract_part(3, PAPERS, lambda: FakeExtractor().extract, store, Settings(**options))


def test_a_part_counts_and_keeps_its_papers(tmp_path):
    done = part(LocalStore(tmp_path))
    assert (done.tally.papers, done.tally.failed, done.tally.claims["speedup"]) == (2, 1, 3)
    assert [failure.paper.id for failure in done.tally.failures] == ["b"]
    assert (tmp_path / "claims" / "part-00003.csv").read_bytes().count(b"\r\n") == 3
    assert finished_part(3, LocalStore(tmp_path)) == done
    assert finished_part(2, LocalStore(tmp_path)) is None


def test_a_store_far_away_gets_the_same_files(tmp_path):
    memory = pytest.importorskip("fsspec", reason="fsspec is not installed").filesystem("memory")
    far, near = RemoteStore(memory, "/bucket/run"), LocalStore(tmp_path)
    assert part(far) == part(near) == finished_part(3, far)
    memory.pipe_file("/bucket/run/claims/part-00003.csv", b"damaged")
    assert finished_part(3, far) is None


def test_what_is_known_is_not_extracted_again(tmp_path):
    known = {
        0: Failure(paper=PAPERS[0], message="died"),
        1: extraction(paper=paper(id="b")),
        2: extraction(paper=paper(id="c")),
    }
    done = extract_part(0, PAPERS, pytest.fail, LocalStore(tmp_path), Settings(), known=known)
    assert (done.tally.papers, [failure.message for failure in done.tally.failures]) == (2, ["died"])


def test_a_paper_in_another_language_is_counted_apart(tmp_path):
    german = {0: extraction(paper=paper(id="d"), language="de", claims=(), mentions=())}
    given = [paper(id="d")]
    for asked, count in ((False, 1), (True, 0)):
        settings = Settings(any_language=asked)
        done = extract_part(0, given, pytest.fail, LocalStore(tmp_path), settings, known=german)
        assert (done.tally.papers, done.tally.not_english) == (1, count)


def test_every_record_is_counted_once(tmp_path, monkeypatch):
    monkeypatch.setattr("extractor.pipeline.load", lambda rules, model, language: FakeExtractor())
    source = write_papers(tmp_path / "in.jsonl", "2x", "2x", "BREAK", "3x")
    lines = [*source.read_text(encoding="utf-8").splitlines(), '{"id": "p9"}', "{", "[]"]
    source.write_text("\n".join([*lines, lines[0]]), encoding="utf-8")
    counts = run([source], tmp_path / "out").counts
    assert (counts.read, counts.repeated, counts.empty, counts.unreadable) == (8, 1, 1, 2)
    assert (counts.failed, counts.not_english, counts.extracted) == (1, 0, 3)


def test_many_problems_are_kept_in_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr("extractor.pipeline.load", lambda rules, model, language: FakeExtractor())
    source = write_papers(tmp_path / "in.jsonl", *speedups(1))
    source.write_text(source.read_text(encoding="utf-8") + "{\n" * 150, encoding="utf-8")
    report = run([source], tmp_path / "out", Options())
    told = [json.loads(line) for line in (tmp_path / "out" / "problems.jsonl").read_text().splitlines()]
    about = json.loads((tmp_path / "out" / "run.json").read_bytes())
    assert [row["line"] for row in told] == list(range(2, 152))
    assert (len(about["problems"]), about["counts"]["problems"], report.problem_count) == (100, 150, 150)


WORDS = st.sampled_from(["", "a", "A!", "b", "a b", "  "])


@st.composite
def entries(draw):
    title, abstract = draw(WORDS), draw(WORDS)
    made = draw(st.sampled_from(["x", "y", "x~86f7e437faa5", content_id(title, abstract)]))
    facts = {"venue": draw(st.sampled_from(["", "V"])), "date": draw(st.sampled_from(["", "2020"]))}
    place = Place(file="f", line=draw(st.integers(1, 9)))
    return Paper(id=made, title=title, abstract=abstract, places=(place,), **facts)


@settings(max_examples=60)
@given(st.lists(entries(), max_size=8))
def test_repeats_are_merged_as_by_hand(met):
    distinct = new_distinct()
    for each in met:
        distinct.add(each)
    problems = list(distinct.finish())
    papers, renamed = merged_by_hand(met)
    assert list(distinct.papers()) == papers
    assert len(problems) == renamed
    assert sum(len(each.places) for each in papers) == len(met)


def merged_by_hand(met: list[Paper]) -> tuple[list[Paper], int]:
    """The same in lists, word for word what the module's head says."""
    found: list[Paper] = []
    texts: dict = {}
    titles: dict = {}
    for each in met:
        title, abstract = normalised(each.title), normalised(each.abstract)
        at = texts.get((title, abstract))
        if (
            at is None
            and title in titles
            and title
            and not (abstract and found[titles[title]].abstract.strip())
        ):
            at = titles[title]
        if at is None:
            at = len(found)
            found.append(each)
        else:
            first = found[at]
            held = {name: getattr(first, name) or getattr(each, name) for name in FACTS}
            held["abstract"] = first.abstract if first.abstract.strip() else each.abstract
            given = [p.id for p in (first, each) if p.id != content_id(p.title, p.abstract)]
            held["id"] = given[0] if given else content_id(first.title, held["abstract"])
            found[at] = first.model_copy(update=held | {"places": first.places + each.places})
        texts[title, abstract] = at
        titles.setdefault(title, at)
    owned, renamed = set(), 0
    for at, each in enumerate(found):
        own = each.id
        while own in owned:
            own = f"{own}~{content_id(each.title, each.abstract)}"
        renamed += own != each.id
        owned.add(own)
        found[at] = each.model_copy(update={"id": own})
    return found, renamed
