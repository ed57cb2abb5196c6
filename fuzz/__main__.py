"""`python -m fuzz TARGET [--keep-going] [libFuzzer options]`: feeds a target until it breaks, or goes on and
leaves one input for every place that broke. `python -m fuzz` lists the targets."""

import hashlib
import sys
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["extractor"]):
    from fuzz.targets import TARGETS, Target

from fuzz.seeds import write_seeds

HERE = Path(__file__).parent
KEEP_GOING = "--keep-going"


class Keeping:
    """The target, but what it raises is told and kept, the first of each place in the program."""

    def __init__(self, name: str, target: Target):
        self.name, self.target = name, target
        self.folder = HERE / "found"
        self.known: set[tuple] = set()

    def __call__(self, data: bytes) -> None:
        try:
            self.target(data)
        except Exception as error:
            place = tuple((f.filename, f.lineno) for f in traceback.extract_tb(error.__traceback__)[-2:])
            if (key := (type(error), place)) not in self.known:
                self.known.add(key)
                self.folder.mkdir(exist_ok=True)
                kept = self.folder / f"{self.name}-{hashlib.sha256(data).hexdigest()[:12]}"
                kept.write_bytes(data)
                print(f"{kept}:", *traceback.format_exception(error)[-3:], file=sys.stderr, flush=True)


def main(arguments: list[str]) -> None:
    if not arguments or arguments[0] not in TARGETS:
        usage = f"python -m fuzz TARGET [{KEEP_GOING}] [libFuzzer options]"
        raise SystemExit(f"{usage}; TARGET is {', '.join(TARGETS)}")
    name, *options = arguments
    target = TARGETS[name]
    if KEEP_GOING in options:
        options.remove(KEEP_GOING)
        target = Keeping(name, target)
    corpus = HERE / "corpus" / name
    write_seeds(name, corpus)
    defaults = [f"-dict={HERE / 'words.dict'}", "-max_len=600", "-print_final_stats=1", "-timeout=60"]
    atheris.Setup([sys.argv[0], *defaults, *options, str(corpus)], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
