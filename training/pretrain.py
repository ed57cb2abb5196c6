"""Masked-word training of the encoder on abstracts without annotation (Devlin et al. 2019, whole words
masked), so that it meets the shapes of words and the language of the field before it is taught:
`python -m training.pretrain CORPUS.jsonl.gz --start MINILM.safetensors --tokenizer FILE --out FILE`."""

import argparse
import gzip
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

from extractor.pieces import Tokenizing
from training.net import HIDDEN, VOCABULARY, Encoder, from_bert

LONGEST = 384  # word pieces of an abstract that are read
MASKED = 0.18  # share of words
SIZE = 16  # abstracts a step
RATE = 2.5e-4
CLS, SEP, MASK, MARK_SHAPE = 101, 102, 103, 6


class Guesser(nn.Module):
    """Encoder and a head that guesses masked pieces, through the encoder's own embedding table."""

    def __init__(self):
        super().__init__()
        self.encoder = Encoder(dropout=0.05)
        self.head = nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.GELU(), nn.LayerNorm(HIDDEN))
        self.bias = nn.Parameter(torch.zeros(VOCABULARY))

    def forward(self, ids, shapes, mask, at):
        states = self.encoder(ids, shapes, torch.zeros_like(ids), mask)[at]
        return self.head(states) @ self.encoder.word.weight.T + self.bias


def texts(corpus: Path, skip: set[str]) -> list[str]:
    """Title and abstract of every paper of the corpus (JSON lines, gzipped) whose title isn't in `skip`."""
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        papers = map(json.loads, lines)
        return [f"{p['title']}\n{p['abstract']}" for p in papers if title_key(p["title"]) not in skip]


def title_key(title: str) -> str:
    """A title's letters and digits, in lower case."""
    return "".join(c for c in title.lower() if c.isalnum())


def masked_batches(corpus: list[str], tokenizing: Tokenizing, shuffle: random.Random) -> Iterator[tuple]:
    """Endless (ids, shapes, mask, guess): `guess` has the piece that was masked, -100 elsewhere."""
    while True:
        shuffle.shuffle(corpus)
        for start in range(0, len(corpus), 32 * SIZE):
            pieces = [tokenizing.pieces(text) for text in corpus[start : start + 32 * SIZE]]
            pieces.sort(key=lambda p: min(len(p.ids), LONGEST))
            groups = [pieces[i : i + SIZE] for i in range(0, len(pieces), SIZE)]
            shuffle.shuffle(groups)
            yield from (_masked(group, shuffle) for group in groups)


def _masked(group, shuffle: random.Random) -> tuple:
    width = max(min(len(p.ids), LONGEST) for p in group) + 2
    ids, shapes, mask = (torch.zeros((len(group), width), dtype=torch.long) for _ in range(3))
    guess = torch.full((len(group), width), -100)
    for row, p in enumerate(group):
        body = p.ids[:LONGEST]
        given, n = list(body), len(body)
        for a, b in zip(p.firsts, [*p.firsts[1:], len(p.ids)], strict=True):
            if shuffle.random() < MASKED:
                for i in range(a, min(b, n)):
                    guess[row, i + 1] = body[i]
                    luck = shuffle.random()
                    if luck < 0.9:
                        given[i] = MASK if luck < 0.8 else shuffle.randrange(1000, VOCABULARY)
        ids[row, : n + 2] = torch.tensor([CLS, *given, SEP])
        shapes[row, : n + 2] = torch.tensor([MARK_SHAPE, *p.shapes[:LONGEST], MARK_SHAPE])
        mask[row, : n + 2] = 1
    return ids, shapes, mask, guess


def pretrain(
    corpus: list[str], tokenizing: Tokenizing, start: Path, steps: int, seed: int = 1, log=print
) -> Encoder:
    """The encoder after `steps` steps, from the BertModel weights in `start`."""
    torch.manual_seed(seed)
    net = Guesser()
    net.encoder.load_state_dict(from_bert(load_file(start)), strict=False)
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.01, betas=(0.9, 0.98))
    mean, begin = 0.0, time.time()
    for step, (ids, shapes, mask, guess) in enumerate(
        masked_batches(corpus, tokenizing, random.Random(seed)), 1
    ):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, step / 80) * max(0.02, 1 - step / steps)
        at = guess >= 0
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = net(ids, shapes, mask, at)
        loss = F.cross_entropy(logits.float(), guess[at])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        mean = loss.item() if step == 1 else 0.97 * mean + 0.03 * loss.item()
        if step % 25 == 0:
            speed = step * SIZE / (time.time() - begin)
            print(f"step {step}/{steps} {speed:.1f} abstracts/s loss {mean:.3f}", flush=True)
    return net.encoder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=860)
    parser.add_argument("--held-out", type=Path, nargs="*", default=[], help="gold files never to be read")
    options = parser.parse_args()
    held = {
        title_key(json.loads(line)["title"])
        for file in options.held_out
        for line in file.open(encoding="utf-8")
    }
    corpus = texts(options.corpus, held)
    net = pretrain(corpus, Tokenizing(options.tokenizer), options.start, options.steps)
    save_file({n: p.contiguous() for n, p in net.state_dict().items()}, options.out)


if __name__ == "__main__":
    main()
