"""The README names every command, and its Python runs as printed."""

import re
from pathlib import Path

import pytest
import typer

from extractor.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def commands(command, before: str) -> list[str]:
    """Every command line without arguments: "extractor run", "extractor rules test"."""
    inner = getattr(command, "commands", None)
    if not inner:
        return [before]
    return [line for name, sub in inner.items() for line in commands(sub, f"{before} {name}")]


@pytest.mark.parametrize("line", commands(typer.main.get_command(app), "extractor"))
def test_every_command_is_in_the_readme(line):
    assert line in README


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_its_python_runs(code, monkeypatch):
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {})


def test_it_shows_python():
    assert len(BLOCKS) == 2
