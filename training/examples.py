"""Gold papers (FORMAT.md) to what the network learns from: word pieces, mention tags, and for each quantity
that the rules propose what it is and which words fill its slots. Takes parsed JSON, returns `Example`s."""

from dataclasses import dataclass

import numpy as np

from extractor.by_rules import read_by_rules
from extractor.clean import clean
from extractor.features import Views, names_of_words, views
from extractor.layout import CLAIM_FIELDS, SLOTS, TAGS
from extractor.pieces import Pieces, Tokenizing, words_of_span
from extractor.rules import Rules

NEAREST, OCCURS = 1, 2  # in `spans`: the occurrence nearest to the quantity, and any other one


@dataclass(frozen=True)
class Example:
    """A paper of w words with q proposed quantities."""

    id: str
    pieces: Pieces
    names: list[int]  # w codes of what the rules take a word for
    tags: np.ndarray  # (w,) indices into TAGS
    proposed: np.ndarray  # (w,) 1 or 0 inside mentions, -100 elsewhere
    views: Views
    fields: np.ndarray  # (q, fields) indices into CLAIM_FIELDS' values; -100 = not asked
    spans: list[
        dict[str, list[tuple[int, int, int]]]
    ]  # per quantity: slot -> (first word, last word, NEAREST..)
    missed: int  # gold claims that no proposed quantity matches


def example(paper: dict, tokenizing: Tokenizing, rules: Rules) -> Example:
    """The example of one gold paper."""
    cleaned = clean(f"{paper['title']}\n{paper['abstract']}", rules)
    pieces = tokenizing.pieces(cleaned.text)
    read = read_by_rules(cleaned.text, rules)
    bounds, found = read.sentences, read.quantities
    tags, proposed = _mention_targets(paper, cleaned, pieces.words)
    fields = np.full((len(found), len(CLAIM_FIELDS)), -100, dtype=np.int64)
    fields[:, 0] = 0
    spans: list[dict] = [{} for _ in found]
    missed = 0
    for claim in paper["claims"]:
        row = _row_of(claim["value"], found, cleaned)
        if row is None:
            missed += 1
            continue
        fields[row] = [1, *(_index(field, claim[field]) for field in list(CLAIM_FIELDS)[1:])]
        spans[row] = {
            slot: _slot_spans(_named(claim[slot], paper), found[row], cleaned, pieces.words, bounds)
            for slot in SLOTS
        }
    return Example(
        paper["id"],
        pieces,
        names_of_words(pieces.words, read.mentions),
        tags,
        proposed,
        views(cleaned.text, pieces.words, bounds, found, read.claims),
        fields,
        spans,
        missed,
    )


def _index(field: str, value) -> int:
    return CLAIM_FIELDS[field].index(value)


def _mention_targets(paper, cleaned, words):
    tags = np.zeros(len(words), dtype=np.int64)
    proposed = np.full(len(words), -100, dtype=np.int64)
    for mention in paper["mentions"]:
        span = words_of_span(words, *cleaned.to_clean(mention["start"], mention["end"]))
        if span is None or tags[span[0] : span[1] + 1].any():
            continue
        first, last = span
        shape = "S" if first == last else "B" + "I" * (last - first - 1) + "E"
        tags[first : last + 1] = [TAGS.index(f"{p}-{mention['label']}") for p in shape]
        proposed[first : last + 1] = int(mention["proposed"])
    return tags, proposed


def _row_of(value, found, cleaned) -> int | None:
    """The proposed quantity that overlaps a gold value most, as `score.py` pairs them."""
    start, end = cleaned.to_clean(value["start"], value["end"])
    overlaps = [min(end, q.end) - max(start, q.start) for q in found]
    best = max(range(len(found)), key=overlaps.__getitem__, default=None)
    return best if best is not None and overlaps[best] > 0 else None


def _named(value, paper: dict) -> list[list[str]]:
    """Each string of a slot with its other written forms in the paper, itself first."""
    strings = [value] if isinstance(value, str) else value or []
    groups = paper["aliases"]
    return [list(dict.fromkeys([s, *(x for group in groups if s in group for x in group)])) for s in strings]


def _slot_spans(names, quantity, cleaned, words, bounds):
    """Word spans of every whole-word occurrence of a slot's names; of each name one is NEAREST."""
    out = []
    for forms in names:
        places = [
            span
            for string in forms
            for a, b in occurrences(cleaned.source, string)
            if (span := words_of_span(words, *cleaned.to_clean(a, b)))
        ]
        if places:
            nearest = min(places, key=lambda p: _distance(words, p, quantity, bounds))
            out += [(*p, NEAREST if p == nearest else OCCURS) for p in dict.fromkeys(places)]
    return out


def occurrences(text: str, string: str):
    at = text.find(string)
    while at >= 0:
        end = at + len(string)
        left = at == 0 or not (text[at - 1].isalnum() and string[0].isalnum())
        right = end == len(text) or not (text[end].isalnum() and string[-1].isalnum())
        if left and right:
            yield at, end
        at = text.find(string, at + 1)


def _distance(words, place, quantity, bounds) -> tuple[bool, int]:
    start, end = words[place[0]][0], words[place[1]][1]
    together = any(a <= start and end <= b and a <= quantity.start < b for a, b in bounds)
    return not together, max(quantity.start - end, start - quantity.end)
