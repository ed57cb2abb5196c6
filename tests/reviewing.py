"""A small run to review, a review that is served, and a real browser, for the tests of report and review."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from build import claim, extraction, paper, quantity

from extractor.audit.review.desk import Desk
from extractor.audit.review.server import HOST, bound, web_app
from extractor.export import write_jsonl
from extractor.records import Extraction

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 300_000  # ms that a browser may take for a step before the test fails
OTHER = {
    "id": "wombat",
    "title": "Wombat 🦘",
    "abstract": "Wombat reaches 91.2% accuracy and 40 FPS on QuizSet.",
}


def other_paper() -> Extraction:
    """A second paper, with an emoji before all offsets and a number, 40 FPS, that was missed."""
    source = f"{OTHER['title']}\n{OTHER['abstract']}"

    def at(text: str) -> dict:
        return {"text": text, "start": source.index(text), "end": source.index(text) + len(text)}

    def named(text: str, label: str) -> dict:
        return {**at(text), "name": text, "label": label}

    fields = {
        "value": {**at("91.2%"), "low": 91.2, "high": 91.2, "unit": "%"},
        "kind": "score",
        "role": "result",
        "metric": {**at("accuracy"), "name": "accuracy"},
        "sentence": {"start": source.index("\n") + 1, "end": len(source)},
        "confidence": 0.25,
    }
    mentions = [named("Wombat", "METHOD"), named("accuracy", "METRIC"), named("QuizSet", "DATASET")]
    return Extraction.model_validate({"paper": OTHER, "mentions": mentions, "claims": [fields]})


def make_run(folder: Path) -> Path:
    """A run with three claims in two papers: "1.9x" and "5.2%" in the first, "91.2%" in the second."""
    folder.mkdir(exist_ok=True)
    value = quantity("5.2%", low=5.2, high=5.2, unit="%")
    error = claim(value, kind="score", metric="word error rate", confidence=0.5)
    first = extraction()
    first = first.model_copy(update={"claims": (*first.claims, error)})
    write_jsonl([first, other_paper()], folder / "extractions.jsonl")
    return folder


def claim_ids(desk: Desk) -> dict[str, str]:
    """Value -> claim id."""
    return {claim.value.text: f"{key[0]}:{key[1]}-{key[2]}" for key, claim in desk.claims.items()}


@contextmanager
def served(run: Path, *reviewers: str) -> Iterator[dict[str, str]]:
    """Serves a review on a free port while the block runs; gives each reviewer's link."""
    with bound(0) as listening:
        port = listening.getsockname()[1]
        tokens = {f"token-of-{name}": name for name in reviewers}
        app = web_app(Desk(run, reviewers), tokens, port)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield {name: f"http://{HOST}:{port}/{token}/" for token, name in tokens.items()}
        finally:
            server.should_exit = True
            thread.join(30)


@contextmanager
def chromium() -> Iterator:
    """A headless browser; the test is skipped, with the reason, where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install '.[test]'")
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium, or its path in CHROMIUM")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=PATIENCE)
        yield browser
        browser.close()


def paper_with(text: str) -> Extraction:
    return Extraction(paper=paper(id="p", title="", abstract=text))
