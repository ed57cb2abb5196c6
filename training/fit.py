"""Gold papers to trained weights: `python -m training.fit GOLD.jsonl... --out DIR`. Seeds fixed; stops and
resumes at whole epochs; the learning rate falls to zero over the epochs given."""

import argparse
import json
import math
import random
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from extractor.pieces import Tokenizing
from extractor.rules import load_rules
from training.batches import batches, losses, run
from training.examples import example
from training.net import QuantityReader, Tagger, from_bert


def build(start: Path | None) -> torch.nn.ModuleDict:
    """The network, its encoder from the safetensors file `start` (names as in a BertModel's state)."""
    net = torch.nn.ModuleDict({"tagger": Tagger(), "reader": QuantityReader()})
    if start:
        net["tagger"].encoder.load_state_dict(from_bert(load_file(start)))
    return net


def fit(
    examples,
    net,
    *,
    epochs: int,
    size: int,
    rate: float,
    seed: int,
    log=print,
    checkpoint: Path | None = None,
):
    """Trains in place, returns the weights averaged over the last steps (an exponential moving average)."""
    torch.manual_seed(seed)
    shuffle = random.Random(seed)
    encoder = list(net["tagger"].encoder.parameters())
    heads = [p for n, p in net.named_parameters() if ".encoder." not in n]
    groups = [{"params": encoder, "lr": rate, "peak": rate}, {"params": heads, "lr": 1e-3, "peak": 1e-3}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98))
    total, step, begin = epochs * math.ceil(len(examples) / size), 0, time.time()
    average = {n: p.detach().clone() for n, p in net.named_parameters()}
    net.train()
    for epoch in range(epochs):
        sums: dict[str, float] = {}
        for batch in batches(examples, size, shuffle):
            share = min(1.0, (step + 1) / (0.06 * total)) * max(0.0, 1 - step / total)
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * share
            with torch.autocast("cpu", dtype=torch.bfloat16):
                outputs = run(net["tagger"], net["reader"], batch)
            parts = losses(outputs, batch)
            optimizer.zero_grad()
            sum(parts.values()).backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            step += 1
            keep = min(0.998, 1 - 1 / (1 + step / 4))
            with torch.no_grad():
                for n, p in net.named_parameters():
                    average[n].lerp_(p, 1 - keep)
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + value.detach().item()
            if step % 50 == 0:
                done = step - epoch * total // epochs
                means = " ".join(f"{n} {v / done:.3f}" for n, v in sums.items())
                speed = step * size / (time.time() - begin)
                log(f"epoch {epoch + 1} step {step}/{total} {speed:.1f} papers/s {means}")
        if checkpoint:
            save_file({n: p.contiguous() for n, p in average.items()}, checkpoint)
    return average


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="encoder weights to start from")
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
    examples = [example(paper, tokenizing, rules) for paper in papers]
    missed, claims = sum(e.missed for e in examples), sum(len(p["claims"]) for p in papers)
    print(f"{len(examples)} papers, {claims} claims, {missed} of them at no proposed quantity", flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    net = build(options.start)
    average = fit(
        examples, net, epochs=options.epochs, size=options.batch, rate=options.rate, seed=options.seed,
        log=lambda line: print(line, flush=True), checkpoint=options.out / "weights.safetensors",
    )  # fmt: skip
    save_file({n: p.contiguous() for n, p in average.items()}, options.out / "weights.safetensors")


if __name__ == "__main__":
    main()
