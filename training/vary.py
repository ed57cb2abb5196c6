"""A gold paper retold: other names for its methods and datasets, other digits in its values, and without some
of the sentences that no claim needs, so that training learns how claims are written, not papers by
heart; with "our method" for its own name and back, so that it learns whom the words mean. Takes and returns
parsed JSON (FORMAT.md)."""

import re
from collections.abc import Iterable
from random import Random

from extractor.find.sentences import sentences
from training.examples import occurrences

RENAMED = 0.5  # share of names that get another
LEFT_OUT = 0.25  # share of the sentences without a claim or a slot of one that go
SWAPPED = ("METHOD", "DATASET")
RESAID = 0.4  # share of claims before which the paper's own name and "our method" change places
OWN = (
    "our method",
    "our approach",
    "our model",
    "our framework",
    "the proposed method",
    "the proposed approach",
)
SAID = re.compile(
    r"\b(?:[Oo]ur|[Tt]he proposed) (?:method|approach|model|framework|algorithm|system|network)\b"
)
BEGINS = re.compile(r"(?:\n|[.!?]\s|, |\b(?:that|shows?|and|while) )$")  # a subject may follow
GOES_ON = re.compile(r" (?:[a-z]+s|can|could|also|consistently|significantly|further|not)\b")  # of a subject
ONE = ("metric", "method", "task", "condition")
MANY = ("baseline", "dataset")
NAME = re.compile(r"(?=.*[A-Z])\S{2,24}")  # one word with a capital: FlashDecoding++, ImageNet-1K

Pools = dict[str, list[str]]


def pools(papers: Iterable[dict]) -> Pools:
    """Names by label that may stand for one another."""
    names: dict[str, set[str]] = {label: set() for label in SWAPPED}
    for paper in papers:
        for mention in paper["mentions"]:
            if mention["label"] in names and NAME.fullmatch(mention["text"]):
                names[mention["label"]].add(mention["text"])
    return {label: sorted(found) for label, found in names.items()}


def vary(paper: dict, pool: Pools, random: Random) -> dict:
    """The paper with some names and all digits of its values changed; every label stays where it belongs.
    `low` and `high` are left as they were: what is learnt of a value is what it means, not what it is."""
    return _rewritten(paper, _edits(paper, pool, random))


def shorten(paper: dict, random: Random) -> dict:
    """The paper without some sentences of its abstract that hold no value and no slot of a claim."""
    source = _source(paper)
    values = [claim["value"]["start"] for claim in paper["claims"]]
    needed = {string for claim in paper["claims"] for string in _strings(claim)}
    edits = []
    for start, end in sentences(source):
        told = source[start:end]
        if start < len(paper["title"]) or any(start <= v < end for v in values):
            continue
        if not any(string in told for string in needed) and random.random() < LEFT_OUT:
            edits.append((start, end + source.startswith(" ", end), ""))
    if not edits:
        return paper
    kept = [m for m in paper["mentions"] if not any(a <= m["start"] < b for a, b, _ in edits)]
    gone = [source[a:b] for a, b, _ in edits]
    aliases = [[s for s in group if not any(s in part for part in gone)] for group in paper["aliases"]]
    return _rewritten({**paper, "mentions": kept, "aliases": aliases}, edits)


def resay(paper: dict, random: Random) -> dict:
    """The paper with "our method" where a claim's sentence has the paper's own name as subject, or with the
    name where it has "our method". The first place of a name stays, for slots are found by it."""
    source = _source(paper)
    own = {m["text"] for m in paper["mentions"] if m["proposed"] and m["label"] == "METHOD"}
    bounds = sentences(source)
    edits, gone, new = {}, [], []
    for claim in paper["claims"]:
        at, name = claim["value"]["start"], claim["method"]
        start = next((a for a, b in bounds if len(paper["title"]) <= a <= at < b), None)
        if start is None or name not in own or random.random() >= RESAID:
            continue
        said = SAID.search(source, start, at)
        named = [m for m in paper["mentions"] if m["text"] == name and start <= m["start"] < at]
        if said and not any(m["start"] < said.end() and said.start() < m["end"] for m in paper["mentions"]):
            if source.index(name) < said.start():
                edits[said.span()] = name
                new.append({"start": said.start(), "end": said.end(), "label": "METHOD", "proposed": True})
        elif named and source.index(name) < named[0]["start"] and _is_subject(source, named[0]):
            words = random.choice(OWN)
            first = re.search(r"(?:\n|[.!?]\s)$", source[: named[0]["start"]])
            edits[named[0]["start"], named[0]["end"]] = words[0].upper() + words[1:] if first else words
            gone.append(named[0])
    if not edits:
        return paper
    mentions = [m for m in paper["mentions"] if m not in gone] + [
        m for m in new if m not in paper["mentions"]
    ]
    kept = {"mentions": sorted(mentions, key=lambda m: m["start"])}
    return _rewritten({**paper, **kept}, [(*span, words) for span, words in sorted(edits.items())])


def _is_subject(source: str, mention: dict) -> bool:
    before, after = source[: mention["start"]], source[mention["end"] :]
    return bool(BEGINS.search(before[-16:]) and GOES_ON.match(after))


def _source(paper: dict) -> str:
    return f"{paper['title']}\n{paper['abstract']}"


def _strings(claim: dict) -> list[str]:
    """What stands in the slots of a claim."""
    return [claim[f] for f in ONE if claim[f]] + [s for f in MANY for s in claim[f]]


def _rewritten(paper: dict, edits: list[tuple[int, int, str]]) -> dict:
    """The paper with the edits made, (start, end, new text) in order and apart."""
    source = _source(paper)
    parts, moved, at, shift = [], [], 0, 0
    for start, end, new in edits:
        parts += [source[at:start], new]
        moved.append((start, end, start + shift, start + shift + len(new)))
        shift += len(new) - (end - start)
        at = end
    text = "".join([*parts, source[at:]])

    def place(start: int, end: int) -> tuple[int, int]:
        return _moved(start, moved, after=False), _moved(end, moved, after=True)

    def string(old: str) -> str:
        start = next((a for a, _ in occurrences(source, old)), source.find(old))
        a, b = place(start, start + len(old))
        return text[a:b]

    title = text[: place(0, len(paper["title"]))[1]]
    return {
        "id": paper["id"],
        "title": title,
        "abstract": text[len(title) + 1 :],
        "mentions": [_at(mention, text, place) for mention in paper["mentions"]],
        "aliases": [[string(s) for s in group] for group in paper["aliases"]],
        "claims": [
            {
                **claim,
                "value": _at(claim["value"], text, place),
                **{f: string(claim[f]) if claim[f] else None for f in ONE},
                **{f: [string(s) for s in claim[f]] for f in MANY},
            }
            for claim in paper["claims"]
        ],
    }


def _edits(paper: dict, pool: Pools, random: Random) -> list[tuple[int, int, str]]:
    """(start, end, new text), in order and apart."""
    new_name = {}
    for text, label in {m["text"]: m["label"] for m in paper["mentions"]}.items():
        if pool.get(label) and NAME.fullmatch(text) and random.random() < RENAMED:
            new_name[text] = random.choice(pool[label])
    edits = [(m["start"], m["end"], new_name[m["text"]]) for m in paper["mentions"] if m["text"] in new_name]
    for claim in paper["claims"]:
        value = claim["value"]
        edits.append((value["start"], value["end"], _digits(value["text"], random)))
    kept: list[tuple[int, int, str]] = []
    for edit in sorted(edits):
        if not kept or kept[-1][1] <= edit[0]:
            kept.append(edit)
    return kept


def _digits(text: str, random: Random) -> str:
    return re.sub(r"\d", lambda m: m.group() if m.group() == "0" else str(random.randint(1, 9)), text)


def _moved(offset: int, moved: list[tuple[int, int, int, int]], after: bool) -> int:
    shift = 0
    for start, end, new_start, new_end in moved:
        if offset <= start:
            break
        if offset < end:
            return new_end if after else new_start
        shift = new_end - end
    return offset + shift


def _at(span: dict, text: str, place) -> dict:
    start, end = place(span["start"], span["end"])
    return {**span, "start": start, "end": end, "text": text[start:end]}
