"""The review in a real browser, with keys alone and with the mouse, over restarts, and by two people."""

import os
import re
import signal
import subprocess
import sys

import pytest
from reviewing import PATIENCE, chromium, make_run, served

from extractor.decisions import read_decisions


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def open_page(browser):
    pages = []

    def open_page(link):
        page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        page.set_default_timeout(PATIENCE)
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(link)
        page.wait_for_selector("#text .value.lit")
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        assert page.problems == []
        page.context.close()


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "run")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def says(page, words: str):
    page.locator("#hint", has_text=words).wait_for()


def field(page, name: str) -> str:
    return page.locator(f"#panel tr:has(.field.{name}) td").first.inner_text()


def becomes(page, name: str, start: str):
    """Waits until the panel's field begins so."""
    page.locator(
        f"#panel tr:has(.field.{name}) td:first-of-type", has_text=re.compile(f"^{start}")
    ).wait_for()


def current(page) -> str:
    return page.inner_text("#queue [aria-current] .number")


def verdicts(run) -> dict[str, str]:
    return {d.value: d.verdict for d in read_decisions(run).values()}


def test_a_claim_is_corrected_and_accepted_with_keys_alone(run, open_page):
    with served(run, "anna") as links:
        page = open_page(links["anna"])
        assert current(page) == "91.2%"  # the least certain first
        press(page, "2", "Enter")  # the method: the nearest name
        says(page, "Method is set")
        assert field(page, "method") == "Wombat ✎ yours"
        press(page, "3", "Enter")
        says(page, "Dataset is set")
        press(page, "7", "6")  # the kind: the sixth is measure
        becomes(page, "kind", "measure")
        press(page, "z")
        says(page, "Taken back")
        assert field(page, "kind") == "score"
        press(page, "v")
        says(page, "Accepted 91.2%")
        assert current(page) == "5.2%"
        assert page.inner_text("#counts").startswith("1 of 3: 1 accepted")
        page.reload()
        page.wait_for_selector("#queue .sign:text('✓')")


def test_quick_keys_keep_their_order(run, open_page):
    with served(run, "anna") as links:
        page = open_page(links["anna"])
        page.evaluate(
            "for (const key of 'x z 2 Enter 7 6 j k v'.split(' ')) "
            "document.body.dispatchEvent("
            "new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))"
        )
        page.locator("#counts", has_text="1 of 3: 1 accepted").wait_for()
        page.click("#queue li:first-child button")
        becomes(page, "kind", "measure")
        assert field(page, "method").startswith("Wombat")


def test_words_are_selected_with_arrows_and_with_the_mouse(run, open_page):
    with served(run, "anna") as links:
        page = open_page(links["anna"])
        press(page, "6", "ArrowRight", "Shift+ArrowRight", "Enter")  # from "accuracy", the nearest name, on
        says(page, "Condition is set")
        assert field(page, "condition") == "and 40 ✎ yours"
        page.dblclick(".name.DATASET")
        says(page, "QuizSet")
        press(page, "3")
        becomes(page, "dataset", "QuizSet")
        press(page, "3", "Delete")
        becomes(page, "dataset", "—")


def test_a_missed_claim_is_added_by_its_number(run, open_page):
    with served(run, "anna") as links:
        page = open_page(links["anna"])
        press(page, "a", "Enter")
        says(page, "Added 40 FPS")
        assert current(page) == "40 FPS"
        assert "40 FPS = 40 FPS" in field(page, "value")
        press(page, "z")
        says(page, "Taken back")
        assert page.locator("#queue li").count() == 3


def test_a_note_a_filter_and_a_key_of_ones_own(run, open_page):
    with served(run, "anna") as links:
        page = open_page(links["anna"])
        press(page, "n")
        page.keyboard.type("unclear")
        press(page, "Enter")
        says(page, "Noted")
        page.select_option("[name=show]", "noted")
        assert page.locator("#queue li").count() == 1
        page.keyboard.press("Escape")
        press(page, "?")
        page.click("[data-action=accept]")
        press(page, "x")
        assert "x is for Reject" in page.inner_text("#keys-problem")
        page.click("[data-action=accept]")
        press(page, "g", "Escape", "g")
        says(page, "Accepted")
        page.reload()
        page.wait_for_selector("#actions [data-act=accept] kbd:text('g')")


def test_buttons_stay_where_they_are(run, open_page):
    with served(run, "anna") as links:
        page = open_page(links["anna"])
        places = set()
        for _ in range(3):
            box = page.locator("#actions [data-act=accept]").bounding_box()
            places.add((box["x"], box["y"]))
            press(page, "j")
            page.wait_for_timeout(200)
        assert len(places) == 1


SERVE = (
    "from pathlib import Path; import sys; from extractor.audit.review import serve_review; "
    "serve_review(Path(sys.argv[1]), ['anna'], tell=lambda line: print(line, flush=True))"
)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system knows no SIGKILL")
def test_kill_9_and_a_new_start_lose_nothing(run, open_page):
    def start():
        server = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(run)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        return server, re.search(r"http\S+", server.stdout.readline())[0]

    server, link = start()
    page = open_page(link)
    press(page, "x")
    says(page, "Rejected 91.2%")
    server.send_signal(signal.SIGKILL)
    server.wait()
    press(page, "v")
    says(page, "does not answer")
    server, new_link = start()
    try:
        assert new_link != link
        page = open_page(new_link)
        assert page.inner_text("#counts").startswith("1 of 3: 0 accepted, 1 rejected")
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def test_two_people_review_blind_and_settle_what_they_differ_in(run, open_page):
    with served(run, "anna", "ben") as links:
        anna, ben = open_page(links["anna"]), open_page(links["ben"])
        for page, keys in ((anna, "vvv"), (ben, "xvv")):
            press(page, *keys)
            page.locator("#counts", has_text="3 of 3").wait_for()
        assert "blind to each other" in ben.inner_text("#who")
        assert "agreement" not in ben.inner_text("#hint") and not ben.is_visible("#agreement")
        for page in (anna, ben):
            page.click("#finish")
            page.click("#confirm button[value=yes]")
            says(page, "Done")
        ben.wait_for_selector("#agreement table")
        assert "0.00" in ben.inner_text("#agreement tr:nth-child(2)")
        ben.wait_for_selector("#panel thead")
        assert current(ben) == "91.2%"
        assert ben.inner_text("#panel thead").split() == ["Settled", "anna", "ben"]
        press(ben, "]")
        says(ben, "Settled as ben has it")
        ben.locator("#counts", has_text="all settled").wait_for()
        assert verdicts(run) == {"91.2%": "reject", "5.2%": "accept", "1.9x": "accept"}
