"""Extractions against annotated papers: precision, recall and F1 of values, rows, slots and names. Takes gold
and predicted papers as `Answer`s, returns an `Evaluation`. Never extracts, never reads a title's meaning.

The measure. Papers are paired by id, else by title. In a paper, a predicted and a gold claim make a pair if
their value spans overlap, one to one, agreeing numbers and long overlaps first; the pair is right if low,
high and unit agree. Only over right pairs are kinds, roles, qualifiers and directions compared (accuracy) and
slots matched (F1 over all filled slots of either side). A row is right if kind, role, metric, method and
dataset are; `result` counts only the rows of a paper's own results. Mentions must agree in span and label,
`names` in label and distinct name."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

from extractor import pipeline
from extractor.export.folder import extraction_files
from extractor.gold import gold_papers
from extractor.records import Extraction, Kind, Label, Paper, Role
from extractor.run import extract_all
from extractor.run_folder import open_run

SLOTS = ("metric", "method", "dataset", "baseline", "task", "condition")
ROW_SLOTS = ("metric", "method", "dataset")
CHOICES = ("kind", "role", "qualifier", "direction")
SPELLINGS = {
    "x": ("×", "times", "fold"),
    "%": ("percent", "\\%"),
    "points": ("point", "pp", "percentage points", "percent points"),
    "ms": ("milliseconds",),
    "s": ("sec", "second", "seconds"),
    "min": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "day": ("days",),
    "gpu-hours": ("gpu-hour", "gpu hours"),
    "bits": ("bit",),
    "$": ("usd", "dollars"),
}
"""The units that go by several names; compared in lower case."""
UNITS = {spelling: unit for unit, spellings in SPELLINGS.items() for spelling in spellings}

Forms = frozenset[str]
"""The written and canonical forms of one name."""
Aliases = Sequence[frozenset[str]]
"""Groups of normalised forms that name one thing."""


class GoldError(ValueError):
    """A file that can't be compared; the message says file and line."""


class Span(NamedTuple):
    """A labelled name at its place."""

    label: str
    start: int
    end: int


@dataclass(frozen=True)
class Row:
    """A claim as it is compared. `slots`: field -> the things that fill it, each as its forms."""

    text: str
    start: int
    end: int
    low: float | None
    high: float | None
    unit: str
    choices: dict[str, str | None]
    slots: dict[str, tuple[Forms, ...]]

    @property
    def is_result(self) -> bool:
        kind, role = self.choices["kind"], self.choices["role"]
        return role == Role.RESULT and kind not in (Kind.SCALE, Kind.OTHER)

    def same_value(self, other: "Row") -> bool:
        return _close(self.low, other.low) and _close(self.high, other.high) and self.unit == other.unit


@dataclass(frozen=True)
class Answer:
    """A paper's claims and mentions, annotated or extracted."""

    id: str
    title: str = ""
    abstract: str = ""
    rows: tuple[Row, ...] = ()
    mentions: tuple[tuple[Span, str], ...] = ()  # with their normalised texts
    aliases: Aliases = ()

    @cached_property
    def title_key(self) -> str:
        return re.sub(r"\W+", "", self.title.lower())

    @cached_property
    def spans(self) -> frozenset[Span]:
        return frozenset(span for span, _ in self.mentions)

    def names(self, aliases: Aliases) -> set[tuple[str, str]]:
        """Distinct (label, name), each name as the first of its aliases."""
        return {(span.label, _first_alias(text, aliases)) for span, text in self.mentions}


@dataclass
class Figure:
    """Counts of one figure; `right` on either side, which differ only where one name answers two."""

    gold: int = 0
    predicted: int = 0
    right_gold: int = 0
    right_predicted: int = 0

    def add(self, gold: int, predicted: int, right: int, right_predicted: int | None = None) -> None:
        self.gold += gold
        self.predicted += predicted
        self.right_gold += right
        self.right_predicted += right if right_predicted is None else right_predicted

    @property
    def precision(self) -> float:
        return self.right_predicted / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.right_gold / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0


MENTION_FIGURES = ("mentions", "names", *(label.value for label in Label))
FIGURES = ("value", "claim", "result", *SLOTS, *MENTION_FIGURES)


@dataclass(frozen=True)
class Error:
    """A gold or predicted claim that isn't right. `sign`: "~" wrong in what `message` says, "-" missed, "+"
    spurious."""

    sign: str
    paper: str
    value: str
    message: str

    def __str__(self) -> str:
        return f"{self.sign} {self.paper} {self.value!r} {self.message}"


@dataclass
class Evaluation:
    """`figures` by the names in `FIGURES`; `choices`: field -> [right, of], over the claims whose value is
    right."""

    papers: int = 0
    missing: int = 0  # papers without a prediction
    figures: dict[str, Figure] = field(default_factory=lambda: {name: Figure() for name in FIGURES})
    choices: dict[str, list[int]] = field(default_factory=lambda: {name: [0, 0] for name in CHOICES})
    errors: list[Error] = field(default_factory=list)
    mentions_judged: bool = True  # False: gold says nothing about mentions

    def accuracy(self, choice: str) -> float:
        right, of = self.choices[choice]
        return right / of if of else 0.0

    def __str__(self) -> str:
        """The table that `extractor evaluate` prints, in per cent; without mentions where nobody judged
        them."""
        counts = {name: self.figures[name].gold for name in ("claim", "result", "mentions")}
        head = (
            f"{self.papers} papers ({self.missing} without a prediction), in gold {counts['claim']} claims, "
        )
        lines = [head + f"{counts['result']} results and {counts['mentions']} mentions"]
        lines.append(f"{'':12}{'P':>8}{'R':>8}{'F1':>8}")
        unasked = () if self.mentions_judged else MENTION_FIGURES
        for name, figure in self.figures.items():
            if name in unasked:
                continue
            lines.append(
                f"{name:12}"
                + "".join(f"{100 * x:8.1f}" for x in (figure.precision, figure.recall, figure.f1))
            )
        lines += [f"{name:12}{'accuracy':>16}{100 * self.accuracy(name):8.1f}" for name in CHOICES]
        return "\n".join(lines)


def evaluate(gold: Iterable[Answer], predicted: Iterable[Answer]) -> Evaluation:
    """All figures over the gold papers; a paper without a prediction counts as one with nothing found."""
    predicted = list(predicted)
    by_id = {answer.id: answer for answer in predicted}
    by_title = {answer.title_key: answer for answer in predicted}
    evaluation = Evaluation()
    for answer in gold:
        other = by_id.get(answer.id) or by_title.get(answer.title_key)
        evaluation.papers += 1
        evaluation.missing += other is None
        other = other or Answer(answer.id)
        _count_claims(evaluation, answer, other)
        _count_mentions(evaluation.figures, answer, other)
    return evaluation


def evaluate_files(
    gold: Path, predicted: Path | None = None, *, rules: Path | None = None, model: bool = True
) -> Evaluation:
    """Two JSONL files compared, or a gold file with what the pipeline extracts from its papers. A run's
    folder as `gold` is its papers that people have judged in full. GoldError, RunError, RuleError or
    ModelError says what can't be used."""
    answers = judged_answers(gold) if gold.is_dir() else read_answers(gold)
    if predicted is not None:
        results = read_answers(predicted)
    else:
        load = partial(pipeline.load, rules, model)
        papers = [Paper(id=each.id, title=each.title, abstract=each.abstract) for each in answers]
        extracted = extract_all(papers, load, load().extract)
        results = [answer(result) for result in extracted if isinstance(result, Extraction)]
    evaluation = evaluate(answers, results)
    evaluation.mentions_judged = not gold.is_dir()
    return evaluation


def _count_claims(evaluation: Evaluation, gold: Answer, predicted: Answer) -> None:
    figures, aliases = evaluation.figures, gold.aliases
    pairs = [(g, p) for g, p in pair_rows(gold.rows, predicted.rows) if g.same_value(p)]
    right = [(g, p) for g, p in pairs if not wrong_fields(g, p, aliases)]
    figures["value"].add(len(gold.rows), len(predicted.rows), len(pairs))
    figures["claim"].add(len(gold.rows), len(predicted.rows), len(right))
    results = [sum(row.is_result for row in answer.rows) for answer in (gold, predicted)]
    figures["result"].add(*results, sum(g.is_result and p.is_result for g, p in right))
    for slot in SLOTS:
        filled = [sum(len(row.slots[slot]) for row in answer.rows) for answer in (gold, predicted)]
        answered = sum(_answered(g.slots[slot], p.slots[slot], aliases) for g, p in pairs)
        called_for = sum(_answered(p.slots[slot], g.slots[slot], aliases) for g, p in pairs)
        figures[slot].add(*filled, answered, called_for)
    for choice, counts in evaluation.choices.items():
        counts[0] += sum(g.choices[choice] == p.choices[choice] for g, p in pairs)
        counts[1] += len(pairs)
    evaluation.errors += _errors(gold, predicted, pairs)


def _count_mentions(figures: dict[str, Figure], gold: Answer, predicted: Answer) -> None:
    figures["mentions"].add(len(gold.spans), len(predicted.spans), len(gold.spans & predicted.spans))
    for label in Label:
        g, p = ({span for span in answer.spans if span.label == label} for answer in (gold, predicted))
        figures[label.value].add(len(g), len(p), len(g & p))
    g, p = gold.names(gold.aliases), predicted.names(gold.aliases)
    figures["names"].add(len(g), len(p), len(g & p))


def _errors(gold: Answer, predicted: Answer, pairs: list[tuple[Row, Row]]) -> list[Error]:
    errors = []
    for g, p in pairs:
        wrong = wrong_fields(g, p, gold.aliases)
        if wrong:
            told = (f"{name}: gold {_shown(g, name)} got {_shown(p, name)}" for name in wrong)
            errors.append(Error("~", gold.id, g.text, "; ".join(told)))
    found = {id(row) for pair in pairs for row in pair}
    for sign, word, answer in (("-", "missed", gold), ("+", "spurious", predicted)):
        for row in answer.rows:
            if id(row) not in found:
                kind = f"{word} ({row.choices['kind']}, {row.choices['role']})"
                errors.append(Error(sign, gold.id, row.text, kind))
    return errors


def _shown(row: Row, name: str) -> str:
    if name in row.choices:
        return repr(row.choices[name])
    return repr([sorted(forms) for forms in row.slots[name]])


def pair_rows(gold: Sequence[Row], predicted: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Gold and predicted claims whose values overlap, one to one: those with the same value first, then the
    longest overlap, then in order."""
    overlaps = []
    for i, g in enumerate(gold):
        for j, p in enumerate(predicted):
            shared = min(g.end, p.end) - max(g.start, p.start)
            if shared > 0:
                overlaps.append((not g.same_value(p), -shared, i, j))
    pairs = {}
    for _, _, i, j in sorted(overlaps):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return [(gold[i], predicted[j]) for i, j in pairs.items()]


def wrong_fields(gold: Row, predicted: Row, aliases: Aliases) -> list[str]:
    """Which of kind, role, metric, method and dataset make a row with the right value a wrong one."""
    choices = [name for name in ("kind", "role") if gold.choices[name] != predicted.choices[name]]
    return choices + [s for s in ROW_SLOTS if not same_filling(gold.slots[s], predicted.slots[s], aliases)]


def same_filling(gold: Sequence[Forms], predicted: Sequence[Forms], aliases: Aliases) -> bool:
    """Everything on either side has its like on the other; both empty is the same too."""
    return _answered(gold, predicted, aliases) == len(gold) and _answered(predicted, gold, aliases) == len(
        predicted
    )


def _answered(things: Iterable[Forms], others: Sequence[Forms], aliases: Aliases) -> int:
    """How many of `things` are among `others`."""
    return sum(any(same_name(thing, other, aliases) for other in others) for thing in things)


def same_name(some: Forms, others: Forms, aliases: Aliases = ()) -> bool:
    """A form of one equals a form or an alias of the other, or contains it and is at most twice as many
    words."""
    some, others = _with_aliases(some, aliases), _with_aliases(others, aliases)
    if some & others:
        return True
    words = [[set(form.split()) for form in forms] for forms in (some, others)]
    return any(_contains_half(a, b) for a in words[0] for b in words[1])


def _contains_half(a: set[str], b: set[str]) -> bool:
    small, large = sorted((a, b), key=len)
    return bool(small) and small <= large and 2 * len(small) >= len(large)


def _with_aliases(forms: Forms, aliases: Aliases) -> Forms:
    for group in aliases:
        if forms & group:
            forms |= group
    return forms


def _first_alias(name: str, aliases: Aliases) -> str:
    for group in aliases:
        if name in group:
            name = min(group)
    return name


def normal(name: str) -> str:
    """A name without case, punctuation and a leading article or possessive."""
    words = re.sub(r"[^\w%+.]+", " ", name.lower()).strip(" .")
    return re.sub(r"^(?:the|an?|our|its|their) ", "", words)


def normal_unit(unit: str | None) -> str:
    unit = (unit or "").strip().lower()
    return UNITS.get(unit, unit)


def _close(x: float | None, y: float | None) -> bool:
    return x is not None and y is not None and abs(x - y) <= 1e-6 * max(1.0, abs(x), abs(y))


def answer(paper: dict[str, Any] | Extraction) -> Answer:
    """A paper as it is compared, from an annotated or an extracted one: slots are texts, or objects with
    `text` and `name`; id and title stand at the top or under `paper`. KeyError names a field that is
    missing."""
    if isinstance(paper, Extraction):
        paper = paper.model_dump(mode="json")
    about = paper.get("paper") or paper
    return Answer(
        id=about["id"],
        title=about.get("title") or "",
        abstract=about.get("abstract") or "",
        rows=tuple(_row(claim) for claim in paper.get("claims", ())),
        mentions=tuple(
            (Span(m["label"], m["start"], m["end"]), normal(m["text"]))
            for m in paper.get("mentions", ())
            if m["label"] in Label.__members__
        ),
        aliases=tuple(frozenset(map(normal, group)) for group in paper.get("aliases", ())),
    )


def _row(claim: dict[str, Any]) -> Row:
    value = claim["value"]
    return Row(
        text=value["text"],
        start=value["start"],
        end=value["end"],
        low=value["low"],
        high=value["high"],
        unit=normal_unit(value["unit"]),
        choices={name: claim.get(name) for name in CHOICES},
        slots={name: _things(claim.get(name)) for name in SLOTS},
    )


def _things(filling: Any) -> tuple[Forms, ...]:
    """What fills a slot: nothing, one thing or a list of things."""
    things = filling if isinstance(filling, list) else [filling] if filling else []
    return tuple(_forms(thing) for thing in things)


def _forms(thing: str | dict[str, str]) -> Forms:
    written = [thing] if isinstance(thing, str) else [thing.get("text"), thing.get("name")]
    return frozenset(normal(form) for form in written if form)


def judged_answers(run: Path) -> list[Answer]:
    """The papers of a run every claim of which somebody accepted or rejected; GoldError if there is none."""
    answers = [answer(paper) for paper in gold_papers(open_run(run))]
    if not answers:
        raise GoldError(f"{run}: no paper has a decision on each of its claims; decide on some first")
    return answers


def read_answers(path: Path) -> list[Answer]:
    """The annotated or extracted papers of a JSONL file, or those of a run's folder; GoldError where a line
    holds none."""
    answers = []
    for file in extraction_files(open_run(path).path) if path.is_dir() else [path]:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    try:
                        answers.append(answer(json.loads(line)))
                    except (ValueError, KeyError, TypeError, AttributeError) as error:
                        what = f"no annotated or extracted paper ({type(error).__name__}: {error})"
                        raise GoldError(f"{file}:{number}: {what}; see `extractor schema`") from error
    return answers
