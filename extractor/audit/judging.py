"""A row of somebody's table against a source -> `Verdict`. A number alone supports nothing: it has to stand
in the text with its unit, and the text has to tie it to each name of the row."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, log
from pathlib import Path

import regex

from extractor.audit.cell_words import APPROX, beside, compared, has_plus, qualifier_at, spelling_of
from extractor.audit.library import Library
from extractor.audit.linking import RESPECTIVE, Evidence, evidence, list_of
from extractor.audit.naming import Span
from extractor.audit.numbers import Value, read_value, unit_of
from extractor.audit.places import Place, find_places
from extractor.audit.quotes import find_quote, is_too_short
from extractor.audit.sources import Source
from extractor.audit.table_rows import NAMES, TableRow
from extractor.audit.verdicts import Judgement, Passage, State, Verdict
from extractor.audit.wording import directions_said, way_of
from extractor.records import Claim, Role

WEIGHTS = Path(__file__).parent / "evidence.json"
BIAS, TEXT = "bias", "text"
SUREST = 7.0  # log odds
SURE = 0.9999  # a link more probable than this counts as this probable
ENOUGH = {"method": 0.25, "metric": 0.5, "dataset": 0.6}
"""How probable a link must be to count: so that about 1.3 % of false rows are supported, by cross-validation
on papers that the model was not trained on."""
OUTDONE = 0.5  # log odds by which another number may fit a row's names better; likewise

BY = regex.compile(r"(?ri)\bby\s+(?:[\w-]+\s+){0,3}[$~]*")
BETTER = (Judgement.SUPPORTED, Judgement.PARTLY, Judgement.CONTRADICTED, Judgement.NOT_FOUND)
RULED_OUT = 0.04  # how probable a link is at most that something rules out
SURELY_NOT = 0.05  # a link less probable than this speaks for another number, or another owner

FILLED = ("value", "unit", *NAMES, "direction", "quote")


@dataclass(frozen=True)
class Cell:
    """A judged cell. `sure`: how probable the link is; `why`: what is to be said of it; `opposite`: the
    source says the contrary in so many words."""

    state: State
    sure: float = 1.0
    why: str = ""
    span: Span | None = None
    rival: str = ""
    opposite: bool = False


OK = Cell(State.OK)


@dataclass(frozen=True)
class Fit:
    """A number of the source, with every cell of the row judged there."""

    place: Place
    cells: Mapping[str, Cell]

    @property
    def score(self) -> float:
        """How well the row fits here: cells that do, then how surely."""
        return sum(2.0 * (cell.state is State.OK) + cell.sure for cell in self.cells.values())

    @property
    def odds(self) -> float:
        """Log odds that the number belongs to all names of the row."""
        sure = (min(SURE, max(1 - SURE, self.cells[field].sure)) for field in NAMES if field in self.cells)
        return sum(log(each / (1 - each)) for each in sure)

    @property
    def wrong(self) -> list[str]:
        return [field for field, cell in self.cells.items() if cell.state is not State.OK]


@lru_cache(maxsize=1)
def load_weights() -> dict[str, dict[str, dict[str, float]]]:
    """Weights of evidence by "text" and "model", then by field; fitted by `training/evidence.py`."""
    return json.loads(WEIGHTS.read_text(encoding="utf-8"))


def probability(what: str, found: Evidence) -> float:
    """That a number belongs to a name: by what the text has for and against it, and from that and what the
    model believes, where it was asked."""
    odds = log_odds(load_weights()["text"][what], found.signs)
    if found.believed:
        odds = log_odds(load_weights()["model"][what], {TEXT: odds, **found.believed})
    return 1 / (1 + exp(-odds))


def log_odds(weights: Mapping[str, float], signs: Mapping[str, float]) -> float:
    """What the signs add up to, kept within reason."""
    odds = weights[BIAS] + sum(weights.get(sign, 0.0) * value for sign, value in signs.items())
    return max(-SUREST, min(SUREST, odds))


def judge_row(row: TableRow, library: Library) -> Verdict:
    """The verdict on one row: against the paper that it names, else against every paper that has its
    number."""
    names = {field: row[field] for field in ("id", "paper") if row[field]}
    if not names:
        return _without_a_name(row, _with_made_up(row, _judge_anywhere(row, library), library))
    if sources := library.find(names.values()):
        verdict = min((judge(row, source) for source in sources), key=_rank)
        verdict = verdict.model_copy(update={"cells": dict.fromkeys(names, State.OK) | verdict.cells})
        return _with_made_up(row, verdict, library)
    reason = f"no paper '{next(iter(names.values()))}' among the {len(library.sources)} given"
    missing = dict.fromkeys(names, State.MISSING)
    return Verdict(row=row.number, verdict=Judgement.NOT_FOUND, cells=missing, reason=reason)


def _without_a_name(row: TableRow, verdict: Verdict) -> Verdict:
    """A number that stands somewhere is no claim yet."""
    if verdict.verdict is not Judgement.SUPPORTED or any(row[field] for field in (*NAMES, "quote")):
        return verdict
    reason = f"{verdict.reason}, but the row names nothing to tie the number to"
    return verdict.model_copy(update={"verdict": Judgement.PARTLY, "reason": reason})


def _with_made_up(row: TableRow, verdict: Verdict, library: Library) -> Verdict:
    """Marked where the quote stands in none of the papers; not found where it is all that the row has
    beside its number."""
    quote = row["quote"]
    if not quote or is_too_short(quote) or any(find_quote(source, quote) for source in library.sources):
        return verdict
    alone = verdict.verdict is Judgement.PARTLY and not any(row[field] for field in NAMES)
    judgement = Judgement.NOT_FOUND if alone else verdict.verdict
    return verdict.model_copy(update={"verdict": judgement, "made_up": True})


def _judge_anywhere(row: TableRow, library: Library) -> Verdict:
    holding = (source for source in library.sources if _holds(row, source))
    reason = f"'{row['value']}' stands in none of the {len(library.sources)} papers"
    cells = {"value": State.MISSING}
    nothing = Verdict(row=row.number, verdict=Judgement.NOT_FOUND, cells=cells, reason=reason)
    return min((judge(row, source) for source in holding), key=_rank, default=nothing)


def _holds(row: TableRow, source: Source) -> bool:
    value = read_value(row["value"], source.rules)
    return value is not None and bool(find_places(source, value, _unit(row, value, source), row["value"]))


def _rank(verdict: Verdict) -> tuple[int, int]:
    """The lower, the more a paper speaks for a row."""
    return BETTER.index(verdict.verdict), -sum(state is State.OK for state in verdict.cells.values())


def judge(row: TableRow, source: Source) -> Verdict:
    """The verdict on a row that is about this source."""
    value = read_value(row["value"], source.rules)
    if value is None:
        reason = f"'{row['value']}' holds no number" if row["value"] else "the row has no value"
        cells = {"value": State.MISSING}
        return Verdict(row=row.number, verdict=Judgement.NOT_FOUND, cells=cells, reason=reason)
    unit = _unit(row, value, source)
    quote = find_quote(source, row["quote"]) if row["quote"] else None
    fits = [_fit(row, source, place, quote) for place in find_places(source, value, unit, row["value"])]
    best = max(fits, key=lambda fit: fit.score, default=None)
    others = list(_other_numbers(row, source, value, unit, fits, quote))
    if best and not best.wrong:
        if outdone := _outdone(row, source, best, others):
            return _verdict(row, source, Judgement.PARTLY, outdone, _partly(row, source, outdone))
        return _verdict(row, source, Judgement.SUPPORTED, best, _supported(row, source, best))
    other = max((fit for fit in others if _names_fit(fit)), key=lambda fit: fit.score, default=None)
    if best is None:
        return _contradicted(row, source, other) if other else _not_found(row, source, quote)
    if any(cell.opposite for cell in best.cells.values()):
        return _verdict(row, source, Judgement.CONTRADICTED, best, _partly(row, source, best))
    if other and any(best.cells[field].sure < SURELY_NOT for field in best.wrong if field in NAMES):
        return _contradicted(row, source, other)
    owner = best.cells.get("method")
    if owner and best.wrong == ["method"] and owner.rival and owner.sure < SURELY_NOT:
        return _verdict(row, source, Judgement.CONTRADICTED, best, _partly(row, source, best))
    return _verdict(row, source, Judgement.PARTLY, best, _partly(row, source, best))


def _unit(row: TableRow, value: Value, source: Source) -> str | None:
    """The unit that the row says: in its own column, at the number, or behind the metric's name; None:
    unsaid."""
    if row["unit"]:
        return unit_of(row["unit"], source.rules) or row["unit"]
    if value.unit:
        return value.unit
    head, bracket, inside = row["metric"].partition("(")
    return unit_of(inside.rstrip(") "), source.rules) if head and bracket else None


def _fit(row: TableRow, source: Source, place: Place, quote: Span | None) -> Fit:
    shown = source.text[place.value.start : place.value.end]
    cells = {"value": Cell(State.OK, span=(place.value.start, place.value.end))}
    if row["unit"] or not place.unit_fits:
        why = "" if place.unit_fits else f"the unit in the source is that of '{shown}'"
        field = "unit" if row["unit"] else "value"
        cells[field] = Cell(State.OK if place.unit_fits else State.WRONG, why=why, span=cells["value"].span)
    if cells["value"].state is State.OK and (against := _said_beside(row, source, place.value)):
        cells["value"] = replace(against, span=cells["value"].span)
    cells |= {field: _name_cell(row[field], field, source, place.value) for field in NAMES if row[field]}
    if row["direction"]:
        cells["direction"] = _direction_cell(row["direction"], row, source, place.value)
    if row["quote"]:
        cells["quote"] = _quote_cell(row["quote"], quote, place.value)
    return Fit(place, cells)


def _name_cell(text: str, field: str, source: Source, value: Value) -> Cell:
    """The least certain of the names that the cell lists, "A; B"."""
    names = [name.strip() for name in text.split(";") if name.strip()] or [text]
    cells = (
        _one_name(name, field, source, value, tuple(other for other in names if other != name))
        for name in names
    )
    return min(cells, key=lambda cell: cell.sure)


def _one_name(text: str, field: str, source: Source, value: Value, beside: tuple[str, ...]) -> Cell:
    name = text.partition(" (")[0] if not source.spans(source.forms(text, field)) else text
    found = evidence(source, value, field, name, beside)
    if found.span is None:
        return Cell(State.MISSING, 0.0, f"the source does not name '{text}'")
    sure = probability(field, found)
    if _is_ruled_out(field, found.signs, source.claim_at(value.start, value.end)):
        sure = min(sure, RULED_OUT)
    if sure >= ENOUGH[field]:
        return Cell(State.OK, sure, span=found.span)
    instead = f" rather than '{found.rival}'" if found.rival else ""
    return Cell(State.WRONG, sure, f"nothing ties it to '{text}'{instead}", found.span, found.rival)


def _is_ruled_out(field: str, signs: Mapping[str, float], claim: Claim | None) -> bool:
    """What no other evidence outweighs: a list pairs the number with another name, another name says it or
    is what it holds on, or the number is the world's or an opponent's."""
    if signs.get("out of step") and signs[RESPECTIVE]:
        return True
    if signs.get("extractor: same"):
        return False
    if field == "method":
        return bool(claim) and claim.role is not Role.RESULT
    if field == "metric":
        return bool(signs["rival says it"]) and not signs.get("says it")
    return bool(signs["rival follows"] or signs.get("extractor: other")) and not signs["follows"]


def _said_beside(row: TableRow, source: Source, value: Value) -> Cell | None:
    """What the source has against the words, sign and qualifier that the cell has beside its number; None:
    nothing. "about" claims no more than the number itself."""
    mine = read_value(row["value"], source.rules)
    if mine is None:
        return None
    said = beside(row["value"], mine, source.rules)
    if said.qualifier not in ("", APPROX, *_qualifiers(source, value)):
        return Cell(State.WRONG, 0.0, f"the source does not say {said.qualifier.replace('_', ' ')}")
    plus = ["+"] if said.plus and not has_plus(source.text, value) else []
    cells = (_direction_cell(word, row, source, value) for word in (*said.ways, *plus))
    return next((cell for cell in cells if cell.state is not State.OK), None)


def _qualifiers(source: Source, value: Value) -> set[str]:
    """What the source qualifies the number by, or the list that holds it."""
    window = source.sentences[source.sentence_at(value.start)]
    return {qualifier_at(source.text, v, window, source.rules)[0] for v in list_of(source, value)}


def _near(source: Source, value: Value) -> Iterator[str]:
    """The words behind the number, or its list, up to the next number; those before, if "by" leads to it."""
    start, end = source.sentences[source.sentence_at(value.start)]
    listed = list_of(source, value)
    first, last = listed[0].start, listed[-1].end
    yield source.text[last : min([end, *(v.start for v in source.values if v.start >= last)])]
    if BY.match(source.text, start, first):
        yield source.text[max([start, *(v.end for v in source.values if v.end <= first)]) : first]


def _direction_cell(word: str, row: TableRow, source: Source, value: Value) -> Cell:
    """By the same or the opposite word near the number, else by what the words around it say, else by what
    the extractor makes of them."""
    rule = spelling_of(word, source.rules)
    if rule is None:
        return Cell(State.MISSING, 0.0, f"'{word}' is no direction, such as increase or decrease")
    heard = (compared(word.strip().casefold(), near, source.rules) for near in _near(source, value))
    same = next((each for each in heard if each is not None), None)
    if same is not None:
        why = "" if same else f"the source says the opposite of '{word}'"
        return Cell(State.OK if same else State.WRONG, float(same), why, opposite=not same)
    direction = way_of(rule.says, row["metric"], source.rules)
    window = source.sentences[source.sentence_at(value.start)]
    listed = [value, *list_of(source, value)]
    heard = (
        directions_said(source.text, v.start, v.end, window, row["metric"], source.rules) for v in listed
    )
    ways = next((ways for ways in heard if ways), set())
    if len(ways) != 1:
        ways = _way_extracted(source, value)
    if not ways:
        return Cell(State.MISSING, 0.0, "the source does not say which way it moved")
    if direction in ways:
        return OK
    return Cell(State.WRONG, 0.0, f"the source says {ways.pop()}, not {direction}")


def _way_extracted(source: Source, value: Value) -> set[str]:
    """Which way the number moved by the model, or by the rules' claim where there is none."""
    if belief := source.belief_at(value.start, value.end):
        way = belief.direction()
    else:
        claim = source.claim_at(value.start, value.end)
        way = claim and claim.direction
    return {way.value} if way else set()


def _quote_cell(written: str, quote: Span | None, value: Value) -> Cell:
    if is_too_short(written):
        return Cell(State.MISSING, 0.0, "the quote is too short to prove anything")
    if quote is None:
        return Cell(State.MISSING, 0.0, "the quote does not stand in the source")
    if quote[0] <= value.start and value.end <= quote[1] + len("\\times%"):
        return Cell(State.OK, span=quote)
    return Cell(State.WRONG, 0.0, "the quote does not hold the number", quote)


def _other_numbers(
    row: TableRow, source: Source, value: Value, unit: str | None, fits: Sequence[Fit], quote: Span | None
) -> Iterator[Fit]:
    """The source's other numbers of that unit, as if the row had them; none for a row without names."""
    used = {(fit.place.value.start, fit.place.value.end) for fit in fits}
    for found in source.values if any(row[field] for field in NAMES) else ():
        alike = found.unit == (unit if unit is not None else value.unit) or unit is None
        claim = source.claim_at(found.start, found.end)
        if not found.named and alike and claim and (found.start, found.end) not in used:
            yield _fit(row, source, Place(found, True), quote)


def _names_fit(fit: Fit) -> bool:
    return not [field for field in fit.wrong if field in NAMES or field == "direction"]


def _outdone(row: TableRow, source: Source, best: Fit, others: Iterable[Fit]) -> Fit | None:
    """The fit with its value in doubt, where another number of its unit fits the row's names clearly
    better."""
    able = (fit for fit in others if fit.cells.get("direction", OK).state is State.OK)
    alike = (fit for fit in able if fit.place.value.unit == best.place.value.unit)
    better = max(alike, key=lambda fit: fit.odds, default=None)
    if better is None or better.odds - best.odds <= OUTDONE:
        return None
    shown = source.text[better.place.value.start : better.place.value.end]
    doubt = replace(best.cells["value"], state=State.WRONG, why=f"what the row names fits '{shown}' better")
    return replace(best, cells=dict(best.cells) | {"value": doubt})


def _contradicted(row: TableRow, source: Source, other: Fit) -> Verdict:
    shown = source.text[other.place.value.start : other.place.value.end]
    cells = dict(other.cells) | {"value": replace(other.cells["value"], state=State.WRONG)}
    reason = f"the source has '{shown}' there, not '{row['value']}'"
    return _verdict(row, source, Judgement.CONTRADICTED, replace(other, cells=cells), reason)


def _not_found(row: TableRow, source: Source, quote: Span | None) -> Verdict:
    cells = {"value": State.MISSING}
    for field in NAMES:
        if row[field]:
            stands = source.spans(source.forms(row[field], field))
            cells[field] = State.OK if stands else State.MISSING
    if row["quote"]:
        cells["quote"] = State.WRONG if quote else State.MISSING
    paper = source.paper
    passage = (
        (Passage(paper=paper.id, start=quote[0], end=quote[1], text=source.text[slice(*quote)]),)
        if quote
        else ()
    )
    reason = f"'{row['value']}' does not stand in the source"
    return Verdict(row=row.number, verdict=Judgement.NOT_FOUND, cells=cells, evidence=passage, reason=reason)


def _supported(row: TableRow, source: Source, fit: Fit) -> str:
    shown = source.text[fit.place.value.start : fit.place.value.end]
    named = ", ".join(f"{field} '{row[field]}'" for field in NAMES if row[field])
    how = f" ({fit.place.how})" if fit.place.how else ""
    return f"the source has '{shown}'{how}" + (f" with {named}" if named else "")


def _partly(row: TableRow, source: Source, fit: Fit) -> str:
    shown = source.text[fit.place.value.start : fit.place.value.end]
    against = "; ".join(f"{field}: {fit.cells[field].why}" for field in fit.wrong)
    how = f" ({fit.place.how})" if fit.place.how else ""
    return f"the source has '{shown}'{how}, but {against}"


def _verdict(row: TableRow, source: Source, verdict: Judgement, fit: Fit, reason: str) -> Verdict:
    return Verdict(
        row=row.number,
        verdict=verdict,
        cells={field: fit.cells[field].state for field in FILLED if field in fit.cells},
        evidence=tuple(_passages(source, fit)),
        reason=reason,
    )


def _passages(source: Source, fit: Fit) -> Iterator[Passage]:
    value = fit.place.value
    start, end = source.sentences[source.sentence_at(value.start)]
    end = start + len(source.text[start:end].rstrip())
    spans = [(start, end), (value.start, value.end)]
    spans += [fit.cells[f].span for f in NAMES if f in fit.cells and fit.cells[f].state is State.OK]
    for first, last in dict.fromkeys(spans):
        yield Passage(paper=source.paper.id, start=first, end=last, text=source.text[first:last])
