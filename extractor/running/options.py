"""What can be asked of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Engine(StrEnum):
    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True)
class Options:
    """How to run: what `extractor run` takes besides sources and output."""

    rules: Path | None = None  # a folder of rules that extend and override the built-in ones
    model: bool = True  # False: rules alone
    workers: int | None = None  # processes at most; None: one a core
    min_confidence: float = 0.0  # claims below are left out
    bom: bool = False  # CSV with a byte order mark
    columns: Mapping[str, str] = field(default_factory=dict)  # a paper's field -> the column that holds it
    form: str | None = None  # the format of the sources; None: found out
    any_language: bool = False  # extract from abstracts that are not in English too
    parts: bool = False  # leave the tables in parts, a folder each
    fresh: bool = False  # take nothing over from an earlier run in the same folder
    seconds_per_paper: float = 60.0  # a paper that takes longer is set aside
    engine: Engine = Engine.LOCAL
    scheduler: str | None = None  # the address of Dask's; None: a cluster on this machine for this run
    papers_per_part: int | None = None  # None: as fits; the tables of a joined run don't depend on it


DEFAULTS = Options()
