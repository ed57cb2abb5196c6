"""Abstracts per second of processor time and peak memory, in one process with one thread each, beside
quantulum3 and spaCy's tokenizer: `python benchmarks/speed.py --papers 300 --corpus abstracts.jsonl.gz`.
Without a corpus, on made-up abstracts. For the extractor from a JSONL file to all tables, with the share of
each stage."""

import argparse
import gzip
import heapq
import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

from extractor.reader import ModelError

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "abstracts.jsonl.gz"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
WARM_UP = 5  # abstracts before the clock starts
Texts = list[tuple[str, str]]
"""Title and abstract of each paper."""


@dataclass
class Measured:
    """Of one program: seconds to start and for all abstracts, memory at its highest, seconds by stage if
    known."""

    abstracts: int
    start: float
    seconds: float
    peak_mb: float
    stages: dict[str, float]

    @property
    def speed(self) -> float:
        """Abstracts per second."""
        return self.abstracts / self.seconds


STAGES = {
    "language": ("pipeline.language_of",),
    "cleaning": ("pipeline.clean",),
    "finding": (
        "by_rules.sentences",
        "by_rules.find_abbreviations",
        "by_rules.find_mentions",
        "by_rules.find_quantities",
        "by_rules.alias_groups",
        "pipeline.alias_groups",
    ),
    "linking": (
        "by_rules.view",
        "by_rules.contexts",
        "by_rules.link",
        "by_rules.decide_claim",
        "pipeline.with_mentions",
        "pipeline.claim_from_model",
        "pipeline.by_place",
        "pipeline.mark_inferred",
    ),
    "tokenising": ("pieces.Tokenizing.pieces",),
    "decoding": ("reader.decode_mentions", "reader.decode_quantities"),
    "records": ("pipeline._Records.finding", "pipeline.Extraction"),
}
"""Stage -> the functions whose time is the stage's, without that of other stages that they call."""

NETWORKS = {"encoder.onnx": "encoder", "quantities.onnx": "quantity network"}

Work = Callable[[Texts], object]


def measure(load: Callable[[], tuple[Work, dict]], texts: Texts) -> Measured:
    """`load` returns what works on texts, and a dict that it fills with seconds by stage."""
    began = time.process_time()
    work, stages = load()
    work(texts[:WARM_UP])
    ready = time.process_time()
    stages.clear()
    work(texts)
    seconds = time.process_time() - ready
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return Measured(len(texts), ready - began, seconds, peak, stages)


def load_extractor(model: bool) -> tuple[Work, dict]:
    """From a JSONL file to the tables, as `extractor run` does in one process."""
    from extractor import pipeline
    from extractor.export import folder_writer
    from extractor.read import read_sources

    stages: dict[str, float] = {}
    for stage, functions in STAGES.items():
        for function in functions:
            _time(function, stage, stages)
    if model:
        _time_networks(stages)
    extractor = pipeline.load(model=model)

    def work(texts: Texts) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "papers.jsonl"
            lines = ({"id": f"{n}", "title": t, "abstract": a} for n, (t, a) in enumerate(texts))
            path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
            papers = timed(read_sources, "reading", stages)([path]).papers
            writer = folder_writer(Path(folder) / "output")
            write = timed(timed(writer.__enter__, "writing", stages)(), "writing", stages)
            for paper in papers:
                write(extractor.extract(paper))
            timed(writer.__exit__, "writing", stages)(None, None, None)

    return work, stages


def _time(function: str, stage: str, stages: dict[str, float]) -> None:
    """Puts a timed one in the place of the function, "module.name" or "module.Class.name"."""
    module, *owners, name = function.split(".")
    owner = import_module(f"extractor.{module}")
    for each in owners:
        owner = getattr(owner, each)
    setattr(owner, name, timed(getattr(owner, name), stage, stages))


def _time_networks(stages: dict[str, float]) -> None:
    from extractor.reader import Reader

    open_session = Reader._session

    def timed_session(reader: Reader, name: str) -> SimpleNamespace:
        return SimpleNamespace(run=timed(open_session(reader, name).run, NETWORKS[name], stages))

    Reader._session = timed_session


def timed(function: Callable, name: str, stages: dict[str, float]) -> Callable:
    """The function, adding its seconds to `stages[name]`, without those of the stages that it calls."""

    def call(*arguments, **options):
        began, others = time.process_time(), sum(stages.values())
        result = function(*arguments, **options)
        own = time.process_time() - began - (sum(stages.values()) - others)
        stages[name] = stages.get(name, 0.0) + own
        return result

    return call


def load_with_model() -> tuple[Work, dict]:
    return load_extractor(model=True)


def load_rules_alone() -> tuple[Work, dict]:
    return load_extractor(model=False)


def load_quantulum() -> tuple[Work, dict]:
    """Without its classifier, as it is when installed without extras; a stored one needs its own
    scikit-learn."""
    from quantulum3 import classifier, parser

    classifier.USE_CLF = False
    return lambda texts: [parser.parse(f"{title}\n{abstract}") for title, abstract in texts], {}


def load_tokenizer() -> tuple[Work, dict]:
    import spacy

    tokenizer = spacy.blank("en").tokenizer
    return lambda texts: [tokenizer(f"{title}\n{abstract}") for title, abstract in texts], {}


PROGRAMS = {
    "extractor": load_with_model,
    "extractor --no-model": load_rules_alone,
    "quantulum3": load_quantulum,
    "spaCy tokenizer": load_tokenizer,
}


def corpus_texts(path: Path, papers: int) -> Texts:
    """As many papers as asked for, drawn evenly from a JSONL file, the same ones every time."""
    draw = random.Random(0)
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        drawn = heapq.nsmallest(papers, ((draw.random(), line) for line in file))
    rows = [json.loads(line) for _, line in drawn]
    return [(row.get("title", ""), row.get("abstract", "")) for row in rows]


def made_up_texts(papers: int) -> Texts:
    """Abstracts of seven sentences with the words and numbers that real ones have."""
    draw = random.Random(0)
    subjects = ("Quokka", "Our approach", "The proposed network", "Wombat-XL", "This decoder")
    claims = (
        "{s} is {a}.{b}x faster than BaseNet on SpeechSet while using {b}0\\% less memory.",
        "{s} reaches {a}{b}.{a} BLEU on QuizSet, up from {a}{b} for the previous best system.",
        "On {a} tasks, {s} raises accuracy from {b}1.{a} to {b}4.{b} with 1.{a} billion parameters.",
        "We ask why such systems forget what they have learnt, and whether longer training would help.",
        "{s} needs no labels, works with any backbone, and is simple to add to existing code.",
    )

    def sentence() -> str:
        s, a, b = draw.choice(subjects), draw.randint(1, 9), draw.randint(1, 9)
        return draw.choice(claims).format(s=s, a=a, b=b)

    return [("Quokka: Fast Speech Models", " ".join(sentence() for _ in range(7))) for _ in range(papers)]


def measure_each(programs: Iterable[str], texts: Texts) -> dict[str, Measured | str]:
    """Each in a fresh process, one after the other; why not, where one can't be measured."""
    results: dict[str, Measured | str] = {}
    for name in programs:
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            try:
                results[name] = process.submit(measure, PROGRAMS[name], texts).result()
            except ModuleNotFoundError as error:
                results[name] = f"{error.name} is not installed; see `benchmark` in pyproject.toml"
            except ModelError as error:
                results[name] = str(error)
    return results


def report(results: dict[str, Measured | str]) -> str:
    """A line a program, with the first one's speed as a multiple of each, then the shares of the stages."""
    first = next(result for result in results.values() if isinstance(result, Measured))
    lines = [f"{'':22}{'abstracts/s':>12}{'first is':>11}{'start':>10}{'peak':>10}"]
    for name, result in results.items():
        if isinstance(result, str):
            lines.append(f"{name:22}{result}")
            continue
        ratio = f"{first.speed / result.speed:.2f}x"
        lines.append(f"{name:22}{result.speed:12.1f}{ratio:>11}{result.start:8.1f} s{result.peak_mb:7.0f} MB")
    for name, result in results.items():
        if isinstance(result, Measured) and result.stages:
            lines.append(f"{name}: {shares(result)}")
    return "\n".join(lines)


def shares(measured: Measured) -> str:
    """Per cent of the time by stage, the largest first; "rest" is what lies between them."""
    by_stage = measured.stages | {"rest": measured.seconds - sum(measured.stages.values())}
    largest_first = sorted(by_stage.items(), key=lambda stage: -stage[1])
    return ", ".join(f"{stage} {seconds / measured.seconds:.0%}" for stage, seconds in largest_first)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--papers", type=int, default=300)
    arguments.add_argument("--corpus", type=Path, help="JSONL with title and abstract, may be gzipped")
    given = arguments.parse_args()
    corpus = given.corpus or (CORPUS if CORPUS.is_file() else None)
    texts = corpus_texts(corpus, given.papers) if corpus else made_up_texts(given.papers)
    if not texts:
        sys.exit(f"{corpus}: no papers; give a JSONL file with title and abstract")
    length = sum(len(title) + len(abstract) for title, abstract in texts) // len(texts)
    kind = f"abstracts from {corpus.name}" if corpus else "made-up abstracts"
    print(f"{len(texts)} {kind}, {length} characters on average; one process and one thread each")
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    print(report(measure_each(PROGRAMS, texts)))


if __name__ == "__main__":
    main()
