"""JSON Lines, an `Extraction` a line, in full: what programs read, and what goes into `extractor evaluate`.
The record version is each line's field `version`; `schema()` says what may stand in a line."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from extractor.export.replacing import replacing
from extractor.records import RECORD_VERSION, Extraction


@contextmanager
def jsonl_writer(path: Path) -> Iterator[Callable[[Extraction], int]]:
    """A function that adds an extraction's line to `path` and returns 1; the file is there when the block
    ends."""
    with replacing(path) as file:

        def write(extraction: Extraction) -> int:
            file.write(line(extraction))
            return 1

        yield write


def line(extraction: Extraction) -> str:
    return extraction.model_dump_json() + "\n"


def write_jsonl(extractions: Iterable[Extraction], path: Path) -> int:
    """One line an extraction; returns the number of lines."""
    with jsonl_writer(path) as write:
        return sum(write(extraction) for extraction in extractions)


def read_jsonl(path: Path) -> Iterator[Extraction]:
    """The extractions that stand in `path`. ValueError with file and line where one breaks the schema."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield Extraction.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(map(str, first["loc"])) or "the line"
                raise ValueError(
                    f"{path}:{number}: {where}: {first['msg']}; see `extractor schema`"
                ) from error


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"record version {RECORD_VERSION}",
        **Extraction.model_json_schema(mode="serialization"),
    }
