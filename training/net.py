"""The network: one encoder pass per abstract, a mention tagger on it, and a small reader that is run once
per quantity and says what that number means. Takes tensors as `batches.py` makes them; knows no text."""

import torch
from torch import nn
from torch.nn import functional as F

from extractor.layout import (
    BUCKETS,
    CLAIM_FIELDS,
    FILLED,
    MARKS,
    NAMES,
    ONE_SLOTS,
    PLACES,
    QUANTITY_FEATURES,
    SLOTS,
    TAGS,
)

HIDDEN, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS, SHAPES = 384, 6, 12, 1536, 30522, 512, 8


class RowDropout(nn.Module):
    """Dropout that hides the same features at every word of a row: its mask costs a CPU nothing."""

    def __init__(self, share: float):
        super().__init__()
        self.share = share

    def forward(self, x):
        if not self.training:
            return x
        shape = (len(x), 1, x.shape[-1]) if x.dim() == 3 else x.shape
        kept = torch.rand(shape, device=x.device) >= self.share
        return x * (kept.to(x.dtype) / (1 - self.share))


def attend(q, k, v, bias):
    """Attention, written out: twice as fast as the fused kernel in training on a CPU.

    q, k, v (rows, heads, words, size); bias (rows, 1, 1, words) or None."""
    scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5
    if bias is not None:
        scores = scores + bias.to(scores.dtype)
    return scores.softmax(-1, dtype=scores.dtype) @ v


def bias_of(mask, dtype):
    """What attention adds to a score: nothing where `mask` (rows, words) is true, else far below zero."""
    if mask is None:
        return None
    return torch.zeros_like(mask, dtype=dtype).masked_fill(~mask.bool(), -1e4)[:, None, None]


class Layer(nn.Module):
    """A post-norm transformer layer as BERT has it (Devlin et al. 2019)."""

    def __init__(self, dropout: float):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(HIDDEN, HIDDEN) for _ in range(3))
        self.out = nn.Linear(HIDDEN, HIDDEN)
        self.norm1, self.norm2 = nn.LayerNorm(HIDDEN, 1e-12), nn.LayerNorm(HIDDEN, 1e-12)
        self.up, self.down = nn.Linear(HIDDEN, INNER), nn.Linear(INNER, HIDDEN)
        self.dropout = RowDropout(dropout)

    def forward(self, x, bias):
        rows, pieces, _ = x.shape
        q, k, v = (
            f(x).view(rows, pieces, HEADS, -1).transpose(1, 2) for f in (self.query, self.key, self.value)
        )
        mixed = attend(q, k, v, bias).transpose(1, 2).reshape(x.shape)
        x = self.norm1(x + self.dropout(self.out(mixed)))
        return self.norm2(x + self.dropout(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    """MiniLM-L6 (Wang et al. 2020) that also sees each piece's shape, through BERT's token-type embedding,
    and what the rules take its word for."""

    def __init__(self, dropout: float = 0.1):
        super().__init__()
        self.word = nn.Embedding(VOCABULARY, HIDDEN)
        self.position = nn.Embedding(POSITIONS, HIDDEN)
        self.shape = nn.Embedding(SHAPES, HIDDEN)
        self.names = nn.Embedding(len(NAMES), HIDDEN)
        nn.init.zeros_(self.names.weight)  # at first the encoder is what it was
        self.norm = nn.LayerNorm(HIDDEN, 1e-12)
        self.dropout = RowDropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))

    def forward(self, ids, shapes, names, mask=None):
        x = self.word(ids) + self.position.weight[: ids.shape[1]] + self.shape(shapes) + self.names(names)
        x = self.dropout(self.norm(x))
        bias = bias_of(mask, x.dtype)
        for layer in self.layers:
            x = layer(x, bias)
        return x


BERT_NAMES = {
    "embeddings.word_embeddings.": "word.",
    "embeddings.position_embeddings.": "position.",
    "embeddings.token_type_embeddings.": "shape.",
    "embeddings.LayerNorm.": "norm.",
    "encoder.layer.": "layers.",
    "attention.self.": "",
    "attention.output.dense.": "out.",
    "attention.output.LayerNorm.": "norm1.",
    "intermediate.dense.": "up.",
    "output.dense.": "down.",
    "output.LayerNorm.": "norm2.",
}


def from_bert(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """A BertModel's weights under our names; with two token types, all shapes begin as the first."""
    renamed = {}
    for name, value in state.items():
        if "pooler" in name or "position_ids" in name:
            continue
        for theirs, ours in BERT_NAMES.items():
            name = name.replace(theirs, ours)
        renamed[name] = value
    if len(renamed["shape.weight"]) != SHAPES:
        renamed["shape.weight"] = renamed["shape.weight"][:1].repeat(SHAPES, 1)
    return renamed


class Block(nn.Module):
    """A pre-norm transformer layer; `mask` (rows, words) is True where a word exists."""

    def __init__(self, width: int, heads: int, dropout: float):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.dropout = RowDropout(dropout)

    def forward(self, x, bias):
        rows, words, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(rows, words, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        mixed = attend(q, k, v, bias).transpose(1, 2).reshape(rows, words, width)
        x = x + self.dropout(self.out(mixed))
        return x + self.dropout(self.down(F.gelu(self.up(self.norm2(x)))))


class Tagger(nn.Module):
    """Encoder and mention heads: ids, shapes, names (batch, pieces) -> states, tag and proposed logits."""

    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.dropout = RowDropout(0.15)
        self.tags = nn.Linear(HIDDEN, len(TAGS))
        self.proposed = nn.Linear(HIDDEN, 1)

    def forward(self, ids, shapes, names, mask=None):
        states = self.encoder(ids, shapes, names, mask)
        seen = self.dropout(states)
        return states, self.tags(seen), self.proposed(seen).squeeze(-1)


class QuantityReader(nn.Module):
    """Reads a text once per quantity (row): what the number is, and which words fill its slots.

    states (rows, words, HIDDEN); names (rows, words, tags + 1): mention tag and proposed probabilities;
    distance, mark, place, filled (rows, words): codes of a word's bucketed distance to the quantity,
    whether it is part of it, where it stands, and the slot that the rules put it into; features (rows, n):
    codes of what the rules know of the quantity. -> class logits (rows, sum of fields), starts and ends
    (rows, slots, words), empties (rows, one-slots).
    """

    def __init__(self, width: int = 192, heads: int = 6, layers: int = 2, dropout: float = 0.25):
        super().__init__()
        self.states = nn.Linear(HIDDEN, width)
        self.names = nn.Linear(len(TAGS) + 1, width)
        self.distance = nn.Embedding(BUCKETS, width)
        self.mark = nn.Embedding(len(MARKS), width)
        self.place = nn.Embedding(len(PLACES), width)
        self.filled = nn.Embedding(len(FILLED), width)
        self.features = nn.ModuleList(nn.Embedding(n, width) for n in QUANTITY_FEATURES.values())
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.dropout = RowDropout(dropout)
        self.pooled = nn.Linear(2 * width + HIDDEN, width)
        self.fields = nn.Linear(width, sum(len(v) for v in CLAIM_FIELDS.values()))
        self.empty = nn.Linear(width, len(ONE_SLOTS))
        self.query = nn.Linear(width, len(SLOTS) * 2 * 48)
        self.key = nn.Linear(width, 2 * 48)
        self.bounds = nn.Linear(width, len(SLOTS) * 2)
        with torch.no_grad():  # a word seldom bounds a baseline or dataset
            self.bounds.bias.view(2, len(SLOTS))[:, len(ONE_SLOTS) :] = -5

    def forward(self, states, names, distance, mark, place, filled, features, mask=None):
        quantity = sum(e(features[:, i]) for i, e in enumerate(self.features)).unsqueeze(1)
        own = (mark == 1).to(states.dtype).unsqueeze(-1)
        x = self.states(states) + self.names(names) + self.distance(distance) + self.mark(mark)
        x = self.dropout(x + self.place(place) + self.filled(filled) + own * quantity)
        bias = bias_of(mask, x.dtype)
        for block in self.blocks:
            x = block(x, bias)
        x = self.norm(x)
        weight = own / own.sum(1, keepdim=True).clamp(min=1)
        row = torch.cat([(x * weight).sum(1), quantity.squeeze(1), (states * weight).sum(1)], -1)
        row = self.dropout(F.gelu(self.pooled(row)))
        rows, words, _ = x.shape
        query = self.query(row).view(rows, 2, len(SLOTS), 48)
        key = self.key(x).view(rows, words, 2, 48)
        scores = torch.einsum("rbsd,rwbd->rbsw", query, key) * 48**-0.5
        scores = scores + self.bounds(x).view(rows, words, 2, len(SLOTS)).permute(0, 2, 3, 1)
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None, None], -1e4)
        return self.fields(row), scores[:, 0], scores[:, 1], self.empty(row)
