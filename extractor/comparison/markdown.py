"""A comparison as Markdown: tables as GitHub and Pandoc read them, a footnote for every value."""

import re

from extractor.comparison.block import SOURCE, Block, Cell
from extractor.comparison.layouts import Comparison
from extractor.comparison.notes import Note, Notes, legend

SPECIAL = re.compile(r"([\\`*_\[\]<>|$~^#])")


def as_markdown(comparison: Comparison) -> str:
    """The blocks with a heading each, then the footnotes: paper, characters, sentence with the value in
    bold."""
    notes = Notes(comparison)
    parts = [_block(block, notes) for block in comparison.blocks]
    if said := legend(comparison):
        parts.append(escaped(said) + "\n")
    parts.append("\n".join(_footnote(note) for note in notes.all) + "\n")
    return "\n".join(parts)


def _block(block: Block, notes: Notes) -> str:
    columns = [column for column in block.columns if column.head != SOURCE]
    lines = [
        f"## {escaped(block.title)}",
        "",
        _line(escaped(column.head) for column in columns),
        _line("---:" if column.numeric else ":---" for column in columns),
        *(_line(_cell(cell, notes) for cell in row[: len(columns)]) for row in block.rows),
        "",
    ]
    return "\n".join([*lines, escaped(block.note), ""] if block.note else lines)


def _line(cells) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell, notes: Notes) -> str:
    if not cell.points:
        return escaped(cell.text)
    marked = (
        (f"**{escaped(text)}**" if best else escaped(text), note) for text, best, note in notes.of_cell(cell)
    )
    return "; ".join(f"{text}[^{note.number}]" for text, note in marked)


def _footnote(note: Note) -> str:
    sentence = f"{escaped(note.before)}**{escaped(note.value)}**{escaped(note.after)}"
    link = f" <{note.entry.url}>" if re.fullmatch(r"https?://[^\s<>]+", note.entry.url) else ""
    return f"[^{note.number}]: {escaped(note.where)}:{link} “{sentence}”"


def escaped(text: str) -> str:
    """`text` in one line, without anything that Markdown would obey."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split(" ")).replace("\n", " "))
