"""Exports as people have them: what differs from a source's own documentation, or from one tool to the next.
A file by hand in, the fields of its papers out."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extractor.read import Reading, read_sources
from extractor.records import Paper


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Reads a file of this name and content; names are relative, as a user would give them."""
    monkeypatch.chdir(tmp_path)

    def read(name: str, content: bytes | str | list | dict, **options) -> Reading:
        content = content if isinstance(content, bytes | str) else json.dumps(content)
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_sources([name], **options)

    return read


@pytest.fixture
def paper(read):
    """The only paper of such a file."""

    def paper(name: str, content, **options) -> Paper:
        (only,) = read(name, content, **options).papers
        return only

    return paper


# LaTeX and MathML


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"BERT{\textquoteright}s {\textgreater}90{\%} at {\textasciitilde}7", r"BERT’s >90\% at ~7"),
        (r"{\alpha}helix of 5 {\textmu}m", "αhelix of 5 µm"),
        (r"\textless i\textgreater{}F1", "<i>F1"),
        (r"$x_{\alpha}$ and \emph{\alpha}", r"$x_{\alpha}$ and \emph{α}"),
        (r"{\nosuch} and \textbf{x}", r"\nosuch and \textbf{x}"),
    ],
)
def test_signs_of_bibtex(paper, written, text):
    assert paper("a.bib", f"@misc{{k, title={{T}}, abstract={{{written}}}}}").abstract == text


def test_fields_of_bibtex_beside_the_text(paper):
    entry = r"""@article{k, title={T}, journal={Computers {\&} Security}, url={\url{https://x.org/a\_b}},
    date={2019~}, author={family=Lovelace, given=Ada and given={Jean}, prefix=de la, family=Cruz}}"""
    found = paper("a.bib", entry)
    assert (found.venue, found.url, found.date) == ("Computers & Security", "https://x.org/a_b", "2019")
    assert found.authors == ("Ada Lovelace", "Jean de la Cruz")


MATH = '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML">{}</m:math>'
PUBMED = """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>
<ELocationID EIdType="doi" ValidYN="N">10.1/wrong</ELocationID><ELocationID EIdType="doi">10.1/x</ELocationID>
<ArticleTitle>{}</ArticleTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"""


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<m:msup><m:mn>10</m:mn><m:mn>3</m:mn></m:msup>", "10^3"),
        ("<m:msub><m:mi>x</m:mi><m:mn>1</m:mn></m:msub>", "x_1"),
        ("<m:mfrac><m:mn>1</m:mn><m:mn>2</m:mn></m:mfrac>", "1/2"),
        (
            "<m:mfrac><m:mrow><m:mi>a</m:mi><m:mo>+</m:mo></m:mrow><m:mn>2</m:mn></m:mfrac>",
            "(a+)/2",
        ),
    ],
)
def test_numbers_of_mathml(paper, written, text):
    found = paper("a.xml", PUBMED.format(MATH.format(written)))
    assert (found.title, found.doi) == (text, "10.1/x")


# OpenAlex

INDEX = {"It": [0], "works.": [1]}


@pytest.mark.parametrize(
    "index",
    [INDEX, json.dumps(INDEX), list(INDEX.items()), {"IndexLength": 2, "InvertedIndex": INDEX}],
    ids=["object", "text", "pairs", "wrapped"],
)
def test_inverted_indexes(paper, index):
    work = {"id": "https://openalex.org/W1", "title": "T", "abstract_inverted_index": index}
    assert paper("a.json", [work]).abstract == "It works."


def test_an_inverted_index_as_a_map_of_parquet(tmp_path):
    kind = pa.map_(pa.string(), pa.list_(pa.int64()))
    columns = {"title": ["T"], "abstract_inverted_index": pa.array([list(INDEX.items())], kind)}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert read_sources([tmp_path / "a.parquet"]).papers[0].abstract == "It works."


# Markdown


@pytest.mark.parametrize(
    "content",
    [
        "---\ntitle: T\n---\n\nIt works.\n\n## Details\n\nNot this.\n",
        "---\ntitle: T\n---\n## Abstract\n\nIt works.\n\n## Details\n\nNot this.\n",
        "# T\n\nSomebody\n\n## ABSTRACT:\n\nIt works.\n\n## Details\n\nNot this.\n",
        "# T\n\n**Abstract.** It works.\n\n## Details\n\nNot this.\n",
        "# T\n\nSomebody\n\n*Abstract*—It works.\n",
    ],
    ids=str,
)
def test_abstracts_of_markdown(paper, content):
    found = paper("a.md", content)
    assert (found.title, found.abstract) == ("T", "It works.")


# Tables and tagged exports of libraries

WOS_TAGS = "PT\tAU\tAF\tTI\tSO\tAB\tPD\tPY\tDI\tUT\n"
WOS_TAGS += "J\tB, A\tB, Anna; D, Carl\tT\tV\tA.\tFEB 26\t2015\t10.1/x\tWOS:1\n"
WOS_NAMES = (
    "Publication Type,Authors,Author Full Names,Article Title,Source Title,Abstract,Publication Date,"
    'Publication Year,DOI,UT (Unique WOS ID)\nJ,"B, A","B, Anna; D, Carl",T,V,A.,FEB 26,2015,10.1/x,WOS:1\n'
)
ENDNOTE = "%0 Journal Article\n%T T\n%A B, Anna\n%A D, Carl\n%J V\n"
ENDNOTE += "%D 2015\n%8 February 26, 2015\n%X A.\n%R 10.1/x\n%F WOS:1\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [("savedrecs.txt", WOS_TAGS), ("savedrecs.csv", WOS_NAMES), ("a.enw", ENDNOTE), ("a.txt", ENDNOTE)],
    ids=["Web of Science, tab", "Web of Science, Excel", "EndNote", "EndNote as text"],
)
def test_exports_of_libraries(paper, name, content):
    found = paper(name, content)
    assert (found.id, found.title, found.abstract, found.venue) == ("WOS:1", "T", "A.", "V")
    assert (found.date, found.authors, found.doi) == ("2015-02-26", ("Anna B", "Carl D"), "10.1/x")


def test_records_of_endnote_are_apart(read):
    records = read("a.enw", ENDNOTE + "\n%0 Book\n%T Two\n%X One line\nand another.\n%D soon\n")
    assert [paper.title for paper in records.papers] == ["T", "Two"]
    assert (records.papers[1].abstract, records.papers[1].places[0].line) == ("One line\nand another.", 12)
    assert [str(each)[:25] for each in records.problems] == ["a.enw:12: date 'soon' not"]


def test_ieee_xplore(paper):
    header = "Document Title,Authors,Publication Title,Publication Year,Abstract,DOI,PDF Link\n"
    found = paper("a.csv", header + "T,A. B; C. D,V,2016,A.,10.1/x,https://x.org/1\n")
    assert (found.title, found.authors, found.venue) == ("T", ("A. B", "C. D"), "V")
    assert (found.date, found.url) == ("2016", "https://x.org/1")


# Authors and dates


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("Lovelace, Ada and Hopper, Grace", ("Ada Lovelace", "Grace Hopper")),
        ("Lovelace, Ada; Hopper, Grace", ("Ada Lovelace", "Grace Hopper")),
        ("Ada Lovelace, Grace Hopper, and Alan Turing", ("Ada Lovelace", "Grace Hopper", "Alan Turing")),
        ("['Ada Lovelace', \"Paul O'Neil\"]", ("Ada Lovelace", "Paul O'Neil")),
        ("[{'name': 'Ada Lovelace'}]", ("Ada Lovelace",)),
        ([{"firstName": "Ada", "lastName": "Lovelace"}], ("Ada Lovelace",)),
        ([{"given_name": "Ada", "family_name": "Lovelace"}], ("Ada Lovelace",)),
        ("[No author name available]", ()),
        ("[not a list", ("[not a list",)),
    ],
    ids=str,
)
def test_authors(paper, written, authors):
    assert paper("a.json", [{"title": "T", "authors": written}]).authors == authors


@pytest.mark.parametrize(
    ("row", "date"),
    [
        ({"issued": "2019-06"}, "2019-06"),
        ({"issued": {"date-parts": [[None]]}, "published": {"date-parts": [[2018, 1]]}}, "2018-01"),
        ({"Key": "k", "Title": "T", "Abstract Note": "", "Date": "15. März 2018"}, "2018"),
    ],
    ids=str,
)
def test_dates_beside_others(paper, row, date):
    row |= {"Publication Year": "2018"} if "Key" in row else {"title": "T"}
    assert paper("a.json", [row]).date == date


# Tables that are not quite


def test_a_long_cell_costs_nothing(read):
    reading = read("a.csv", f"title,abstract,Notes\nT,A.,{'n' * 200_000}\nU,B.,\n")
    assert [paper.title for paper in reading.papers] == ["T", "U"]
    assert reading.problems == []


@pytest.mark.parametrize(
    ("row", "region"),
    [
        ('bad,"never closed', "lines 3 to 3"),
        ('bad,"of three\nlines with "more" words\nand, here, a third', "lines 3 to 5"),
        ('bad,"closed" outside', "lines 3 to 3"),
    ],
)
def test_a_quotation_mark_out_of_place_costs_its_own_row(read, row, region):
    rows = [f'T{n},"a ""b"", {n}"' if n % 2 else f"T{n},A." for n in range(40)]
    reading = read("a.csv", "\n".join(["title,abstract", rows[0], row, *rows[1:], ""]))
    assert [paper.title for paper in reading.papers] == [f"T{n}" for n in range(40)]
    (problem,) = reading.problems
    assert (problem.line, problem.skipped, region in problem.message) == (3, True, True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", '{"title": "T", "abstract": "A."}\n'),
        ("a.tsv", '[{"title": "T", "abstract": "A."}]'),
        ("a.json", "title,abstract\nT,A.\n"),
        ("a.jsonl", "title\tabstract\nT\tA.\n"),
        ("a.txt", "title\tabstract\nT\tA.\n"),
        ("a.csv", "sep=;\ntitle;abstract\nT;A.\n"),
        ("a", '"sep=\t"\ntitle\tabstract\nT\tA.\n'),
    ],
    ids=str,
)
def test_what_a_table_is_goes_before_its_name(paper, name, content):
    found = paper(name, content)
    assert (found.title, found.abstract) == ("T", "A.")


# Encodings, and what a library would say aside


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json", "a.txt"])
def test_a_text_that_is_no_utf_8_at_all_is_read_as_windows_1252(read, name):
    content = {
        "a.csv": "title,abstract\nÜber naïve,Café’s A.\n",
        "a.jsonl": '{"title": "Über naïve", "abstract": "Café’s A."}\n',
        "a.json": '[{"title": "Über naïve", "abstract": "Café’s A."}]',
        "a.txt": "Über naïve\nCafé’s A.\n",
    }[name]
    reading = read(name, content.encode("cp1252"))
    assert [(paper.title, paper.abstract) for paper in reading.papers] == [("Über naïve", "Café’s A.")]
    assert [problem.message[:36] for problem in reading.problems] == ["not in UTF-8, read as Windows-1252; "]


@pytest.mark.parametrize("content", ["Über é à".encode() + b" \xe9", b"T\nwith \xe9 and \xe8 only"], ids=str)
def test_a_few_broken_bytes_are_not_guessed_at(read, content):
    (problem,) = read("a.txt", content + b"\n" + b"A. " * 99).problems
    assert problem.message.startswith("bytes that are not UTF-8, replaced by U+FFFD")


def test_broken_bibtex_is_told_once(read, capfd):
    reading = read("a.bib", "@misc{open title={T}, }\n@misc{k, title={T}}\n")
    assert (len(reading.papers), len(reading.problems)) == (1, 1)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "content",
    [
        '[{"title": "T", "year": NaN}, {"title": "U"}]',
        '{"meta": {"data": [1]}, "results": [{"title": "T", "a": ["]", "\\\\"]}, {"title": "U"}], "b": []}',
        '{"results": [{"title": "T"}]}\n{"results": [{"title": "U"}]}\n',
        '{"message": {"facets": {"items": [7]}, "items": [{"title": "T"}, {"title": "U"}]}}',
    ],
    ids=str,
)
def test_lists_in_json(read, content):
    reading = read("a.json", content)
    assert ([paper.title for paper in reading.papers], reading.problems) == (["T", "U"], [])


@pytest.mark.parametrize(
    "content",
    [
        {"offset": 0, "data": [{"citedPaper": {"paperId": "p", "title": "T", "abstract": "A."}}]},
        {"data": [{"isInfluential": True, "citingPaper": {"paperId": "p", "title": "T", "abstract": "A."}}]},
        {"recommendedPapers": [{"paperId": "p", "title": "T", "abstract": "A."}]},
        {"features": [], "rows": [{"row_idx": 0, "row": {"id": "p", "title": "T", "abstract": "A."}}]},
    ],
    ids=["references", "citations", "recommendations", "rows of a dataset"],
)
def test_answers_that_hold_papers_deeper(paper, content):
    found = paper("a.json", content)
    assert (found.id, found.title, found.abstract) == ("p", "T", "A.")


def test_deleted_notes_are_left_out(read):
    note = {"id": "n", "forum": "n", "content": {"title": "T"}}
    reading = read("a.json", {"notes": [note, note | {"id": "d", "forum": "d", "ddate": 1700000000000}]})
    assert [paper.id for paper in reading.papers] == ["n"]
    assert [problem.message for problem in reading.problems] == ["left out: 1 deleted notes"]
