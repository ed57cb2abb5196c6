"""The way back: a sheet as people leave it, and the decisions that come of it."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from build import claim, extraction, paper, quantity, slot
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.styles import PatternFill
from saved import NOON, decide, decision, save_run
from strategies import extractions as any_extraction

from extractor.decisions import Verdict, claim_key, read_decisions, write_decisions
from extractor.exports import export_run
from extractor.imports import import_sheet
from extractor.records import Claim, Extraction, Paper
from extractor.run_folder import Reviewed, open_run
from extractor.sheet.reading import SheetError

LATER = NOON + timedelta(days=1)
SCORE = claim(quantity("5.2%", low=5.2, high=5.2, unit="%"), kind="score", metric="word error rate")


@pytest.fixture
def run(tmp_path):
    """The paper of `build.py` with two claims: a speedup of 1.9x and a score of 5.2%."""
    return save_run(tmp_path, extraction(claims=(*extraction().claims, SCORE)))


@pytest.fixture
def book(run, tmp_path):
    """A workbook of the run, to edit: `book.put(2, "Decision", "accept")`; row 2 is the speedup."""
    return Book(run, tmp_path / "book.xlsx")


class Book:
    def __init__(self, run, path):
        self.run, self.path = run, path
        export_run(run, path)
        self.book = load_workbook(path)
        self.sheet = self.book["Claims"]

    def cell(self, row, header):
        at = next(cell.column for cell in self.sheet[1] if cell.value == header)
        return self.sheet.cell(row, at)

    def put(self, row, header, value):
        self.cell(row, header).value = value

    def read(self, **options):
        self.book.save(self.path)
        return import_sheet(self.path, self.run, **{"at": LATER, **options})


def only(imported):
    """The one decision, where nothing went wrong."""
    assert imported.problems == []
    [made] = imported.decisions
    return made


def told(imported) -> list[str]:
    return list(map(str, imported.problems))


def left(run):
    """The claims as people left them."""
    [paper_] = open_run(run)
    return paper_.left.claims


def test_a_sheet_as_it_was_written_changes_nothing(book):
    imported = book.read()
    assert (imported.decisions, imported.problems, imported.unchanged, imported.path) == ([], [], 2, None)
    assert not (book.run / "decisions").exists()


@pytest.mark.parametrize("verdict", Verdict)
def test_a_decision_is_taken(book, verdict):
    book.put(2, "Decision", verdict.value)
    made = only(book.read(by="Ada"))
    assert (made.verdict, made.by, made.value, made.key) == (verdict, "Ada", "1.9x", ("quokka", 37, 41))
    assert read_decisions(book.run)[made.key] == made


def test_a_note_and_who_decided(book):
    book.put(2, "Note", "see table 3")
    book.put(2, "Reviewer", "Bo")
    made = only(book.read(by="Ada"))
    assert (made.note, made.by, made.verdict) == ("see table 3", "Bo", None)


@pytest.mark.parametrize("typed", ["Accept", " accept ", "ACCEPT", "'accept"])
def test_a_decision_as_people_type_it(book, typed):
    book.put(2, "Decision", typed)
    assert only(book.read()).verdict is Verdict.ACCEPT


@pytest.mark.parametrize(
    ("header", "typed", "held"),
    [
        ("Corrected method", "BaseNet", "BaseNet"),
        ("Corrected method", "basenet", "BaseNet"),
        ("Corrected method", "-", None),
        ("Corrected task", "speech\nrecognition", "speech recognition"),
        ("Corrected kind", "gain", "gain"),
        ("Corrected role", "Background", "background"),
        ("Corrected qualifier", "up to", "up_to"),
        ("Corrected direction", "-", None),
        ("Corrected dataset", "QuizSet", ["QuizSet"]),
        ("Corrected dataset", "QuizSet; SpeechSet", ["QuizSet", "SpeechSet"]),
        ("Corrected dataset", "QuizSet;SpeechSet", ["QuizSet", "SpeechSet"]),
        ("Corrected baseline", "-", []),
        ("Corrected low", 2, 2.0),
        ("Corrected low", "1,5", 1.5),
        ("Corrected low", "1,024", 1024.0),
        ("Corrected unit", "-", ""),
    ],
    ids=str,
)
def test_a_correction_becomes_part_of_the_claim(book, header, typed, held):
    book.put(2, header, typed)
    made = only(book.read())
    speedup = left(book.run)[0]
    field = header.removeprefix("Corrected ")
    if field in ("low", "unit"):
        assert getattr(speedup.value, field) == held
        return
    now = getattr(speedup, field)
    shown = [s.text for s in now] if isinstance(now, tuple) else getattr(now, "text", now)
    assert shown == held
    assert f"{field}:review" in speedup.origin and made.corrections.keys() >= {field}


def test_a_slot_is_found_in_the_claim_s_sentence_first(book):
    """BaseNet stands in both sentences; each claim gets its own."""
    book.put(3, "Corrected baseline", "BaseNet")
    made = only(book.read())
    source = extraction().paper.source
    assert made.corrections["baseline"][0]["start"] == source.rindex("BaseNet")


def test_a_name_that_the_run_knows_is_found_under_it(book):
    """The mention "SpeechSet" has the name "Speech Set", which stands nowhere."""
    book.put(2, "Corrected dataset", "Speech Set")
    assert only(book.read()).corrections["dataset"][0]["text"] == "SpeechSet"


def test_another_number_of_the_sentence(book):
    book.put(3, "Corrected value", "+7.4")
    value = only(book.read()).corrections["value"]
    assert (value["text"], value["low"], value["high"], value["unit"]) == ("+7.4", 7.4, 7.4, "")
    assert left(book.run)[1].value.text == "+7.4"


def test_a_range_is_corrected_in_parts(book):
    book.put(2, "Corrected low", 1.5)
    book.put(2, "Corrected high", 1.9)
    value = only(book.read()).corrections["value"]
    assert (value["text"], value["low"], value["high"]) == ("1.9x", 1.5, 1.9)


def test_a_change_made_a_level_loses_its_direction(book):
    book.put(2, "Corrected kind", "measure")
    assert only(book.read()).corrections == {"kind": "measure", "direction": None}


def test_what_the_claim_says_already_is_no_correction(book):
    book.put(2, "Corrected method", "Quokka")
    book.put(2, "Corrected kind", "speedup")
    book.put(2, "Decision", "accept")
    assert only(book.read()).corrections == {}


def test_a_percentage_typed_into_a_cell_of_percentages(book):
    cell = book.cell(3, "Corrected low")
    cell.value, cell.number_format = 0.843, "0.0%"
    assert only(book.read()).corrections["value"]["low"] == 84.3


@pytest.mark.parametrize(
    ("header", "value", "message"),
    [
        ("Decision", "maybe", "Claims!A2 (Decision): 'maybe' is none of accept, reject, unsure"),
        ("Decision", "=B2", "Claims!A2 (Decision): a formula (=B2)"),
        ("Decision", True, "holds TRUE or FALSE"),
        ("Corrected low", datetime(2026, 10, 5), "holds the date 2026-10-05"),
        ("Corrected low", "many", "'many' is no number"),
        ("Corrected low", 5, "low 5.0 is above high"),
        ("Corrected method", "Wombat", "'Wombat' doesn't stand in the paper"),
        ("Corrected method", "Quoka", "write it, such as 'Quokka', as the text does"),
        ("Corrected value", "2.9x", "'2.9x' doesn't stand in the claim's sentence"),
        ("Corrected value", "5.2%", "is the value of another claim"),
        ("Corrected value", "Quokka", "doesn't say one number"),
        ("Corrected unit", "points", "a speedup can't be in 'points'"),
        ("Corrected kind", "win", "'win' is none of score"),
        ("Value", "2.1x", "'2.1x' here and '1.9x' in the run"),
        ("Kind", "gain", "write it into Corrected kind"),
    ],
    ids=str,
)
def test_what_can_t_be_taken_is_told_by_cell_and_the_rest_is_taken(book, header, value, message):
    if header == "Corrected low" and value == 5:
        book.put(2, "Corrected high", 1)
    book.put(2, header, value)
    book.put(3, "Decision", "accept")
    imported = book.read()
    [problem] = told(imported)
    assert message in problem and problem.startswith("Claims!")
    assert [d.value for d in imported.decisions] == ["5.2%"]


def test_an_error_of_the_spreadsheet_is_told(book):
    cell = book.cell(2, "Corrected low")
    cell.value, cell.data_type = "#N/A", "e"
    assert "an error (#N/A)" in told(book.read())[0]


def test_the_good_cells_of_a_row_are_taken_beside_a_bad_one(book):
    book.put(2, "Decision", "accept")
    book.put(2, "Corrected method", "Wombat")
    book.put(2, "Corrected dataset", "QuizSet")
    imported = book.read()
    [made] = imported.decisions
    assert made.verdict is Verdict.ACCEPT and made.corrections.keys() == {"dataset"}
    assert len(imported.problems) == 1


def test_cells_under_a_merged_one_are_not_read(book):
    book.put(2, "Decision", "accept")
    book.sheet.merge_cells("A2:A3")
    imported = book.read()
    assert [d.value for d in imported.decisions] == ["1.9x"]
    assert told(imported) == [
        "Claims!A3 (Decision): of the merged cells A2:A3 only the first was read; unmerge them"
    ]


def test_a_merged_range_as_large_as_a_sheet_is_told_once(book):
    book.put(2, "Decision", "accept")
    book.sheet.merged_cells.add("A2:XFD1048576")  # merge_cells() would make each cell
    imported = book.read()
    assert imported.decisions == []
    assert [line for line in told(imported) if "merged" in line] == [
        f"Claims!{book.cell(2, 'Note').coordinate} (Note): "
        "of the merged cells A2:XFD1048576 only the first was read; unmerge them"
    ]


@pytest.mark.parametrize("index", [0, None])
def test_a_sheet_that_is_a_chart_is_passed_over(book, index):
    book.book.create_chartsheet("Chart", index)
    book.put(2, "Decision", "accept")
    assert only(book.read()).verdict is Verdict.ACCEPT


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wombat:1-2", "'wombat:1-2' not found: the run has no such paper"),
        ("quokka:1-2", "no number is claimed at that place"),
        ("quokka", "'quokka' is no claim's name"),
        (None, "no claim is named, so the row has no place"),
    ],
)
def test_a_row_that_has_no_place_is_told(book, name, message):
    book.put(2, "Claim", name)
    book.put(2, "Decision", "accept")
    imported = book.read()
    assert imported.decisions == [] and message in told(imported)[0]


def test_rows_may_be_moved_and_deleted_and_columns_too(book):
    book.put(3, "Decision", "accept")
    book.sheet.delete_rows(2)
    book.sheet.insert_rows(1)
    book.sheet["A1"] = "Our reading list"
    book.sheet.delete_cols(2, 12)
    book.sheet.move_range("A2:B3", cols=70)
    book.sheet.column_dimensions["C"].hidden = True
    book.sheet["A3"].fill = PatternFill("solid", "FFFF00")
    assert only(book.read()).value == "5.2%"


def test_without_its_name_a_claim_is_found_by_its_place(book):
    book.put(2, "Decision", "accept")
    at = book.cell(1, "Claim").column
    book.sheet.delete_cols(at)
    assert only(book.read()).value == "1.9x"


def test_a_row_that_stands_twice_counts_once(book):
    book.put(2, "Decision", "accept")
    book.put(3, "Claim", "quokka:37-41")
    book.put(3, "Value", "1.9x")
    book.put(3, "Decision", "reject")
    imported = book.read()
    assert [d.verdict for d in imported.decisions] == [Verdict.ACCEPT]
    assert "the claim of row 2 again, with other entries" in told(imported)[0]


def test_columns_of_one_s_own_are_left_alone(book):
    book.sheet.cell(1, 100).value = "My tags"
    book.sheet.cell(2, 100).value = "=1+1"
    book.put(2, "Decision", "accept")
    imported = book.read()
    assert only(imported) and imported.unknown == ["My tags"]


def test_the_same_sheet_again_brings_nothing_new(book):
    book.put(2, "Decision", "accept")
    book.put(2, "Corrected method", "BaseNet")
    assert len(book.read().decisions) == 1
    again = book.read(at=LATER + timedelta(days=1))
    assert (again.decisions, again.path) == ([], None)


def test_an_emptied_cell_takes_a_decision_back(run, tmp_path):
    decide(run, decision(verdict="accept", corrections={"method": slot("BaseNet").model_dump()}, note="why"))
    book = Book(run, tmp_path / "book.xlsx")
    book.put(2, "Decision", None)
    book.put(2, "Corrected method", None)
    made = only(book.read())
    assert (made.verdict, made.corrections, made.note) == (None, {}, "why")


def test_an_older_sheet_does_not_undo_newer_decisions(book):
    """It was written before Bo rejected the one claim; Ada decided on the other only."""
    decide(book.run, decision(verdict="reject", by="Bo"))
    book.put(3, "Decision", "accept")
    assert only(book.read()).value == "5.2%"
    assert read_decisions(book.run)["quokka", 37, 41].verdict is Verdict.REJECT


def test_a_newer_word_on_the_same_claim_counts_and_is_told(book):
    decide(book.run, decision(verdict="reject", by="Bo", note="no"))
    book.put(2, "Decision", "accept")
    imported = book.read()
    made = only(imported)
    assert (made.verdict, made.note) == (Verdict.ACCEPT, "no")
    assert [str(notice) for notice in imported.notices] == [
        "Claims!A2 (Decision): 'reject' had been put in meanwhile; 'accept' took its place"
    ]


def test_a_claim_that_a_person_added_can_be_judged(run, tmp_path):
    value = quantity("+7.4", low=7.4, high=7.4, unit="")
    fields = claim(value, kind="gain").model_dump(mode="json")
    new = decision(start=value.start, end=value.end, value="+7.4", corrections=fields, added=True)
    decide(run, new)
    book = Book(run, tmp_path / "book.xlsx")
    book.put(4, "Decision", "accept")
    book.put(4, "Corrected method", "Quokka")
    made = only(book.read())
    assert made.added and made.corrections["method"]["text"] == "Quokka"
    assert left(run)[2].method.text == "Quokka"


def edited_csv(run, path, edit, encoding="utf-8", **options):
    export_run(run, path)
    path.write_bytes(edit(path.read_bytes().decode()).encode(encoding))
    return import_sheet(path, run, at=LATER, **options)


def replaced(column, text, row=1):
    """An edit of one cell of a CSV."""

    def edit(content, separator=","):
        lines = list(csv.reader(io.StringIO(content, newline="")))
        lines[row][lines[0].index(column)] = text
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=separator).writerows(lines)
        return out.getvalue()

    return edit


@pytest.mark.parametrize(
    ("column", "text", "check"),
    [
        ("decision", "accept", lambda d: d.verdict is Verdict.ACCEPT),
        ("note", "'+1 from me", lambda d: d.note == "+1 from me"),
        ("method", "BaseNet", lambda d: d.corrections["method"]["text"] == "BaseNet"),
        ("method", "", lambda d: d.corrections == {"method": None}),
        ("dataset", "QuizSet", lambda d: [s["text"] for s in d.corrections["dataset"]] == ["QuizSet"]),
        ("kind", "gain", lambda d: d.corrections == {"kind": "gain"}),
        ("high", "2.5", lambda d: d.corrections["value"]["high"] == 2.5),
    ],
    ids=str,
)
def test_in_a_csv_cells_are_corrected_in_place(run, tmp_path, column, text, check):
    assert check(only(edited_csv(run, tmp_path / "c.csv", replaced(column, text))))


def test_a_csv_as_it_was_written_changes_nothing(run, tmp_path):
    decide(run, decision(verdict="accept", corrections={"method": slot("BaseNet").model_dump(mode="json")}))
    imported = edited_csv(run, tmp_path / "c.csv", lambda text: text)
    assert (imported.decisions, imported.problems) == ([], [])


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16"), (",", "cp1252")])
def test_a_csv_as_excel_saves_it(run, tmp_path, separator, encoding):
    imported = edited_csv(
        run, tmp_path / "c.csv", lambda text: replaced("decision", "reject")(text, separator), encoding
    )
    assert only(imported).verdict is Verdict.REJECT


def test_numbers_as_excel_writes_them_are_no_corrections(tmp_path):
    big = claim(quantity("8-bit", low=1.75e11, high=1.75e11, unit=""), kind="scale")
    run = save_run(tmp_path, extraction(claims=(big,)))
    imported = edited_csv(run, tmp_path / "c.csv", replaced("low", "1.75E+11"))
    assert (imported.decisions, imported.problems) == ([], [])


@pytest.fixture
def trees(tmp_path):
    """A run with one claim, of 1,000 trees; somebody corrected it to 2,500."""
    text = "We plant 1,000 trees, not 2,500."
    planted = Paper(id="p", abstract=text)

    def number(written, value):
        start = planted.source.index(written)
        return {"text": written, "start": start, "end": start + len(written), "low": value, "high": value}

    sentence = {"start": planted.source.index(text), "end": len(planted.source)}
    fields = {"value": number("1,000", 1000), "kind": "scale", "role": "result", "sentence": sentence}
    made = Extraction(paper=planted, claims=(Claim.model_validate(fields),))
    run = save_run(tmp_path, made)
    decide(run, decision(made, corrections={"value": number("2,500", 2500)}))
    return run


@pytest.mark.parametrize("typed", ["2500", "2500.0", "2.5E+03", "2,500.00"])
def test_a_csv_whose_numbers_were_written_anew_changes_nothing(trees, tmp_path, typed):
    imported = edited_csv(trees, tmp_path / "c.csv", replaced("value", typed))
    assert (imported.decisions, told(imported), imported.unchanged) == ([], [], 1)


def test_a_workbook_whose_texts_became_numbers_changes_nothing(trees, tmp_path):
    book = Book(trees, tmp_path / "book.xlsx")
    book.put(2, "Value", 1000)
    book.put(2, "Corrected value", 2500)
    imported = book.read()
    assert (imported.decisions, told(imported), imported.unchanged) == ([], [], 1)


def test_a_correction_in_a_csv_is_taken_back_by_the_extracted_text(trees, tmp_path):
    """The numbers beside it are the other number's, and go with it."""
    imported = edited_csv(trees, tmp_path / "c.csv", replaced("value", "1,000"))
    assert only(imported).corrections == {} and left(trees)[0].value.text == "1,000"


@pytest.mark.parametrize("extracted", ["Quokka", ""])
def test_a_slot_s_correction_in_a_csv_is_taken_back_too(tmp_path, extracted):
    run = save_run(tmp_path, extraction(claims=(claim(method=slot("Quokka") if extracted else None),)))
    decide(run, decision(verdict="accept", corrections={"method": slot("BaseNet").model_dump(mode="json")}))
    made = only(edited_csv(run, tmp_path / "c.csv", replaced("method", extracted)))
    assert (made.corrections, made.verdict) == ({}, Verdict.ACCEPT)


def test_an_emptied_cell_of_a_csv_takes_a_decision_back(run, tmp_path):
    decide(run, decision(verdict="accept", note="why"))
    made = only(edited_csv(run, tmp_path / "c.csv", replaced("decision", "")))
    assert (made.verdict, made.note) == (None, "why")


@pytest.mark.parametrize("since", [timedelta(days=1), timedelta(microseconds=1)], ids=str)
def test_an_older_csv_does_not_undo_newer_decisions(run, tmp_path, since):
    """It was written after Ada accepted and corrected; then Bo rejected and took the correction back."""
    corrections = {"method": slot("BaseNet").model_dump(mode="json")}
    decide(run, decision(verdict="accept", by="Ada", corrections=corrections))
    export_run(run, tmp_path / "c.csv")
    newer = decision(verdict="reject", by="Bo", at=NOON + since)
    write_decisions(run, [newer], "later", NOON + since)
    imported = import_sheet(tmp_path / "c.csv", run, at=LATER + since)
    assert (imported.decisions, imported.unknown) == ([], [])
    assert read_decisions(run)[newer.key] == newer


def test_a_csv_of_before_any_decision_does_not_undo_them(run, tmp_path):
    export_run(run, tmp_path / "c.csv")
    corrections = {"method": slot("BaseNet").model_dump(mode="json")}
    decide(run, decision(verdict="reject", note="no", corrections=corrections))
    assert import_sheet(tmp_path / "c.csv", run, at=LATER).decisions == []


@pytest.mark.parametrize("name", ["s.csv", "s.xlsx"])
@pytest.mark.parametrize(
    ("cell", "by", "signed"),
    [("Bo", "Ada", "Ada"), ("Bo", "", "Bo"), ("Cy", "Ada", "Cy"), ("", "Ada", "Ada")],
)
def test_who_changes_a_decision_signs_it(run, tmp_path, name, cell, by, signed):
    """Bo had decided; a name put in by hand counts first, then --by, then Bo."""
    decide(run, decision(verdict="accept", by="Bo"))
    if name == "s.csv":
        both = lambda text: replaced("reviewer", cell)(replaced("decision", "reject")(text))  # noqa: E731
        imported = edited_csv(run, tmp_path / name, both, by=by)
    else:
        book = Book(run, tmp_path / name)
        book.put(2, "Decision", "reject")
        book.put(2, "Reviewer", cell or None)
        imported = book.read(by=by)
    assert only(imported).by == signed


def test_the_run_s_own_csv_can_be_edited_too(run):
    path = run / "claims.csv"
    path.write_text(replaced("kind", "gain")(path.read_bytes().decode()), encoding="utf-8", newline="")
    assert only(import_sheet(path, run, at=LATER)).corrections == {"kind": "gain"}


def test_a_name_in_a_csv_is_mended_by_its_words(run, tmp_path):
    imported = edited_csv(run, tmp_path / "c.csv", replaced("method_name", "Wombat"))
    [problem] = told(imported)
    assert problem.startswith("row 2 column ") and "(method_name)" in problem
    assert "correct method instead" in problem


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xlsx", b"plain text", "can't be read as XLSX"),
        ("a.csv", b"a,b\n1,2\n", "no column Claim in it"),
        ("a.csv", b"", "no column Claim in it"),
    ],
)
def test_what_is_no_sheet_of_claims_is_told(run, tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SheetError, match=message):
        import_sheet(tmp_path / name, run)


@pytest.mark.parametrize("name", ["s.xlsx", "s.csv"])
def test_a_paper_whose_name_begins_with_an_apostrophe_is_found_again(tmp_path, name):
    run = save_run(tmp_path, extraction(paper=paper(id="'quokka")))
    export_run(run, tmp_path / name)
    assert told(import_sheet(tmp_path / name, run)) == []


@settings(max_examples=10)
@given(any_extraction(), st.data())
def test_whatever_the_text_its_own_sheet_changes_nothing(tmp_path_factory, e, data):
    assume(e.paper.id == " ".join(e.paper.id.split()))  # as sources give them
    assume(len({claim_key(e.paper, each) for each in e.claims}) == len(e.claims))  # a number is claimed once
    folder = tmp_path_factory.mktemp("import")
    run, path = save_run(folder, e), folder / data.draw(st.sampled_from(["s.xlsx", "s.csv"]))
    export_run(run, path)
    if e.claims:
        imported = import_sheet(path, run)
        assert (imported.decisions, told(imported)) == ([], [])


def test_later_runs_keep_decisions_on_claims_that_are_still_there(book):
    book.put(2, "Decision", "reject")
    book.read()
    decisions = read_decisions(book.run)
    other = extraction(paper=paper(id="other"))
    assert len(Reviewed(extraction(), decisions).left.claims) == 0
    assert len(Reviewed(other, decisions).left.claims) == 1
