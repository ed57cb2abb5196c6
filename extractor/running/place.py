"""Where a run leaves its files: a folder here, or one that a URL names (S3, GCS ...). For a URL, parts go
there from whoever makes them, and the manifest, so that any machine can go on; the rest is put together in a
folder here first."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from extractor.export import OutputError, make_directory
from extractor.export.folder import EXTRACTIONS, JSONL, RUN_FILE, WORK
from extractor.running.begin import clear, parts_folder
from extractor.running.manifest import FILE, Manifest, how_to_go_on
from extractor.running.outputs import (
    FOLDERS,
    REPLACING,
    Left,
    check_room,
    left_by,
    left_in,
    names_of,
    together,
)
from extractor.running.store import LocalStore, RemoteStore, Store

PACKAGES = "s3fs for s3://, gcsfs for gs://"


class Place(Protocol):
    """`folder`: on this machine; `name`: as the user gave it."""

    folder: Path
    name: str

    def enter(self) -> None:
        """Finds out what stands there; call it once no other run can be at work there."""

    def check(self, *, parts: bool) -> None:
        """OutputError where something stands in the way of what a run leaves there, as `parts` or joined."""

    def fetch_earlier(self) -> None:
        """Makes an earlier run's extractions stand in `folder`."""

    def store(self, manifest: Manifest) -> Store:
        """For the parts of that run."""

    def keep(self, manifest: Manifest) -> None:
        """Makes the unfinished run one that can be gone on with."""

    def left(self) -> Left:
        """What earlier runs left there."""

    def leave(self, now: Left, store: Store) -> None:
        """Puts what is in `folder` in place, run.json last, and takes the work folder away."""


class FolderPlace:
    def __init__(self, folder: Path):
        self.folder, self.name = folder, str(folder)
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{folder}: a file stands in the way; name another directory")

    def enter(self) -> None:
        pass

    def check(self, *, parts: bool) -> None:
        check_room(self.folder, parts=parts)

    def fetch_earlier(self) -> None:
        pass

    def store(self, manifest: Manifest) -> LocalStore:
        folder = parts_folder(self.folder / WORK, manifest).resolve()
        make_directory(folder)
        return LocalStore(folder)

    def keep(self, manifest: Manifest) -> None:
        pass

    def left(self) -> Left:
        return left_in(self.folder)

    def leave(self, now: Left, store: Store) -> None:
        clear(self.folder / WORK)


class UrlPlace:
    """`folder` has the same name for the same URL, and is taken away when the run is finished."""

    def __init__(self, url: str):
        self.name = url.rstrip("/")
        try:
            from fsspec.core import url_to_fs

            on_disk = self.name.startswith(("file:", "local:"))
            self._files, self._root = url_to_fs(self.name, **({"auto_mkdir": True} if on_disk else {}))
        except ImportError as error:
            raise OutputError(
                f"{url}: needs a package that is not installed; pip install fsspec, and {PACKAGES}"
            ) from error
        except ValueError as error:
            raise OutputError(f"{url}: no place that can be written to ({error})") from error
        key = hashlib.sha256(self.name.encode()).hexdigest()[:12]
        self.folder = Path(tempfile.gettempdir()) / f"extractor-{key}"

    def enter(self) -> None:
        work = self.folder / WORK
        with self._telling():
            self._files.invalidate_cache()
            there = self._content(f"{WORK}/{FILE}")
        if there is None:
            clear(work)
        elif not (work / FILE).is_file() or (work / FILE).read_bytes() != there:
            clear(work)
            make_directory(work)
            (work / FILE).write_bytes(there)

    def check(self, *, parts: bool) -> None:
        pass

    def fetch_earlier(self) -> None:
        with self._telling():
            there = RemoteStore(self._files, self._root)
            shutil.rmtree(self.folder / EXTRACTIONS, ignore_errors=True)
            for name in (RUN_FILE, JSONL, *sorted(there.names(EXTRACTIONS))):
                if self._files.exists(f"{self._root}/{name}"):
                    make_directory((self.folder / name).parent)
                    self._files.get_file(f"{self._root}/{name}", str(self.folder / name))

    def store(self, manifest: Manifest) -> RemoteStore:
        return RemoteStore(self._files, str(parts_folder(Path(self._root) / WORK, manifest)))

    def keep(self, manifest: Manifest) -> None:
        with self._telling():
            self._files.pipe_file(self._manifest, (self.folder / WORK / FILE).read_bytes())

    def left(self) -> Left:
        names = (RUN_FILE, f"{WORK}/{REPLACING}")
        with self._telling():
            return together(*(left_by(self._content(name)) for name in names))

    def leave(self, now: Left, store: RemoteStore) -> None:
        before = self.left()
        with self._telling():
            replacing = json.dumps(together(before, now)).encode()
            self._files.pipe_file(f"{self._root}/{WORK}/{REPLACING}", replacing)
            self._remove(RUN_FILE)
            for name in self._there(names_of(before) - names_of(now)):
                self._remove(name)
            for name in (*now["outputs"], RUN_FILE):
                if name in FOLDERS:
                    store.copy(name, f"{self._root}/{name}")
                else:
                    self._files.put_file(str(self.folder / name), f"{self._root}/{name}")
            self._remove(WORK)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _manifest(self) -> str:
        return f"{self._root}/{WORK}/{FILE}"

    def _content(self, name: str) -> bytes | None:
        path = f"{self._root}/{name}"
        return self._files.cat_file(path) if self._files.exists(path) else None

    def _there(self, names: set[str]) -> set[str]:
        """Of these names, those of parts that are there, and all others."""
        parts = {name for name in names if "/" in name}
        folders = {name.partition("/")[0] for name in parts}
        store = RemoteStore(self._files, self._root)
        return (names - parts).union(*(store.names(folder) & parts for folder in folders))

    def _remove(self, name: str) -> None:
        self._files.invalidate_cache()
        if self._files.exists(f"{self._root}/{name}"):
            self._files.rm(f"{self._root}/{name}", recursive=True)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """OutputError for whatever a file system's own library raises."""
        try:
            yield
        except Exception as error:
            told = " ".join(str(error).split())[:200] or type(error).__name__
            raise OutputError(
                f"{self.name}: can't be used ({told}); check that it is there and that you may write to it"
            ) from error


def command_to_go_on(output: Path | str) -> str:
    """The one that goes on with the unfinished run there; "" if none can."""
    place = place_of(output)
    return how_to_go_on(place.folder, place.name)


def place_of(output: Path | str) -> Place:
    """OutputError if nothing can be left there."""
    if "://" in str(output):
        return UrlPlace(str(output))
    return FolderPlace(Path(output))
