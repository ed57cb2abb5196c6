"""A table of the workbook: a head that stays in sight, filters, sensible widths, and as many sheets as its
rows need ("Mentions 2"). Takes columns and rows of cells, writes worksheets."""

from collections.abc import Sequence

from xlsxwriter import Workbook

from extractor.sheet import cells
from extractor.sheet.cells import Rows, style
from extractor.sheet.columns import Column
from extractor.sheet.looks import HEAD, PROVENANCE, TO_FILL_IN, Looks

HEAD_HEIGHT, LINE_HEIGHT, TALLEST = 30, 13, 400  # points


class SheetTable:
    """`frozen`: how many columns stay in sight. Columns from `quiet` on say where a row comes from."""

    def __init__(
        self, book: Workbook, name: str, columns: Sequence[Column], looks: Looks, *, frozen: int, quiet: int
    ):
        self.book, self.name, self.columns, self.looks = book, name, columns, looks
        self.frozen, self.quiet = frozen, quiet
        self.sheets: list[Rows] = []
        self.add_sheet()

    def add_row(self, row: Sequence[str], lines: int = 1) -> None:
        """`row` as `Rows.add_row` takes it, tall enough for that many lines of text."""
        if self.sheets[-1].is_full:
            self.add_sheet()
        self.sheets[-1].add_row(row, min(TALLEST, 2 + LINE_HEIGHT * lines))

    def add_sheet(self) -> None:
        name = f"{self.name} {len(self.sheets) + 1}" if self.sheets else self.name
        sheet = self.book.add_worksheet(name, Rows)
        self.sheets.append(sheet)
        sheet.freeze_panes(1, self.frozen)
        for at, column in enumerate(self.columns):
            open_to_all = self.looks.open_column if column.filled_in else None
            sheet.set_column(at, at, column.width, open_to_all, {"hidden": column.hidden})
        sheet.add_row(
            [cells.text(c.header, self._head(at, c)) for at, c in enumerate(self.columns)], HEAD_HEIGHT
        )

    def finish(self) -> None:
        """What can only be said when all rows are there."""
        for sheet in self.sheets:
            sheet.autofilter(0, 0, max(1, sheet.rows - 1), len(self.columns) - 1)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)

    def _head(self, at: int, column: Column) -> str:
        colour = TO_FILL_IN if column.filled_in else PROVENANCE if at >= self.quiet else HEAD
        return style(self.looks.head(colour))
