"""How `extractor check` judges rows made from annotated papers: `python benchmarks/audit.py GOLD.jsonl`.
True rows in several spellings, and rows made false in one cell: another number, method, dataset, metric
(from the same paper where it has one, and from another), unit or direction, or "2x slower" for "2x faster".
Prints the share of each verdict by kind of row."""

import argparse
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from extractor.audit.judging import judge_row
from extractor.audit.library import Library
from extractor.audit.naming import core, same_name, within
from extractor.audit.rules import load_audit_rules
from extractor.audit.table_rows import TableRow
from extractor.audit.verdicts import Judgement, Verdict
from extractor.normalise import canonical
from extractor.pipeline import load
from extractor.records import Label, Paper

LABELS = {"method": "METHOD", "dataset": "DATASET", "metric": "METRIC"}
KINDS = ("score", "gain", "speedup", "compression", "efficiency", "measure")
UNITS = {"%": "x", "x": "%", "points": "x", "": "%", "ms": "s", "s": "ms", "GB": "MB", "FPS": "ms"}
OPPOSITE = {"increase": "decrease", "decrease": "increase"}
CHANGES = (
    "number",
    "number of its paper",
    *(f"{field} of {where}" for field in LABELS for where in ("its paper", "another")),
    "unit",
    "direction",
    "comparative",
)
OPPOSITES = dict(
    pair
    for one, other in (
        ("smaller", "larger"),
        ("lower", "higher"),
        ("faster", "slower"),
        ("fewer", "more"),
        ("better", "worse"),
    )
    for pair in ((one, other), (other, one))
)
TRUE = "true"
EACH = 60  # false rows of a kind, at most
TRUE_ROWS = 300


@dataclass(frozen=True)
class Made:
    """A row, and what was changed in it: TRUE for nothing."""

    change: str
    cells: dict[str, str]
    was: str = ""


def made_rows(papers: list[dict], seed: int = 0) -> list[Made]:
    """True and false rows in a mixture that the seed decides: `TRUE_ROWS` and `EACH` of a kind, at most."""
    drawn = random.Random(seed)
    facts = [(paper, claim) for paper in papers for claim in paper["claims"] if _is_told(claim)]
    drawn.shuffle(facts)
    rows = [Made(TRUE, _spelled(_cells(paper, claim), drawn)) for paper, claim in facts[:TRUE_ROWS]]
    for change in CHANGES:
        made = (_changed(change, paper, claim, papers, drawn) for paper, claim in facts)
        rows += list(_first(EACH, (row for row in made if row)))
    return rows


def _first(count: int, rows: Iterable[Made]) -> Iterator[Made]:
    for _, row in zip(range(count), rows, strict=False):
        yield row


def _is_told(claim: dict) -> bool:
    """A result with a name beside its number."""
    return claim["role"] == "result" and claim["kind"] in KINDS and any(claim[field] for field in LABELS)


def _cells(paper: dict, claim: dict) -> dict[str, str]:
    names = {field: "; ".join(_names(claim, field)) for field in LABELS}
    value = {"value": claim["value"]["text"], "unit": claim["value"]["unit"]}
    return {"paper": paper["title"], **names, **value, "direction": claim["direction"] or ""}


def _names(claim: dict, field: str) -> list[str]:
    found = claim[field]
    return found if isinstance(found, list) else [found] if found else []


def _spelled(cells: dict[str, str], drawn: random.Random) -> dict[str, str]:
    """The same row as somebody else would write it."""
    number = re.fullmatch(r"(\d+\.\d+|\d+)(\\?%|x|times|\$\\times\$)?", cells["value"])
    if not number or drawn.random() < 0.4:
        return cells
    if cells["unit"] == "x":
        return cells | {"value": f"{number[1]} times", "unit": ""}
    if cells["unit"] == "%" and drawn.random() < 0.5:
        return cells | {"value": number[1]}
    if cells["unit"] == "%" and not cells["direction"] and float(number[1]) < 100:
        digits = len(number[1].partition(".")[2])
        return cells | {"value": f"{float(number[1]) / 100:.{digits + 2}f}", "unit": ""}
    return cells


def _changed(change: str, paper: dict, claim: dict, papers: list[dict], drawn: random.Random) -> Made | None:
    """The claim's row with one cell made false, None where it can't be."""
    cells = _cells(paper, claim)
    what, _, where = change.partition(" of ")
    if what in LABELS:
        name = cells[what] and _other_name(what, where, paper, claim, papers, drawn)
        return Made(change, cells | {what: name}, cells[what]) if name else None
    if change == "number":
        number = _other_digits(cells["value"], paper, drawn)
    elif change == "number of its paper":
        number = _other_number(paper, claim, drawn)
    elif change == "comparative":
        behind = f"{paper['title']}\n{paper['abstract']}"[claim["value"]["end"] :]
        word = re.match(rf"\s({'|'.join(OPPOSITES)})\b", behind)
        number = word and f"{cells['value']} {OPPOSITES[word[1]]}"
    elif change == "unit":
        unit = UNITS.get(cells["unit"])
        bare = re.match(r"[\d.,]+", cells["value"])
        return (
            Made(change, cells | {"value": bare[0], "unit": unit}, cells["unit"]) if unit and bare else None
        )
    else:
        way = OPPOSITE.get(cells["direction"])
        return Made(change, cells | {"direction": way}, cells["direction"]) if way else None
    return Made(change, cells | {"value": number}, cells["value"]) if number else None


def _other_name(
    what: str, where: str, paper: dict, claim: dict, papers: list[dict], drawn: random.Random
) -> str | None:
    own = _names(claim, what)
    groups = [g for g in paper["aliases"] if any(same_name(form, name) for form in g for name in own)]
    twins = [c for c in paper["claims"] if c["value"]["text"] == claim["value"]["text"]]
    near = [*own, *(form for group in groups for form in group), *(n for c in twins for n in _names(c, what))]
    home = paper if where == "its paper" else drawn.choice(papers)
    names = list(dict.fromkeys(m["text"] for m in home["mentions"] if m["label"] == LABELS[what]))
    text = f"{paper['title']}\n{paper['abstract']}".casefold()
    names = [n for n in names if not any(_may_be_one(n, each, LABELS[what]) for each in near)]
    if where != "its paper":
        names = [n for n in names if n.casefold() not in text]
    against = [n for n in names if n in claim["baseline"]]
    return drawn.choice(against or names) if names else None


def _may_be_one(one: str, other: str, label: str) -> bool:
    """Whether two names may be one thing: by the words that they share, whatever their order, or by the lists
    of names ("ILSVRC" is "ImageNet")."""
    ours, theirs = (set(core(name)) for name in (one, other))
    same = canonical(one, Label(label)).casefold() == canonical(other, Label(label)).casefold()
    return same or ours <= theirs or theirs <= ours


def _other_digits(value: str, paper: dict, drawn: random.Random) -> str | None:
    """The number with one digit changed, if the paper doesn't have it by chance, in any spelling."""
    there = set(re.findall(r"\d+(?:\.\d+)?", f"{paper['title']}\n{paper['abstract']}"))
    digits = [m.start() for m in re.finditer(r"\d", value)]
    for at in drawn.sample(digits, len(digits)):
        new = drawn.choice([d for d in "123456789" if d != value[at]])
        changed = value[:at] + new + value[at + 1 :]
        if there.isdisjoint(re.findall(r"\d+(?:\.\d+)?", changed)):
            return changed
    return None


def _other_number(paper: dict, claim: dict, drawn: random.Random) -> str | None:
    """The number of another claim of the paper, of the same unit and with another name where the row has
    one; not one that the paper gives for the row's names too."""
    mine = claim["value"]
    alike = [c for c in paper["claims"] if c["value"]["unit"] == mine["unit"]]
    own = {c["value"]["low"] for c in alike if not any(_differs(c, claim, field) for field in LABELS)}
    others = [c["value"]["text"] for c in alike if c["value"]["low"] not in own]
    return drawn.choice(others) if others else None


def _differs(one: dict, other: dict, field: str) -> bool:
    """Whether both claims have names there, and none in common."""
    ours, theirs = _names(one, field), _names(other, field)
    return bool(ours and theirs) and not any(within(a, b) for a in ours for b in theirs)


def measure(rows: list[Made], library: Library) -> list[Verdict]:
    return [judge_row(TableRow(n, made.cells), library) for n, made in enumerate(rows, 1)]


def report(rows: list[Made], verdicts: list[Verdict]) -> str:
    """A line a kind of row: how many, the share of each verdict, and of false rows how often the changed
    cell, or the number, is the one named."""
    counts: dict[str, Counter] = defaultdict(Counter)
    named: Counter = Counter()
    for made, verdict in zip(rows, verdicts, strict=True):
        counts[made.change][verdict.verdict] += 1
        cell = "value" if made.change.startswith(("number", "comparative")) else made.change.partition(" ")[0]
        named[made.change] += verdict.cells.get(cell, "ok") != "ok"
    heads = f"{'supported':>10} {'contradicted':>13} {'partly':>7} {'not found':>10} {'cell named':>11}"
    lines = [f"{'row':22} {'rows':>5} {heads}"]
    for change in (TRUE, *CHANGES):
        count = counts[change]
        total = count.total()
        if not total:
            continue
        shares = "".join(
            f"{count[verdict] / total:>{width}.1%}"
            for verdict, width in zip(
                (Judgement.SUPPORTED, Judgement.CONTRADICTED, Judgement.PARTLY, Judgement.NOT_FOUND),
                (11, 14, 8, 11),
                strict=True,
            )
        )
        cell = "" if change == TRUE else f"{named[change] / total:.1%}"
        lines.append(f"{change:22} {total:>5}{shares} {cell:>11}")
    false = [v for made, v in zip(rows, verdicts, strict=True) if made.change != TRUE]
    wrong = sum(v.verdict is Judgement.SUPPORTED for v in false)
    lines.append(f"false rows called supported: {wrong} of {len(false)}, {wrong / max(1, len(false)):.1%}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, help="annotated papers, JSONL")
    parser.add_argument("--no-model", action="store_true", help="extract by rules alone")
    parser.add_argument("--wrong", type=int, default=0, metavar="N", help="print that many misjudged rows")
    options = parser.parse_args()
    papers = [json.loads(line) for line in options.gold.open(encoding="utf-8")]
    rows = made_rows(papers)
    extractor = load(model=not options.no_model)
    records = [Paper(id=p["id"], title=p["title"], abstract=p["abstract"]) for p in papers]
    verdicts = measure(rows, Library(records, extractor.study, load_audit_rules()))
    misjudged = [
        (made, verdict)
        for made, verdict in zip(rows, verdicts, strict=True)
        if (made.change == TRUE) != (verdict.verdict is Judgement.SUPPORTED)
    ]
    for made, verdict in misjudged[: options.wrong]:
        print(f"{made.change} (was {made.was!r}): {made.cells}\n  {verdict.verdict}: {verdict.reason}")
    print(report(rows, verdicts))


if __name__ == "__main__":
    main()
