"""Annotated abstracts without their text, and back: `training/annotations/*.jsonl` has offsets and labels by
corpus id; the text comes from the corpus file. Offsets count in title + newline + abstract.

`python -m training.annotations strip GOLD.jsonl OUT.jsonl` and
`python -m training.annotations restore CORPUS.jsonl.gz OUT.jsonl ANNOTATIONS.jsonl...`"""

import gzip
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from training.examples import occurrences

ONE = ("metric", "method", "task", "condition")
MANY = ("baseline", "dataset")


def strip(paper: dict) -> dict:
    """A gold paper (FORMAT.md) as offsets: every string becomes [start, end] of its first occurrence."""
    source = f"{paper['title']}\n{paper['abstract']}"

    def span(string: str) -> list[int]:
        start, end = next(
            occurrences(source, string), (source.index(string), source.index(string) + len(string))
        )
        return [start, end]

    return {
        "id": paper["id"],
        "sha1": hashlib.sha1(source.encode("utf-8", "surrogatepass")).hexdigest(),
        "mentions": [[m["label"], m["start"], m["end"], m["proposed"]] for m in paper["mentions"]],
        "aliases": [[span(s) for s in group] for group in paper["aliases"]],
        "claims": [
            {
                **{f: c[f] for f in ("kind", "role", "qualifier", "direction")},
                "value": [c["value"][f] for f in ("start", "end", "low", "high", "unit")],
                **{f: span(c[f]) if c[f] else None for f in ONE},
                **{f: [span(s) for s in c[f]] for f in MANY},
            }
            for c in paper["claims"]
        ],
    }


def restore(row: dict, title: str, abstract: str) -> dict:
    """The gold paper of an annotation and its text. ValueError if it was another text that was annotated."""
    source = f"{title}\n{abstract}"
    if hashlib.sha1(source.encode("utf-8", "surrogatepass")).hexdigest() != row["sha1"]:
        raise ValueError(f"the text of {row['id']} is not the one that was annotated")

    def text(span: list[int]) -> str:
        return source[span[0] : span[1]]

    claims = []
    for c in row["claims"]:
        start, end, low, high, unit = c["value"]
        value = {
            "text": source[start:end],
            "start": start,
            "end": end,
            "low": low,
            "high": high,
            "unit": unit,
        }
        one = {f: text(c[f]) if c[f] else None for f in ONE}
        many = {f: [text(s) for s in c[f]] for f in MANY}
        claims.append(
            {"value": value, **{f: c[f] for f in ("kind", "role", "qualifier", "direction")}, **one, **many}
        )
    mentions = [
        {"label": label, "text": source[a:b], "start": a, "end": b, "proposed": proposed}
        for label, a, b, proposed in row["mentions"]
    ]
    aliases = [[text(s) for s in group] for group in row["aliases"]]
    return {
        "id": row["id"], "title": title, "abstract": abstract,
        "mentions": mentions, "aliases": aliases, "claims": claims,
    }  # fmt: skip


def restore_all(rows: Iterable[dict], corpus: Path) -> Iterator[dict]:
    """Gold papers of all annotations whose text the corpus (JSON lines, gzipped) has."""
    wanted = {row["id"]: row for row in rows}
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            if paper["id"] in wanted:
                yield restore(wanted[paper["id"]], paper["title"], paper["abstract"])


def _rows(path: str) -> list[dict]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").split("\n") if line.strip()]


def _write(path: str, rows: Iterable[dict]) -> None:
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    Path(path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["strip", gold, out]:
            _write(out, map(strip, _rows(gold)))
        case ["restore", corpus, out, *files]:
            _write(out, restore_all([row for file in files for row in _rows(file)], Path(corpus)))
        case _:
            sys.exit(__doc__)
