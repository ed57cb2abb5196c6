"""The files that other programs read: what stands in them, and that their own readers take them."""

import csv
import json
import sqlite3

import bibtexparser
import pandas as pd
import pytest
import rispy
from build import claim, extraction, mention, paper, quantity
from hypothesis import given, settings
from hypothesis import strategies as st
from saved import two_papers
from strategies import extractions as any_extraction

from extractor.export import OutputError, read_csv, write_csv
from extractor.export.database import VIEWS, write_duckdb, write_sqlite
from extractor.export.evidence import with_evidence
from extractor.export.leaderboard import write_leaderboard
from extractor.export.references import note, write_bibtex, write_ris
from extractor.export.tables import CLAIMS
from extractor.export.wide import write_wide
from extractor.export.words import described, heading, numbers
from extractor.records import Label, Span

WER = {"kind": "score", "metric": "word error rate", "method": "Quokka", "dataset": ["SpeechSet"]}


def score(value="5.2%", **fields):
    value = quantity(value, low=5.2, high=5.2, unit="%")
    return claim(value, **{**WER, "task": "speech recognition", **fields})


def scored(*claims, **fields):
    return extraction(claims=claims or (score(),), **fields)


def rows_of(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("given_claim", "told"),
    [
        (score(), "word error rate (%)"),
        (claim(), "speedup (x)"),
        (claim(metric="word error rate"), "word error rate, change (x)"),
        (claim(quantity("8-bit", low=8, high=8, unit="bit"), kind="measure"), "measure (bits)"),
    ],
    ids=str,
)
def test_levels_changes_and_units_have_headings_of_their_own(given_claim, told):
    assert str(heading(given_claim)) == told


def test_a_claim_in_few_words():
    [speedup] = extraction().claims
    assert described(speedup) == "1.9x: Quokka, over BaseNet, on SpeechSet, QuizSet"
    assert described(claim(qualifier="up_to")) == "up to 1.9x"
    assert numbers(claim(quantity(low=1.5, high=1.9))) == "1.5 to 1.9"


def test_wide_has_a_row_a_paper_and_two_columns_a_metric(tmp_path):
    background = claim(role="background")
    e = scored(score(), claim(quantity("+7.4", low=7.4, high=7.4, unit="")), background)
    assert write_wide(lambda: [e, *two_papers()], tmp_path / "wide.csv") == 3
    first, speedup, bare = rows_of(tmp_path / "wide.csv")
    assert list(first)[:3] == ["paper", "title", "date"]
    assert first["word error rate (%)"] == "5.2"
    assert first["word error rate (%) as written"] == "5.2%: Quokka, on SpeechSet"
    assert first["speedup (x)"] == ""  # the background's is not this paper's
    assert speedup["speedup (x)"] == "1.9"
    assert set(bare.values()) == {"numbat", "Numbat", "2021-03-01", "10.1/n", ""}


def test_wide_puts_what_most_papers_report_first(tmp_path):
    write_wide(lambda: [scored(), extraction(), extraction()], tmp_path / "wide.csv")
    metrics = [name for name in rows_of(tmp_path / "wide.csv")[0] if name.endswith("as written")]
    assert metrics == ["speedup (x) as written", "word error rate (%) as written"]


def test_with_evidence_each_slot_is_followed_by_its_sentence_and_place(tmp_path):
    table = with_evidence(CLAIMS)
    names = list(table.columns)
    at = names.index("metric")
    assert names[at : at + 6] == [
        "metric",
        "metric_name",
        "metric_inferred",
        "metric_sentence",
        "metric_start",
        "metric_end",
    ]
    assert sorted(set(names) - set(CLAIMS.columns)) == [
        f"{slot}_sentence" for slot in ("baseline", "condition", "dataset", "method", "metric", "task")
    ]
    assert not set(CLAIMS.columns) - set(names)


def test_evidence_of_a_slot_elsewhere_is_the_sentence_there():
    second = extraction().paper.source.index("It reaches")
    own = Span(start=second, end=len(extraction().paper.source))
    e = scored(score(sentence=own))
    [row] = with_evidence(CLAIMS).rows(e)
    assert row["metric_sentence"].startswith("It reaches a word error rate of 5.2%")
    assert row["method_sentence"] == "Quokka: Fast Speech Models"
    assert row["dataset_sentence"] == [
        "Quokka is 1.9x faster than BaseNet on SpeechSet and QuizSet at 8-bit weights."
    ]


@given(any_extraction())
def test_evidence_always_holds_its_slot(e):
    for c, row in zip(e.claims, with_evidence(CLAIMS).rows(e), strict=True):
        for field, slot in c.slots():
            told = row[f"{field}_sentence"]
            assert slot.text in told if isinstance(told, str) else any(slot.text in each for each in told)


def test_evidence_is_written_as_any_table(tmp_path):
    table = with_evidence(CLAIMS)
    assert write_csv([extraction()], tmp_path / "e.csv", table) == 1
    [row] = read_csv(tmp_path / "e.csv", table)
    assert row["dataset_start"] == [65, 79] and len(row["dataset_sentence"]) == 2


def test_a_leaderboard_has_the_shape_of_papers_with_code(tmp_path):
    e = scored(paper=paper(url="https://quokka.example", date="2024-05-01"))
    assert write_leaderboard([e], tmp_path / "b.json") == 1
    [task] = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    [dataset] = task["datasets"]
    assert (task["task"], dataset["dataset"]) == ("speech recognition", "SpeechSet")
    assert dataset["sota"]["metrics"] == ["word error rate"]
    [row] = dataset["sota"]["rows"]
    [grounds] = row.pop("claims")
    assert row == {
        "model_name": "Quokka",
        "paper_title": "Quokka: Fast Speech Models",
        "paper_url": "https://quokka.example",
        "paper_date": "2024-05-01",
        "code_links": [],
        "model_links": [],
        "metrics": {"word error rate": "5.2%"},
    }
    assert (grounds["low"], grounds["unit"], e.paper.source[grounds["start"] : grounds["end"]]) == (
        5.2,
        "%",
        "5.2%",
    )


@pytest.mark.parametrize(
    "fields",
    [{"role": "reference"}, {"kind": "gain"}, {"dataset": []}, {"method": None}, {"metric": None}],
    ids=str,
)
def test_what_a_leaderboard_cannot_rank_stays_out(tmp_path, fields):
    assert write_leaderboard([scored(score(**fields))], tmp_path / "b.json") == 0
    assert json.loads((tmp_path / "b.json").read_text()) == []


def test_two_values_of_one_metric_are_two_rows(tmp_path):
    again = score("8-bit")
    write_leaderboard([scored(score(), again)], tmp_path / "b.json")
    [task] = json.loads((tmp_path / "b.json").read_text())
    rows = task["datasets"][0]["sota"]["rows"]
    assert [row["metrics"]["word error rate"] for row in rows] == ["5.2%", "8-bit"]


def test_the_note_says_printed_form_and_number():
    assert note(scored()) == (
        "1 claim: (1) word error rate (%): 5.2% = 5.2; Quokka, on SpeechSet; score, result, 1.00 sure"
    )
    assert note(scored(score(), claim())).startswith("2 claims: (1) ")
    assert note(extraction(claims=())) == ""


FULL = {
    "authors": ("Ada Quoll", "Bo and Co"),
    "date": "2024-05-01",
    "venue": "MarsupialConf",
    "doi": "10.1/q",
}


def test_ris_is_what_a_reader_of_ris_reads(tmp_path):
    e = scored(paper=paper(**FULL, url="https://quokka.example"))
    assert write_ris([e, two_papers()[1]], tmp_path / "r.ris") == 2
    text = (tmp_path / "r.ris").read_text(encoding="utf-8")
    first, bare = rispy.loads(text)
    assert (first["type_of_reference"], first["title"]) == ("CPAPER", "Quokka: Fast Speech Models")
    assert (first["authors"], first["year"], first["doi"]) == (["Ada Quoll", "Bo and Co"], "2024", "10.1/q")
    assert first["notes"] == [note(e)]
    assert "notes" not in bare and bare["year"] == "2021"


def test_bibtex_is_what_a_reader_of_bibtex_reads(tmp_path):
    e = scored(paper=paper(**FULL, id="id with spaces"))
    assert write_bibtex([e, scored()], tmp_path / "r.bib") == 2
    first, second = bibtexparser.parse_file(str(tmp_path / "r.bib")).entries
    assert (first.key, first.entry_type, second.entry_type) == ("id-with-spaces", "inproceedings", "misc")
    fields = first.fields_dict
    assert fields["title"].value == "{Quokka: Fast Speech Models}"
    assert fields["author"].value == "Ada Quoll and {Bo and Co}"
    assert (fields["year"].value, fields["booktitle"].value) == ("2024", "MarsupialConf")
    assert r"word error rate (\%): 5.2\% = 5.2; Quokka" in fields["note"].value


def test_bibtex_keys_stay_apart(tmp_path):
    papers = [scored(paper=paper(id=each)) for each in ("a/b", "a b", "A-B", "§")]
    write_bibtex(papers, tmp_path / "r.bib")
    keys = [entry.key for entry in bibtexparser.parse_file(str(tmp_path / "r.bib")).entries]
    assert keys == ["a-b", "a-b-2", "A-B-3", "paper"]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("50% & more", r"50\% \& more"), ("a_b {c} #1 $2", r"a\_b \{c\} \#1 \$2"), (r"50.3\%", r"50.3\%")],
)
def test_bibtex_escapes_what_tex_would_obey(tmp_path, text, escaped):
    write_bibtex([extraction(paper=paper(abstract=text), claims=(), mentions=())], tmp_path / "r.bib")
    assert f"abstract = {{{escaped}}}" in (tmp_path / "r.bib").read_text(encoding="utf-8")


@settings(max_examples=20)
@given(st.lists(any_extraction(), max_size=2))
def test_whatever_the_text_a_reference_stays_one(tmp_path_factory, written):
    folder = tmp_path_factory.mktemp("references")
    write_ris(written, folder / "r.ris")
    write_bibtex(written, folder / "r.bib")
    assert len(rispy.loads((folder / "r.ris").read_text(encoding="utf-8"))) == len(written)
    library = bibtexparser.parse_file(str(folder / "r.bib"))
    assert len(library.entries) == len(written) and not library.failed_blocks


def sqlite_rows(path, query):
    with sqlite3.connect(path) as base:
        base.row_factory = sqlite3.Row
        return [dict(row) for row in base.execute(query)]


def duckdb_rows(path, query):
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    with duckdb.connect(str(path), read_only=True) as base:
        return base.execute(query).df().to_dict("records")


BASES = [(write_sqlite, sqlite_rows), (write_duckdb, duckdb_rows)]


@pytest.fixture(params=BASES, ids=["sqlite", "duckdb"])
def base(request, tmp_path):
    """Rows of a query on a database of the papers given."""
    write, rows = request.param

    def ask(query, *extractions, **options):
        pytest.importorskip("duckdb") if write is write_duckdb else None
        write(extractions or two_papers(), tmp_path / "base", **options)
        return rows(tmp_path / "base", query)

    return ask


def test_a_database_has_printed_forms_numbers_and_places(base):
    [row] = base("SELECT c.value, c.low, c.unit, c.dataset_name, p.source, c.value_start, c.value_end "
                 "FROM claims c JOIN papers p USING (paper)")  # fmt: skip
    assert (row["value"], row["low"], row["unit"]) == ("1.9x", 1.9, "x")
    assert row["dataset_name"] == "SpeechSet; QuizSet"
    assert row["source"][row["value_start"] : row["value_end"]] == "1.9x"


def test_each_slot_has_a_row(base):
    rows = base("SELECT field, text, name FROM slots ORDER BY position")
    assert [(row["field"], row["text"]) for row in rows] == [
        ("method", "Quokka"),
        ("condition", "8-bit weights"),
        ("baseline", "BaseNet"),
        ("dataset", "SpeechSet"),
        ("dataset", "QuizSet"),
    ]


def test_views_answer_the_common_questions(base):
    [row] = base(
        "SELECT * FROM leaderboard WHERE dataset = 'SpeechSet'", scored(), extraction(paper=paper(id="2"))
    )
    assert (row["method"], row["metric"], row["value"]) == ("Quokka", "word error rate", "5.2%")
    [row] = base("SELECT * FROM speedups", scored(), extraction(paper=paper(id="2")))
    assert (row["method"], row["baseline"], row["value"]) == ("Quokka", "BaseNet", "1.9x")
    [row] = base("SELECT * FROM comparisons", extraction())
    assert (row["method"], row["baseline"], row["papers"]) == ("Quokka", "BaseNet", 1)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_can_be_asked(base, view):
    base(f"SELECT * FROM {view}", scored(), two_papers()[1])


def test_a_database_says_which_run_it_is(base):
    assert base("SELECT * FROM run", about={"version": "1"}) == [{"key": "version", "value": "1"}]


def test_an_id_that_stands_twice_is_told(base):
    with pytest.raises(OutputError, match="two papers of the run have one id"):
        base("SELECT 1", extraction(), extraction())


@settings(max_examples=10)
@given(any_extraction(), st.sampled_from(BASES))
def test_a_database_holds_what_was_extracted(tmp_path_factory, e, kind):
    write, rows = kind
    path = tmp_path_factory.mktemp("base") / "base"
    if write is write_duckdb:
        pytest.importorskip("duckdb")
    assert write([e], path) == len(e.claims)
    [about] = rows(path, "SELECT * FROM papers")
    assert (about["source"], about["paper"]) == (e.paper.source, e.paper.id)
    spans = [
        (row["text"], row["span_start"], row["span_end"])
        for row in rows(path, "SELECT * FROM mentions ORDER BY id")
    ]
    assert spans == [(m.text, m.start, m.end) for m in e.mentions]
    lows = [row["low"] for row in rows(path, "SELECT low FROM claims ORDER BY id")]
    assert lows == [c.value.low for c in e.claims]
    assert len(rows(path, "SELECT * FROM slots")) == sum(len(c.slots()) for c in e.claims)


def test_more_rows_than_a_batch_stay_together(tmp_path, monkeypatch):
    monkeypatch.setattr("extractor.export.database.ROWS_AT_ONCE", 3)
    written = [extraction(paper=paper(id=f"p{n}")) for n in range(5)]
    assert write_sqlite(written, tmp_path / "base") == 5
    assert [row["id"] for row in sqlite_rows(tmp_path / "base", "SELECT id FROM claims")] == [1, 2, 3, 4, 5]


def test_pandas_reads_a_table(tmp_path):
    write_sqlite([extraction()], tmp_path / "base")
    with sqlite3.connect(tmp_path / "base") as base:
        frame = pd.read_sql("SELECT * FROM results", base)
    assert frame.loc[0, ["method", "low"]].tolist() == ["Quokka", 1.9]


def test_without_duckdb_one_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(OutputError, match=r"pip install 'claim-extractor\[duckdb\]'"):
        write_duckdb([extraction()], tmp_path / "base")


def test_mentions_and_labels_stand_in_the_database(base):
    rows = base(
        "SELECT label, name FROM mentions ORDER BY id",
        extraction(mentions=(mention(), mention("QuizSet", Label.DATASET))),
    )
    assert [(row["label"], row["name"]) for row in rows] == [("METHOD", "Quokka"), ("DATASET", "QuizSet")]
