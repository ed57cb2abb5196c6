"""A comparison as an Excel workbook: the tables on one sheet, numbers as numbers that show what was shown, a
comment with its sentence and a link to it at every value, the sources on a second sheet."""

import re
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from extractor.comparison.block import Block, Cell
from extractor.comparison.layouts import Comparison
from extractor.comparison.notes import Note, Notes, legend
from extractor.comparison.point import Point

SOURCES = "Sources"
HEADS = ("number", "paper", "title", "start", "end", "printed", "sentence", "link")
WIDTHS = (8, 18, 40, 8, 8, 14, 110, 40)
MOST_WIDE = 34  # characters of a column
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
WEB = re.compile(r"https?://\S{1,2000}")
COMMENT = {"x_scale": 3, "y_scale": 1.6}


def write_workbook(comparison: Comparison, file: IO[bytes]) -> None:
    """Writes the .xlsx to a binary file."""
    with xlsxwriter.Workbook(file, {"in_memory": True, **SAFE}) as book:
        notes = Notes(comparison)
        _Tables(book, comparison.layout.value.capitalize(), notes).write(comparison)
        _write_sources(book, notes)


class _Tables:
    """The sheet of the blocks, one under another."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, notes: Notes):
        self.book, self.notes = book, notes
        self.sheet: Worksheet = book.add_worksheet(name)
        self.title = book.add_format({"bold": True, "font_size": 13})
        head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        self.heads = {False: book.add_format(head), True: book.add_format({**head, "align": "right"})}
        self.note = book.add_format({"italic": True, "font_color": "#666666"})
        self.formats: dict[tuple[str, bool], Format] = {}
        self.widths: dict[int, int] = {}

    def write(self, comparison: Comparison) -> None:
        at = 0
        for block in comparison.blocks:
            at = self._block(block, at) + 1
        if said := legend(comparison):
            self.sheet.write_string(at, 0, said, self.note)
        if len(comparison.blocks) == 1 and comparison.blocks[0].rows:
            (block,) = comparison.blocks
            self.sheet.freeze_panes(2, 1)
            self.sheet.autofilter(1, 0, 1 + len(block.rows), len(block.columns) - 1)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        for column, width in self.widths.items():
            self.sheet.set_column(column, column, min(width, MOST_WIDE) + 2)

    def _block(self, block: Block, at: int) -> int:
        """Writes the block from row `at`; returns the row behind it."""
        self.sheet.write_string(at, 0, block.title, self.title)
        for number, column in enumerate(block.columns):
            self.sheet.write_string(at + 1, number, column.head, self.heads[column.numeric])
            self._widen(number, max(map(len, column.head.split()), default=0))
        for down, row in enumerate(block.rows, at + 2):
            for number, cell in enumerate(row):
                self._cell(down, number, cell, block.columns[number].numeric)
        end = at + 2 + len(block.rows)
        if block.note:
            self.sheet.write_string(end, 0, block.note, self.note)
            end += 1
        return end

    def _cell(self, row: int, column: int, cell: Cell, numeric: bool) -> None:
        if not cell.points:
            self._plain(row, column, cell.text, numeric)
            return
        found = self.notes.of_cell(cell)
        text = "; ".join(shown for shown, _, _ in found)
        self._widen(column, len(text))
        best = any(best for _, best, _ in found)
        link = f"internal:'{SOURCES}'!A{found[0][2].number + 1}"
        number = number_format(cell.shown[0], cell.points[0]) if len(found) == 1 else None
        self.sheet.write_url(row, column, link, self._format(number[1] if number else "@", best), text)
        if number:
            self.sheet.write_number(row, column, number[0], self._format(number[1], best))
        self.sheet.write_comment(
            row, column, "\n\n".join(map(_comment, (note for *_, note in found))), COMMENT
        )

    def _plain(self, row: int, column: int, text: str, numeric: bool) -> None:
        self._widen(column, len(text))
        if numeric and re.fullmatch(r"\d+(?:\.\d+)?", text):
            decimals = len(text.partition(".")[2])
            form = self._format(f"0.{'0' * decimals}" if decimals else "0", False)
            self.sheet.write_number(row, column, float(text), form)
        elif text:
            self.sheet.write_string(row, column, text)

    def _format(self, code: str, best: bool) -> Format:
        if (code, best) not in self.formats:
            look = {"num_format": code, "align": "right", "bold": best}
            self.formats[code, best] = self.book.add_format(look)
        return self.formats[code, best]

    def _widen(self, column: int, width: int) -> None:
        self.widths[column] = max(self.widths.get(column, 0), width)


def number_format(shown: str, point: Point) -> tuple[float, str] | None:
    """The number behind a text, and the format that makes it look like the text: "up to 4.5x" is 4.5. None
    where the text has more than one number or shortens it, as ranges and "175B" do."""
    found = NUMBER.findall(shown)
    number = point.meant.middle
    if len(found) != 1 or float(found[0].replace(",", "")) != abs(number):
        return None
    digits = found[0]
    before, _, after = shown.partition(digits)
    decimals = len(digits.partition(".")[2])
    code = ("#,##0" if "," in digits else "0") + (f".{'0' * decimals}" if decimals else "")
    code = (f'"{before}"' if before else "") + code + (f'"{after}"' if after else "")
    negative = number < 0 or "−" in before
    return (-abs(number) if negative else number), f"{code};{code};{code}"


def _comment(note: Note) -> str:
    return f"{note.where}\n{note.before}{note.value}{note.after}"


def _write_sources(book: xlsxwriter.Workbook, notes: Notes) -> None:
    sheet: Worksheet = book.add_worksheet(SOURCES)
    head, bold = book.add_format({"bold": True, "bottom": 1}), book.add_format({"bold": True})
    plain, wrapped = book.add_format(), book.add_format({"text_wrap": True, "valign": "top"})
    for column, (name, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    for note in notes.all:
        entry, row = note.entry, note.number
        sheet.write_number(row, 0, note.number)
        sheet.write_string(row, 1, entry.paper)
        sheet.write_string(row, 2, " ".join(entry.title.split()))
        sheet.write_number(row, 3, entry.start)
        sheet.write_number(row, 4, entry.end)
        sheet.write_string(row, 5, entry.text)
        parts = [(plain, note.before), (bold, note.value), (plain, note.after)]
        fragments = [each for form, text in parts if text for each in (form, text)]
        if len(fragments) > 2:
            sheet.write_rich_string(row, 6, *fragments, wrapped)
        else:
            sheet.write_string(row, 6, note.value, bold)
        if WEB.fullmatch(entry.url):
            sheet.write_url(row, 7, entry.url)
        elif entry.url:
            sheet.write_string(row, 7, entry.url)
    sheet.freeze_panes(1, 0)
    if notes.all:
        sheet.autofilter(0, 0, len(notes.all), len(HEADS) - 1)
