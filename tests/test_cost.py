"""What a corpus costs is told as it is counted."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def cost(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import cost

    return cost


def test_core_hours_are_abstracts_by_rate(cost):
    assert cost.core_hours(3600 * 10, 1.0) == pytest.approx(10 / cost.RATE)


def test_titles_alone_cost_less(cost):
    assert cost.core_hours(1000, 1.0) > cost.core_hours(1000, 0.6) > cost.core_hours(600, 1.0)


def test_the_docs_have_the_table_and_the_rate_of_the_readme(cost):
    told = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    assert cost.table(cost.PRICE) in told
    assert f"one core does {cost.RATE:g} abstracts a second" in told
    assert f"| with the model | {cost.RATE:g} |" in (ROOT / "README.md").read_text(encoding="utf-8")
