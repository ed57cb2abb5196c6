"""A comparison as LaTeX: booktabs tables to put into a paper, the best in bold, sources below each table.
Needs `\\usepackage{booktabs}`, and `longtable` for tables of more than a page; says so in its first line."""

import re
from functools import lru_cache

from pylatexenc.latexencode import UnicodeToLatexEncoder

from extractor.comparison.block import SOURCE, Block, Cell
from extractor.comparison.layouts import Comparison
from extractor.comparison.notes import Note, Notes, legend

PAGE = 40  # rows that fit a page
PREAMBLE = (
    "% Needs \\usepackage{booktabs,longtable}. Each number in brackets leads to its source below the table.\n"
)


def as_latex(comparison: Comparison) -> str:
    """A table a block, each followed by its sources."""
    notes = Notes(comparison)
    said = legend(comparison)
    parts = [_block(block, notes, said) for block in comparison.blocks]
    return PREAMBLE + "\n" + "\n".join(parts)


def _block(block: Block, notes: Notes, said: str) -> str:
    columns = [column for column in block.columns if column.head != SOURCE]
    kept = [i for i in range(len(columns)) if any(row[i].text or row[i].points for row in block.rows)]
    head = " & ".join(escaped(columns[i].head) for i in kept) + r" \\"
    spec = "".join("r" if columns[i].numeric else "l" for i in kept)
    rows = []
    for at, row in enumerate(block.rows):
        rows += [r"\addlinespace"] if at in block.breaks else []
        rows.append(" & ".join(_cell(row[i], notes) for i in kept) + r" \\")
    body = _long(block, spec, head, rows) if len(rows) > PAGE else _short(block, spec, head, rows)
    return body + _sources(block, notes, said)


def _short(block: Block, spec: str, head: str, rows: list[str]) -> str:
    lines = [
        r"\begin{table}",
        r"\centering\small",
        rf"\caption{{{escaped(block.title)}.{_note(block)}}}",
        rf"\begin{{tabular}}{{{spec}}}",
        *(r"\toprule", head, r"\midrule", *rows, r"\bottomrule"),
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _long(block: Block, spec: str, head: str, rows: list[str]) -> str:
    lines = [
        r"{\small",
        rf"\begin{{longtable}}{{{spec}}}",
        rf"\caption{{{escaped(block.title)}.{_note(block)}}}\\",
        *(r"\toprule", head, r"\midrule", r"\endhead", *rows, r"\bottomrule"),
        r"\end{longtable}}",
    ]
    return "\n".join(lines) + "\n"


def _note(block: Block) -> str:
    return f" {escaped(block.note)}" if block.note else ""


def _cell(cell: Cell, notes: Notes) -> str:
    if not cell.points:
        return escaped(cell.text)
    return "; ".join(
        (rf"\textbf{{{escaped(text)}}}" if best else escaped(text)) + rf"\,{{\tiny[{note.number}]}}"
        for text, best, note in notes.of_cell(cell)
    )


def _sources(block: Block, notes: Notes, said: str) -> str:
    shown = [notes.of(point) for point in block.points]
    lines = [r"\begingroup\footnotesize\raggedright", *([escaped(said) + r"\par"] if said else [])]
    lines += [_source(note) + r"\par" for note in shown]
    return "\n".join([*lines, r"\endgroup", ""])


def _source(note: Note) -> str:
    sentence = rf"{escaped(note.before)}\textbf{{{escaped(note.value)}}}{escaped(note.after)}"
    return f"[{note.number}] {escaped(note.where)}: ``{sentence}''"


def escaped(text: str) -> str:
    """`text` as it is, for pdfLaTeX; a sign that LaTeX has no command for becomes "?"."""
    clean = re.sub(r"[\x00-\x1f\x7f]+", " ", text)
    return _encoder().unicode_to_latex(clean)


@lru_cache(maxsize=1)
def _encoder() -> UnicodeToLatexEncoder:
    return UnicodeToLatexEncoder(unknown_char_policy="replace", unknown_char_warning=False)
