"""How cells of the workbook look: formats made once a workbook, numbers with the sign of their unit."""

from functools import cached_property

from xlsxwriter import Workbook

from extractor.normalise import canonical_unit
from extractor.sheet.cells import bold, style

FONT, SIZE = "Calibri", 10
INK, LINES, LINK = "#1f2933", "#d9dee4", "#0b5cad"
HEAD, TO_FILL_IN, PROVENANCE = "#243b53", "#9a5b00", "#66727f"
FILL_IN = "#fff8e6"
GREEN, YELLOW, RED, GREY = "#d3efdb", "#fdf0c2", "#f9d9d6", "#8793a0"
BANDS = ((0.7, GREEN, "sure"), (0.4, YELLOW, "likely"), (0.0, RED, "doubtful"))
"""Confidence from which a row has this colour, the surest first."""
BOLD = bold(FONT, SIZE, INK)
MOST_UNITS = 150  # spreadsheets take about 200 number formats of one's own
LARGE = ((10**9, ",,,", "B"), (10**6, ",,", "M"))
BEFORE_NUMBER = frozenset("$€£¥")


def number_format(unit: str) -> str:
    """The number with its unit behind it, or before it where that is the custom, and large numbers short
    ("1.5M"); the cell stays a number.

    >>> number_format("ms").split(";")[-1], number_format("$").split(";")[-1]
    ('General" ms"', '"$"General')
    """
    sign = canonical_unit(unit).replace('"', "")
    if len(sign) > 40 or not sign.isprintable():
        sign = ""
    before = f'"{sign}"' if sign in BEFORE_NUMBER and sign else ""
    behind = "" if before else sign if sign in ("", "%", "x") else f" {sign}"
    large = "".join(f'[>={size}]{before}0.0##{commas}"{letter}{behind}";' for size, commas, letter in LARGE)
    return f'{large}{before}General"{behind}"' if behind else f"{large}{before}General"


class Looks:
    """The styles of one workbook, as attributes of its cells' XML (`text`, `numbers(unit)`) or formats."""

    def __init__(self, book: Workbook):
        self.book = book
        self._units: dict[str, str] = {}

    def format(self, **properties):
        base = {"font_name": FONT, "font_size": SIZE, "font_color": INK, "valign": "top"}
        return self.book.add_format({**base, **properties})

    def _cell(self, **properties) -> str:
        return style(self.format(**properties))

    def head(self, colour: str = HEAD, **properties):
        white = {"bold": True, "font_color": "#ffffff", "bg_color": colour}
        return self.format(text_wrap=True, **{**white, "valign": "vcenter", **properties})

    @cached_property
    def text(self) -> str:
        return self._cell()

    @cached_property
    def strong(self) -> str:
        return self._cell(bold=True)

    @cached_property
    def quiet(self) -> str:
        return self._cell(font_color=PROVENANCE)

    @cached_property
    def unit(self) -> str:
        return self._cell(align="left", indent=1)

    @cached_property
    def link(self) -> str:
        return self._cell(font_color=LINK, underline=1, text_wrap=True)

    @cached_property
    def share(self) -> str:
        return self._cell(num_format="0.00")

    @cached_property
    def whole(self) -> str:
        return self._cell(num_format="0", font_color=PROVENANCE)

    @cached_property
    def wrapped(self) -> str:
        return self._cell(text_wrap=True)

    @cached_property
    def to_fill_in(self) -> str:
        return style(self.open_column)

    @cached_property
    def open_column(self):
        """A column that people fill in: not locked, and text, so that "5-10" stays what it is."""
        sides = {"border": 1, "border_color": LINES}
        return self.format(bg_color=FILL_IN, locked=False, num_format="@", text_wrap=True, **sides)

    def numbers(self, unit: str) -> str:
        """The style of a number in this unit; plain numbers where there are too many units."""
        if unit not in self._units:
            wanted = number_format(unit) if len(self._units) < MOST_UNITS else "General"
            self._units[unit] = self._cell(num_format=wanted)
        return self._units[unit]

    def band(self, colour: str):
        """For a conditional format."""
        return self.book.add_format({"bg_color": colour})

    def struck(self, colour: str):
        """For a conditional format."""
        return self.book.add_format({"font_color": colour, "font_strikeout": True})
