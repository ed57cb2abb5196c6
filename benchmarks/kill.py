"""Kills runs at random moments, goes on with them, and compares what they leave with an undisturbed run, byte
for byte: `python benchmarks/kill.py papers.jsonl --papers 3000 --times 50`. Rules alone; the main process and
its workers in turn."""

import argparse
import gzip
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from extractor.export import FILES
from extractor.export.folder import RUN_FILE, WORK
from extractor.running.begin import finished_parts, parts_folder
from extractor.running.manifest import read_manifest
from extractor.running.store import LocalStore

COMMAND = (sys.executable, "-m", "extractor", "run", "--output")
KILLS_PER_RUN = 4  # after so many a run may go on to its end


class Disturbed:
    """A run in `output` that is killed again and again."""

    def __init__(self, source: Path, output: Path, expected: dict[str, bytes], workers: int):
        self.source, self.output, self.expected, self.workers = source, output, expected, workers
        self.tally: Counter[str] = Counter()

    def start(self) -> subprocess.Popen:
        """Goes on, by `--resume` or by the same command again, or begins."""
        unfinished = (self.output / WORK).is_dir() and read_manifest(self.output / WORK)
        resumed = bool(unfinished) and random.random() < 0.5
        how = ["--resume"] if resumed else [str(self.source), "--no-model"]
        return subprocess.Popen(
            [*COMMAND, str(self.output), *how, "--workers", str(self.workers)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill_once(self, seconds: float, victim: str) -> None:
        """Lets the run work so long, kills it or one of its workers; a run that was done before is compared,
        and the next one killed."""
        while True:
            process = self.start()
            try:
                process.wait(random.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                break
            self.finished(process)
        phase = self.phase()
        workers = [
            child for child in psutil.Process(process.pid).children() if "spawn_main" in str(child.cmdline())
        ]
        if victim == "worker" and workers:
            random.choice(workers).kill()
            self.tally[f"a worker while {phase}"] += 1
            process.wait()
            self.finished(process)
        else:
            process.kill()
            process.wait()
            self.tally[f"the main process while {phase}"] += 1
            if (self.output / RUN_FILE).is_file():
                self.compare()

    def phase(self) -> str:
        manifest = read_manifest(self.output / WORK)
        if manifest is None:
            return "starting or ending"
        if manifest.read is None:
            return "reading"
        done = finished_parts(LocalStore(parts_folder(self.output / WORK, manifest)))
        return "extracting" if done < manifest.parts else "assembling"

    def finish(self) -> None:
        """Lets an unfinished run go on to its end."""
        if (self.output / WORK).is_dir():
            process = self.start()
            process.wait()
            self.finished(process)

    def finished(self, process: subprocess.Popen) -> None:
        if process.returncode:
            sys.exit(f"a run ended with {process.returncode}: {process.stderr.read()}")
        self.compare()
        self.tally["runs finished and the same"] += 1
        shutil.rmtree(self.output)

    def compare(self) -> None:
        if differing := [
            name for name, was in self.expected.items() if (self.output / name).read_bytes() != was
        ]:
            sys.exit(f"not the same after {dict(self.tally)}: {', '.join(differing)} in {self.output}")


def first_lines(corpus: Path, papers: int, to: Path) -> Path:
    with (gzip.open if corpus.suffix == ".gz" else open)(corpus, "rb") as file:
        to.write_bytes(b"".join(islice(file, papers)))
    return to


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("corpus", type=Path, help="JSONL with title and abstract, may be gzipped")
    arguments.add_argument("--papers", type=int, default=3000)
    arguments.add_argument("--times", type=int, default=50)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    random.seed(given.seed)
    with TemporaryDirectory() as folder:
        source = first_lines(given.corpus, given.papers, Path(folder) / "papers.jsonl")
        undisturbed = Path(folder) / "undisturbed"
        began = time.monotonic()
        how = [str(source), "--no-model", "--workers", "1"]
        subprocess.run([*COMMAND, str(undisturbed), *how], check=True, capture_output=True)
        seconds = time.monotonic() - began
        print(f"undisturbed: {seconds:.0f} s for {given.papers} papers in one process", flush=True)
        expected = {name: (undisturbed / name).read_bytes() for name in FILES}
        disturbed = Disturbed(source, Path(folder) / "disturbed", expected, given.workers)
        for kill in range(given.times):
            disturbed.kill_once(seconds, ("main", "main", "worker")[kill % 3])
            if kill % KILLS_PER_RUN == KILLS_PER_RUN - 1:
                disturbed.finish()
            print(f"{kill + 1} kills: {dict(disturbed.tally)}", flush=True)
        disturbed.finish()
        for what, count in sorted(disturbed.tally.items()):
            print(f"{count:4} {what}")


if __name__ == "__main__":
    main()
