"""Gold papers to trained weights: `python -m training.fit GOLD.jsonl... --out DIR`. Seeds fixed; stops and
resumes at whole epochs; the learning rate falls to zero over the epochs given."""

import argparse
import json
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from extractor.pieces import Tokenizing
from extractor.rules import Rules, load_rules
from training.batches import batches, losses, run
from training.examples import example
from training.net import QuantityReader, Tagger, from_bert
from training.vary import pools, resay, shorten, vary

HEAD_RATE = 1e-3
RETOLD = 0.9  # share of papers that an epoch reads with other names and digits


@dataclass(frozen=True)
class Settings:
    """`size`: papers a step. `rate`: the encoder's highest learning rate; the heads have `HEAD_RATE`."""

    epochs: int
    size: int
    rate: float
    seed: int


def build(start: Path | None) -> torch.nn.ModuleDict:
    """The network, its encoder from the safetensors file `start` (names as in a BertModel's state)."""
    net = torch.nn.ModuleDict({"tagger": Tagger(), "reader": QuantityReader()})
    if start:
        net["tagger"].encoder.load_state_dict(from_bert(load_file(start)), strict=False)
    return net


def fit(tell, count: int, net, settings: Settings, state: Path) -> dict[str, torch.Tensor]:
    """Trains in place on the `count` examples that `tell(epoch)` gives; returns the weights as averaged over
    the last steps (an exponential moving average). Goes on from the file `state` where that is there, and
    leaves it after every epoch."""
    torch.manual_seed(settings.seed)
    net["tagger"].encoder.word.weight.requires_grad = False  # few words of the vocabulary meet annotated text
    new = [n for n, _ in net.named_parameters() if ".encoder." not in n or ".encoder.names." in n]
    encoder = [p for n, p in net.named_parameters() if n not in new and p.requires_grad]
    heads = [p for n, p in net.named_parameters() if n in new]
    groups = [
        {"params": encoder, "lr": settings.rate, "peak": settings.rate},
        {"params": heads, "lr": HEAD_RATE, "peak": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    average = {n: p.detach().clone() for n, p in net.named_parameters()}
    steps = math.ceil(count / settings.size)
    total, first = settings.epochs * steps, 0
    if state.exists():
        saved = torch.load(state)
        net.load_state_dict(saved["net"])
        optimizer.load_state_dict(saved["optimizer"])
        average, first = saved["average"], saved["epochs"]
        print(f"goes on after epoch {first}", flush=True)
    net.train()
    for epoch in range(first, settings.epochs):
        sums: dict[str, float] = {}
        begin = time.time()
        shuffle = random.Random(settings.seed * 1000 + epoch)
        for i, batch in enumerate(batches(tell(epoch), settings.size, shuffle), 1):
            step = epoch * steps + i
            share = min(1.0, step / (0.06 * total)) * (1 - (step - 1) / total)
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * share
            for name, value in _learn(net, optimizer, batch).items():
                sums[name] = sums.get(name, 0.0) + value
            _follow(average, net, min(0.998, 1 - 1 / (1 + step / 4)))
            if i % 50 == 0 or i == steps:
                means = " ".join(f"{n} {v / i:.3f}" for n, v in sums.items())
                speed = i * settings.size / (time.time() - begin)
                print(f"epoch {epoch + 1} step {i}/{steps} {speed:.1f} papers/s {means}", flush=True)
        parts = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "average": average}
        torch.save(parts | {"epochs": epoch + 1}, state)
    return {name: value.contiguous() for name, value in average.items()}


def mean(weights: Sequence[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The mean of weights that were trained from the same ones (Wortsman et al. 2022)."""
    return {n: torch.stack([each[n] for each in weights]).mean(0).contiguous() for n in weights[0]}


def retold(papers: list[dict], tokenizing: Tokenizing, rules: Rules, seed: int):
    """A function that gives the papers' examples of an epoch, part of the papers retold (`vary.py`)."""
    pool = pools(papers)

    def tell(epoch: int) -> list:
        luck = random.Random(seed * 1000 + epoch)
        told = [_retold(paper, pool, luck) if luck.random() < RETOLD else paper for paper in papers]
        return [example(paper, tokenizing, rules) for paper in told]

    return tell


def _retold(paper: dict, pool, luck: random.Random) -> dict:
    return vary(resay(shorten(paper, luck), luck), pool, luck)


def _learn(net, optimizer, batch) -> dict[str, float]:
    """One step on a batch; the losses by name."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = run(net["tagger"], net["reader"], batch)
    parts = losses(outputs, batch)
    optimizer.zero_grad()
    sum(parts.values()).backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    return {name: value.detach().item() for name, value in parts.items()}


@torch.no_grad()
def _follow(average: dict[str, torch.Tensor], net, keep: float) -> None:
    for name, parameter in net.named_parameters():
        if parameter.requires_grad:
            average[name].lerp_(parameter, 1 - keep)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="encoder weights to start from")
    parser.add_argument("--again", type=Path, help="weights of an earlier training to begin with")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rules, tokenizing = load_rules(), Tokenizing(options.tokenizer)
    papers = [
        json.loads(line) for path in options.gold for line in path.open(encoding="utf-8") if line.strip()
    ]
    options.out.mkdir(parents=True, exist_ok=True)
    net = build(options.start)
    if options.again:
        net.load_state_dict(load_file(options.again))
    settings = Settings(options.epochs, options.batch, options.rate, options.seed)
    tell = retold(papers, tokenizing, rules, settings.seed)
    average = fit(tell, len(papers), net, settings, options.out / "state.pt")
    save_file(average, options.out / "weights.safetensors")


if __name__ == "__main__":
    main()
