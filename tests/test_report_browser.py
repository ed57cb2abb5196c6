"""The report in a real browser, opened from disk: linked both ways, filtered, searched, printed."""

import pytest
from reviewing import PATIENCE, chromium, make_run

from extractor.audit.report import write_report


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return write_report(make_run(tmp_path_factory.mktemp("report") / "run"))


@pytest.fixture
def page(browser, report):
    context = browser.new_context(viewport={"width": 1400, "height": 900}, color_scheme="dark")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda said: page.problems.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: page.problems.append(asked.url) if asked.url[:5] != "file:" else None)
    page.goto(report.as_uri())
    yield page
    assert page.problems == []
    context.close()


def rows(page) -> list[str]:
    return page.locator("tbody tr:visible th a").all_inner_texts()


def test_a_row_lights_up_its_slots_with_lines(page):
    page.click("#r1 th a")
    lit = set(page.locator("#p1 .text .lit").all_inner_texts())
    assert {"1.9x", "Quokka", "BaseNet", "SpeechSet", "QuizSet", "8-bit weights"} == lit
    assert set(page.locator("svg.lines text").all_text_contents()) == {
        "method",
        "against",
        "dataset",
        "condition",
    }
    assert page.evaluate("document.activeElement.id") == "c1"


def test_a_value_in_the_text_leads_back_to_its_row(page):
    page.click("#c2")
    assert page.evaluate("document.activeElement.closest('tr').id") == "r2"
    assert page.locator("tr.on").get_attribute("id") == "r2"


def test_keys_walk_the_claims(page):
    for key in ("j", "j", "ArrowDown", "k"):
        page.keyboard.press(key)
    assert page.locator("tr.on").get_attribute("id") == "r2"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "c2"
    page.keyboard.press("Escape")
    assert page.locator("tr.on").count() == 0
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "search"


def test_filters_narrow_table_and_papers(page):
    page.select_option("[name=kind]", "score")
    assert rows(page) == ["5.2%", "91.2%"]
    page.fill("[name=metric]", "word")
    assert rows(page) == ["5.2%"]
    assert page.locator("article:visible").count() == 1
    assert page.inner_text("#count") == "1 claim in 1 paper"
    page.click("button[type=reset]")
    page.fill("[name=search]", "wombat")
    assert rows(page) == ["91.2%"]
    page.fill("[name=search]", "no such words")
    assert page.is_visible(".nothing")


def test_a_bar_of_a_chart_is_a_filter_and_a_head_sorts(page):
    page.click("[data-set=kind][data-to=speedup]")
    assert rows(page) == ["1.9x"]
    page.click("[data-set=kind][data-to=speedup]")
    page.click("[data-sort=sure]")
    assert rows(page) == ["91.2%", "5.2%", "1.9x"]
    page.click("[data-sort=sure]")
    assert rows(page) == ["1.9x", "5.2%", "91.2%"]


def test_it_is_dark_where_the_system_is_and_light_on_demand(page):
    def background():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    dark = background()
    page.click("#theme")
    assert background() != dark


def test_paper_has_everything_that_is_shown_and_nothing_to_press(page):
    page.select_option("[name=kind]", "score")
    page.emulate_media(media="print")
    assert not page.is_visible("#filters") and not page.is_visible("#theme")
    assert rows(page) == ["5.2%", "91.2%"] and page.locator("article:visible").count() == 2
    assert page.evaluate("getComputedStyle(document.querySelector('.papers')).overflowY") == "visible"
    assert page.pdf().startswith(b"%PDF")


CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (x) => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((x) => linear(x / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
  const low = [];
  for (const e of document.querySelectorAll('body *')) {
    const says = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!e.checkVisibility() || e.closest('svg') || !says) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(`${e.tagName}.${e.className} ${e.textContent.slice(0, 20)}`);
  }
  return low;
}"""


@pytest.mark.parametrize("themes", [0, 1], ids=["dark", "light"])
def test_all_text_has_contrast_enough_to_read(page, themes):
    for _ in range(themes):
        page.click("#theme")
    page.click("#r1 th a")
    page.wait_for_timeout(300)
    assert page.evaluate(CONTRAST) == []


def test_every_control_has_a_name(page):
    unnamed = page.evaluate(
        "[...document.querySelectorAll('button, input, select, a')].filter((e) => e.checkVisibility() && "
        "!(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length)).map((e) => e.outerHTML)"
    )
    assert unnamed == []
