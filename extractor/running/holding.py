"""A place held for one run, from its first look at what stands there to its last file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extractor.export import make_directory
from extractor.running.full_disk import telling_full_disk
from extractor.running.lock import only_run
from extractor.running.manifest import how_to_go_on
from extractor.running.place import Place
from extractor.running.workers import WorkerError


@contextmanager
def holding(place: Place) -> Iterator[None]:
    """Holds the place against other runs. OutputError if one is at work there; NoSpace and WorkerError of
    the block say how to go on."""
    with (
        telling_full_disk(place.folder, place.name),
        _folder(place.folder),
        only_run(place.folder, place.name),
    ):
        place.enter()
        try:
            yield
        except WorkerError as error:
            how = how_to_go_on(place.folder, place.name)
            raise WorkerError(f"{error}; {how} goes on" if how else str(error)) from error


@contextmanager
def _folder(output: Path) -> Iterator[None]:
    """The folder `output`, which goes again if it was made for nothing."""
    made = not output.exists()
    make_directory(output)
    try:
        yield
    finally:
        if made and output.is_dir() and not any(output.iterdir()):
            output.rmdir()
