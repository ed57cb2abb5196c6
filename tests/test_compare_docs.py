"""README and docs show what `extractor compare` prints for `output/` now."""

import pytest
from compare_docs import BLOCK, PAGES, ROOT, printed

SHOWN = [
    (command, text) for page in PAGES for command, text in BLOCK.findall(page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("command", "text"), SHOWN, ids=[command for command, _ in SHOWN])
def test_a_printed_comparison_is_current(command, text, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert printed(command) == text, "run `python tests/compare_docs.py`"


def test_there_are_worked_examples():
    assert len(SHOWN) == 4
