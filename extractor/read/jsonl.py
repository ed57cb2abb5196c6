"""JSON Lines: an object a line, with the paper's fields in it or, as this program writes them, under "paper";
or a whole answer of an API a line, with its papers in a list.
Takes a stream, yields papers. Never changes text: offsets that were counted in it hold."""

import io
import json
from collections.abc import Iterator

from extractor.read.json_objects import papers_in
from extractor.read.lines import read_lines
from extractor.read.problems import Problems
from extractor.read.rows import Rows
from extractor.read.streams import LONGEST_OBJECT
from extractor.records import Paper, Place


def read(stream: io.BufferedReader, problems: Problems, rows: Rows) -> Iterator[Paper]:
    for number, line in enumerate(read_lines(stream, problems, LONGEST_OBJECT), 1):
        if not line.strip():
            continue
        row = _object(line, number, problems)
        if row is not None:
            yield from papers_in(row, rows, Place(file=problems.file, line=number), problems)


def _object(line: str, number: int, problems: Problems) -> dict | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        why = (
            error.msg if isinstance(error, json.JSONDecodeError) else "nested too deep, or a number too long"
        )
        problems.skip(number, f"not JSON ({why}), not read; each line must be one whole JSON object")
        return None
    if not isinstance(row, dict):
        what = type(row).__name__
        problems.skip(
            number, f"JSON, but a {what}, not read; each line must be one object, as jq -c '.[]' writes them"
        )
        return None
    return row
