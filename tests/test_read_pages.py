"""What each line of a listing page means: rows of page in, entries out."""

from pathlib import Path

import pytest

from extractor.read import read_sources
from extractor.read.pages import is_page, read_page
from extractor.read.problems import Problems
from extractor.read.text import LONGEST_TITLE

REAL_PAGES = Path(__file__).parents[2] / "shared" / "pages"

LONG = "We prune half of the weights and lose nothing. " * 8
assert len(LONG) > LONGEST_TITLE
LONG = LONG.strip()


def entries(page: str) -> tuple[list[tuple], list[str]]:
    """(title, abstract, date, author count) of each paper, and the problems as text."""
    problems = Problems("page.txt")
    papers = list(read_page(page.split("\n"), problems))
    return [(p.title, p.abstract, p.date, p.author_count) for p in papers], [str(p) for p in problems.found]


HEADER = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\nNov 17\n\n"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param(
            f"Get trending papers in your email inbox!\nSubscribeOne\n{LONG}\nTwo\n{LONG}",
            [("One", LONG, "", None), ("Two", LONG, "", None)],
            id="no blank lines, a button glued to the first title, no newline at the end",
        ),
        pytest.param(
            f"{HEADER}One\n\n{LONG}\n\nTwo\n\n{LONG}\n",
            [("One", LONG, "", None), ("Two", LONG, "", None)],
            id="blank lines; the date of the page is nobody's",
        ),
        pytest.param(
            f"{HEADER}One\n\n{LONG}\n\n  • 7 authors\n·\nDec 8, 2022\n\n"
            f"Two\n\n{LONG}\n\n  • 1 authors\n·\nMay 16",
            [("One", LONG, "2022-12-08", 7), ("Two", LONG, "05-16", 1)],
            id="authors and dates; a date of the current year has none",
        ),
        pytest.param(
            f"{HEADER}One\n\n{LONG}\n\nSomeLab Some Lab\n·\nOct 1 2\n\nTwo\n\n{LONG}\n\n·\nNov 4, 2024 1",
            [("One", LONG, "10-01", None), ("Two", LONG, "2024-11-04", None)],
            id="an organisation for authors, comments behind the date",
        ),
        pytest.param(
            f"{HEADER}One\n{LONG}\nDec 8, 2022\n• 3\nTwo\n{LONG}\n• 12 authors · Dec 9, 2022 · 4",
            [("One", LONG, "2022-12-08", None), ("Two", LONG, "2022-12-09", 12)],
            id="comments on a line of their own, or all on one",
        ),
        pytest.param(
            f"{HEADER}One\n\nIt is 2x faster.\n\nTwo\n\nIt is 3x faster.\n",
            [("One", "It is 2x faster.", "", None), ("Two", "It is 3x faster.", "", None)],
            id="short abstracts end like sentences",
        ),
        pytest.param(
            f"{HEADER}One\n\n{LONG}\n\nWhat Works?\n\n{LONG}",
            [("One", LONG, "", None), ("What Works?", LONG, "", None)],
            id="a title may be a question",
        ),
        pytest.param(
            f"Daily Papers\nOne\n{LONG}\nDaily Papers\nMar 11\nSubscribe Now: A Study\n{LONG}",
            [("One", LONG, "", None), ("Subscribe Now: A Study", LONG, "", None)],
            id="two pages in one file: the second header's date belongs to no paper",
        ),
        pytest.param(
            f"Daily Papers\n $x$-Net {{\\o}} sim3 \n{LONG}",
            [("$x$-Net {\\o} sim3", LONG, "", None)],
            id="leftovers of LaTeX stay",
        ),
    ],
)
def test_entries(page, expected):
    assert entries(page) == (expected, [])


@pytest.mark.parametrize(
    ("page", "titles", "problem"),
    [
        (
            f"Daily Papers\nOne\nTwo\n{LONG}",
            ["One", "Two"],
            "page.txt:2: no abstract below the title 'One'; read as a title alone",
        ),
        (
            f"Daily Papers\nOne\n{LONG}\n{LONG}\nTwo\n{LONG}",
            ["One", "Two"],
            "page.txt:4: an abstract without a title, not read; put its title on a line above it",
        ),
        (
            f"Daily Papers\nOne\n{LONG}\n<p>\n<p>\n<p>\nTwo\n{LONG}",
            ["One", "Two"],
            "page.txt:4: lost the thread: lines 4 to 6 are not titles with abstracts, not read; "
            "reading goes on at line 7",
        ),
        (
            f"Daily Papers\nOne\n{LONG}\n\nTwo\n\nThree\n\nFour",
            ["One"],
            "page.txt:5: lost the thread: lines 5 to 9 are not titles with abstracts, not read; "
            "nothing more was read",
        ),
    ],
)
def test_what_makes_no_sense_is_named_and_the_rest_is_read(page, titles, problem):
    papers, problems = entries(page)
    assert [paper[0] for paper in papers] == titles
    assert problems == [problem]


@pytest.mark.parametrize(
    ("text", "page"),
    [
        (f"Daily Papers\n\nOne\n\n{LONG}", True),  # a banner: one entry is enough
        (f"One\n\n{LONG}\n\n  • 7 authors", True),
        (f"One\n\n{LONG}\n\n·\nDec 8, 2022", True),
        (f"One\n{LONG}\nTwo\n{LONG}", True),  # several entries and nothing else
        (f"One\n\n{LONG}", False),
        (f"One\n\n{LONG}\n\n{LONG}", False),  # two paragraphs of one abstract
        (f"One\nDec 8, 2022\n{LONG}", False),  # a date without a bullet
        ("One\nWe prune weights,\nand more.", False),  # an abstract of short lines
        ("", False),
    ],
)
def test_page_or_single_paper(text, page):
    assert is_page(text.split("\n")) is page


@pytest.mark.skipif(not REAL_PAGES.is_dir(), reason="the real pages are not part of the repository")
def test_real_pages():
    reading = read_sources([REAL_PAGES])
    assert [file.entries for file in reading.files] == [33, 440, 99, 65, 83]
    assert (reading.entries, len(reading.papers), reading.problems) == (720, 691, [])
    assert sum(len(paper.places) for paper in reading.papers) == 720
    assert sum(bool(paper.date) for paper in reading.papers) == 65
    assert all(len(p.title) < LONGEST_TITLE < len(p.abstract) for p in reading.papers)
    lines = {file.name: Path(file.name).read_text(encoding="utf-8").split("\n") for file in reading.files}
    for paper in reading.papers:
        written = {lines[place.file][place.line - 1].removeprefix("Subscribe") for place in paper.places}
        assert written == {paper.title}


def test_samples_hold_every_layout():
    samples = Path(__file__).parents[1] / "samples"
    reading = read_sources(sorted(samples.glob("*.*")))
    assert [(Path(file.name).name, file.entries) for file in reading.files] == [
        ("page_compact.txt", 8),
        ("page_dated.txt", 10),
        ("page_spaced.txt", 7),
        ("paper.txt", 1),
        ("papers.csv", 3),
        ("papers.jsonl", 2),
    ]
    assert (reading.problems, reading.repeats) == ([], 1)
