"""What language an abstract is in: marked only where that is sure, and what then becomes of the paper."""

import csv
import json

import pyarrow.parquet as pq
import pytest
from abstracts import ENGLISH, OTHERS
from build import ABSTRACT, extraction, paper
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from extractor import pipeline
from extractor.explain import explain
from extractor.export import PAPERS, read_csv, read_jsonl, read_parquet
from extractor.export.csv import csv_writer
from extractor.language import language_of
from extractor.records import Extraction
from extractor.run import Options, run

GERMAN = OTHERS["de"]


@pytest.mark.parametrize(("code", "text"), OTHERS.items(), ids=OTHERS)
def test_an_abstract_in_another_language_is_marked(code, text):
    assert language_of(text) == code


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        ABSTRACT,
        f"{GERMAN} {ENGLISH}",  # as theses have it
        f"{ENGLISH}\n\n{OTHERS['fr']}",
        f"{OTHERS['zh']}{ENGLISH}",
        ENGLISH.upper(),
        "In the tests of the system that we built, $" + r"\alpha" * 20 + "$ and https://example.org/größe.",
    ],
    ids=lambda text: text[:30],
)
def test_what_has_a_passage_in_english_is_english(text):
    assert language_of(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "Tiefe Residuen für die Klassifikation von Bildern",  # a title
        "图像分类的残差网络",
        "ResNet-50, ImageNet, CIFAR-10, COCO",
        "0.912 0.874 0.933 " * 30,
        r"$\alpha \beta$ \begin{equation} x^2 + y^2 = z^2 \end{equation} " * 10,
        "BERT GPT-2 XLNet RoBERTa ALBERT ELECTRA T5 BART DeBERTa Longformer BigBird Reformer Performer",
        "ACGTACGGTTAACCGGTATCGA " * 12,
    ],
    ids=lambda text: text[:30],
)
def test_titles_lists_and_figures_are_in_no_language_that_could_be_said(text):
    assert language_of(text) == ""


def test_a_few_english_words_make_no_english_text():
    state_of_the_art = GERMAN.replace("Genauigkeit", "Genauigkeit gegenüber dem State of the Art")
    assert language_of(state_of_the_art) == "de"
    assert language_of(OTHERS["zh"].replace("集成模型", " state of the art 集成模型")) == "zh"


@given(
    st.text(max_size=400) | st.lists(st.sampled_from([*OTHERS.values(), "the ", "\n", "$", "4"])).map("".join)
)
def test_any_text_gets_a_code_or_none(text):
    Extraction(paper=paper(), language=language_of(text))


def test_the_answer_does_not_depend_on_what_was_asked_before():
    assert [language_of(text) for text in OTHERS.values()] == [language_of(text) for text in OTHERS.values()]


def test_a_record_holds_a_code_of_two_letters_or_nothing():
    assert (Extraction(paper=paper()).language, Extraction(paper=paper(), language="").language) == ("en", "")
    with pytest.raises(ValidationError):
        Extraction(paper=paper(), language="German")


@pytest.fixture(scope="module")
def rules_alone():
    return pipeline.load(model=False)


def test_a_paper_that_is_not_english_is_marked_and_left_alone(rules_alone):
    found = rules_alone.extract(paper(title="Deep Residual Learning", abstract=GERMAN))
    assert (found.language, found.mentions, found.claims) == ("de", (), ())


def test_a_paper_whose_language_cannot_be_said_is_read(rules_alone):
    found = rules_alone.extract(paper(title="Quokka is 1.9x faster than BERT", abstract=""))
    assert (found.language, [claim.value.text for claim in found.claims]) == ("", ["1.9x"])


def test_with_any_language_all_are_read_and_marked_all_the_same():
    found = pipeline.load(model=False, any_language=True).extract(paper(abstract=GERMAN))
    assert found.language == "de"
    assert "ImageNet" in [mention.text for mention in found.mentions]


def test_explain_shows_what_is_there_and_says_which_language(capsys):
    from rich.console import Console

    Console(width=200).print(explain(f"ResNet\n{GERMAN}", model=False))
    assert "Language: de. `extractor run` needs --any-language to read it." in capsys.readouterr().out


@pytest.fixture
def source(tmp_path):
    lines = [{"id": "p0", "title": "T", "abstract": ABSTRACT}, {"id": "p1", "title": "U", "abstract": GERMAN}]
    path = tmp_path / "papers.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def test_a_run_counts_and_marks_what_it_did_not_read(source, tmp_path):
    report = run([source], tmp_path / "out", Options(model=False))
    assert (report.counts.not_english, report.counts.extracted, report.counts.read) == (1, 1, 2)
    with (tmp_path / "out" / "papers.csv").open(encoding="utf-8", newline="") as file:
        assert [row["language"] for row in csv.DictReader(file)] == ["en", "de"]
    assert [each.language for each in read_parquet(tmp_path / "out")] == ["en", "de"]
    assert [each.language for each in read_jsonl(tmp_path / "out" / "extractions.jsonl")] == ["en", "de"]


def test_a_run_with_any_language_leaves_none_out(source, tmp_path):
    report = run([source], tmp_path / "out", Options(model=False, any_language=True))
    assert (report.counts.not_english, report.counts.extracted) == (0, 2)


def test_runs_from_before_languages_were_told_are_read_as_english(source, tmp_path):
    out = tmp_path / "out"
    run([source], out, Options(model=False, any_language=True))
    told = [json.loads(line) for line in (out / "extractions.jsonl").read_text(encoding="utf-8").splitlines()]
    (out / "extractions.jsonl").write_text(
        "\n".join(json.dumps({k: v for k, v in line.items() if k != "language"}) for line in told),
        encoding="utf-8",
    )
    pq.write_table(pq.read_table(out / "papers.parquet").drop(["language"]), out / "papers.parquet")
    assert {each.language for each in read_jsonl(out / "extractions.jsonl")} == {"en"}
    assert {each.language for each in read_parquet(out)} == {"en"}


def test_a_table_from_before_languages_were_told_is_read_as_english(tmp_path):
    with csv_writer(tmp_path / "papers.csv", PAPERS) as write:
        write(extraction())
    with (tmp_path / "papers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [name for name in rows[0] if name != "language"]
    with (tmp_path / "old.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, columns, extrasaction="ignore")
        lines.writeheader()
        lines.writerows(rows)
    assert read_csv(tmp_path / "old.csv", PAPERS) == read_csv(tmp_path / "papers.csv", PAPERS)
