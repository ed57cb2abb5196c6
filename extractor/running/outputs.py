"""The files that a run leaves in its folder, by name. Knows which of them earlier runs left there, by what
they wrote down, so that nothing else is ever removed, and that no run writes over what it reads."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from extractor.export import FILES, TABLES, OutputError, replacing
from extractor.export.folder import EXTRACTIONS, RUN_FILE, WORK
from extractor.running.parts import part_file

FAILED, PROBLEMS = "failed.jsonl", "problems.jsonl"
FOLDERS = (*(table.name for table in TABLES), EXTRACTIONS)
"""Of parts, where they are not joined."""

REPLACING = "replacing.json"  # in the work folder, while tables are exchanged: what goes and what comes
PART = re.compile(rf"(?:{'|'.join(FOLDERS)})/part-\d{{5,}}\.\w+")
ON_DISK = ("file://", "local://")

Left = Mapping[str, Any]
"""What a run left: `outputs`, names of files and of `FOLDERS`, and the number of `parts` in each of these."""


def left(files: Iterable[str], parts: int) -> Left:
    return {"outputs": tuple(files), "parts": parts}


def together(*runs: Left) -> Left:
    """What any of the runs left, and perhaps more parts."""
    names = {name for run in runs for name in run["outputs"]}
    return left(sorted(names), max(run["parts"] for run in runs))


def names_of(run: Left) -> set[str]:
    """Of every file, such as "claims.csv" or "claims/part-00000.parquet"."""
    names: set[str] = set()
    for name in run["outputs"]:
        if name in FOLDERS:
            end = "jsonl" if name == EXTRACTIONS else "parquet"
            names.update(part_file(name, number, end) for number in range(run["parts"]))
        elif name in (*FILES, FAILED, PROBLEMS):
            names.add(name)
    return names


def left_by(run_file: bytes | None) -> Left:
    """As run.json, or the file `REPLACING`, says; nothing if it is damaged, or None."""
    try:
        about = json.loads(run_file or b"{}")
        return left(map(str, about["outputs"]), int(about["parts"]))
    except (ValueError, KeyError, TypeError):
        return left((), 0)


def left_in(output: Path) -> Left:
    """By the finished run in the folder `output`, and by one that was stopped while it exchanged tables."""
    files = (output / RUN_FILE, output / WORK / REPLACING)
    return together(*(left_by(path.read_bytes() if path.is_file() else None) for path in files))


def exchange(output: Path, assembled: Path, now: Left) -> None:
    """Takes away what earlier runs left in `output` and moves there what is in `assembled`. Can be done again
    where it was stopped; from its beginning until a new run.json is there, the folder has none."""
    before = left_in(output)
    with replacing(output / WORK / REPLACING) as file:
        json.dump(together(before, now), file)
    (output / RUN_FILE).unlink(missing_ok=True)
    names = names_of(now)
    remove(output, names_of(before) - names)
    for name in sorted(names):
        if (made := assembled / name).is_file():
            (output / name).parent.mkdir(exist_ok=True)
            made.replace(output / name)


def give_up_exchange(output: Path) -> None:
    """Takes away tables of which some are of one run and some of another."""
    replacing_file = output / WORK / REPLACING
    if replacing_file.is_file() and not (output / RUN_FILE).is_file():
        remove(output, names_of(left_in(output)))
    replacing_file.unlink(missing_ok=True)


def remove(output: Path, names: Iterable[str]) -> None:
    """The files, and the folders of parts that are empty then."""
    for name in names:
        (output / name).unlink(missing_ok=True)
    for folder in FOLDERS:
        if (output / folder).is_dir() and not any((output / folder).iterdir()):
            (output / folder).rmdir()


def check_room(output: Path, *, parts: bool) -> None:
    """OutputError where something stands in `output` that a run can't replace: a folder for a file, a file
    for a folder, or parts that no run there wrote down as its own."""
    files = (RUN_FILE, FAILED, PROBLEMS, *(() if parts else FILES))
    folders = (WORK, *(FOLDERS if parts else ()))
    for names, fits, what in ((files, Path.is_file, "folder"), (folders, Path.is_dir, "file")):
        for path in (output / name for name in names):
            if path.exists() and not fits(path):
                raise OutputError(f"{path}: a {what} is in the way; move it away, or name another directory")
    if parts:
        own = names_of(left_in(output))
        there = (
            path.relative_to(output).as_posix() for name in FOLDERS for path in output.glob(f"{name}/part-*")
        )
        if other := next((name for name in there if name not in own), None):
            raise OutputError(
                f"{output / other}: belongs to no run there, and would get mixed up with the new parts; move "
                "it away, or name another directory"
            )


class Guard:
    """Stands between the sources of a run and its output, the folder or URL `root`, where earlier runs left
    `before`. `skipped`: how many files below folders it has left out as a run's own."""

    def __init__(self, root: Path | str, before: Left, *, parts: bool):
        self.root = str(root)
        self.skipped = 0
        self._root, self._own, self._parts = _absolute(root), names_of(before), parts

    def leaves_out(self, source: Path | str, folder: Path | str | None = None) -> bool:
        """Whether a file or address that was met below `folder` is output of a run, not meant to be read.
        OutputError if it is to be read and the run would write over it or remove it."""
        path = _absolute(source)
        if not path.startswith(f"{self._root}/"):
            return False
        name = path.removeprefix(f"{self._root}/")
        ours = name in self._own or (name == RUN_FILE and bool(self._own))
        if folder is not None and (ours or self._root.startswith(f"{_absolute(folder).rstrip('/')}/")):
            self.skipped += not name.startswith(".")
            return True
        written = (RUN_FILE, FAILED, PROBLEMS, *(() if self._parts else FILES))
        if ours or name in written or (self._parts and PART.fullmatch(name)):
            raise OutputError(
                f"{source}: it is to be read, and the run would replace it; name another directory with "
                "--output"
            )
        return False


def _absolute(place: Path | str) -> str:
    if isinstance(place, str) and place.startswith(ON_DISK):
        place = Path(unquote(urlsplit(place).path))
    if isinstance(place, str) and "://" in place:
        return place.rstrip("/")
    return Path(place).resolve().as_posix()
