"""The way back: an edited sheet becomes decisions beside the run. Takes the file and the run's folder,
returns an `Imported` with what was taken and, by cell, what was not. Only what somebody changed since the
sheet was written counts, so that an older sheet doesn't undo newer decisions. Never changes the
extraction."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from extractor.decisions import (
    ClaimKey,
    Decision,
    Verdict,
    all_decisions,
    claim_key,
    corrected,
    parse_claim_id,
    write_decisions,
)
from extractor.export.csv import to_cell
from extractor.export.tables import CLAIM_COLUMNS, Cell, claim_rows
from extractor.records import Claim, Extraction
from extractor.rules import load_rules
from extractor.run_folder import Reviewed, open_run
from extractor.sheet.columns import ANSWERS, BEFORE, CORRECTED, DECIDED, FIELDS, NONE, answers
from extractor.sheet.corrections import VALUE_PARTS, Correcting
from extractor.sheet.reading import CellProblem, SheetRow, read_sheet

NAME = "import"
COMPARED = (*FIELDS, *(key for key in CLAIM_COLUMNS if key.endswith("_name")))
"""The extraction's own cells that people may have edited."""
WORDS = tuple(key for key in COMPARED if key not in ("value", "low", "high"))
"""Those that a workbook has as they are; its numbers may be saved as shown ("5.3M")."""
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


@dataclass
class Imported:
    """`decisions` written to `path` (None: there was nothing new); `unchanged` rows; `problems` by cell;
    `notices`, of what was taken although somebody else had decided meanwhile."""

    path: Path | None = None
    decisions: list[Decision] = field(default_factory=list)
    unchanged: int = 0
    problems: list[CellProblem] = field(default_factory=list)
    notices: list[CellProblem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # columns that say nothing to us

    def __str__(self) -> str:
        verdicts = Counter(d.verdict.value for d in self.decisions if d.verdict)
        corrections = sum(bool(d.corrections) for d in self.decisions)
        told = [f"{count} {verdict}" for verdict, count in sorted(verdicts.items())]
        told += [f"{corrections} with corrections"] if corrections else []
        taken = f"{len(self.decisions)} decisions" + (f" ({', '.join(told)})" if told else "")
        where = f" to {self.path}" if self.path else ""
        parts = [f"{taken}{where}", f"{self.unchanged} rows unchanged"]
        parts += [f"{len(self.problems)} cells or rows not taken"] if self.problems else []
        return "; ".join(parts)

    def report(self) -> Iterator[str]:
        """What `extractor import` prints, a line each."""
        yield str(self)
        yield from (f"  not taken: {problem}" for problem in self.problems)
        yield from (f"  taken, but: {notice}" for notice in self.notices)
        if self.unknown:
            yield f"  columns that were not read: {', '.join(self.unknown)}"


def import_sheet(file: Path, run: Path, *, by: str = "", at: datetime | None = None) -> Imported:
    """Reads the sheet and writes what is new as decisions of the run. `by`: who decided, where the sheet
    doesn't say. SheetError or RunError for what can't be read at all."""
    sheet, folder = read_sheet(file), open_run(run)
    at = at or datetime.now(UTC)
    imported = Imported(problems=list(sheet.problems), unknown=sheet.unknown)
    by_paper = _by_paper(sheet.rows, imported.problems)
    past: Past = defaultdict(dict)
    for decision in all_decisions(run):
        past[decision.key][decision.at] = decision
    for paper in folder:
        rows = by_paper.pop(paper.extracted.paper.id, ())
        if rows:
            _import_paper(paper, rows, past, by, at, imported)
    for rows in by_paper.values():
        imported.problems += [_lost(row, "the run has no such paper") for row, _ in rows]
    imported.problems.sort(key=lambda problem: (problem.sheet, problem.row))
    if imported.decisions:
        imported.path = write_decisions(run, imported.decisions, NAME, at)
    return imported


Rows = list[tuple[SheetRow, ClaimKey]]
Past = dict[ClaimKey, dict[datetime, Decision]]
"""All that was ever decided on a claim, by when."""


def _by_paper(rows: list[SheetRow], problems: list[CellProblem]) -> dict[str, Rows]:
    by_paper: dict[str, Rows] = defaultdict(list)
    for row in rows:
        name = row.texts.get("claim", "")
        try:
            key = parse_claim_id(name)
        except ValueError:
            what = f"{name!r} is no claim's name" if name else "no claim is named"
            told = f"{what}, so the row has no place; take its name from the sheet as exported"
            problems.append(row.problem(told, "claim"))
            continue
        by_paper[key[0]].append((row, key))
    return by_paper


def _lost(row: SheetRow, why: str) -> CellProblem:
    told = f"{row.texts['claim']!r} not found: {why}; export this run anew, or name its own with --run"
    return row.problem(told, "claim")


def _import_paper(paper: Reviewed, rows: Rows, past: Past, by: str, at: datetime, imported: Imported) -> None:
    known = dict(_claims(paper))
    met: dict[ClaimKey, SheetRow] = {}
    for row, key in rows:
        if key not in known:
            imported.problems.append(_lost(row, "no number is claimed at that place"))
            continue
        if first := met.get(key):
            if _entered(row) != _entered(first):
                told = f"the claim of row {first.number} again, with other entries; only that row was read"
                imported.problems.append(row.problem(told, "claim"))
            continue
        met[key] = row
        claim, decision = known[key]
        printed = row.texts.get("value")
        if printed and not row.head.in_place and not _same(printed, claim.value.text):
            told = f"{printed!r} here and {claim.value.text!r} in the run, so nothing of the row was taken"
            imported.problems.append(row.problem(told, "value"))
            continue
        made = _Row(row, paper.extracted, claim, decision, past.get(key, {})).decide(by, at, imported)
        if made is None:
            imported.unchanged += 1
        else:
            imported.decisions.append(made)


def _claims(paper: Reviewed) -> Iterator[tuple[ClaimKey, tuple[Claim, Decision | None]]]:
    """By the place of its value as extracted: each claim and the decision on it."""
    for claim, decision in paper.rows:
        key = decision.key if decision else claim_key(paper.extracted.paper, claim)
        yield key, (claim, decision)


def _entered(row: SheetRow) -> dict[str, str]:
    return {key: row.texts[key] for key in ANSWERS if row.texts.get(key)}


@dataclass(frozen=True)
class _Row:
    """A row and the claim that it is about, with the decision that stands so far and all there ever were."""

    row: SheetRow
    extraction: Extraction
    claim: Claim
    decision: Decision | None
    past: Mapping[datetime, Decision]

    def decide(self, by: str, at: datetime, imported: Imported) -> Decision | None:
        """The decision as the row leaves it; None where it changes nothing."""
        have = answers(self.claim, self.decision)
        changed = self._changed(have, imported)
        edited = self._edited(imported.problems)
        if not (changed.keys() - {"reviewer"} or edited):
            return None
        asked = {
            key.removeprefix(CORRECTED): text for key, text in changed.items() if key.startswith(CORRECTED)
        }
        asked |= edited
        so_far = self.decision or self._fresh()
        bare = so_far.model_copy(update={"corrections": {}})
        kept, wanted = self._kept(so_far, asked, have)
        corrections, wrong = Correcting(self.extraction, self.claim, load_rules()).fields(wanted, kept, bare)
        for name, message in wrong.items():
            key = name if self.row.head.in_place else CORRECTED + name
            imported.problems.append(self.row.problem(message, key))
        verdict = self._verdict(changed, so_far, imported.problems)
        news = {
            "verdict": verdict,
            "note": changed.get("note", so_far.note),
            "corrections": corrections,
        }
        if all(getattr(so_far, name) == value for name, value in news.items()):
            return None
        signed = {"by": changed.get("reviewer") or by or so_far.by, "at": at}
        return so_far.model_copy(update={**news, **signed})

    def _fresh(self) -> Decision:
        """A decision that says nothing yet."""
        value, paper = self.claim.value, self.extraction.paper.id
        return Decision(paper=paper, start=value.start, end=value.end, value=value.text, at=datetime.now(UTC))

    @cached_property
    def _exported(self) -> tuple[bool, Decision | None]:
        """Whether the row of a CSV still says as of which decision it was written, and that decision."""
        when = self.row.texts.get(DECIDED)
        if not when:
            return when is not None, None
        with suppress(ValueError):
            then = self.past.get(datetime.fromisoformat(when))
            return then is not None, then
        return False, None

    def _first(self) -> dict[str, str] | None:
        """What the columns to fill in held when the sheet was written; None if that isn't known."""
        if BEFORE in self.row.texts:
            return _remembered(self.row.texts[BEFORE])
        known, then = self._exported
        return answers(self.claim, then) if known else None

    def _changed(self, have: dict[str, str], imported: Imported) -> dict[str, str]:
        """What somebody wrote, or emptied, since the sheet was made. A sheet that doesn't remember what it
        held at first is only asked for what it holds."""
        texts = self.row.texts
        before = self._first()
        changed = {}
        for key in ANSWERS:
            if key not in texts:
                continue
            cell, first = texts[key], (before or {}).get(key, "")
            touched = cell if before is None else _differs(key, cell, first)
            if touched and _differs(key, cell, have.get(key, "")):
                changed[key] = cell
                if before is not None and first != have.get(key, "") and key != "reviewer":
                    meanwhile = repr(have[key]) if key in have else "nothing"
                    told = f"{meanwhile} had been put in meanwhile; {cell!r} took its place"
                    imported.notices.append(self.row.problem(told, key))
        return changed

    def _edited(self, problems: list[CellProblem]) -> dict[str, str]:
        """Cells of the extraction itself that hold something else now. In a CSV these are corrections, empty
        where one is taken back; in a workbook there are columns for that."""
        extracted, edited = self._cells(self.claim), {}
        known, then = self._exported
        shown = [self._left(self.decision), self._left(then) if known else extracted]
        for key in COMPARED if self.row.head.in_place else WORDS:
            text = self.row.texts.get(key)
            if text is None or any(_same(text, cells[key]) for cells in shown):
                continue
            as_extracted = _same(text, extracted[key])
            if self.row.head.in_place and key in FIELDS:
                edited[key] = "" if as_extracted else text or NONE
            elif as_extracted:
                continue
            elif key not in FIELDS:
                own = key.removesuffix("_name")
                problems.append(
                    self.row.problem(f"names follow from the words by the rules; correct {own} instead", key)
                )
            else:
                told = f"the extraction's own cell was changed and is not read; write it into Corrected {key}"
                problems.append(self.row.problem(told, key))
        # Another number says itself what it is; an earlier correction of that was of the other number.
        return {**dict.fromkeys(VALUE_PARTS, ""), **edited} if "value" in edited else edited

    def _left(self, decision: Decision | None) -> dict[str, str]:
        """The cells as a decision leaves them; a correction that no longer fits shows nowhere."""
        with suppress(ValueError):
            return self._cells(corrected(self.extraction.paper, self.claim, decision or self._fresh()))
        return self._cells(self.claim)

    def _cells(self, claim: Claim) -> dict[str, str]:
        [row] = claim_rows(self.extraction.model_copy(update={"claims": (claim,)}))
        return {key: _shown(row[key], CLAIM_COLUMNS[key]) for key in COMPARED}

    def _kept(
        self, so_far: Decision, asked: dict[str, str], have: dict[str, str]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """The corrections that stay as they are, and the texts of those to make. A cell that was emptied
        takes its correction back; the parts of a value are made together."""
        kept, wanted = dict(so_far.corrections), dict(asked)
        if not asked.keys().isdisjoint(VALUE_PARTS) and not so_far.added:
            kept.pop("value", None)
            wanted = {**{part: have.get(CORRECTED + part, "") for part in VALUE_PARTS}, **asked}
        for name, text in asked.items():
            if not text and not so_far.added:
                kept.pop(name, None)
        return kept, {name: text for name, text in wanted.items() if text}

    def _verdict(
        self, changed: dict[str, str], so_far: Decision, problems: list[CellProblem]
    ) -> Verdict | None:
        if "decision" not in changed:
            return so_far.verdict
        word = changed["decision"].casefold()
        if word and word not in tuple(Verdict):
            told = f"{changed['decision']!r} is none of {', '.join(Verdict)}"
            problems.append(self.row.problem(told, "decision"))
            return so_far.verdict
        return Verdict(word) if word else None


def _remembered(text: str) -> dict[str, str] | None:
    """What the columns to fill in held when the sheet was written; None if that can't be read any more."""
    try:
        cells = json.loads(text) if text else {}
    except ValueError:
        return None
    return cells if isinstance(cells, dict) else None


def _shown(value: Any, cell: Cell) -> str:
    return to_cell(value, cell).removeprefix("'") if value not in (None, "") else ""


def _differs(key: str, cell: str, held: str) -> bool:
    """Whether a column to fill in holds something else than it did."""
    return not _same(cell, held) if key.startswith(CORRECTED) else cell != held.strip()


def _same(text: str, shown: str) -> bool:
    """The same but for blanks, an apostrophe in front, and how a spreadsheet writes numbers ("1.40E+12",
    "1000" for "1,000")."""
    text, shown = _bare(text), _bare(shown)
    if text == shown:
        return True
    try:
        return abs(float(text) - float(shown)) <= 1e-9 * abs(float(shown))
    except ValueError:
        return False


def _bare(text: str) -> str:
    return THOUSANDS.sub("", " ".join(text.split()).strip("' "))
