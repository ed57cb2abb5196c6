"""The report: one file that needs nothing else, in which text stays text."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from build import ABSTRACT, TITLE, claim, extraction, mention
from hypothesis import given, settings
from hypothesis import strategies as st
from reviewing import make_run, paper_with
from strategies import extractions
from typer.testing import CliRunner

from extractor.audit.report import RunError, write_report
from extractor.audit.report.charts import certainty, charts
from extractor.audit.report.marks import pieces
from extractor.audit.report.page import report_html
from extractor.audit.verify import Finding
from extractor.cli import app


class Page(HTMLParser):
    """What of a page the tests look at: the text of each element of a class, and all tags."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[list[str]] = []
        self.texts: list[tuple[list[str], str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "link", "input", "rect", "br"):
            self.open.append([tag, *(dict(attributes).get("class") or "").split()])

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        self.texts.append(([name for element in self.open for name in element], data))

    def text(self, inside: str) -> str:
        return "".join(data for names, data in self.texts if inside in names)

    def attributes(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def no_findings(monkeypatch):
    monkeypatch.setattr("extractor.audit.report.run_folder.verify", lambda extractions: iter(()))


@pytest.fixture
def report(no_findings):
    return lambda *papers, **more: report_html(papers or [extraction()], **more)


def test_a_claim_stands_in_the_table_and_leads_to_its_place(report):
    page = Page(report())
    links = {each["href"] for each in page.attributes("a") if "href" in each}
    ids = {attributes["id"] for _, attributes in page.tags if attributes.get("id")}
    assert {"#c1", "#r1"} <= links
    assert {"c1", "r1", "l1"} <= ids
    assert all(link[1:] in ids for link in links)


def test_the_table_has_what_a_claim_says(report):
    row = re.sub(r"\s+", " ", Page(report()).text("tbody"))
    assert "1.9x" in row and "speedup" in row and "Quokka" in row
    assert "against BaseNet" in row and "SpeechSet, QuizSet" in row and "0.88" in row


def test_every_slot_is_marked_in_the_text(report):
    slots = [each["data-s"] for each in Page(report()).attributes("span") if each.get("data-s")]
    assert {"1:method", "1:baseline", "1:dataset", "1:condition"} <= set(" ".join(slots).split())


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "</p><img src=x onerror=alert(1)>", "a & b &lt; c"]
)
def test_text_stays_text(report, text):
    page = Page(report(paper_with(text)))
    assert page.text("abstract") == text
    assert len(page.attributes("script")) == 1
    assert not page.attributes("img")


def test_names_that_are_markup_stay_names(report):
    evil = mention(name='"><script>x</script>')
    page = Page(report(extraction(mentions=(evil,), claims=(claim(method="Quokka"),)), name="<b>run</b>"))
    assert len(page.attributes("script")) == 1
    assert "<b>run</b>" in page.text("h1")


@given(st.lists(extractions(), max_size=2))
@settings(max_examples=25)
def test_the_text_of_every_paper_is_in_the_page_as_it_was_read(papers):
    for each in papers:
        title, abstract = pieces(each, range(1, len(each.claims) + 1))
        assert "".join(piece.text for piece in title) == each.paper.title
        assert "".join(piece.text for piece in abstract) == each.paper.abstract


def test_nothing_is_loaded_from_anywhere(report):
    html = report()
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:|//|file:)", html)
    assert "@import" not in html and "url(" not in html


def test_the_page_lets_nothing_run_but_its_own_script(report):
    html = report()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', html)
    for kind in ("script", "style"):
        (code,) = re.findall(rf"<{kind}>(.*?)</{kind}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"{kind}-src &#39;sha256-{digest}&#39;" in policy
    assert "default-src &#39;none&#39;" in policy
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", html)


def test_findings_stand_with_their_claim(monkeypatch):
    value = extraction().claims[0].value
    where = {"paper": "quokka", "start": value.start, "end": value.end}
    wrong = Finding(**where, severity="error", check="impossible", message="no <such> speedup")
    stray = Finding(paper="quokka", start=0, end=6, severity="note", check="name", message="a stray name")
    monkeypatch.setattr("extractor.audit.report.run_folder.verify", lambda papers: iter([wrong, stray]))
    page = Page(report_html([extraction()]))
    assert "no <such> speedup" in page.text("li") and "a stray name" in page.text("article")
    assert [row.get("data-worst") for row in page.attributes("tr") if row.get("id")] == ["error"]
    assert "1 error" in page.text("totals")


def test_the_charts_count_claims():
    kinds, _, datasets, methods = charts([extraction(), extraction()])
    assert [(bar.name, bar.count, bar.share) for bar in kinds.bars] == [("speedup", 2, 1.0)]
    assert [bar.name for bar in datasets.bars] == ["QuizSet", "SpeechSet"]
    assert [bar.name for bar in methods.bars] == ["Quokka"]


def test_certainty_is_counted_in_steps():
    bars = certainty([claim(confidence=c) for c in (0.0, 0.99, 1.0)])
    assert [bar.count for bar in bars if bar.count] == [1, 2]
    assert sum(bar.count for bar in bars) == 3


def test_the_command_writes_beside_the_run(tmp_path, no_findings):
    run = make_run(tmp_path / "run")
    done = CliRunner().invoke(app, ["report", str(run)])
    assert (done.exit_code, done.stdout.strip()) == (0, str(run / "report.html"))
    html = (run / "report.html").read_text(encoding="utf-8")
    assert TITLE in html and html.count("<article") == 2


def test_it_shows_claims_as_people_left_them(tmp_path, no_findings):
    run = make_run(tmp_path / "run")
    value = extraction().claims[0].value
    decision = {
        "paper": "quokka", "start": value.start, "end": value.end, "value": "1.9x", "verdict": "reject",
        "at": "2026-01-02T12:00:00Z",
    }  # fmt: skip
    (run / "decisions").mkdir()
    (run / "decisions" / "a.jsonl").write_text(json.dumps(decision) + "\n")
    page = Page(write_report(run).read_text(encoding="utf-8"))
    assert "1.9x" not in page.text("tbody") and "1.9x" in page.text("abstract")
    page = Page(write_report(run, decisions=False).read_text(encoding="utf-8"))
    assert "1.9x" in page.text("tbody")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no run, since it has no extractions.jsonl"),
        ("", "no papers in it"),
        ("{}\n", "extractions.jsonl:1"),
    ],
)
def test_what_is_no_run_is_said_in_a_line(tmp_path, content, message):
    if content is not None:
        (tmp_path / "extractions.jsonl").write_text(content)
    done = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ") and message in done.stderr and done.stderr.count("\n") == 1
    with pytest.raises(RunError):
        write_report(tmp_path)


def test_offsets_are_of_the_text_as_read(report):
    page = Page(report())
    assert page.text("abstract") == ABSTRACT
