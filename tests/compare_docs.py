"""The comparisons that README and docs print: `python tests/compare_docs.py` writes them anew after a change
of `output/`; a test holds them current. Blocks are ```console, a command after "$ ", then what it prints."""

import os
import re
import shlex
from pathlib import Path

from typer.testing import CliRunner

from extractor.cli import app

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "compare.md")
BLOCK = re.compile(r"(?<=```console\n)\$ (extractor compare [^\n]*)\n(.*?)(?=```)", re.DOTALL)
WIDTH = "100"


def printed(command: str, *, plot: bool = False) -> str:
    """What the command prints in the project's folder; draws its plot only if asked to."""
    arguments = shlex.split(command)[1:]
    if "--plot" in arguments and not plot:
        at = arguments.index("--plot")
        del arguments[at : at + 2]
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": WIDTH}, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def main() -> None:
    os.chdir(ROOT)
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        new = BLOCK.sub(lambda found: f"$ {found[1]}\n{printed(found[1], plot=True)}", text)
        page.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
