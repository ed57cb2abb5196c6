"""What the network's probabilities say: word tags to mentions, and per quantity its fields and slots.
Takes arrays as `layout.py` numbers them, gives spans of the clean text. Never looks at a rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from extractor.found import FoundMention
from extractor.layout import CLAIM_FIELDS, FIELD_ENDS, MANY_SLOTS, SLOTS, TAGS
from extractor.records import Label

MENTION_AT_LEAST = 0.41  # mean probability over a name's occurrences from which all of them are mentions
LONGEST_SLOT = 14  # words
MANY_AT_LEAST = 0.45  # probability from which a word may start a baseline or dataset
FIRST_AT_LEAST = 0.5  # probability from which the likeliest baseline or dataset of a number is one
FURTHER_AT_LEAST = 0.65  # and any further one: few numbers hold for several

Spans = Sequence[tuple[int, int]]
MODEL = "model"


def _transitions() -> np.ndarray:
    """0 where tag j may follow tag i, else minus infinity."""
    allowed = np.full((len(TAGS), len(TAGS)), -np.inf)
    for i, before in enumerate(TAGS):
        for j, after in enumerate(TAGS):
            goes_on = after[0] in "IE" and after[1:] == before[1:]
            fits = goes_on if before[0] in "BI" else after[0] in "OBS"
            if fits:
                allowed[i, j] = 0
    return allowed


_TRANSITIONS = _transitions()
_MAY_START = np.array([0 if t[0] in "OBS" else -np.inf for t in TAGS])
_MAY_END = np.array([0 if t[0] in "OES" else -np.inf for t in TAGS])


def best_tags(probabilities: np.ndarray, transitions: np.ndarray | float = 0.0) -> list[int]:
    """The likeliest allowed tag sequence of (w, tags) probabilities (Viterbi 1967; the tags are BIOES), with
    scores (tags, tags) of one tag after another."""
    if not len(probabilities):
        return []
    steps = _TRANSITIONS + transitions
    scores = np.log(probabilities + 1e-9)
    best, back = scores[0] + _MAY_START, []
    for row in scores[1:]:
        paths = best[:, None] + steps
        back.append(paths.argmax(0))
        best = paths.max(0) + row
    tag = int((best + _MAY_END).argmax())
    tags = [tag]
    for pointers in reversed(back):
        tag = int(pointers[tag])
        tags.append(tag)
    return tags[::-1]


def decode_mentions(
    text: str,
    words: Spans,
    tags: np.ndarray,
    proposed: np.ndarray,
    transitions: np.ndarray | float = 0.0,
) -> list[FoundMention]:
    """Mentions of (w, tags) and (w,) probabilities. A name found once is looked for all over the text, and
    counts where the tagger on average believes it; the longest names are placed first."""
    votes: dict[str, np.ndarray] = {}
    for first, last, label in _tagged_spans(best_tags(tags, transitions)):
        name = text[words[first][0] : words[last][1]]
        if "\n" in name:
            continue
        votes.setdefault(name, np.zeros(len(Label)))[list(Label).index(label)] += _belief(
            tags, first, last, label
        )
    starts, ends = {a: i for i, (a, _) in enumerate(words)}, {b: i for i, (_, b) in enumerate(words)}
    taken = np.zeros(len(words), dtype=bool)
    found = []
    for name in sorted(votes, key=lambda n: (-len(n), n)):
        label = list(Label)[int(votes[name].argmax())]
        spots = [
            (starts[at], ends[at + len(name)])
            for at in _places(name, text)
            if at in starts and at + len(name) in ends
        ]
        free = [(a, b) for a, b in spots if not taken[a : b + 1].any()]
        if not free:
            continue
        beliefs = [float(1 - tags[a : b + 1, 0].max()) for a, b in free]
        if np.mean(beliefs) < MENTION_AT_LEAST:
            continue
        new = float(np.mean([proposed[a : b + 1].mean() for a, b in free]))
        for (a, b), belief in zip(free, beliefs, strict=True):
            taken[a : b + 1] = True
            confidence = min(1.0, max(0.0, (belief + float(np.mean(beliefs))) / 2))
            found.append(
                FoundMention(words[a][0], words[b][1], label, new >= 0.5, (MODEL,), round(confidence, 4))
            )
    return sorted(found, key=lambda m: m.start)


def _places(name: str, text: str) -> Iterator[int]:
    """Where the name stands in the text, no place overlapping another."""
    at = text.find(name)
    while at >= 0:
        yield at
        at = text.find(name, at + len(name))


def _tagged_spans(tags: Sequence[int]):
    first = 0
    for i, tag in enumerate(tags):
        kind, _, label = TAGS[tag].partition("-")
        if kind in "BS":
            first = i
        if kind in "ES":
            yield first, i, Label(label)


def _belief(tags: np.ndarray, first: int, last: int, label: Label) -> float:
    columns = [i for i, tag in enumerate(TAGS) if tag.endswith(f"-{label}")]
    return float(tags[first : last + 1][:, columns].sum(1).mean())


@dataclass(frozen=True)
class Candidate:
    """A span of the clean text that may fill a slot, with its probability."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True)
class QuantityReading:
    """What the network makes of one quantity. `fields`: probabilities in CLAIM_FIELDS' order;
    `slots`: candidates, best first (one-slots), or all that hold (many-slots); `empty`: of one-slots."""

    fields: dict[str, np.ndarray]
    slots: dict[str, tuple[Candidate, ...]]
    empty: dict[str, float]

    def best(self, field: str):
        """The likeliest value of a field and its probability."""
        probabilities = self.fields[field]
        i = int(probabilities.argmax())
        return CLAIM_FIELDS[field][i], float(probabilities[i])


def decode_quantities(
    text: str, words: Spans, fields: np.ndarray, starts: np.ndarray, ends: np.ndarray, empties: np.ndarray
) -> list[QuantityReading]:
    """A reading per row of the reader's logits: (q, fields), twice (q, slots, w), (q, one-slots)."""
    readings = []
    for row in range(len(fields)):
        by_field = {
            name: _softmax(fields[row, end - len(CLAIM_FIELDS[name]) : end])
            for name, end in FIELD_ENDS.items()
        }
        slots, empty = {}, {}
        for s, slot in enumerate(SLOTS):
            if slot in MANY_SLOTS:
                slots[slot] = _many(text, words, starts[row, s], ends[row, s])
            else:
                first = _softmax(np.append(starts[row, s], empties[row, s]))
                empty[slot] = float(first[-1])
                slots[slot] = _one(text, words, first[:-1], _softmax(ends[row, s]))
        readings.append(QuantityReading(by_field, slots, empty))
    return readings


def _one(text: str, words: Spans, first: np.ndarray, last: np.ndarray) -> tuple[Candidate, ...]:
    """Candidates of a one-slot: a string has the probability of its occurrences, the likeliest its span."""
    by_string: dict[str, list[tuple[float, int, int]]] = {}
    for a in np.argsort(-first, kind="stable")[:8]:
        stretch = last[a : a + LONGEST_SLOT]
        for b in np.argsort(-stretch, kind="stable")[:3] + a:
            p = float(first[a] * last[b])
            if p > 1e-4:
                string = text[words[a][0] : words[b][1]]
                if "\n" in string:  # from the title into the abstract
                    continue
                by_string.setdefault(string.casefold(), []).append((p, words[a][0], words[b][1]))
    found = [
        Candidate(max(spots)[1], max(spots)[2], min(1.0, sum(p for p, _, _ in spots)))
        for spots in by_string.values()
    ]
    return tuple(sorted(found, key=lambda c: (-c.probability, c.start))[:5])


def _many(text: str, words: Spans, starts: np.ndarray, ends: np.ndarray) -> tuple[Candidate, ...]:
    first, last = _sigmoid(starts), _sigmoid(ends)
    found, free = [], 0
    for a in np.flatnonzero(first >= MANY_AT_LEAST):
        if a < free:
            continue
        stretch = last[a : a + LONGEST_SLOT]
        following = np.flatnonzero(first[a + 1 : a + LONGEST_SLOT] >= MANY_AT_LEAST)
        if len(following):
            stretch = stretch[: following[0] + 1]
        b = int(a + stretch.argmax())
        if "\n" in text[words[a][0] : words[b][1]]:
            continue
        found.append(Candidate(words[a][0], words[b][1], float(np.sqrt(first[a] * last[b]))))
        free = b + 1
    best = max((c.probability for c in found), default=0.0)
    return tuple(
        c for c in found if c.probability >= (FIRST_AT_LEAST if c.probability == best else FURTHER_AT_LEAST)
    )


def _softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max())
    return e / e.sum()


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))
