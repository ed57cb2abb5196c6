"""Papers for comparison tests, a made-up sentence a claim: `told("50.3%", metric="mIoU", method="Quokka",
dataset=["ADE20K"])` is a claim, `paper("p1", ...)` a paper that makes such claims, `saved(folder, ...)` a
run's folder."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

from extractor.comparison import Selection
from extractor.comparison.entry import Entry, entries
from extractor.comparison.layouts import Comparison, Layout, Options, lay_out
from extractor.comparison.names import LABELS
from extractor.comparison.point import Point, point
from extractor.comparison.select import select
from extractor.export import CLAIMS, folder_writer
from extractor.normalise import canonical
from extractor.records import RECORD_VERSION, Claim, Extraction, Paper, Quantity, Slot, Span
from extractor.rules import load_rules

RULES = load_rules()
DEFAULT = Options()
NUMBER = re.compile(r"\d[\d.]*")
UNIT = re.compile(r"(%|x|points|ms|s|GB|MB)?$")
MOVES = {"speedup": "increase", "gain": "increase", "compression": "decrease", "efficiency": "decrease"}


def told(value: str, kind: str = "score", text: str = "", **fields) -> SimpleNamespace:
    """A claim to be: slots as texts, `dataset` and `baseline` as lists; `text` its sentence, else one is made
    of its slots. Unit and numbers are read from `value`; a change is an improvement of a speed or a size."""
    return SimpleNamespace(value=value, kind=kind, text=text, fields=fields)


def paper(id: str, *claims: SimpleNamespace, url: str = "") -> Extraction:
    sentences = [each.text or _sentence(each) for each in claims]
    held = Paper(id=id, title=f"Paper {id}", abstract=" ".join(sentences), url=url)
    at, made = len(held.title) + 1, []
    for each, sentence in zip(claims, sentences, strict=True):
        made.append(_claim(each, sentence, at))
        at += len(sentence) + 1
    return Extraction(paper=held, claims=tuple(made))


def _sentence(told: SimpleNamespace) -> str:
    slots = [given for field, given in told.fields.items() if field in LABELS]
    names = [name for given in slots for name in (given if isinstance(given, list) else [given])]
    return f"Here {told.value} is reported, for {' and '.join(map(str, names))}."


def _claim(told: SimpleNamespace, sentence: str, at: int) -> Claim:
    def slot(text: str, field: str) -> Slot:
        start = at + sentence.index(text)
        return Slot(text=text, start=start, end=start + len(text), name=canonical(text, LABELS[field], RULES))

    def filled(field: str, given):
        if field not in LABELS or given is None:
            return given
        return tuple(slot(each, field) for each in given) if isinstance(given, list) else slot(given, field)

    numbers = [float(each) for each in NUMBER.findall(told.value)] or [1.0]
    start = at + sentence.index(told.value)
    quantity = {
        "text": told.value,
        "start": start,
        "end": start + len(told.value),
        "low": numbers[0],
        "high": numbers[-1],
        "unit": UNIT.search(told.value)[0],
    }
    fields = {"role": "result", "confidence": 0.5, "direction": MOVES.get(told.kind), **told.fields}
    quantity |= {name: fields.pop(name) for name in ("low", "high", "unit") if name in fields}
    return Claim(
        value=Quantity(**quantity),
        kind=told.kind,
        sentence=Span(start=at, end=at + len(sentence)),
        **{field: filled(field, given) for field, given in fields.items()},
    )


def read(*papers: Extraction, merge: bool = True) -> list[Entry]:
    return entries((row for each in papers for row in CLAIMS.rows(each)), RULES, merge=merge)


def only(claim: SimpleNamespace, *, convert: bool = True) -> Point:
    """The point of a paper with this claim alone."""
    (entry,) = read(paper("p1", claim))
    return point(entry, RULES, convert=convert)


def compared(*papers: Extraction, layout: str = "list", options: Options = DEFAULT, **filters) -> Comparison:
    """What `extractor compare` makes of these papers."""
    chosen = select(read(*papers, merge=options.merge), Selection(**filters), RULES)
    points = [point(entry, RULES, convert=options.convert) for entry in chosen]
    return lay_out(points, Layout(layout), options)


def shown(comparison: Comparison) -> list[list[str]]:
    """Every row of every block, cells as texts, the best with a star; without the column of sources."""
    return [
        [
            cell.text
            or "; ".join(
                text + ("*" if best else "") for text, best in zip(cell.shown, cell.best, strict=True)
            )
            for cell, column in zip(row, block.columns, strict=True)
            if column.head not in ("source", "sure")
        ]
        for block in comparison.blocks
        for row in block.rows
    ]


def saved(folder: Path, *papers: Extraction) -> Path:
    """A run's folder, as `extractor run` leaves it."""
    with folder_writer(folder) as write:
        for each in papers:
            write(each)
    (folder / "run.json").write_text(json.dumps({"version": RECORD_VERSION}), encoding="utf-8")
    return folder
