"""Where parts are kept: a folder on this machine, or one that fsspec reaches (S3, GCS ...). Files are small,
and each appears whole or not at all."""

from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from extractor.export import make_directory, replacing


class Store(Protocol):
    def put(self, name: str, content: bytes) -> None:
        """Keeps a file under a name such as "claims/part-00000.csv", in place of what stood there."""

    def get(self, name: str) -> bytes:
        """FileNotFoundError if there is none."""

    def names(self, folder: str) -> set[str]:
        """Of the files in a folder, such as "done/part-00000.json"; none if it is not there."""


class LocalStore:
    """In the folder `root`, which must be there: what a process left over from an earlier run writes to a
    folder that has gone is lost."""

    def __init__(self, root: Path):
        self.root = root

    def __str__(self) -> str:
        return str(self.root)

    def put(self, name: str, content: bytes) -> None:
        path = self.root / name
        if not path.parent.is_dir() and self.root.is_dir():
            make_directory(path.parent)
        with replacing(path, "wb", durable=False) as file:
            file.write(content)

    def get(self, name: str) -> bytes:
        return (self.root / name).read_bytes()

    def names(self, folder: str) -> set[str]:
        return {f"{folder}/{path.name}" for path in (self.root / folder).glob("[!.]*")}


class RemoteStore:
    """In the folder `root` of an fsspec file system, whose `pipe_file` must write whole objects and need no
    folder for them, as that of object stores does."""

    def __init__(self, files: Any, root: str):
        self.files, self.root = files, PurePosixPath(root)

    def __str__(self) -> str:
        return self.files.unstrip_protocol(str(self.root))

    def put(self, name: str, content: bytes) -> None:
        self.files.pipe_file(str(self.root / name), content)

    def get(self, name: str) -> bytes:
        return self.files.cat_file(str(self.root / name))

    def names(self, folder: str) -> set[str]:
        try:
            found = self.files.ls(str(self.root / folder), detail=False, refresh=True)
        except FileNotFoundError:
            return set()
        return {f"{folder}/{PurePosixPath(path).name}" for path in found}

    def copy(self, folder: str, to: str) -> None:
        """All files of a folder to another place of the same file system, which sends them nowhere else."""
        names = sorted(self.names(folder))
        self.files.copy(
            [str(self.root / name) for name in names], [f"{to}/{PurePosixPath(name).name}" for name in names]
        )
