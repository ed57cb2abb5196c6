"""In which form a comparison goes out: chosen by name or by a file's suffix, printed or left in a file that
is whole or not there."""

from enum import StrEnum
from pathlib import Path

from rich.console import Console

from extractor.comparison.asked import one_of
from extractor.comparison.delimited import as_csv, as_json
from extractor.comparison.html import as_html
from extractor.comparison.latex import as_latex
from extractor.comparison.layouts import Comparison
from extractor.comparison.markdown import as_markdown
from extractor.comparison.plot import DRAWN, draw
from extractor.comparison.terminal import screen
from extractor.comparison.workbook import write_workbook
from extractor.export import OutputError, replacing


class Format(StrEnum):
    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    LATEX = "latex"
    HTML = "html"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


TEXTS = {
    Format.MARKDOWN: as_markdown,
    Format.LATEX: as_latex,
    Format.HTML: as_html,
    Format.CSV: as_csv,
    Format.JSON: as_json,
}
SUFFIXES = {
    ".txt": Format.TERMINAL,
    ".md": Format.MARKDOWN,
    ".tex": Format.LATEX,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".csv": Format.CSV,
    ".json": Format.JSON,
    ".xlsx": Format.XLSX,
}
SCREEN_WIDTH = 120  # of a terminal's table in a file


def format_of(word: str | None, output: Path | None) -> Format:
    """The format asked for, else the one of the file's suffix, else the terminal's. AskedError for one that
    there isn't, OutputError where the suffix says nothing or the format needs a file."""
    name = one_of(Format, word, "format") if word else None
    if name is None and output is not None:
        if output.suffix.lower() not in SUFFIXES:
            raise OutputError(f"{output}: no format has this suffix; use one of {', '.join(SUFFIXES)}")
        name = SUFFIXES[output.suffix.lower()]
    if name is Format.XLSX and output is None:
        raise OutputError("xlsx is no text; say where it goes with --output FILE.xlsx")
    return name or Format.TERMINAL


def check_targets(form: str | None, output: Path | None, plot: Path | None) -> Format:
    """The format, once it is sure that output and plot can be had, before any work is done."""
    wanted = format_of(form, output)
    if plot is not None and plot.suffix.lower() not in DRAWN:
        raise OutputError(f"{plot}: a plot is one of {', '.join(DRAWN)}; give such a name")
    return wanted


def show(
    comparison: Comparison,
    form: str | None = None,
    output: Path | None = None,
    *,
    plot: Path | None = None,
    sentences: bool = False,
) -> None:
    """Prints the comparison, or writes it to `output`; draws it to `plot`. OutputError says what can't be
    written."""
    wanted = check_targets(form, output, plot)
    if output is None:
        _print(comparison, wanted, sentences)
    elif wanted is Format.XLSX:
        with replacing(output, "wb") as file:
            write_workbook(comparison, file)
    else:
        with replacing(output) as file:
            if wanted is Format.TERMINAL:
                Console(file=file, width=SCREEN_WIDTH, highlight=False).print(screen(comparison, sentences))
            else:
                file.write(TEXTS[wanted](comparison))
    if plot is not None:
        with replacing(plot, "wb") as file:
            draw(comparison, file, DRAWN[plot.suffix.lower()])


def _print(comparison: Comparison, form: Format, sentences: bool) -> None:
    if form is Format.TERMINAL:
        Console(highlight=False).print(screen(comparison, sentences))
    else:
        print(TEXTS[form](comparison), end="")
