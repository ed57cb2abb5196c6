"""Records with defaults, so that a test names only what it is about. They are about one made-up paper, in
whose text spans are looked up: `claim("1.9x", method="Quokka")` has the first "1.9x" and the first
"Quokka"."""

import re
from types import SimpleNamespace

from typer.testing import CliRunner

from extractor.cli import app
from extractor.records import Claim, Extraction, Label, Mention, Paper, Place, Quantity, Slot, Span

TITLE = "Quokka: Fast Speech Models"
ABSTRACT = (
    "Quokka is 1.9x faster than BaseNet on SpeechSet and QuizSet at 8-bit weights. "
    "It reaches a word error rate of 5.2% in speech recognition, +7.4 over BaseNet."
)
SOURCE = f"{TITLE}\n{ABSTRACT}"
PLACES = (Place(file="list.txt", line=3), Place(file="more.txt", line=40))


def paper(**fields) -> Paper:
    return Paper(**{"id": "quokka", "title": TITLE, "abstract": ABSTRACT, "places": PLACES, **fields})


def span(text: str) -> dict:
    """`text` with its first place in the text above, as fields of a record."""
    start = SOURCE.index(text)
    return {"text": text, "start": start, "end": start + len(text)}


def slot(text: str, **fields) -> Slot:
    return Slot(**{**span(text), "name": text, **fields})


def mention(text="Quokka", label=Label.METHOD, **fields) -> Mention:
    return Mention(**{**span(text), "name": text, "label": label, "origin": ("method.title",), **fields})


def quantity(text="1.9x", **fields) -> Quantity:
    return Quantity(**{**span(text), "low": 1.9, "high": 1.9, "unit": "x", **fields})


def claim(value: str | Quantity = "1.9x", **fields) -> Claim:
    """A speedup. Slots may be given as texts: `method="Quokka"`, `dataset=["SpeechSet", "QuizSet"]`."""
    for field in fields.keys() & {"metric", "method", "task", "condition"}:
        fields[field] = _slot(fields[field])
    for field in fields.keys() & {"baseline", "dataset"}:
        fields[field] = tuple(map(_slot, fields[field]))
    value = quantity(value) if isinstance(value, str) else value
    sentence = Span(start=0, end=len(SOURCE))
    return Claim(value=value, **{"kind": "speedup", "role": "result", "sentence": sentence, **fields})


def _slot(given: str | Slot) -> Slot:
    return slot(given) if isinstance(given, str) else given


def extraction(**fields) -> Extraction:
    """The paper above with two mentions and a speedup that has every slot but metric and task."""
    speedup = claim(
        direction="increase",
        method="Quokka",
        baseline=["BaseNet"],
        dataset=["SpeechSet", "QuizSet"],
        condition="8-bit weights",
        confidence=0.875,
        origin=("kind:speedup.faster", "method:model"),
    )
    mentions = (mention(proposed=True), mention("SpeechSet", Label.DATASET, name="Speech Set"))
    return Extraction(**{"paper": paper(), "mentions": mentions, "claims": (speedup,), **fields})


class FakeExtractor:
    """A pipeline's stand-in: every "<number>x" is a speedup; a text with "BREAK" breaks it."""

    rules = SimpleNamespace(checksum="c0ffee")
    model_version = ""

    def extract(self, paper: Paper) -> Extraction:
        source = paper.source
        if "BREAK" in source:
            raise RuntimeError("out of luck")
        found = list(re.finditer(r"(\d+(?:\.\d+)?)x", source))
        claims = tuple(
            Claim(
                value=Quantity(text=m[0], start=m.start(), end=m.end(), low=m[1], high=m[1], unit="x"),
                kind="speedup",
                role="result",
                sentence=Span(start=0, end=len(source)),
                confidence=min(1, float(m[1]) / 10),
                origin=("kind:speedup.faster",),
            )
            for m in found
        )
        return Extraction(paper=paper, claims=claims)


def load_fake(rules=None, model=True, any_language=False) -> FakeExtractor:
    return FakeExtractor()


def commands(monkeypatch, tmp_path):
    """Runs a command in an empty folder, with the pipeline's stand-in."""
    monkeypatch.setattr("extractor.pipeline.load", load_fake)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
