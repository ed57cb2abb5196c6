"""What must hold of each part for any text: functions that take one and raise where it doesn't. The fuzzer
calls them millions of times, the tests on what it found."""

import atexit
import csv
import io
import json
import math
import re
import shutil
import tempfile
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from extractor.audit.judging import judge_row
from extractor.audit.library import Library
from extractor.audit.numbers import find_values
from extractor.audit.rules import load_audit_rules
from extractor.audit.table_rows import TableError, read_table
from extractor.audit.verify import verify
from extractor.clean import clean
from extractor.comparison import delimited, html, latex, markdown
from extractor.comparison.entry import entries
from extractor.comparison.layouts import Layout, Options, lay_out
from extractor.comparison.point import point
from extractor.export.csv import from_cell, to_cell
from extractor.export.parquet import arrow_schema
from extractor.export.tables import CLAIMS, MENTIONS, PAPERS, Cell, extractions
from extractor.find.abbreviations import alias_groups, find_abbreviations
from extractor.find.mentions import find_mentions
from extractor.find.quantities import find_quantities
from extractor.find.sentences import sentences
from extractor.pipeline import ClaimFinder
from extractor.read import read_sources
from extractor.reader import load_reader
from extractor.records import Extraction, Paper
from extractor.rules import TABLES as TABLES_OF_RULES
from extractor.rules import RuleError, load_rules, read_rules
from extractor.saved import SavedError, claim_rows_of
from extractor.sheet.cells import escaped as sheet_escaped
from extractor.sheet.cells import fitting, unescaped
from extractor.sheet.looks import number_format
from extractor.sheet.reading import SheetError, read_sheet


def check_cleaning(source: str) -> None:
    """The edits make the clean text of the source; each place maps back, in order; what no edit touches maps
    to itself."""
    cleaned = clean(source, load_rules())
    at = length = 0
    for edit in cleaned.edits:
        assert at <= edit.start < edit.end <= len(source)
        assert edit.at == length + edit.start - at
        assert cleaned.text[length : edit.at] == source[at : edit.start]
        assert cleaned.text.startswith(edit.text, edit.at)
        at, length = edit.end, edit.at + len(edit.text)
    assert cleaned.text[length:] == source[at:]
    places = [cleaned.to_source(at, at + 1) for at in range(len(cleaned.text))]
    assert all(0 <= start <= end <= len(source) for start, end in places)
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(places))
    rewritten = {at for edit in cleaned.edits for at in range(edit.at, edit.at + len(edit.text))}
    for at, (start, end) in enumerate(places):
        if at not in rewritten:
            assert source[start:end] == cleaned.text[at]
            assert cleaned.to_clean(start, end) == (at, at + 1)


def check_quantities(text: str) -> None:
    """Each in its place, none over another, its numbers finite and in order, its unit no blank."""
    found = find_quantities(text, load_rules())
    for quantity in found:
        assert 0 <= quantity.start < quantity.end <= len(text)
        assert math.isfinite(quantity.low) and math.isfinite(quantity.high)
        assert quantity.low <= quantity.high
        assert quantity.unit == quantity.unit.strip()
        if quantity.cue:
            assert 0 <= quantity.cue[0] <= quantity.cue[1] <= len(text)
    assert all(a.end <= b.start for a, b in pairwise(found))


def check_abbreviations(text: str) -> None:
    """Short and long form apart and in the text, the short one shorter; every form in one group only."""
    found = find_abbreviations(text)
    for each in found:
        assert 0 <= each.start < each.end <= len(text) and 0 <= each.long_start < each.long_end <= len(text)
        assert each.end <= each.long_start or each.long_end <= each.start
        assert len(each.short(text)) < len(each.long(text))
    groups = alias_groups(text, found)
    forms = [form for group in groups for form in group]
    assert len(forms) == len(set(forms)) and all(forms)


def check_mentions(text: str) -> None:
    """Whole words of the text, in order and apart."""
    found = find_mentions(text, load_rules())
    for mention in found:
        assert 0 <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end].strip() and 0 <= mention.confidence <= 1
        for edge in (mention.start, mention.end):
            assert not text[max(edge - 1, 0) : edge + 1].isalnum() or edge in (0, len(text))
    assert all(a.end <= b.start for a, b in pairwise(found))


def check_sentences(text: str) -> None:
    """Every character that is no blank in one sentence, in order; none begins or ends with a blank."""
    spans = sentences(text)
    assert all(text[a:b] and text[a:b] == text[a:b].strip() for a, b in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    edges = [0, *(at for span in spans for at in span), len(text)]
    assert not any(text[a:b].strip() for a, b in zip(edges[::2], edges[1::2], strict=True))


@lru_cache(maxsize=2)
def _finder(model: bool) -> ClaimFinder:
    return ClaimFinder(load_rules(), load_reader() if model else None)


def check_pipeline(text: str, model: bool = False) -> None:
    """Of a title, a newline and an abstract valid records are made, and JSON, CSV and Parquet give back what
    was written."""
    title, _, abstract = text.partition("\n")
    paper = Paper(id="p", title=title, abstract=abstract)
    found = _finder(model).find(paper.source)
    extraction = Extraction(paper=paper, mentions=found.mentions, aliases=found.aliases, claims=found.claims)
    assert all(a.start <= b.start for a, b in pairwise(extraction.mentions))
    places = [(claim.value.start, claim.value.end) for claim in extraction.claims]
    assert all(a[1] <= b[0] for a, b in pairwise(places))
    assert Extraction.model_validate_json(extraction.model_dump_json()) == extraction
    stored = []
    for table in (PAPERS, MENTIONS, CLAIMS):
        rows = list(table.rows(extraction))
        for row in rows:
            for name, cell in table.columns.items():
                assert _as_in_csv(row[name], cell) == from_cell(to_cell(row[name], cell), cell)
        stored.append(pa.Table.from_pylist(rows, arrow_schema(table)).to_pylist())
    assert [extraction] == list(extractions(*stored))


def _as_in_csv(value, cell: Cell):
    """What a CSV can tell of a value: no text and an empty one are one, and so are lists of such."""
    if cell in (Cell.TEXT, Cell.WORD):
        return value or ""
    if cell in (Cell.TEXTS, Cell.GROUPS):
        return value if any(value) else []
    return value


def check_escapes(text: str) -> None:
    """A cell of a CSV or a sheet reads back; LaTeX, Markdown and XML obey nothing of a text; a unit of any
    text makes a number format."""
    assert from_cell(to_cell(text, Cell.TEXT), Cell.TEXT) == text
    parts = text.split("\n")
    if any(parts):
        assert from_cell(to_cell(parts, Cell.TEXTS), Cell.TEXTS) == parts
    _check_latex(latex.escaped(text))
    line = markdown.escaped(text)
    assert "\n" not in line and not BARE_MARKDOWN.search(line)
    cell = sheet_escaped(fitting(text))
    assert unescape(unescaped(cell)) == fitting(text)
    assert not BARE_XML.search(cell)
    formatted = number_format(text)
    assert formatted.count('"') % 2 == 0 and len(formatted) <= 255


BARE_MARKDOWN = re.compile(r"(?<!\\)(?:\\\\)*[`*_\[\]<>|$~^#]")
BARE_XML = re.compile(r"[<>\x00-\x08\x0b-\x1f]|&(?!(?:amp|lt|gt);)")
BARE_LATEX = re.compile(r"(?<!\\)(?:\\\\)*[%&#]|\\(?:input|write|immediate|def|let|csname)(?![A-Za-z])")


def _check_latex(text: str) -> None:
    """Braces close, and no sign is left that would end a cell or begin a comment."""
    depth = 0
    for brace in re.findall(r"(?<!\\)(?:\\\\)*([{}])", text):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0 and not BARE_LATEX.search(text) and "\n" not in text


def check_comparisons(text: str) -> None:
    """Any text as title, id, address and abstract of a paper that reports two numbers: each layout is written
    in each form, HTML has the tags of the page's template alone, and each row its cells."""
    abstract = f"{text[:400]} BERT reaches 91.2% accuracy on GLUE, and is 2x faster than GPT-2. {text[:400]}"
    paper = Paper(id=text[:40].strip() or "p", title=text[:80], abstract=abstract, url=text[:80])
    found = _finder(False).find(paper.source)
    extraction = Extraction(paper=paper, mentions=found.mentions, aliases=found.aliases, claims=found.claims)
    rules = load_rules()
    points = [point(entry, rules) for entry in entries(CLAIMS.rows(extraction), rules)]
    for layout in Layout if points else ():
        comparison = lay_out(points, layout, Options(at_least=1))
        page = _Tags()
        page.feed(html.as_html(comparison))
        page.close()
        assert page.tags <= TEMPLATE_TAGS and page.attributes <= TEMPLATE_ATTRIBUTES
        for line in markdown.as_markdown(comparison).splitlines():
            assert not line.startswith("|") or line.endswith("|")
        latex.as_latex(comparison)
        rows = list(csv.reader(io.StringIO(delimited.as_csv(comparison), newline=""), strict=True))
        assert len({len(row) for row in rows}) == 1
        json.loads(delimited.as_json(comparison))


TEMPLATE_TAGS = frozenset(
    {*("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "div", "table", "thead", "tbody")}
    | {*("tr", "th", "td", "a", "strong", "ol", "li", "mark")}
)
TEMPLATE_ATTRIBUTES = {*("lang", "charset", "name", "content", "class", "id", "href", "title")}


class _Tags(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        scheme = dict(attrs).get("href") or "#"
        assert scheme.startswith(("#", "http://", "https://"))


def check_reading(content: bytes, name: str) -> None:
    """A file of any content, by its suffix or without: papers with an id and a place, or a problem that says
    why not; nothing raises."""
    path = _folder() / name
    path.write_bytes(content)
    reading = read_sources([path])
    assert reading.papers or reading.problems
    for paper in reading.papers:
        assert paper.id.strip() and paper.places and (paper.title.strip() or paper.abstract.strip())
        paper.source.encode()
    assert len({paper.id for paper in reading.papers}) == len(reading.papers)
    assert all(problem.message and str(problem) for problem in reading.problems)


def check_sheet(content: bytes, name: str) -> None:
    """An edited sheet of any content: rows of texts with what is wrong in cells, or one sentence why not."""
    path = _folder() / name
    path.write_bytes(content)
    try:
        sheet = read_sheet(path)
    except SheetError as error:
        _check_sentence(error)
    else:
        assert all(isinstance(text, str) for row in sheet.rows for text in row.texts.values())
        assert all(str(problem) for problem in sheet.problems)


def check_table(content: bytes, name: str) -> None:
    """Somebody's table of any content: rows that are judged against a paper, or one sentence why not."""
    path = _folder() / name
    path.write_bytes(content)
    try:
        table = read_table(path, load_audit_rules())
    except TableError as error:
        _check_sentence(error)
    else:
        for row in table.rows[:3]:
            assert judge_row(row, _library()).verdict


def check_values(text: str) -> None:
    """The audit's own reading of numbers: each in the text, in order, its bounds in order."""
    found = find_values(text, load_audit_rules())
    for value in found:
        assert 0 <= value.start < value.end <= len(text)
        assert value.low <= value.high
    assert all(a.start <= b.start for a, b in pairwise(found))


def check_audit(text: str) -> None:
    """What the rules make of a text contradicts neither itself nor its place in the text."""
    title, _, abstract = text.partition("\n")
    paper = Paper(id="p", title=title, abstract=abstract)
    found = _finder(False).find(paper.source)
    extraction = Extraction(paper=paper, mentions=found.mentions, aliases=found.aliases, claims=found.claims)
    for finding in verify([extraction]):
        assert finding.check not in ("span", "record", "sentence", "version"), finding


def check_rule_file(content: bytes, table: str) -> None:
    """A rule file of any content: rules, or one sentence that says what is wrong with it."""
    try:
        read_rules(Path(f"{table}.yaml"), content, TABLES_OF_RULES[table])
    except RuleError as error:
        _check_sentence(error)


def check_saved(content: bytes, name: str) -> None:
    """A file of a run of any content: rows of claims, or one sentence why not."""
    path = _folder() / name
    path.write_bytes(content)
    try:
        list(claim_rows_of(path))
    except SavedError as error:
        _check_sentence(error)


def _check_sentence(error: Exception) -> None:
    assert str(error).strip() and "Traceback" not in str(error)


@lru_cache(maxsize=1)
def _folder() -> Path:
    """A folder in memory where the system has one: millions of files are written to it."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="extractor-fuzz-", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@lru_cache(maxsize=1)
def _library() -> Library:
    abstract = (
        "Quokka reaches 91.2% accuracy on ImageNet and is 1.9x faster than BERT, at 12 ms and 7B parameters."
    )
    paper = Paper(id="quokka", title="Quokka: Fast Speech Models", abstract=abstract)

    def extract(paper: Paper) -> Extraction:
        found = _finder(False).find(paper.source)
        return Extraction(paper=paper, mentions=found.mentions, claims=found.claims)

    return Library([paper], extract, load_audit_rules())
