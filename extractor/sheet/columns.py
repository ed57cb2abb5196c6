"""The columns of the Claims sheet, in one place for those who write it and those who read it back: first what
is judged, then what people fill in, then where it all comes from. `key` is the column's name in CSV files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from extractor.decisions import Decision, Verdict
from extractor.export.csv import to_cell
from extractor.export.tables import CLAIM_COLUMNS, MULTIPLE, SINGLE, SLOTS, Cell
from extractor.records import Claim, Direction, Kind, Qualifier, Role

CORRECTED = "corrected_"
NONE = "-"  # in a corrected cell: there is none
BEFORE = "before"
DECIDED = "decided"  # only in CSV: when the decision was made that its row shows
CHOICES: dict[str, tuple[str, ...]] = {
    "kind": tuple(Kind),
    "role": tuple(Role),
    "qualifier": tuple(Qualifier),
    "direction": (*Direction, NONE),
}
FIELDS = ("value", "low", "high", "unit", *CHOICES, *SLOTS)
"""What can be corrected; low, high and unit are parts of the record's `value`."""
ANSWERS = ("decision", "note", "reviewer", *(CORRECTED + field for field in FIELDS))
"""The keys of the columns that people fill in."""


@dataclass(frozen=True)
class Column:
    """`width` in characters; `cell`: what the extraction holds there; `choices`: what may be filled in."""

    key: str
    header: str
    width: float
    meaning: str
    cell: Cell = Cell.TEXT
    choices: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def filled_in(self) -> bool:
        return self.key in ANSWERS


def _judged() -> list[Column]:
    verdict = "accept, reject or unsure: your word on the row"
    about = {
        "kind": ("Kind", 11, "what the number says: a score, its gain, a speedup ..."),
        "role": ("Role", 10, "result (this paper's), reference (what it is set against), background"),
        "qualifier": ("Qualifier", 10, "exact, up to, at least, at most, about, average"),
        "direction": ("Direction", 10, "which way the measured quantity moved; only for changes"),
        "metric_name": ("Metric", 20, "what is measured, by its usual name"),
        "method_name": ("Method", 22, "whose number it is"),
        "dataset_name": ("Dataset", 18, "on what"),
        "baseline_name": ("Baseline", 18, "against what"),
        "task_name": ("Task", 18, "for what"),
        "condition": ("Condition", 18, "under what condition, in the paper's words"),
    }
    return [
        Column("decision", "Decision", 10, verdict, choices=tuple(Verdict)),
        Column("title", "Paper", 28, "the paper's title, with a link where its address is known"),
        Column("value", "Value", 11, "the number as printed"),
        Column("sentence", "Sentence", 62, "where it stands, the value in bold"),
        Column(
            "report", "Report", 7, "the paper in the audit report, where there was one in the run's folder"
        ),
        Column("confidence", "Sure", 7, "probability that the row is right", Cell.NUMBER),
        Column("low", "Low", 9, "the number, in its unit", Cell.NUMBER),
        Column("high", "High", 9, "the upper end of a range, else the same number", Cell.NUMBER),
        Column("unit", "Unit", 8, "%, x (ratio), points, or as printed"),
        *(Column(key, *told, CLAIM_COLUMNS[key]) for key, told in about.items()),
    ]


def _filled_in() -> list[Column]:
    slot = f"as the paper writes it, or {NONE} for none"
    hints = {
        "value": "the number as the text has it, if another one is meant",
        "low": "a number",
        "high": "a number; only for a range",
        "unit": f"a unit, or {NONE} for none",
        **{field: "one of the list" for field in CHOICES},
        **dict.fromkeys(SINGLE, slot),
        **{field: f"{slot}; several with ; between them" for field in MULTIPLE},
    }
    corrected = [
        Column(
            CORRECTED + f, f"Corrected {f}", 14, f"where {f} is wrong: {hints[f]}", choices=CHOICES.get(f, ())
        )
        for f in FIELDS
    ]
    note = Column("note", "Note", 30, "anything you want to say")
    return [note, Column("reviewer", "Reviewer", 11, "who decided"), *corrected]


def _provenance() -> list[Column]:
    """The rest of the claims table, so that each cell leads back to the text."""
    shown = {column.key for column in _judged()}
    rest = [key for key in CLAIM_COLUMNS if key not in shown]
    widths = {Cell.INTEGER: 9, Cell.INTEGERS: 9}
    return [
        Column("claim", "Claim", 20, "the row's name, by which an edited sheet is read back"),
        *(
            Column(key, _header(key), widths.get(CLAIM_COLUMNS[key], 15), "", CLAIM_COLUMNS[key])
            for key in rest
        ),
        Column(BEFORE, "Before", 9, "what the columns to fill in held at first", hidden=True),
    ]


def _header(key: str) -> str:
    """ "Paper id" for `paper`, "Metric as written" for `metric`, "Metric start" for `metric_start`."""
    if key == "paper":
        return "Paper id"
    if key in SLOTS:
        return f"{key.capitalize()} as written"
    return key.replace("_", " ").capitalize()


COLUMNS = (*_judged(), *_filled_in(), *_provenance())
_HEADERS = {column.header: column for column in COLUMNS}
_KEYS = {column.key: column for column in (*COLUMNS, Column(DECIDED, "Decided", 0, ""))}
_ANY_CASE = {name.casefold(): column for name, column in (*_KEYS.items(), *_HEADERS.items())}


def column_named(text: str) -> Column | None:
    """The column of a header, in a workbook ("Method") or a CSV file ("method", which is as written)."""
    name = " ".join(text.split())
    return _HEADERS.get(name) or _KEYS.get(name) or _ANY_CASE.get(name.casefold())


def answers(claim: Claim, decision: Decision | None) -> dict[str, str]:
    """What the columns to fill in hold of a decision that stands; without what is empty."""
    if decision is None:
        return {}
    cells = {
        "decision": decision.verdict.value if decision.verdict else "",
        "note": decision.note,
        "reviewer": decision.by,
    }
    if not decision.added:
        cells |= {CORRECTED + field: text for field, text in _corrected(claim, decision.corrections).items()}
    return {key: text for key, text in cells.items() if text}


def _corrected(claim: Claim, corrections: Mapping) -> dict[str, str]:
    cells = {}
    for field, given in corrections.items():
        if field == "value":
            parts = {"value": "text", "low": "low", "high": "high", "unit": "unit"}
            cells |= {
                name: _text(given[part])
                for name, part in parts.items()
                if given[part] != getattr(claim.value, part)
            }
        elif field in MULTIPLE:
            cells[field] = to_cell([slot["text"] for slot in given], Cell.TEXTS).removeprefix("'") or NONE
        elif field in SLOTS:
            cells[field] = given["text"] if given else NONE
        else:
            cells[field] = str(given) if given else NONE
    return cells


def _text(value: str | float) -> str:
    return to_cell(float(value), Cell.NUMBER) if isinstance(value, int | float) else value or NONE


def remembered(cells: Mapping[str, str]) -> str:
    """The `before` cell: what the columns to fill in hold when a sheet is written; empty for nothing."""
    return json.dumps(cells, ensure_ascii=False) if cells else ""
