"""Examples to padded tensors, and the loss of the network's outputs against them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch.nn import functional as F

from extractor.layout import CLAIM_FIELDS, ONE_SLOTS, QUANTITY_FEATURES, SLOTS, TAGS
from extractor.pieces import spread
from training.examples import NEAREST, Example

LIMIT = 510  # word pieces of a text that training reads; the few longer texts are cut
ROWS = 10  # quantities of a paper that one step reads, claims first
UNTOLD = 0.12  # share of papers that a step reads without what the rules say, so as not to lean on them
HIDDEN_WORDS = 0.1  # share of word pieces that a step masks
MASK = 103
LABEL_PAD = -100


@dataclass
class Batch:
    """b papers padded to p pieces and w words; r quantities over all of them."""

    ids: torch.Tensor  # (b, p)
    shapes: torch.Tensor  # (b, p)
    names: torch.Tensor  # (b, p)
    mask: torch.Tensor  # (b, p)
    firsts: torch.Tensor  # (b, w)
    words: torch.Tensor  # (b, w) bool
    tags: torch.Tensor  # (b, w)
    proposed: torch.Tensor  # (b, w)
    paper: torch.Tensor  # (r,) which paper a quantity is of
    distance: torch.Tensor  # (r, w)
    mark: torch.Tensor
    place: torch.Tensor
    filled: torch.Tensor
    features: torch.Tensor  # (r, n)
    fields: torch.Tensor  # (r, fields)
    slots: list[dict[str, list[tuple[int, int, int]]]]


def batches(examples: Sequence[Example], size: int, random: Random) -> Iterator[Batch]:
    """Shuffled batches of papers of like length."""
    order = sorted(examples, key=lambda e: len(e.pieces.ids) + random.random() * 60)
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    random.shuffle(groups)
    for group in groups:
        yield collate(group, random)


def collate(examples: Sequence[Example], random: Random | None = None) -> Batch:
    """A batch of the examples; with `random`, at most `ROWS` quantities of each paper."""
    pieces = max(min(len(e.pieces.ids), LIMIT) for e in examples)
    cuts = [sum(first < LIMIT for first in e.pieces.firsts) for e in examples]
    words, b = max(cuts), len(examples)

    def grid(rows, columns, fill=0):
        return np.full((rows, columns), fill, dtype=np.int64)

    ids, shapes, names, mask = (grid(b, pieces + 2) for _ in range(4))
    firsts = grid(b, words)
    told = [random is None or random.random() >= UNTOLD for _ in examples]
    tags, proposed, exists = grid(b, words, LABEL_PAD), grid(b, words, LABEL_PAD), grid(b, words)
    for i, (e, cut) in enumerate(zip(examples, cuts, strict=True)):
        body = e.pieces.ids[:LIMIT]
        n = len(body) + 2
        ids[i, :n], mask[i, :n] = [101, *body, 102], 1
        shapes[i, 1 : n - 1] = e.pieces.shapes[:LIMIT]
        shapes[i, [0, n - 1]] = 6
        if random is not None:
            _hide(ids[i, 1 : n - 1], random)
        if told[i]:
            names[i, 1 : n - 1] = spread(e.pieces, e.names)[:LIMIT]
        firsts[i, :cut], exists[i, :cut] = np.array(e.pieces.firsts[:cut]) + 1, 1
        tags[i, :cut], proposed[i, :cut] = e.tags[:cut], e.proposed[:cut]
    rows = [
        (i, q) for i, (e, cut) in enumerate(zip(examples, cuts, strict=True)) for q in _chosen(e, cut, random)
    ]
    seen = {name: grid(len(rows), words) for name in ("distance", "mark", "place", "filled")}
    for r, (i, q) in enumerate(rows):
        for name, table in seen.items():
            if name != "filled" or told[i]:
                table[r, : cuts[i]] = getattr(examples[i].views, name)[q, : cuts[i]]
    slots = [
        {s: [x for x in spans if x[1] < cuts[i]] for s, spans in examples[i].spans[q].items()}
        for i, q in rows
    ]
    features = np.array([examples[i].views.features[q] for i, q in rows]).reshape(
        len(rows), len(QUANTITY_FEATURES)
    )
    fields = np.array([examples[i].fields[q] for i, q in rows]).reshape(len(rows), len(CLAIM_FIELDS))
    t = torch.from_numpy
    return Batch(
        t(ids), t(shapes), t(names), t(mask), t(firsts), t(exists).bool(), t(tags), t(proposed),
        torch.tensor([i for i, _ in rows], dtype=torch.long), t(seen["distance"]), t(seen["mark"]),
        t(seen["place"]), t(seen["filled"]), t(features), t(fields), slots,
    )  # fmt: skip


def _hide(ids: np.ndarray, random: Random) -> None:
    """Masks some word pieces, so that no single word decides."""
    for i in range(len(ids)):
        if random.random() < HIDDEN_WORDS:
            ids[i] = MASK


def _chosen(e: Example, cut: int, random: Random | None) -> list[int]:
    inside = [q for q in range(len(e.fields)) if (e.views.mark[q, :cut] == 1).any()]
    if random is None or len(inside) <= ROWS:
        return inside
    claims = [q for q in inside if e.fields[q, 0] == 1]
    rest = [q for q in inside if e.fields[q, 0] != 1]
    return (random.sample(claims, len(claims)) + random.sample(rest, len(rest)))[:ROWS]


def run(tagger, reader, batch: Batch):
    """The network's outputs for a batch: word states' tags and proposed, and the reader's four."""
    states, tags, proposed = tagger(batch.ids, batch.shapes, batch.names, batch.mask)
    at = batch.firsts.unsqueeze(-1)
    states = states.gather(1, at.expand(-1, -1, states.shape[-1]))
    tags = tags.gather(1, at.expand(-1, -1, len(TAGS)))
    proposed = proposed.gather(1, batch.firsts)
    if not len(batch.paper):
        return tags, proposed, None
    names = torch.cat([tags.softmax(-1), proposed.sigmoid().unsqueeze(-1)], -1).detach()
    out = reader(
        states[batch.paper], names[batch.paper], batch.distance, batch.mark, batch.place, batch.filled,
        batch.features,
        batch.words[batch.paper],
    )  # fmt: skip
    return tags, proposed, out


WEIGHTS = {
    "tags": 1.0,
    "proposed": 0.3,
    "claim": 1.0,
    "kind": 1.0,
    "role": 0.5,
    "qualifier": 0.3,
    "direction": 0.5,
}
SLOT_WEIGHT = 0.5
SMOOTHED = 0.05  # of a field's target, given to its other values


def losses(outputs, batch: Batch) -> dict[str, torch.Tensor]:
    """Weighted losses by name; their sum is what training lowers."""
    tags, proposed, read = outputs
    out = {"tags": F.cross_entropy(tags.float().flatten(0, 1), batch.tags.flatten(), ignore_index=LABEL_PAD)}
    asked = batch.proposed >= 0
    if asked.any():
        out["proposed"] = F.binary_cross_entropy_with_logits(
            proposed[asked].float(), batch.proposed[asked].float()
        )
    if read is not None:
        fields, starts, ends, empties = (x.float() for x in read)
        sizes = [len(v) for v in CLAIM_FIELDS.values()]
        for i, (name, logits) in enumerate(zip(CLAIM_FIELDS, fields.split(sizes, -1), strict=True)):
            if (batch.fields[:, i] >= 0).any():
                out[name] = F.cross_entropy(
                    logits, batch.fields[:, i], ignore_index=LABEL_PAD, label_smoothing=SMOOTHED
                )
        out |= _slot_losses(starts, ends, empties, batch)
    return {name: value * WEIGHTS.get(name, SLOT_WEIGHT) for name, value in out.items()}


def _slot_losses(starts, ends, empties, batch: Batch) -> dict[str, torch.Tensor]:
    """One-slots: minus log of the summed probability of all occurrences (or of "empty"). Many-slots: each
    word's own yes or no for start and end, other occurrences of a name left open."""
    rows = [r for r in range(len(batch.paper)) if batch.fields[r, 0] == 1]
    out = {}
    for s, slot in enumerate(SLOTS):
        terms = []
        for r in rows:
            spans = batch.slots[r].get(slot, [])
            if slot in ONE_SLOTS:
                start = torch.cat([starts[r, s], empties[r, s : s + 1]]).log_softmax(-1)
                if not spans:
                    terms.append(-start[-1])
                    continue
                end = ends[r, s].log_softmax(-1)
                first = torch.tensor([a for a, _, _ in spans])
                last = torch.tensor([b for _, b, _ in spans])
                terms.append(-(start[first] + end[last]).logsumexp(-1))
            else:
                open_words = batch.words[batch.paper[r]].clone()
                targets = torch.zeros(2, len(open_words))
                for a, b, how in spans:
                    if how == NEAREST:
                        targets[0, a] = targets[1, b] = 1
                for a, b, how in spans:
                    if how != NEAREST and not targets[:, a : b + 1].any():
                        open_words[a : b + 1] = False
                both = torch.stack([starts[r, s], ends[r, s]])
                bce = F.binary_cross_entropy_with_logits(both, targets, reduction="none")
                terms.append((bce * open_words).sum() / 2)
        if terms:
            out[slot] = torch.stack(terms).mean()
    return out
