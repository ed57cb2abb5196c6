"""The benchmark of exports makes sound records and measures each format."""

from pathlib import Path

import pytest

from extractor.export import write_jsonl


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
    import export

    return export


def test_it_makes_as_many_claims_as_asked_for(benchmark):
    made = list(benchmark.made_up(30))
    assert sum(len(each.claims) for each in made) == 30
    assert sum(len(each.mentions) for each in made) == 30 * benchmark.MENTIONS_PER_CLAIM
    assert len({each.paper.id for each in made}) == len(made)
    assert made == list(benchmark.made_up(30))


def test_it_measures_each_file(benchmark, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    write_jsonl(benchmark.made_up(3), run / "extractions.jsonl")
    results = benchmark.measure_each(run, ["claims.csv", "wide.csv"], tmp_path)
    assert all(each.seconds > 0 and each.peak_mb > 10 and each.size_mb > 0 for each in results.values())
    head, first, _ = benchmark.report(results).splitlines()
    assert head.split() == ["time", "processor", "peak", "file"] and first.split()[0] == "claims.csv"
