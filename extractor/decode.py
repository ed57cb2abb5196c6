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
    steps = np.ascontiguousarray((_TRANSITIONS + transitions).T)  # to a tag, from each
    scores = np.log(probabilities + 1e-9)
    best, back = scores[0] + _MAY_START, []
    paths, each = np.empty_like(steps), np.arange(len(steps))
    for row in scores[1:]:
        np.add(best, steps, out=paths)
        likeliest = paths.argmax(1)
        back.append(likeliest)
        best = paths[each, likeliest] + row
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
    votes: dict[str, dict[Label, float]] = {}
    for first, last, label in _tagged_spans(best_tags(tags, transitions)):
        name = text[words[first][0] : words[last][1]]
        if name and "\n" not in name:
            of = votes.setdefault(name, dict.fromkeys(Label, 0.0))
            of[label] += float(tags[first : last + 1][:, _COLUMNS[label]].sum(1).mean())
    starts, ends = {a: i for i, (a, _) in enumerate(words)}, {b: i for i, (_, b) in enumerate(words)}
    inside = (1 - tags[:, 0]).tolist()  # probability that a word is part of a name
    taken = bytearray(len(words))
    found = []
    for name in sorted(votes, key=lambda n: (-len(n), n)):
        label = max(votes[name], key=votes[name].get)
        spots = [(starts[a], ends[b]) for a, b in _places(text, name) if a in starts and b in ends]
        free = [(a, b) for a, b in spots if not any(taken[a : b + 1])]
        if not free:
            continue
        beliefs = [min(inside[a : b + 1]) for a, b in free]
        belief_in_all = float(np.mean(beliefs))
        if belief_in_all < MENTION_AT_LEAST:
            continue
        new = float(np.mean([proposed[a : b + 1].mean() for a, b in free]))
        for (a, b), belief in zip(free, beliefs, strict=True):
            taken[a : b + 1] = b"\1" * (b + 1 - a)
            confidence = min(1.0, max(0.0, (belief + belief_in_all) / 2))
            found.append(
                FoundMention(words[a][0], words[b][1], label, new >= 0.5, (MODEL,), round(confidence, 4))
            )
    return sorted(found, key=lambda m: m.start)


_COLUMNS = {label: [i for i, tag in enumerate(TAGS) if tag.endswith(f"-{label}")] for label in Label}
_PARTS = [(part, Label(label) if label else None) for part, _, label in (tag.partition("-") for tag in TAGS)]


def _tagged_spans(tags: Sequence[int]) -> Iterator[tuple[int, int, Label]]:
    first = 0
    for i, tag in enumerate(tags):
        part, label = _PARTS[tag]
        if part in "BS":
            first = i
        if part in "ES":
            yield first, i, label


def _places(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Where `name` stands, from left to right, none overlapping another."""
    start = text.find(name)
    while start >= 0:
        yield start, start + len(name)
        start = text.find(name, start + len(name))


@dataclass(frozen=True)
class Candidate:
    """A span of the clean text that may fill a slot, with its probability."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True)
class QuantityReading:
    """What the network makes of one quantity. `fields`: probabilities in CLAIM_FIELDS' order;
    `slots`: candidates, best first (one-slots), or all that hold (many-slots); `empty`: of one-slots;
    `starts`: per slot and word, from the word `begin` on, the probability that it starts there."""

    fields: dict[str, np.ndarray]
    slots: dict[str, tuple[Candidate, ...]]
    empty: dict[str, float]
    starts: dict[str, np.ndarray]
    begin: int = 0

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
        slots, empty, first = {}, {}, {}
        for s, slot in enumerate(SLOTS):
            if slot in MANY_SLOTS:
                first[slot] = _sigmoid(starts[row, s])
                slots[slot] = _many(text, words, first[slot], _sigmoid(ends[row, s]))
            else:
                filled = _softmax(np.append(starts[row, s], empties[row, s]))
                first[slot], empty[slot] = filled[:-1], float(filled[-1])
                slots[slot] = _one(text, words, first[slot], _softmax(ends[row, s]))
        readings.append(QuantityReading(by_field, slots, empty, first))
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


def _many(text: str, words: Spans, first: np.ndarray, last: np.ndarray) -> tuple[Candidate, ...]:
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
