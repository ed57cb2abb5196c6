"""A comparison in every form it goes out in: what stands there, that each value leads to its source, and that
the programs it is for open it."""

import csv
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest
from comparing import compared, paper, told
from rich.console import Console

from extractor.comparison.delimited import as_csv, as_json
from extractor.comparison.formats import Format, format_of, show
from extractor.comparison.html import as_html
from extractor.comparison.latex import as_latex
from extractor.comparison.latex import escaped as latex
from extractor.comparison.layouts import Options
from extractor.comparison.markdown import as_markdown
from extractor.comparison.markdown import escaped as markdown
from extractor.comparison.plot import ROWS, draw, panels
from extractor.comparison.terminal import screen
from extractor.comparison.workbook import write_workbook
from extractor.export import OutputError

ADE = {"metric": "mIoU", "dataset": ["ADE20K"]}
PAPERS = (
    paper("p1", told("50.3%", method="SegFormer", **ADE), url="https://papers.example/1"),
    paper(
        "p2", told("53.5", method="Numbat", qualifier="up_to", **ADE), told("2x", "speedup", method="Numbat")
    ),
)
BOARD = compared(*PAPERS, layout="board")
PIVOT = compared(*PAPERS, layout="pivot")
LIST = compared(*PAPERS)
HOSTILE = "=1+1 | <b>a_b</b> $x^2$ 100% \\textbf{&} #~ é 日本 `*"
AWKWARD = compared(
    paper("<i>p", told("7", metric=HOSTILE, method=HOSTILE, dataset=[HOSTILE]), url="javascript:alert(1)"),
    paper("p2", told("9", metric=HOSTILE, method="plain", dataset=[HOSTILE])),
    layout="board",
)
EVERY = {"board": BOARD, "pivot": PIVOT, "list": LIST, "awkward": AWKWARD}
MANY = compared(
    *(paper(f"p{i}", told(f"{i + 1}%", method=f"M{i}", **ADE)) for i in range(60)), layout="board"
)

every = pytest.mark.parametrize("made", EVERY.values(), ids=EVERY)


def needs(program: str):
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


def ran(*command, cwd, timeout=600):
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def printed(made, width=100, **options) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(screen(made, **options))
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


# Terminal


def test_terminal_rows_name_value_and_source():
    lines = printed(BOARD)
    assert lines[0] == "ADE20K: mIoU, %"
    assert lines[1].split() == ["rank", "method", "mIoU,", "%↑", "sure", "source"]
    assert lines[2].split() == ["1", "Numbat", "up", "to", "53.5", "0.50", "p2:14-18"]
    assert lines[3].split() == ["2", "SegFormer", "50.3%", "0.50", "p1:14-19"]
    assert lines[-1] == "2 of 3 claims, of 2 papers"


def test_terminal_pivot_numbers_its_sources():
    lines = printed(PIVOT)
    assert any("up to 53.5* [1]" in line for line in lines)
    assert any(line.startswith("[2] p1:14-19 Here 50.3% is reported, for SegFormer") for line in lines)
    assert "* best of its column" in lines


def test_terminal_prints_sentences_if_asked():
    assert not any("is reported" in line for line in printed(BOARD))
    assert sum("is reported" in line for line in printed(BOARD, sentences=True)) == 2


@every
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_terminal_fits_its_width(made, width):
    assert max(map(len, printed(made, width))) <= width


def test_terminal_says_which_columns_it_leaves_out():
    claim = told(
        "50%",
        method="SegmentationTransformer",
        baseline=["ConvolutionalNet"],
        condition="on one V100 card",
        **ADE,
    )
    lines = printed(compared(paper("p1", claim)), width=50)
    assert "A wider window also shows condition, sure, over." in lines
    assert any("SegmentationTran" in line for line in lines)


def test_terminal_does_not_obey_a_name():
    lines = printed(compared(paper("p1", told("5%", method="A\x1b[31mred [bold]b[/bold]", **ADE))))
    assert not any("\x1b" in line for line in lines)
    assert any("[bold]b[/bold]" in line for line in lines)


# Markdown


def test_markdown_has_a_footnote_for_every_value():
    assert as_markdown(BOARD).splitlines() == [
        "## ADE20K: mIoU, %",
        "",
        "| rank | method | mIoU, %↑ | sure |",
        "| ---: | :--- | ---: | ---: |",
        "| 1 | Numbat | **up to 53.5**[^1] | 0.50 |",
        "| 2 | SegFormer | 50.3%[^2] | 0.50 |",
        "",
        "[^1]: Paper p2 (p2), characters 14-18: “Here **53.5** is reported, for Numbat and mIoU and ADE20K.”",
        "[^2]: Paper p1 (p1), characters 14-19: <https://papers.example/1> “Here **50.3%** is reported, for "
        "SegFormer and mIoU and ADE20K.”",
    ]


@every
def test_markdown_tables_are_even_and_footnotes_meet(made):
    text = as_markdown(made)
    for table in re.findall(r"(?:^\|.*\n)+", text, re.M):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1
    used, given = re.findall(r"(?<!^)\[\^(\d+)\]", text, re.M), re.findall(r"^\[\^(\d+)\]:", text, re.M)
    assert set(used) == set(given)


def test_markdown_obeys_nothing_in_a_name():
    assert markdown("a|b <b> *c* [d]") == r"a\|b \<b\> \*c\* \[d\]"


# LaTeX


def test_latex_is_booktabs_with_the_best_in_bold():
    text = as_latex(BOARD)
    assert text.startswith("% Needs \\usepackage{booktabs,longtable}.")
    assert r"\textbf{up to 53.5}\,{\tiny[1]}" in text
    assert r"50.3\%\,{\tiny[2]}" in text
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 1
    assert r"[2] Paper p1 (p1), characters 14-19: ``Here \textbf{50.3\%} is reported" in text


def test_latex_escapes():
    assert latex("a_b & 100% $x$ #~^\\{}") == (
        r"a\_b \& 100\% \$x\$ \#{\textasciitilde}{\textasciicircum}{\textbackslash}\{\}"
    )
    assert latex("≥ 5 α é") == r"\ensuremath{\geq} 5 \ensuremath{\alpha} \'e"


@needs("pdflatex")
def test_latex_compiles(tmp_path):
    body = "\n".join(as_latex(made) for made in (*EVERY.values(), MANY))
    head = "\\documentclass{article}\n\\usepackage{booktabs,longtable}\n\\begin{document}\n"
    document = f"{head}{body}\n\\end{{document}}\n"
    (tmp_path / "t.tex").write_text(document, encoding="utf-8")
    ran("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex", cwd=tmp_path)
    assert (tmp_path / "t.pdf").stat().st_size > 10_000


# HTML


class Page(HTMLParser):
    """What a page links to, which ids it has, and what it loads."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.links, self.ids, self.loads = [], [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append(tag)
        self.links += [given["href"]] if "href" in given else []
        self.ids |= {given["id"]} if "id" in given else set()
        self.loads += [given["src"]] if "src" in given else []


@every
def test_html_stands_alone_and_every_value_leads_to_its_sentence(made):
    page = Page(as_html(made))
    inner = [link for link in page.links if link.startswith("#")]
    assert {f"#{each}" for each in page.ids} == set(inner)
    assert sum(len(cell.points) for b in made.blocks for row in b.rows for cell in row) == len(inner)
    assert page.loads == [] and not {"script", "link", "img"} & set(page.tags)
    assert all(link.startswith(("#", "https://")) for link in page.links)


def test_html_shows_sentence_and_paper():
    text = as_html(BOARD)
    assert 'title="Here 50.3% is reported, for SegFormer and mIoU and ADE20K. (Paper p1' in text
    assert '<a href="https://papers.example/1">Paper p1 (p1), characters 14-19</a>' in text
    assert "Here <mark>50.3%</mark> is reported" in text
    assert "<strong>up to 53.5</strong>" in text


def test_html_obeys_nothing_in_a_name():
    text = as_html(AWKWARD)
    assert "<b>a_b</b>" not in text
    assert "&lt;b&gt;a_b&lt;/b&gt;" in text
    assert "javascript:" not in text


@needs("chromium")
def test_html_opens_in_a_browser(tmp_path):
    (tmp_path / "page.html").write_text(as_html(PIVOT), encoding="utf-8")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}")
    ran("chromium", *flags, "--screenshot=page.png", "page.html", cwd=tmp_path)
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


# CSV and JSON


def test_csv_of_a_board_has_a_row_a_claim_with_its_source():
    table = pd.read_csv(io.StringIO(as_csv(BOARD)))
    assert table[["rank", "method", "value", "printed", "low", "id"]].values.tolist() == [
        [1, "Numbat", "up to 53.5", "53.5", 53.5, "p2:14-18"],
        [2, "SegFormer", "50.3%", "50.3%", 50.3, "p1:14-19"],
    ]
    assert table["sentence"][1] == "Here 50.3% is reported, for SegFormer and mIoU and ADE20K."


def test_csv_of_a_pivot_has_the_sources_behind_each_column():
    table = pd.read_csv(io.StringIO(as_csv(PIVOT)))
    assert list(table) == ["method", "ADE20K: mIoU, %↑", "ADE20K: mIoU, %↑ (source)"]
    assert table.iloc[1, 2] == "p1:14-19 Here 50.3% is reported, for SegFormer and mIoU and ADE20K."


def test_csv_is_safe_in_a_spreadsheet():
    assert "'=1+1" in as_csv(AWKWARD)
    assert not re.search(r'(^|,)"?=', as_csv(AWKWARD), re.M)


@every
def test_json_knows_every_claim_that_it_shows(made):
    content = json.loads(as_json(made))
    shown = [
        claim["claim"]
        for table in content["tables"]
        for row in table["rows"]
        for cell in row
        if isinstance(cell, list)
        for claim in cell
    ]
    assert set(shown) == set(content["claims"]) != set()
    assert all(claim["sentence"] and claim["low"] is not None for claim in content["claims"].values())


# XLSX


def workbook(made, tmp_path):
    path = tmp_path / "compared.xlsx"
    with path.open("wb") as file:
        write_workbook(made, file)
    return openpyxl.load_workbook(path)


def test_xlsx_has_numbers_that_look_as_shown_with_comment_and_link(tmp_path):
    sheet = workbook(BOARD, tmp_path)["Board"]
    best, other = sheet["C3"], sheet["C4"]
    assert (best.value, other.value) == (53.5, 50.3)
    assert best.number_format.split(";")[0] == '"up to "0.0'
    assert other.number_format.split(";")[0] == '0.0"%"'
    assert (best.font.bold, other.font.bold) == (True, False)
    assert "Paper p1 (p1), characters 14-19" in other.comment.text
    assert "Here 50.3% is reported" in other.comment.text
    assert other.hyperlink.location == "'Sources'!A3"


def test_xlsx_sources_have_sentence_and_link(tmp_path):
    sheet = workbook(BOARD, tmp_path)["Sources"]
    assert [cell.value for cell in sheet[3]] == [
        2,
        "p1",
        "Paper p1",
        14,
        19,
        "50.3%",
        "Here 50.3% is reported, for SegFormer and mIoU and ADE20K.",
        "https://papers.example/1",
    ]
    assert sheet["H3"].hyperlink.target == "https://papers.example/1"


def test_xlsx_runs_nothing_in_a_name(tmp_path):
    sheet = workbook(AWKWARD, tmp_path)["Board"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert HOSTILE in {cell.value for row in sheet.iter_rows() for cell in row}


@needs("soffice")
def test_xlsx_shows_the_same_in_libreoffice(tmp_path):
    claims = [
        told("30%", "compression"),
        told("2-4x", "speedup"),
        told("1,024x", "speedup", low=1024, high=1024),
    ]
    made = compared(paper("p3", *claims), *PAPERS)
    workbook(made, tmp_path)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    as_shown = "csv:Text - txt - csv (StarCalc):44,34,76"  # commas, quotes, UTF-8, cells as they look
    ran("soffice", profile, "--headless", "--convert-to", as_shown, "compared.xlsx", cwd=tmp_path)
    with (tmp_path / "compared.csv").open(encoding="utf-8", newline="") as file:
        cells = {cell for row in csv.reader(file) for cell in row}
    assert {"−30%", "2–4x", "1,024x", "up to 53.5", "50.3%"} <= cells


# Plots


def test_a_panel_a_unit_and_way_with_rows_as_in_the_table():
    made = compared(
        paper("p1", told("2x", "speedup", method="A"), told("60%", "speedup", method="B")),
        paper("p2", told("30%", "speedup", metric="latency", direction="decrease"), told("5", metric="FID")),
    )
    assert [(panel.title, [row[0] for row in panel.rows]) for panel in panels(made)] == [
        ("Scores (1)", ["FID"]),
        ("Speed: changes (3) [%, more]", ["A", "B"]),
        ("Speed: changes (3) [%, less]", ["latency"]),
    ]
    both = panels(made)[1]
    assert [both.extent(point) for point in both.points] == [(100, 100), (60, 60)]


def test_a_panel_of_many_rows_says_what_it_leaves_out():
    claims = [told(f"{i + 1}%", method=f"M{i}", **ADE) for i in range(ROWS + 5)]
    (panel,) = panels(compared(paper("p1", *claims)))
    assert (len(panel.rows), panel.left_out) == (ROWS, 5)


@pytest.mark.parametrize("made", [*EVERY.values(), MANY], ids=[*EVERY, "many"])
def test_an_svg_has_every_row_and_is_the_same_twice(made):
    once, again = io.BytesIO(), io.BytesIO()
    draw(made, once, "svg")
    draw(made, again, "svg")
    text = once.getvalue().decode()
    assert once.getvalue() == again.getvalue()
    assert text.count("<text ") >= sum(2 * len(panel.rows) for panel in panels(made))


def test_a_png_grows_with_its_rows():
    def height(made) -> int:
        file = io.BytesIO()
        draw(made, file, "png")
        assert file.getvalue().startswith(b"\x89PNG")
        return int.from_bytes(file.getvalue()[20:24])

    assert height(MANY) > 4 * height(BOARD)


def test_without_matplotlib_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(OutputError, match=r"pip install 'claim-extractor\[plot\]'"):
        draw(BOARD, io.BytesIO(), "svg")


# Where it goes


@pytest.mark.parametrize(
    ("word", "name", "form"),
    [
        (None, None, Format.TERMINAL),
        (None, "a.md", Format.MARKDOWN),
        (None, "a.TEX", Format.LATEX),
        ("html", None, Format.HTML),
        ("csv", "a.md", Format.CSV),
        (None, "a.xlsx", Format.XLSX),
    ],
)
def test_the_format_is_the_one_asked_for_or_that_of_the_suffix(tmp_path, word, name, form):
    assert format_of(word, tmp_path / name if name else None) is form


@pytest.mark.parametrize(
    ("word", "name", "plot", "message"),
    [
        ("xlsx", None, None, "xlsx is no text; say where it goes with --output FILE.xlsx"),
        (None, "a.doc", None, "no format has this suffix; use one of .txt, .md"),
        ("doc", None, None, "no format 'doc'; there are terminal, markdown"),
        (None, None, "a.gif", "a plot is one of .svg, .png, .pdf"),
        (None, "none/a.md", None, "none/a.md: can't be written"),
    ],
)
def test_what_can_not_be_written_is_told(tmp_path, word, name, plot, message):
    with pytest.raises((OutputError, ValueError), match=re.escape(message)):
        show(BOARD, word, tmp_path / name if name else None, plot=tmp_path / plot if plot else None)


@pytest.mark.parametrize("suffix", ["txt", "md", "tex", "html", "csv", "json", "xlsx"])
def test_every_format_goes_into_a_file(tmp_path, suffix):
    show(BOARD, output=tmp_path / f"a.{suffix}", plot=tmp_path / "a.svg")
    assert (tmp_path / f"a.{suffix}").stat().st_size > 100
    assert (tmp_path / "a.svg").stat().st_size > 1000
    assert {path.name for path in tmp_path.iterdir()} == {f"a.{suffix}", "a.svg"}


def test_one_page_of_latex_ends_where_a_long_table_begins():
    assert r"\begin{longtable}" in as_latex(MANY)
    assert r"\begin{longtable}" not in as_latex(replace(BOARD, blocks=BOARD.blocks[:1]))


def test_options_reach_the_frame():
    made = compared(*PAPERS, options=Options(limit=1))
    assert made.frame.attrs["sources"][0]["id"] == "p2:14-18"
