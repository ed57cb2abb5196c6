"""Whole runs of a corpus in one process and in several: abstracts a second, the share of each step, memory
and processor time of all processes together: `python benchmarks/scale.py papers.jsonl --papers 20000`."""

import argparse
import gzip
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

LOOK = 0.2  # seconds between looks at the processes
STEPS = ("start", "read", "extract", "assemble")


@dataclass
class Measured:
    """Of one run: wall-clock seconds by step, the most memory that all processes had together, in MB, and the
    processor seconds of the main process and of its workers."""

    papers: int
    seconds: dict[str, float]
    peak_mb: float
    main_cpu: float
    workers_cpu: float

    def line(self, workers: int) -> str:
        shares = ", ".join(f"{step} {self.seconds[step] / self.seconds['all']:.0%}" for step in STEPS)
        rate = self.papers / self.seconds["all"]
        cpu = f"{self.main_cpu:.0f} + {self.workers_cpu:.0f}"
        return f"{workers:7}{rate:13.1f}{self.peak_mb:9.0f} MB{cpu:>15}   {shares}"


def measure(source: Path, workers: int, model: bool) -> Measured:
    with TemporaryDirectory() as folder:
        output = Path(folder) / "out"
        command = [sys.executable, "-m", "extractor", "run", str(source), "--output", str(output)]
        command += ["--workers", str(workers), "--model" if model else "--no-model"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, **quiet)
        peak, cpu = 0.0, {}
        while process.poll() is None:
            memory = 0
            for each in tree(process.pid):
                try:
                    memory += each.memory_info().rss
                    used = each.cpu_times()
                except psutil.Error:
                    continue
                cpu[each.pid] = used.user + used.system
            peak = max(peak, memory / 2**20)
            time.sleep(LOOK)
        if process.returncode:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}")
        about = json.loads((output / "run.json").read_bytes())
        main_cpu = cpu.pop(process.pid, 0.0)
        return Measured(about["counts"]["papers"], about["seconds"], peak, main_cpu, sum(cpu.values()))


def tree(pid: int) -> list[psutil.Process]:
    try:
        main = psutil.Process(pid)
        return [main, *main.children(recursive=True)]
    except psutil.Error:
        return []


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("corpus", type=Path, help="JSONL with title and abstract, may be gzipped")
    arguments.add_argument("--papers", type=int, default=20_000)
    arguments.add_argument("--workers", type=int, nargs="+", default=[1, os.cpu_count() or 1])
    arguments.add_argument("--no-model", action="store_true")
    given = arguments.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    with TemporaryDirectory() as folder:
        source = Path(folder) / "papers.jsonl"
        with (gzip.open if given.corpus.suffix == ".gz" else open)(given.corpus, "rb") as file:
            source.write_bytes(b"".join(islice(file, given.papers)))
        print(f"{'workers':7}{'abstracts/s':>13}{'memory':>12}{'processor s':>15}   share of the time")
        for workers in given.workers:
            print(measure(source, workers, not given.no_model).line(workers), flush=True)


if __name__ == "__main__":
    main()
