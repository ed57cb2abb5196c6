"""How the mentions fare on other people's annotation, without training on it: exact span and type, F1 per
label. `python benchmarks/outside.py TDMSCI.jsonl` (words and BIO tags a line) or `SCIREX.jsonl.gz` (words and
[first, after, label] mentions a line; its title and abstract sections are read). Their guidelines differ
from ours, so the figures say how far the two agree, not only how well we read."""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from extractor.pipeline import load

Spans = set[tuple[int, int, str]]
SECTIONS = 2  # of a SciREX paper: its title, its abstract


def texts(path: Path) -> Iterator[tuple[list[str], Spans]]:
    """Words of each text, and its annotated (first word, word after, label)."""
    opening = gzip.open if path.suffix == ".gz" else open
    with opening(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if "tags" in row:
                yield row["words"], _of_tags(row["tags"])
            else:
                end = row["sections"][min(SECTIONS, len(row["sections"])) - 1][1]
                yield row["words"][:end], {(a, b, label) for a, b, label in row["mentions"] if b <= end}


def _of_tags(tags: list[str]) -> Spans:
    spans, start = set(), None
    for i, tag in enumerate([*tags, "O"]):
        if start is not None and not tag.startswith("I-"):
            spans.add((start, i, tags[start][2:]))
            start = None
        if tag.startswith("B-"):
            start = i
    return spans


def found(extractor, words: list[str]) -> Spans:
    """Our mentions in the words joined by blanks, as word spans."""
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word) + 1
    text = " ".join(words)
    index = {start: i for i, start in enumerate(starts)}
    ends = {start + len(word): i + 1 for i, (start, word) in enumerate(zip(starts, words, strict=True))}
    return {
        (index[m.start], ends[m.end], str(m.label))
        for m in extractor.finder.find(text).mentions
        if m.start in index and m.end in ends
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--no-model", action="store_true")
    options = parser.parse_args()
    extractor = load(model=not options.no_model)
    gold, ours, right = Counter(), Counter(), Counter()
    for words, spans in texts(options.file):
        predicted = found(extractor, words)
        gold.update(label for *_, label in spans)
        ours.update(label for *_, label in predicted)
        right.update(label for *_, label in spans & predicted)
    for label in sorted(gold):
        precision, recall = right[label] / max(1, ours[label]), right[label] / gold[label]
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"{label:8} precision {precision:6.1%} recall {recall:6.1%} F1 {f1:6.1%} of {gold[label]}")


if __name__ == "__main__":
    main()
