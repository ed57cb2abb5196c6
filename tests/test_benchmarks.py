"""The benchmark measures what it says, each program in a process of its own."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def speed(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
    import speed

    return speed


def test_a_line_a_program_and_the_shares_of_the_stages(speed):
    results = speed.measure_each(["extractor --no-model", "spaCy tokenizer"], speed.made_up_texts(3))
    assert all(each.abstracts == 3 and each.speed > 0 and each.peak_mb > 10 for each in results.values())
    _, ours, tokenizer, shares = speed.report(results).splitlines()
    assert ours.split()[:2] == ["extractor", "--no-model"]
    assert "1.00x" in ours
    assert tokenizer.startswith("spaCy tokenizer")
    stages = ("reading", "language", "cleaning", "finding", "linking", "records", "writing", "rest")
    assert all(f"{stage} " in shares for stage in stages)


def test_a_program_that_is_missing_is_told(speed):
    results = {"ours": speed.Measured(3, 1.0, 1.5, 80.0, {}), "theirs": "theirs is not installed"}
    assert speed.report(results).splitlines()[2].split(maxsplit=1) == ["theirs", "theirs is not installed"]


def test_the_time_of_a_stage_is_its_own(speed):
    stages = {}

    def burn():
        began = speed.time.process_time()
        while speed.time.process_time() < began + 0.02:
            pass

    inner = speed.timed(burn, "inner", stages)
    speed.timed(inner, "outer", stages)()
    assert stages["outer"] < 0.01 < stages["inner"]


def test_the_same_papers_are_drawn_every_time(speed, tmp_path):
    corpus = tmp_path / "abstracts.jsonl"
    rows = [json.dumps({"title": f"T{n}", "abstract": f"A{n}"}) for n in range(50)]
    corpus.write_text("\n".join(rows), encoding="utf-8")
    drawn = speed.corpus_texts(corpus, 5)
    assert len(set(drawn)) == 5
    assert drawn == speed.corpus_texts(corpus, 5)
    assert len(speed.corpus_texts(corpus, 80)) == 50
