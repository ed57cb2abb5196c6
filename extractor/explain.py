"""One paper's extraction for the eye: the text with its mentions and claims marked, and who took each
decision. Takes a text, or a paper's id with the source it stands in; returns something that rich prints.
Never extracts anything by itself."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from extractor import pipeline
from extractor.language import is_foreign
from extractor.read import ReadError, read_sources
from extractor.read.fields import UNSTORABLE
from extractor.read.lines import REPLACED
from extractor.records import Claim, Extraction, Mention, Paper, Slot
from extractor.terminal import printable, table

STYLES = {
    "METHOD": "black on cyan",
    "DATASET": "black on green",
    "METRIC": "black on yellow",
    "TASK": "black on white",
}
VALUE_STYLE = "bold white on magenta"
DECIDED = ("kind", "role", "qualifier", "direction")


def explain(
    wanted: str, source: Path | str | None = None, *, rules: Path | None = None, model: bool = True
) -> Group:
    """The explanation of the text `wanted` (of several lines, the first is the title), or, with a `source`,
    of the paper there that has `wanted` as id or title. ReadError if there is none."""
    paper = paper_of_text(wanted) if source is None else find_paper(read_sources([source]).papers, wanted)
    return explanation(pipeline.load(rules, model, any_language=True).extract(paper))


def paper_of_text(text: str) -> Paper:
    """A paper for a text typed in: the first of several lines is the title, a single one is the abstract.
    Bytes that a terminal could not decode are replaced, as in files."""
    text = UNSTORABLE.sub(REPLACED, text)
    if not text.strip():
        raise ReadError("there is no text to explain; give a sentence, or a paper's id with --from")
    title, line_end, abstract = text.strip().partition("\n")
    return Paper(id="text", title=title, abstract=abstract) if line_end else Paper(id="text", abstract=title)


def find_paper(papers: Sequence[Paper], wanted: str) -> Paper:
    """The paper with this id, or with this title, whatever its case."""
    for paper in papers:
        if paper.id == wanted:
            return paper
    for paper in papers:
        if paper.title.casefold() == wanted.strip().casefold():
            return paper
    names = [name for paper in papers for name in (paper.id, paper.title)]
    near = "; ".join(map(repr, get_close_matches(wanted, names, n=3))) or "none is like it"
    raise ReadError(f"no paper {wanted!r} among {len(papers)}; near: {near}")


def explanation(extraction: Extraction) -> Group:
    """The marked text, a row a mention, and a block a claim."""
    parts: list[RenderableType] = [marked_text(extraction), Text()]
    if is_foreign(extraction.language):
        language = f"Language: {extraction.language}. `extractor run` needs --any-language to read it."
        parts += [Text(language), Text()]
    parts.append(mention_table(extraction.mentions) if extraction.mentions else Text("No mentions."))
    for number, claim in enumerate(extraction.claims, 1):
        parts += [Text(), claim_table(claim, number)]
    if not extraction.claims:
        parts.append(Text("No claims."))
    return Group(*parts)


def marked_text(extraction: Extraction) -> Text:
    """The source with "[SEW METHOD]" for a mention, "*" if the paper proposes it, and "[1.9x #2]" for the
    value of the second claim. Of marks that overlap, the value's stays, else the first."""
    source, text, at = extraction.paper.source, Text(), 0
    for start, end, label, style in _marks(extraction):
        text.append_text(printable(source[at:start]))
        text.append_text(printable(f"[{source[start:end]} {label}]", style))
        at = end
    text.append_text(printable(source[at:]))
    return text


def _marks(extraction: Extraction) -> Iterator[tuple[int, int, str, str]]:
    values = [(c.value.start, c.value.end, f"#{n}", VALUE_STYLE) for n, c in enumerate(extraction.claims, 1)]
    names = [
        (m.start, m.end, f"{m.label}{'*' if m.proposed else ''}", STYLES[m.label])
        for m in extraction.mentions
    ]
    free = [
        mark for mark in names if not any(mark[0] < end and start < mark[1] for start, end, _, _ in values)
    ]
    at = 0
    for mark in sorted(values + free):
        if mark[0] >= at:
            yield mark
            at = mark[1]


def mention_table(mentions: Iterable[Mention]) -> RenderableType:
    grid = table("mention", "label", "name", "proposed", "where", ">sure", "decided by")
    for m in mentions:
        cells = [m.text, m.label, m.name, "yes" if m.proposed else "", _where(m), f"{m.confidence:.2f}"]
        grid.add_row(*map(printable, cells), printable(", ".join(m.origin)))
    return grid


def claim_table(claim: Claim, number: int) -> RenderableType:
    """A row a field that is filled or that somebody decided about."""
    deciders: dict[str, list[str]] = {}
    for origin in claim.origin:
        field, _, decider = origin.partition(":")
        deciders.setdefault(field, []).append(decider)
    value = claim.value
    numbers = f"{value.low:g}" if value.low == value.high else f"{value.low:g} to {value.high:g}"
    rows = [("value", value.text, f"{numbers} {value.unit}".strip(), _where(value))]
    rows += [(field, choice, "", "") for field in DECIDED if (choice := getattr(claim, field))]
    rows += [(field, slot.text, _reached(slot), _where(slot)) for field, slot in claim.slots()]
    rows += [(field, "", "", "") for field in deciders if field not in {row[0] for row in rows}]
    grid = table(
        "field", "found", "read as", "where", "decided by", title=f"#{number}, {claim.confidence:.2f} sure"
    )
    for row in rows:
        grid.add_row(*map(printable, row), printable(", ".join(deciders.get(row[0], ()))))
    return grid


def _reached(slot: Slot) -> str:
    return f'{slot.name} (by "{slot.inferred}")' if slot.inferred else slot.name


def _where(span) -> str:
    return f"{span.start}-{span.end}"
