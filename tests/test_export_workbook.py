"""The workbook: what a person finds in it, in a spreadsheet's own terms. Read back with openpyxl; opened for
real in LibreOffice where that is installed."""

import shutil
import subprocess

import pytest
from build import claim, extraction, mention, paper, quantity, slot
from hypothesis import given, settings
from openpyxl import load_workbook
from saved import ABOUT, decision
from strategies import extractions as any_extraction

from extractor.decisions import Verdict
from extractor.export import CLAIMS
from extractor.run_folder import Reviewed
from extractor.sheet.cells import LONGEST, escaped, fitting
from extractor.sheet.columns import ANSWERS, COLUMNS, column_named
from extractor.sheet.looks import number_format
from extractor.sheet.workbook import write_workbook

LARGE = '[>=1000000000]0.0##,,,"B{0}";[>=1000000]0.0##,,"M{0}";'


def written(path, *papers, **options):
    """A workbook of extractions, or of `Reviewed` papers, as openpyxl reads it."""
    reviewed = [each if isinstance(each, Reviewed) else Reviewed(each, {}) for each in papers]
    write_workbook(reviewed, path / "w.xlsx", ABOUT)
    return load_workbook(path / "w.xlsx", **options)


def judged(*decisions) -> Reviewed:
    return Reviewed(extraction(), {each.key: each for each in decisions})


def cells(sheet, row=2) -> dict:
    """A row's filled cells by the header above."""
    heads = [cell.value for cell in sheet[1]]
    found = {head: cell for head, cell in zip(heads, sheet[row], strict=True)}
    return {head: cell for head, cell in found.items() if cell.value is not None}


def values(sheet, row=2) -> dict:
    return {head: cell.value for head, cell in cells(sheet, row).items()}


def test_five_sheets(tmp_path):
    assert written(tmp_path, extraction()).sheetnames == ["Claims", "Papers", "Mentions", "Summary", "About"]


def test_a_claim_is_a_row_of_typed_cells(tmp_path):
    row = values(written(tmp_path, extraction())["Claims"])
    assert (row["Value"], row["Low"], row["High"], row["Unit"]) == ("1.9x", 1.9, 1.9, "x")
    assert (row["Kind"], row["Method"], row["Dataset"]) == ("speedup", "Quokka", "SpeechSet; QuizSet")
    assert (row["Claim"], row["Paper id"], row["Value start"]) == ("quokka:37-41", "quokka", 37)
    assert row["Sure"] == 0.875
    assert "Decision" not in row and "Note" not in row and "Metric" not in row


def test_every_cell_of_the_claims_table_is_there(tmp_path):
    assert set(CLAIMS.columns) <= {column.key for column in COLUMNS}
    assert (
        len({column.header for column in COLUMNS}) == len({column.key for column in COLUMNS}) == len(COLUMNS)
    )


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_a_column_is_known_by_header_and_key(column):
    assert column_named(column.header) == column_named(f" {column.header} ") == column


def test_the_value_is_bold_in_its_sentence(tmp_path):
    sheet = written(tmp_path, extraction(), rich_text=True)["Claims"]
    runs = cells(sheet)["Sentence"].value
    assert [str(run) for run in runs if getattr(run, "font", None) and run.font.b] == ["1.9x"]
    assert "".join(map(str, runs)) == extraction().paper.source


@pytest.mark.parametrize(
    ("unit", "format_"),
    [
        ("%", LARGE.format("%") + 'General"%"'),
        ("x", LARGE.format("x") + 'General"x"'),
        ("milliseconds", LARGE.format(" ms") + 'General" ms"'),
        ("", LARGE.format("") + "General"),
        ('a"b', LARGE.format(" ab") + 'General" ab"'),
        ("u" * 300, LARGE.format("") + "General"),
    ],
)
def test_numbers_show_their_unit(tmp_path, unit, format_):
    assert number_format(unit) == format_
    e = extraction(claims=(claim(quantity("5.2%", low=5.2, high=5.2, unit=unit), kind="other"),))
    low = cells(written(tmp_path, e)["Claims"])["Low"]
    assert (low.value, low.number_format) == (5.2, format_)


def test_money_stands_in_front():
    assert number_format("$").endswith(';"$"General')


def test_more_units_than_a_spreadsheet_takes(tmp_path, monkeypatch):
    monkeypatch.setattr("extractor.sheet.looks.MOST_UNITS", 1)
    claims = tuple(claim(quantity(unit=unit), kind="other") for unit in ("ms", "FPS"))
    sheet = written(tmp_path, extraction(claims=claims))["Claims"]
    assert [cells(sheet, row)["Low"].number_format for row in (2, 3)] == [number_format("ms"), "General"]


def test_only_what_people_fill_in_is_open(tmp_path):
    sheet = written(tmp_path, extraction())["Claims"]
    assert sheet.protection.sheet and not sheet.protection.password
    assert not sheet.protection.autoFilter  # that is: filtering is allowed
    open_columns = {at for at, each in sheet.column_dimensions.items() if each.protection.locked is False}
    letters = {cell.value: cell.column_letter for cell in sheet[1]}
    wanted = {letters[column.header] for column in COLUMNS if column.filled_in}
    covered = {
        cell.column_letter
        for at in open_columns
        for cell in sheet[1]
        if sheet.column_dimensions[at].min <= cell.column <= sheet.column_dimensions[at].max
    }
    assert covered == wanted and len(wanted) == len(ANSWERS)
    assert cells(sheet)["Value"].protection.locked


def test_choices_drop_down(tmp_path):
    sheet = written(tmp_path, extraction())["Claims"]
    lists = {
        str(each.sqref): each.formula1
        for each in sheet.data_validations.dataValidation
        if each.type == "list"
    }
    assert lists["A2"] == '"accept,reject,unsure"'
    assert '"result,reference,background"' in lists.values()


def test_the_head_stays_and_filters(tmp_path):
    sheet = written(tmp_path, extraction())["Claims"]
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref.startswith("A1:")


def test_rows_are_coloured_by_confidence_and_decision(tmp_path):
    sheet = written(tmp_path, extraction())["Claims"]
    rules = [rule for of_range in sheet.conditional_formatting for rule in of_range.rules]
    assert ["0.7"] in [rule.formula for rule in rules]
    assert ['$A2="reject"'] in [rule.formula for rule in rules]


@pytest.mark.parametrize(
    ("about", "address"),
    [
        ({"url": "https://quokka.example"}, "https://quokka.example"),
        ({"doi": "10.1/q"}, "https://doi.org/10.1/q"),
        ({"url": 'https://q.example/"x"'}, 'https://q.example/""x""'),
    ],
    ids=str,
)
def test_the_title_leads_to_the_paper(tmp_path, about, address):
    book = written(tmp_path, extraction(paper=paper(**about)))
    for sheet, head in (("Claims", "Paper"), ("Papers", "Title")):
        assert values(book[sheet])[head] == f'=HYPERLINK("{address}","Quokka: Fast Speech Models")'


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "file:///etc/passwd", "https://q.example/" + "q" * 300]
)
def test_no_address_or_no_safe_one_is_no_link(tmp_path, url):
    sheet = written(tmp_path, extraction(paper=paper(url=url)))["Claims"]
    assert values(sheet)["Paper"] == "Quokka: Fast Speech Models"


def test_decisions_that_stand_are_shown_beside_what_was_extracted(tmp_path):
    given_slot = slot("BaseNet").model_dump()
    made = decision(
        verdict="accept", note="checked", by="Ada", corrections={"method": given_slot, "dataset": []}
    )
    row = values(written(tmp_path, judged(made))["Claims"])
    assert (row["Decision"], row["Note"], row["Reviewer"]) == ("accept", "checked", "Ada")
    assert (row["Method"], row["Corrected method"], row["Corrected dataset"]) == ("Quokka", "BaseNet", "-")


def test_rejected_claims_stay_in_the_sheet(tmp_path):
    assert values(written(tmp_path, judged(decision(verdict="reject")))["Claims"])["Decision"] == "reject"


def test_a_claim_that_a_person_added_is_a_row(tmp_path):
    new = claim(quantity("5.2%", low=5.2, high=5.2, unit="%"), kind="score").model_dump()
    value = new["value"]
    added = decision(start=value["start"], end=value["end"], value="5.2%", corrections=new, added=True)
    sheet = written(tmp_path, judged(added))["Claims"]
    assert [values(sheet, row)["Value"] for row in (2, 3)] == ["1.9x", "5.2%"]


def test_papers_and_mentions(tmp_path):
    book = written(tmp_path, extraction(mentions=(mention(proposed=True),)))
    about, name = values(book["Papers"]), values(book["Mentions"])
    assert (about["Title"], about["Claims"], about["Paper id"]) == ("Quokka: Fast Speech Models", 1, "quokka")
    assert (name["Name"], name["Label"], name["Proposed"], name["Start"]) == ("Quokka", "METHOD", True, 0)


def test_the_summary_counts_decisions_while_people_work(tmp_path):
    book = written(tmp_path, judged(decision(verdict="accept")))
    lines = {row[0].value: row[1].value for row in book["Summary"].iter_rows() if row[0].value}
    assert lines["accept"] == "=COUNTIF('Claims'!$A:$A,\"accept\")"
    assert (lines["speedup"], lines["papers with claims"], lines["SpeechSet"]) == (1, 1, 1)
    now = load_workbook(tmp_path / "w.xlsx", data_only=True)["Summary"]
    shown = {row[0].value: row[1].value for row in now.iter_rows() if row[0].value}
    assert (shown["accept"], shown["not yet decided"]) == (1, 0)


def test_about_says_which_run_and_what_columns_mean(tmp_path):
    about = {row[0].value: row[1].value for row in written(tmp_path, extraction())["About"].iter_rows()}
    assert about["extracted at (UTC)"] == "2026-01-01T09:00:00Z"
    assert about["version of rules"] == "c0ffee"
    assert all(about[column.header] for column in COLUMNS if column.filled_in)


def test_a_run_without_claims_is_a_head_alone(tmp_path):
    book = written(tmp_path, extraction(claims=(), mentions=()))
    assert book["Claims"].max_row == book["Mentions"].max_row == 1


def test_a_sheet_that_is_full_goes_on_in_another(tmp_path, monkeypatch):
    monkeypatch.setattr("extractor.sheet.cells.LAST_ROW", 3)
    many = extraction(mentions=tuple(mention() for _ in range(5)))
    book = written(tmp_path, many)
    assert [name for name in book.sheetnames if name.startswith("Mentions")] == [
        "Mentions",
        "Mentions 2",
        "Mentions 3",
    ]
    assert [book[name].max_row for name in ("Mentions", "Mentions 2", "Mentions 3")] == [3, 3, 2]


def test_what_no_cell_can_hold_is_cut_and_says_so(tmp_path):
    long = "🦘 long " * 20_000
    shown = values(
        written(tmp_path, extraction(paper=paper(abstract=extraction().paper.abstract + long)))["Papers"]
    )
    assert shown["Abstract"].endswith("(cut here: a cell can't hold more)")
    assert len(fitting(long).encode("utf-16-le")) // 2 < 32_767 and LONGEST < 32_767


@pytest.mark.parametrize(
    ("text", "xml"),
    [
        ('<b> & "c"', '&lt;b&gt; &amp; "c"'),
        ("a\x07b", "a_x0007_b"),
        ("_x0041_", "_x005F_x0041_"),
        ("a\nb", "a\nb"),
    ],
    ids=repr,
)
def test_text_for_xml(text, xml):
    assert escaped(text) == xml


@settings(max_examples=10)
@given(any_extraction())
def test_any_text_makes_a_workbook_without_formulas(tmp_path_factory, e):
    book = written(tmp_path_factory.mktemp("book"), e)
    shown = [values(book["Claims"], row) for row in range(2, 2 + len(e.claims))]
    assert [row["Low"] for row in shown] == [c.value.low for c in e.claims]
    assert [row["Kind"] for row in shown] == [c.kind.value for c in e.claims]
    formulas = [
        cell
        for sheet in ("Claims", "Papers", "Mentions")
        for row in book[sheet]
        for cell in row
        if cell.data_type == "f"
    ]
    assert all(str(cell.value).startswith("=HYPERLINK(") for cell in formulas)


def test_verdicts_are_what_the_list_offers():
    assert column_named("Decision").choices == tuple(Verdict)


OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
POPPLER = shutil.which("pdftoppm")


@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not installed (apt install libreoffice-calc)")
def test_libreoffice_opens_it(tmp_path):
    written(tmp_path, judged(decision(verdict="accept")))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    command = [OFFICE, home, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "w.xlsx"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert (tmp_path / "w.pdf").read_bytes().startswith(b"%PDF")
    if not POPPLER:
        pytest.skip("the PDF is there; pdftoppm is not installed to look at it (apt install poppler-utils)")
    subprocess.run([POPPLER, "-r", "60", "-png", "w.pdf", "page"], check=True, cwd=tmp_path, timeout=120)
    assert any(page.stat().st_size > 2_000 for page in tmp_path.glob("page*.png"))
    text = subprocess.run(
        ["pdftotext", "w.pdf", "-"], capture_output=True, text=True, cwd=tmp_path, check=True
    ).stdout
    assert "1.9x" in text and "accept" in text and "###" not in text
