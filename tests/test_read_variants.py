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
