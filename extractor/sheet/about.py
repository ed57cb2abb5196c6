"""The About sheet: how to work in the workbook, what each column says, and which run it was made from."""

from collections.abc import Mapping
from typing import Any

from xlsxwriter.worksheet import Worksheet

from extractor.sheet.cells import lines
from extractor.sheet.columns import COLUMNS, NONE
from extractor.sheet.looks import BANDS, Looks
from extractor.sheet.table import LINE_HEIGHT

HOW_TO = (
    "Read the sentence, then choose accept, reject or unsure in Decision. What is wrong goes into the yellow "
    f"columns further right, in the words of the paper; {NONE} says that there is none.",
    "Rows may be sorted, filtered and deleted, columns moved, hidden and deleted; keep Claim, by which a row "
    "is found again. What was extracted is locked without a password: to sort, unprotect the sheet first.",
    "`extractor import FILE` takes the sheet back, as often as you like: it keeps every decision and "
    "correction beside the run, says what it could not use and where, and never changes the extraction.",
    f"Colours of Sure: green from {BANDS[0][0]:.1f}, yellow from {BANDS[1][0]:.1f}, red below.",
)
WIDTH = 100  # characters
RUN_FACTS = {"started": "extracted at (UTC)", "version": "record version"}


def write_about(sheet: Worksheet, about: Mapping[str, Any], looks: Looks) -> None:
    """`about`: what run.json holds; what it lacks is left out."""
    plain, large = looks.format(text_wrap=True), looks.format(bold=True, font_size=16)
    bold, heads, count = looks.format(bold=True), looks.head(), looks.format(bold=True, align="left")
    sheet.hide_gridlines(2)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, WIDTH)
    sheet.write_string(0, 0, "About this workbook", large)
    row = 2
    for number, text in enumerate(HOW_TO, 1):
        sheet.set_row(row, LINE_HEIGHT * lines(text, WIDTH) + 2)
        sheet.write_number(row, 0, number, count)
        sheet.write_string(row, 1, text, plain)
        row += 1
    for title, facts in (("Columns of Claims", _columns()), ("The run", _run(about))):
        row += 1
        sheet.write_string(row, 0, title, heads)
        sheet.write_string(row, 1, "", heads)
        for name, text in facts:
            row += 1
            sheet.write_string(row, 0, name, bold)
            sheet.write_string(row, 1, text, plain)
        row += 1


def _columns() -> list[tuple[str, str]]:
    return [(column.header, column.meaning) for column in COLUMNS if column.meaning and not column.hidden] + [
        ("... as written", "the words of the paper; beside them the usual name, by the rules' lists"),
        ("... start, ... end", "where they stand in title, newline, abstract, in characters from 0"),
        ("... inferred", "from which words the name was reached, where the sentence has only those: ours"),
        ("Origin", "who took each decision: field:rule id, field:model, or field:review for a person"),
    ]


def _run(about: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = [(told, str(about[name])) for name, told in RUN_FACTS.items() if about.get(name)]
    facts += [(f"version of {name}", str(version)) for name, version in about.get("versions", {}).items()]
    options = about.get("options", {})
    facts += [("sources", ", ".join(map(str, options.get("sources", ()))))] if options.get("sources") else []
    for each in about.get("inputs", ()):
        facts.append((each["name"], f"{each['entries']} entries, sha256 {each['sha256']}"))
    return facts
