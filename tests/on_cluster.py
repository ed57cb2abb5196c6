"""Stand-ins for the pipeline that bring down the worker they run for, and a run that is stopped. Processes of
a cluster import this by name."""

import os
import signal
from pathlib import Path

from running import Misbehaving

from extractor.records import Extraction, Paper
from extractor.watch import Silent


class Murderous(Misbehaving):
    """KILL kills the worker that this process works for; ONCE does so too where no file of that name is."""

    def extract(self, paper: Paper) -> Extraction:
        word, _, once = paper.abstract.partition(" at ")
        if word == "KILL" or (word == "ONCE" and not Path(once).exists()):
            if once:
                Path(once).touch()
            os.kill(os.getppid(), signal.SIGKILL)
            signal.pause()
        return super().extract(paper)


def load_murderous(rules=None, model=True, any_language=False) -> Murderous:
    return Murderous()


class StopAfter(Silent):
    """Ctrl-C when so many papers are extracted."""

    def __init__(self, papers: int):
        self.left = papers

    def step(self, name, total=None):
        self.extracting = name == "extracting"

    def done(self, papers=1):
        self.left -= papers * self.extracting
        if self.left <= 0:
            raise KeyboardInterrupt
