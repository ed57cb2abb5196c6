"""Seconds, peak memory and size of every format that `extractor export` writes, on made-up records in the
proportions of real pages: `python benchmarks/export.py --claims 100000`. Each format in a process of its
own."""

import argparse
import random
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from extractor.export import write_jsonl
from extractor.export.folder import JSONL
from extractor.exports import FORMATS, Shape, export_run
from extractor.records import Claim, Extraction, Label, Mention, Paper, Place, Quantity, Slot, Span

MENTIONS_PER_CLAIM = 11  # 9,537 mentions and 875 claims on five listing pages
CLAIMS_PER_PAPER = 1.25
FILLER = "We ask why such systems forget what they have learnt, and whether longer training would help. "
FILES = [*(f"claims{suffix}" for suffix in FORMATS), "wide.csv", "evidence.csv"]
SHAPES = {"wide.csv": Shape(wide=True), "evidence.csv": Shape(with_evidence=True)}


@dataclass(frozen=True)
class Measured:
    """Of one file: seconds on the clock and of the processor, megabytes of memory at its highest and on
    disk."""

    seconds: float
    processor: float
    peak_mb: float
    size_mb: float


def made_up(claims: int) -> Iterator[Extraction]:
    """Papers with one claim or two and their mentions, until there are that many claims."""
    draw, made, number = random.Random(0), 0, 0
    while made < claims:
        number += 1
        wanted = min(claims - made, 2 if draw.random() < CLAIMS_PER_PAPER - 1 else 1)
        made += wanted
        yield _paper(number, wanted, draw)


def _paper(number: int, wanted: int, draw: random.Random) -> Extraction:
    method, dataset = f"Quokka-{number}", draw.choice(("SpeechSet", "QuizSet", "ADE20K", "ImageNet"))
    title = f"{method}: Fast Models for {dataset}"
    values = [f"{draw.randint(10, 999) / 10}{draw.choice(('x', '%', ' ms'))}" for _ in range(wanted)]
    told = [f"{method} reaches {value} top-1 accuracy on {dataset}. " for value in values]
    paper = Paper(
        id=f"2401.{number:06d}",
        title=title,
        abstract=FILLER * 6 + "".join(told) + FILLER * 4,
        places=(Place(file=f"page_{number % 97}.txt", line=number),),
        date="2024-01-01",
        url=f"https://papers.example/{number}",
    )
    claims, at = [], len(title) + 1 + len(FILLER) * 6
    for value, sentence in zip(values, told, strict=True):
        claims.append(_claim(paper.source, value, at, at + len(sentence) - 1, method, dataset))
        at += len(sentence)
    spots = [(method, Label.METHOD), (dataset, Label.DATASET)]
    spots += [(word, Label.TASK) for word in ("Fast Models", "systems", "training")]
    mentions = [_mention(paper.source, *spots[n % len(spots)]) for n in range(MENTIONS_PER_CLAIM * wanted)]
    return Extraction(paper=paper, mentions=tuple(mentions), claims=tuple(claims))


def _claim(source: str, value: str, start: int, end: int, method: str, dataset: str) -> Claim:
    def slot(text: str) -> Slot:
        place = source.index(text, start)
        return Slot(text=text, start=place, end=place + len(text), name=text)

    place = source.index(value, start)
    number = float(value.rstrip("x% ms"))
    return Claim(
        value=Quantity(
            text=value,
            start=place,
            end=place + len(value),
            low=number,
            high=number,
            unit=value.lstrip("0123456789. "),
        ),
        kind="measure" if value.endswith("ms") else "score",
        role="result",
        metric=slot("top-1 accuracy"),
        method=slot(method),
        dataset=(slot(dataset),),
        sentence=Span(start=start, end=end),
        confidence=round(number % 1, 4),
        origin=("claim:model", "kind:model", "role:model", "metric:model", "method:model"),
    )


def _mention(source: str, text: str, label: Label) -> Mention:
    start = source.index(text)
    return Mention(text=text, start=start, end=start + len(text), name=text, label=label, origin=("model",))


def measure(run: Path, to: Path) -> Measured:
    began, busy = time.perf_counter(), time.process_time()
    export_run(run, to, SHAPES.get(to.name, Shape()))
    seconds, processor = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return Measured(seconds, processor, peak, to.stat().st_size / 2**20)


def measure_each(run: Path, names: list[str], folder: Path) -> dict[str, Measured]:
    """Each in a fresh process, one after the other."""
    results = {}
    for name in names:
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            results[name] = process.submit(measure, run, folder / name).result()
    return results


def report(results: dict[str, Measured]) -> str:
    lines = [f"{'':16}{'time':>10}{'processor':>12}{'peak':>10}{'file':>11}"]
    for name, each in results.items():
        times = f"{each.seconds:8.1f} s{each.processor:10.1f} s"
        lines.append(f"{name:16}{times}{each.peak_mb:7.0f} MB{each.size_mb:8.1f} MB")
    return "\n".join(lines)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--claims", type=int, default=100_000)
    arguments.add_argument("--only", nargs="*", choices=FILES, default=FILES)
    given = arguments.parse_args()
    with TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        run.mkdir()
        papers = write_jsonl(made_up(given.claims), run / JSONL)
        mentions = given.claims * MENTIONS_PER_CLAIM
        print(f"{given.claims:,} claims of {papers:,} papers with {mentions:,} mentions")
        print(report(measure_each(run, given.only, Path(folder))))


if __name__ == "__main__":
    main()
