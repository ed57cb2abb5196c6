"""Rows of a worksheet as the XML that spreadsheets read, several times as fast as cell by cell: hundreds of
thousands of rows have to be written while somebody waits. Takes texts and numbers, returns XML. Nothing here
is ever a formula but a link."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from extractor.export.csv import to_cell
from extractor.export.tables import Cell

LONGEST = 32_000  # UTF-16 units; a cell holds 32,767
CUT = " … (cut here: a cell can't hold more)"
SHORT = 40
LAST_ROW = 1_048_576
LONGEST_IN_FORMULA = 255
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
SPECIAL = re.compile(rf"[&<>]|{UNSAFE.pattern}")
WRITTEN = re.compile(r"_x([0-9A-Fa-f]{4})_")
LETTERS = [xl_col_to_name(number) for number in range(128)]


def escaped(text: str) -> str:
    """Text for XML. Control characters, which XML can't hold, are written as spreadsheets write them."""
    if not SPECIAL.search(text):
        return text
    text = UNSAFE.sub(lambda m: f"_x{ord(m[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """The text with its control characters back."""
    return WRITTEN.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def fitting(text: str) -> str:
    """The text, cut with a word of it where no cell could hold it."""
    if len(text) <= LONGEST // 2 or len(text.encode("utf-16-le")) // 2 <= LONGEST:
        return text
    return text.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", "ignore") + CUT


class Rows(Worksheet):
    """A worksheet of an `xlsxwriter` workbook in constant memory whose rows come as XML, top to bottom."""

    rows = 0

    def add_row(self, cells: Sequence[str], height: float | None = None) -> None:
        """The next row: cells from `renderer`, `text`, `bold_in` or `link`, empty texts for none.
        `height` in points; a spreadsheet changes it when the row's text is changed."""
        self.rows += 1
        self._opt_reopen()
        named = [f'<c r="{LETTERS[at]}{self.rows}"{cell}' for at, cell in enumerate(cells) if cell]
        tall = f' ht="{height:g}"' if height else ""
        self.row_data_fh.write(f'<row r="{self.rows}"{tall}>{"".join(named)}</row>')
        self.dim_rowmin, self.dim_rowmax = 0, self.rows - 1
        self.dim_colmin, self.dim_colmax = 0, len(cells) - 1

    @property
    def is_full(self) -> bool:
        return self.rows >= LAST_ROW


def style(looks: Format) -> str:
    """The attribute by which a cell has a format's looks."""
    return f' s="{looks._get_xf_index()}"'


def bold(font: str, size: int, colour: str) -> str:
    """The properties of a part of a text that is to be in bold; `colour` as "#1f2933"."""
    looks = f'<sz val="{size}"/><color rgb="FF{colour.removeprefix("#").upper()}"/><rFont val="{font}"/>'
    return f'<rPr><b/>{looks}<family val="2"/></rPr>'


def lines(value: str, width: float) -> int:
    """How many lines a text takes in a column of that width, about."""
    return 1 + int(len(value) / (width * 1.2))


def renderer(cell: Cell, looks: str) -> Callable[[Any], str]:
    """What makes typed cells of a column's values: numbers as numbers, lists joined, nothing as nothing."""
    match cell:
        case Cell.NUMBER | Cell.INTEGER:
            return lambda value: "" if value is None else number(value, looks)
        case Cell.FLAG:
            return lambda value: f'{looks} t="b"><v>{int(value)}</v></c>'
        case Cell.TEXT | Cell.WORD:
            return lambda value: text(value, looks) if value else ""
        case Cell.TEXTS:
            return lambda value: _texts(tuple(value), looks) if value else ""
        case _:
            return lambda value: text(to_cell(value, cell).removeprefix("'"), looks) if value else ""


def text(value: str, looks: str) -> str:
    return _name(value, looks) if len(value) <= SHORT else _text(value, looks)


def _text(value: str, looks: str) -> str:
    return _inline(f'<t xml:space="preserve">{escaped(fitting(value))}</t>', looks) if value else ""


_name = lru_cache(maxsize=1 << 16)(_text)  # names, kinds and labels come again and again


@lru_cache(maxsize=1 << 12)
def _texts(values: tuple[str, ...], looks: str) -> str:
    return text(to_cell(values, Cell.TEXTS).removeprefix("'"), looks)


def number(value: float, looks: str) -> str:
    return f"{looks}><v>{value!r}</v></c>"


def bold_in(value: str, start: int, end: int, looks: str, font: str) -> str:
    """The text with what stands from `start` to `end` in a font as `bold` gives it."""
    parts = ((value[:start], ""), (value[start:end], font), (value[end:], ""))
    if len(value) > LONGEST // 2 or not value[start:end]:
        return text(value, looks)
    runs = (f'<r>{how}<t xml:space="preserve">{escaped(part)}</t></r>' for part, how in parts if part)
    return _inline("".join(runs), looks)


def link(address: str, shown: str, looks: str, plain: str) -> str:
    """`shown`, leading to `address`; in `plain` looks without it, and where a formula can't hold it."""
    if not address or max(len(address), len(shown)) > LONGEST_IN_FORMULA:
        return text(shown, plain)
    quoted = (part.replace('"', '""') for part in (address, shown))
    formula = escaped('HYPERLINK("{}","{}")'.format(*quoted))
    return f'{looks} t="str"><f>{formula}</f><v>{escaped(shown)}</v></c>'


def _inline(content: str, looks: str) -> str:
    return f'{looks} t="inlineStr"><is>{content}</is></c>'
