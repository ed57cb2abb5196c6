"""A run never removes what is not its own, and never writes over what it reads."""

from pathlib import Path

import pytest
from build import load_fake
from running import speedups, tables, write_papers
from typer.testing import CliRunner

from extractor.cli import app
from extractor.export import OutputError, read_jsonl
from extractor.run import Options, run
from extractor.run_folder import open_run
from extractor.watch import Silent

PARTS = Options(parts=True, papers_per_part=2)


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.setattr("extractor.pipeline.load", load_fake)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def papers_read(folder: Path) -> list[str]:
    return [paper.extracted.paper.id for paper in open_run(folder)]


def test_sources_beside_the_output_stay(here):
    (here / "papers").mkdir()
    write_papers(here / "papers" / "part-00000.jsonl", *speedups(3))
    before = content(here)
    run(["papers"], ".")
    run(["papers"], ".")
    assert before.items() <= content(here).items()
    assert papers_read(here) == ["p0", "p1", "p2"]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("papers.csv", Options()),
        ("run.json", Options()),
        ("failed.jsonl", PARTS),
        ("papers/part-00000.parquet", PARTS),
    ],
    ids=str,
)
@pytest.mark.parametrize("as_folder", [False, True])
def test_a_source_that_would_be_replaced_is_refused(here, name, options, as_folder):
    (here / name).parent.mkdir(exist_ok=True)
    (here / name).write_text("title,abstract\nT,It is 2x faster.\n", encoding="utf-8")
    before = content(here)
    with pytest.raises(
        OutputError, match=rf"{name}: (it is to be read, and the run would replace it|belongs to no run)"
    ):
        run(["." if as_folder else name], here, options)
    assert content(here) == before


def test_an_earlier_run_s_output_is_refused_as_its_source(here):
    write_papers(here / "in.jsonl", *speedups(3))
    run(["in.jsonl"], "out", PARTS)
    before = content(here)
    with pytest.raises(OutputError, match="it is to be read, and the run would replace it"):
        run(["out/claims/part-00001.parquet"], "out")
    assert content(here) == before


@pytest.mark.parametrize("output", ["out", "."])
@pytest.mark.parametrize("options", [Options(), PARTS], ids=["joined", "parts"])
def test_the_output_below_a_source_is_not_read(here, output, options):
    write_papers(here / "in.jsonl", *speedups(3))
    told = []

    class Told(Silent):
        def note(self, message):
            told.append(message)

    run(["."], output, options, Told())
    (here / output / "claims.xlsx").touch()
    first = papers_read(here / output)
    assert told == []
    report = run(["."], output, options, Told())
    assert papers_read(here / output) == first == ["p0", "p1", "p2"]
    assert len(told) == 1
    assert told[0].startswith("not read: ")
    assert report.read.entries == 3


def test_only_parts_that_a_run_left_are_taken_away(here):
    write_papers(here / "in.jsonl", *speedups(3))
    run(["in.jsonl"], "out", PARTS)
    (here / "out" / "claims" / "part-mine.csv").write_text("mine", encoding="utf-8")
    run(["in.jsonl"], "out")
    assert [path.name for path in (here / "out" / "claims").iterdir()] == ["part-mine.csv"]
    assert not (here / "out" / "papers").exists()
    with pytest.raises(OutputError, match=r"part-mine\.csv: belongs to no run there"):
        run(["in.jsonl"], "out", PARTS)


@pytest.mark.parametrize(
    ("name", "is_folder", "options"),
    [
        (".work", False, Options()),
        ("claims.csv", True, Options()),
        ("run.json", True, PARTS),
        ("claims", False, PARTS),
    ],
    ids=str,
)
def test_what_is_in_the_way_is_told_before_anything_is_done(here, name, is_folder, options):
    write_papers(here / "in.jsonl", *speedups(1))
    (here / "out").mkdir()
    (here / "out" / name).mkdir() if is_folder else (here / "out" / name).touch()
    what = "folder" if is_folder else "file"
    with pytest.raises(OutputError, match=f"{name}: a {what} is in the way; move it away"):
        run(["in.jsonl"], "out", options)


def test_every_command_reads_tables_in_parts(here):
    write_papers(here / "in.jsonl", *speedups(5))
    for name, options in (("joined", Options()), ("parts", PARTS)):
        run(["in.jsonl"], name, options)
    shown = []
    for name in ("joined", "parts"):
        commands = (
            ["compare", name, "--layout", "list", "--format", "csv"],
            ["verify", name],
            ["export", name, "--to", "claims.csv"],
            ["report", name, "--output", "report.html"],
            ["evaluate", "joined/extractions.jsonl", "--predicted", name],
        )
        done = [CliRunner().invoke(app, command) for command in commands]
        shown.append([(one.exit_code, one.output) for one in done])
    assert shown[0] == shown[1]
    assert all(code in (0, 1) for code, _ in shown[0])
    (here / "parts" / "claims" / "part-00001.parquet").unlink()
    assert "rows for" in CliRunner().invoke(app, ["verify", "parts"]).output


def test_tables_in_parts_are_read_in_the_order_of_their_numbers(here):
    write_papers(here / "in.jsonl", *speedups(3))
    run(["in.jsonl"], "joined", Options(papers_per_part=1))
    run(["in.jsonl"], "parts", Options(parts=True, papers_per_part=1))
    folder = here / "parts" / "extractions"
    (folder / "part-00002.jsonl").rename(folder / "part-100000.jsonl")
    (folder / "part-00001.jsonl").rename(folder / "part-99999.jsonl")
    assert [one.extracted for one in open_run(here / "parts")] == list(
        read_jsonl(here / "joined" / "extractions.jsonl")
    )
    assert tables(here / "joined")
