"""What a fuzzer begins with: the examples of every rule, the sample pages, and the files of a run of them."""

from pathlib import Path

from extractor.rules import TABLES, load_rules
from fuzz.targets import PAPER_NAMES, RULE_TABLES, SAVED_NAMES, SHEET_NAMES, TABLE_NAMES

ROOT = Path(__file__).parents[1]
OWN = Path(__file__).parent / "seeds"
FILES = {"papers": PAPER_NAMES, "sheets": SHEET_NAMES, "tables": TABLE_NAMES, "saved": SAVED_NAMES}
"""Targets that read files, and the names by which their first byte chooses."""
LONGEST = 20_000  # bytes of a seed; a fuzzer does little with a long one


def write_seeds(name: str, corpus: Path) -> None:
    """Fills an empty folder with the seeds of a target."""
    corpus.mkdir(parents=True, exist_ok=True)
    if any(corpus.iterdir()):
        return
    if name in FILES:
        seeds = list(_files(FILES[name]))
    elif name == "rule_files":
        seeds = [
            bytes([2 * at]) + (ROOT / "rules" / f"{x}.yaml").read_bytes() for at, x in enumerate(RULE_TABLES)
        ]
    else:
        seeds = _texts()
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number:04}").write_bytes(seed[:LONGEST])


def _texts() -> list[bytes]:
    rules = load_rules()
    examples = (e.get("text", "") for table in TABLES for rule in rules.table(table) for e in rule.examples)
    own = (path.read_bytes() for path in sorted(OWN.glob("*.txt")))
    return [*own, *dict.fromkeys(str(text).encode() for text in examples if text)]


def _files(names: tuple[str, ...]):
    """Files of the samples, the output and our own, each behind the byte that gives it its name."""
    by_suffix = {Path(name).suffix: at for at, name in enumerate(names)}
    for folder in (OWN, ROOT / "samples", ROOT / "output"):
        for path in sorted(folder.glob("*.*")):
            if path.suffix in by_suffix:
                yield bytes([2 * by_suffix[path.suffix]]) + path.read_bytes()
