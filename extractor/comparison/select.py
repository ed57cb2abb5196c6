"""Which claims a comparison is about: several values of a filter widen it, several filters narrow it.
Names match by any way to write them, case aside, or with * and ? in them. Takes entries, keeps some."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from fnmatch import fnmatchcase

from extractor.comparison.entry import Entry
from extractor.comparison.names import LABELS, folded, one_spelling
from extractor.find.names import words_of
from extractor.normalise import canonical_unit
from extractor.records import Kind, Label, Qualifier, Role
from extractor.rules import Rules

NEAR = 5  # near misses named for a filter that nothing fits
LONGEST_NAME = 4  # words of a name looked for inside a condition

Fits = Callable[[Entry], bool]


class NothingFound(Exception):
    """No claim fits; the message names near misses."""


@dataclass(frozen=True)
class Selection:
    """Filters, each a tuple of alternatives; an empty one lets all through. `about`: a name in any slot.
    `text`: words in the sentence, the title or a slot. A role that is not asked for is left out."""

    kind: tuple[Kind, ...] = ()
    metric: tuple[str, ...] = ()
    dataset: tuple[str, ...] = ()
    task: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()
    condition: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    role: tuple[Role, ...] = (Role.RESULT,)
    qualifier: tuple[Qualifier, ...] = ()
    paper: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    min_confidence: float = 0.0

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for beyond roles and confidence."""
        return any(getattr(self, f.name) for f in fields(self) if f.name not in ("role", "min_confidence"))


def select(entries: Sequence[Entry], selection: Selection, rules: Rules) -> list[Entry]:
    """The entries that fit, in their order. NothingFound if none does."""
    tests = dict(_tests(selection, rules))
    found = [entry for entry in entries if all(fits(entry) for fits in tests.values())]
    if not found:
        raise NothingFound(_advice(entries, selection, tests))
    return found


def _tests(selection: Selection, rules: Rules) -> Iterator[tuple[str, Fits]]:
    """The filters that are set, cheap ones first."""
    if selection.role:
        yield "role", lambda entry: entry.role in selection.role
    if selection.kind:
        yield "kind", lambda entry: entry.kind in selection.kind
    if selection.qualifier:
        yield "qualifier", lambda entry: entry.qualifier in selection.qualifier
    if selection.min_confidence:
        yield "min_confidence", lambda entry: entry.confidence >= selection.min_confidence
    if selection.unit:
        units = {canonical_unit(unit, rules).casefold() for unit in selection.unit}
        yield "unit", lambda entry: entry.unit.casefold() in units
    if selection.paper:
        papers = [each.casefold() for each in selection.paper]
        yield "paper", lambda entry: any(_is_paper(entry, paper) for paper in papers)
    for slot in ("metric", "dataset", "task", "method", "baseline", "condition"):
        wanted = [_Wanted(name, LABELS[slot], rules) for name in getattr(selection, slot)]
        if wanted:
            yield slot, lambda entry, slot=slot, wanted=wanted: any(w.is_in(entry, slot) for w in wanted)
    if selection.about:
        anywhere = [
            [(slot, _Wanted(name, label, rules)) for slot, label in LABELS.items()]
            for name in selection.about
        ]
        yield "about", lambda entry: any(w.is_in(entry, slot) for slots in anywhere for slot, w in slots)
    if selection.text:
        words = [" ".join(words_of(text)) or text.casefold() for text in selection.text]
        yield "text", lambda entry: any(each in _all_text(entry) for each in words)


def _is_paper(entry: Entry, wanted: str) -> bool:
    return fnmatchcase(entry.paper.casefold(), wanted) or wanted in entry.title.casefold()


def _all_text(entry: Entry) -> str:
    names = [name for slot in (entry.names, entry.written) for each in slot.values() for name in each]
    return " ".join(words_of("\n".join((entry.sentence, entry.title, *names))))


class _Wanted:
    """A name that is asked for."""

    def __init__(self, name: str, label: Label, rules: Rules):
        self.label, self.rules = label, rules
        self.glob = name.casefold() if set(name) & set("*?") else ""
        self.keys = {folded(name, label), self._key(name)}

    def _key(self, name: str) -> str:
        return folded(one_spelling(name, self.label, self.rules), self.label)

    def is_in(self, entry: Entry, slot: str) -> bool:
        names = (*entry.names.get(slot, ()), *entry.written.get(slot, ()))
        if self.glob:
            return any(fnmatchcase(name.casefold(), self.glob) for name in names)
        if any(self._key(name) in self.keys for name in names):
            return True
        return slot == "condition" and any(self._stands_in(name) for name in names)

    def _stands_in(self, phrase: str) -> bool:
        """Whether some words of a condition are the name: "Llamav2-7B" in "OPT models and Llamav2-7B"."""
        words = phrase.replace(",", " ").split()
        spans = (
            " ".join(words[start : start + length])
            for start in range(len(words))
            for length in range(1, LONGEST_NAME + 1)
        )
        return any(self._key(span) in self.keys for span in spans)


def _advice(entries: Sequence[Entry], selection: Selection, tests: dict[str, Fits]) -> str:
    if not entries:
        return "the run has no claims; extract from papers that report numbers"
    alone = {name: sum(map(fits, entries)) for name, fits in tests.items()}
    empty = [name for name, count in alone.items() if not count]
    if not empty:
        counts = ", ".join(f"{name} {count}" for name, count in alone.items())
        return f"no claim fits all filters together, though each alone fits some ({counts}); leave one out"
    return "; ".join(_near_misses(name, entries, selection) for name in empty)


def _near_misses(name: str, entries: Sequence[Entry], selection: Selection) -> str:
    if name == "min_confidence":
        best = max(entry.confidence for entry in entries)
        return f"no claim has a confidence of {selection.min_confidence:g}; the highest is {best:.2f}"
    wanted = getattr(selection, name)
    asked = " or ".join(repr(str(each)) for each in wanted)
    if name == "text":
        return f"no sentence, title or name has {asked}; try fewer words"
    counts = Counter(_values(name, entries))
    if not counts:
        return f"no claim has a {name}"
    near = list(dict.fromkeys(value for each in wanted for value in _near(str(each), counts)))[:NEAR]
    if near:
        return f"no {name} {asked}; near: {', '.join(f'{value} ({counts[value]})' for value in near)}"
    most = ", ".join(f"{value} ({count})" for value, count in counts.most_common(NEAR))
    return f"no {name} {asked}, nor one like it; most frequent: {most}"


def _values(name: str, entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        if name in LABELS:
            yield from entry.names.get(name, ())
        elif name == "about":
            yield from (each for names in entry.names.values() for each in names)
        elif name == "paper":
            yield from (entry.paper, entry.title)
        else:
            yield str(getattr(entry, name)) or "(none)"


def _near(wanted: str, counts: Counter[str]) -> list[str]:
    """Values that contain the words asked for, the most frequent first, then those spelt like them."""
    folds = {value: value.casefold() for value in counts}
    asked = wanted.casefold().strip("*?")
    inside = [value for value, fold in folds.items() if asked and (asked in fold or fold in asked)]
    inside = [value for value in inside if len(value) > 1]
    like = set(get_close_matches(asked, folds.values(), n=NEAR))
    spelt = [value for value, fold in folds.items() if fold in like]
    return sorted(inside, key=lambda value: -counts[value])[:NEAR] + spelt
