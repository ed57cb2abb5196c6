"""A disk that fills up: one clear sentence, nothing half-written, and the run goes on when there is space."""

import os
import shutil
import sqlite3
import subprocess
from errno import ENOSPC

import pytest
from running import speedups, tables, write_papers
from typer.testing import CliRunner

from extractor.cli import app
from extractor.export import NoSpace
from extractor.run import Options, resume, run
from extractor.running.full_disk import telling_full_disk

PARTS = Options(papers_per_part=2)
pytestmark = pytest.mark.usefixtures("counting")


@pytest.fixture
def source(tmp_path):
    return write_papers(tmp_path / "in.jsonl", *speedups(9))


@pytest.fixture
def undisturbed(source, tmp_path):
    run([source], tmp_path / "undisturbed", PARTS)
    return tables(tmp_path / "undisturbed")


@pytest.mark.parametrize("files", [7, 12, 30, 40])
def test_a_run_goes_on_when_there_is_space_again(source, tmp_path, undisturbed, monkeypatch, files):
    """The disk is full after so many flushed or renamed files."""
    left = files

    def rename(path, target, replace=os.replace):
        nonlocal left
        if left == 0:
            raise OSError(ENOSPC, "No space left on device")
        left -= 1
        replace(path, target)

    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.replace", rename)
        with pytest.raises(
            NoSpace, match="disk is full; free space and run `extractor run --resume --output"
        ):
            run([source], out, PARTS)
    assert not (out / "run.json").exists()
    assert not [path for path in out.rglob("*") if path.name.endswith(".partial")]
    resume(out)
    assert tables(out) == undisturbed


def test_the_command_says_it_in_a_line_and_ends_with_1(source, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("extractor.running.assemble.join_parts", lambda *_, **__: full())
    done = CliRunner().invoke(app, ["run", "in.jsonl", "--output", "out"], catch_exceptions=False)
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == (
        "error: out: the disk is full; free space and run `extractor run --resume --output out`"
    )


def test_sqlite_says_it_too(tmp_path):
    base = sqlite3.connect(tmp_path / "base")
    base.execute("PRAGMA max_page_count = 2")
    with (
        pytest.raises(NoSpace, match="disk is full; free space and run it again"),
        telling_full_disk(tmp_path),
    ):
        base.execute("CREATE TABLE a (b)")
        base.execute("INSERT INTO a VALUES (?)", ("x" * 100_000,))


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 3 MB in memory."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(mounted)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)


def test_a_real_disk_of_3_mb(small_disk, tmp_path, source, undisturbed):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(2_850_000))
    with pytest.raises(NoSpace, match="disk is full"):
        run([source], small_disk / "out", PARTS)
    assert not (small_disk / "out" / "run.json").exists()
    ballast.unlink()
    run([source], small_disk / "out", PARTS)
    assert tables(small_disk / "out") == undisturbed
