"""A run that is killed, wherever, is gone on with, and leaves what an undisturbed run leaves, to the byte."""

import json
import os
import shutil
import signal
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from running import Counting, load_misbehaving, speedups, tables, write_papers
from typer.testing import CliRunner

from extractor.cli import app
from extractor.export import OutputError
from extractor.read import ReadError
from extractor.run import Options, ResumeError, WorkerError, resume, run
from extractor.run_folder import RunError, open_run
from extractor.running.lock import only_run
from extractor.running.manifest import read_manifest
from extractor.saved import SavedError, claim_rows_of
from extractor.watch import Silent

SMALL_PARTS = Options(papers_per_part=2)


@pytest.fixture
def source(tmp_path):
    return write_papers(tmp_path / "in.jsonl", *speedups(9))


@pytest.fixture
def undisturbed(source, tmp_path, counting):
    run([source], tmp_path / "undisturbed", SMALL_PARTS)
    counting.given.clear()
    return tables(tmp_path / "undisturbed")


@pytest.fixture
def stopped(source, tmp_path, counting, undisturbed, monkeypatch):
    """A run that Ctrl-C stopped in its third part, after two of five."""
    extract = Counting.extract

    def stop(self, paper):
        if paper.id == "p5":
            raise KeyboardInterrupt
        return extract(self, paper)

    with monkeypatch.context() as patch:
        patch.setattr(Counting, "extract", stop)
        with pytest.raises(KeyboardInterrupt):
            run([source], tmp_path / "out", SMALL_PARTS)
    counting.given.clear()
    return tmp_path / "out"


def test_what_was_stopped_leaves_no_tables(stopped):
    assert [path.name for path in stopped.iterdir()] == [".work"]


def test_finished_parts_are_not_done_again(stopped, counting, undisturbed):
    report = resume(stopped)
    assert counting.given == ["p4", "p5", "p6", "p7", "p8"]
    assert tables(stopped) == undisturbed
    assert report.counts.read == report.counts.extracted == 9
    assert not (stopped / ".work").exists()


def test_the_sources_are_not_needed_once_they_were_read(stopped, source, undisturbed):
    source.unlink()
    resume(stopped)
    assert tables(stopped) == undisturbed


@pytest.mark.parametrize(
    "name", ["claims/part-00001.csv", "claims/part-00001.parquet", "done/part-00001.json"]
)
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_a_damaged_part_is_done_again(stopped, counting, undisturbed, name, damage):
    damage(next((stopped / ".work").glob(f"parts-*/{name}")))
    resume(stopped)
    assert counting.given[:2] == ["p2", "p3"]
    assert "p0" not in counting.given
    assert tables(stopped) == undisturbed


def test_the_same_command_goes_on_too(stopped, source, counting, undisturbed):
    report = run([source], stopped, SMALL_PARTS)
    assert counting.given == ["p4", "p5", "p6", "p7", "p8"]
    assert report.note == "an unfinished run there was gone on with: 2 of 5 parts done"
    assert tables(stopped) == undisturbed


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"any_language": True}, "its sources, options or versions were others"),
        ({"fresh": True}, "a fresh one is asked for"),
    ],
)
def test_another_run_starts_anew(stopped, source, counting, change, note):
    report = run([source], stopped, Options(**change))
    assert len(counting.given) == 9
    assert report.note == f"an unfinished run there was given up: {note}"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (SMALL_PARTS, "its input has changed"),
        (Options(min_confidence=0.1, bom=True), "its sources, options or versions were others"),
    ],
)
def test_a_run_over_changed_input_takes_over_what_was_done(stopped, source, tmp_path, counting, options, why):
    write_papers(source, *speedups(11, p0="It is 9x faster."))
    report = run([source], stopped, options)
    assert counting.given == ["p0", "p4", "p5", "p6", "p7", "p8", "p9", "p10"]
    taken_over = "what its 2 finished parts hold is taken over"
    assert report.note == f"an unfinished run there was given up: {why}; {taken_over}"
    assert report.counts.reused == 3
    run([source], tmp_path / "new", options)
    assert tables(stopped) == tables(tmp_path / "new")


def test_what_was_taken_over_outlives_further_stops(stopped, source, counting, monkeypatch):
    write_papers(source, *speedups(10))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("extractor.running.part_work.extract_part", interrupted)
        run([source], stopped, SMALL_PARTS)
    write_papers(source, *speedups(11))
    run([source], stopped, SMALL_PARTS)
    assert counting.given == ["p4", "p5", "p6", "p7", "p8", "p9", "p10"]


def interrupted(*arguments, **options):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("sources", "options"),
    [(["typo.jsonl"], {}), (["in.jsonl"], {"form": "nope"}), (["empty.jsonl"], {}), (["out/run.json"], {})],
    ids=str,
)
def test_a_mistake_costs_no_unfinished_run(stopped, tmp_path, undisturbed, monkeypatch, sources, options):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.jsonl").touch()
    with suppress(ReadError, OutputError):
        assert run(sources, stopped, Options(**options)).read.papers == 0
    assert resume(stopped).note == "an unfinished run there was gone on with: 2 of 5 parts done"
    assert tables(stopped) == undisturbed


def test_what_becomes_of_an_unfinished_run_is_told_before_it_is_extracted(stopped, source):
    told = []

    class Told(Silent):
        def note(self, message):
            told.append(message)

        def step(self, name, total=None):
            told.append(name)

    run([source], stopped, SMALL_PARTS, Told())
    note = "an unfinished run there was gone on with: 2 of 5 parts done"
    assert told == ["reading", note, "looking through what is done", "extracting", "writing"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.parametrize("offset", range(2))
def test_a_run_can_be_killed_at_any_step(source, tmp_path, undisturbed, offset):
    """Before two in five times that a file is renamed or taken away, the last among them."""
    killed = 0
    for step in count(offset, 5):
        out = tmp_path / f"out{step}"
        if not kill_before(step, partial(run, [source], out, SMALL_PARTS)):
            break
        try:
            resume(out)
        except ResumeError:  # nothing had begun, or all was done but sweeping
            run([source], out, SMALL_PARTS)
        assert tables(out) == undisturbed, f"killed before step {step}"
        assert json.loads((out / "run.json").read_bytes())["counts"]["papers"] == 9
        assert not (out / ".work").exists()
        killed += 1
    assert killed > 8


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_tables_of_two_runs_are_never_read_as_one(source, tmp_path, undisturbed):
    """Wherever a run into a folder with other tables is killed: what can be read there is of one run."""
    other = write_papers(tmp_path / "other.jsonl", *(f"It is {n}.25x faster." for n in range(3)))
    run([other], tmp_path / "other", Options())
    whole = (undisturbed, tables(tmp_path / "other"))
    refused = 0
    for step in count():
        out = tmp_path / f"out{step}"
        shutil.copytree(tmp_path / "other", out)
        if not kill_before(step, partial(run, [source], out, Options())):
            break
        try:
            list(claim_rows_of(out))
        except SavedError as error:
            refused += 1
            assert str(error).endswith(f"unfinished; go on with `extractor run --resume --output {out}`")
            with pytest.raises(RunError, match="unfinished"):
                open_run(out)
            resume(out)
            assert tables(out) == undisturbed
        else:
            assert tables(out) in whole
            assert not list(out.glob(".*.partial"))
    assert refused > 5


def kill_before(step: int, work) -> bool:
    """Does the work in a process of its own that is killed before so many files were renamed or removed;
    False if the work was done before."""
    child = os.fork()
    if child == 0:
        done = 0

        def counted(function):
            def call(*arguments, **options):
                nonlocal done
                if done == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                done += 1
                return function(*arguments, **options)

            return call

        Path.replace, Path.unlink = counted(Path.replace), counted(Path.unlink)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def test_a_run_killed_while_it_read_reads_again(source, tmp_path, counting, undisturbed, monkeypatch):
    out = killed_while_reading(source, tmp_path, monkeypatch)
    resume(out)
    assert tables(out) == undisturbed


def killed_while_reading(source, tmp_path, monkeypatch, name=None) -> Path:
    def stop(self, paper):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("extractor.read.repeats.Distinct.add", stop)
        with pytest.raises(KeyboardInterrupt):
            run([name or source], tmp_path / "out", SMALL_PARTS)
    return tmp_path / "out"


def test_a_source_that_vanished_before_it_was_read_is_told(source, tmp_path, counting, monkeypatch):
    out = killed_while_reading(source, tmp_path, monkeypatch)
    source.unlink()
    with pytest.raises(ResumeError, match=r"not read to their end, and now: .*in\.jsonl: no such file"):
        resume(out)


def test_a_relative_source_is_read_where_the_run_began(source, tmp_path, counting, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = killed_while_reading(source, tmp_path, monkeypatch, "in.jsonl")
    monkeypatch.chdir(out)
    with pytest.raises(ResumeError, match=f"resume it in {tmp_path}"):
        resume(out)


def test_standard_input_can_not_be_read_again(source, tmp_path, counting, monkeypatch):
    with source.open("rb") as stream:
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": stream}))
        out = killed_while_reading(source, tmp_path, monkeypatch, "-")
    with pytest.raises(ResumeError, match="standard input was not read to its end, and is gone"):
        resume(out)


def test_what_is_finished_or_never_began_is_not_resumed(source, tmp_path, counting):
    with pytest.raises(ResumeError, match="no unfinished run there"):
        resume(tmp_path)
    run([source], tmp_path / "out")
    with pytest.raises(ResumeError, match="the run there is finished"):
        resume(tmp_path / "out")


def test_another_version_of_the_rules_is_refused(stopped, monkeypatch):
    monkeypatch.setattr("extractor.run.versions", lambda rules, model: {"rules": "other", "model": model})
    with pytest.raises(ResumeError, match=r"begun with has changed \(rules\); run it anew, with its sources"):
        resume(stopped)


@pytest.mark.parametrize(
    ("written", "edited"),
    [
        ('"papers_per_part": 2,', '"papers_per_part": 0,'),
        ('"bom": false', '"bim": false'),
        ('"rules"', '"rulez"'),
    ],
)
def test_an_edited_manifest_is_not_believed(stopped, source, undisturbed, written, edited):
    path = stopped / ".work" / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace(written, edited), encoding="utf-8")
    with pytest.raises(ResumeError, match="the unfinished run there is damaged; run it anew"):
        resume(stopped)
    assert run([source], stopped, SMALL_PARTS).note == "an unfinished run there was given up: it is damaged"
    assert tables(stopped) == undisturbed


def test_a_manifest_of_another_version_is_told(stopped):
    manifest = read_manifest(stopped / ".work")
    manifest.model_copy(update={"options": {"speed": 9}}).write(stopped / ".work")
    with pytest.raises(ResumeError, match="was begun by another version; run it anew, with its sources"):
        resume(stopped)


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"damaged" * 1000)])
def test_damaged_papers_are_read_again(stopped, source, counting, undisturbed, damage):
    damage(next((stopped / ".work").glob("papers-*.sqlite")))
    moved = source.rename(source.with_name("moved.jsonl"))
    with pytest.raises(
        ResumeError, match=r"its sources have to be read again, and now: .*in\.jsonl: no such"
    ):
        resume(stopped)
    moved.rename(source)
    assert resume(stopped).note == "an unfinished run there was gone on with: 2 of 5 parts done"
    assert counting.given == ["p4", "p5", "p6", "p7", "p8"]
    assert tables(stopped) == undisturbed


def test_a_second_run_in_the_same_folder_is_refused(source, tmp_path, counting):
    (tmp_path / "out").mkdir()
    with only_run(tmp_path / "out"), pytest.raises(OutputError, match="another run is at work there"):
        run([source], tmp_path / "out")
    run([source], tmp_path / "out")
    assert not (tmp_path / "out" / ".lock").exists()


def test_a_lock_that_a_killed_run_left_blocks_nobody(source, tmp_path, counting):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".lock").touch()
    run([source], tmp_path / "out")


def test_a_missing_source_leaves_nothing(tmp_path, counting):
    with pytest.raises(ReadError):
        run([tmp_path / "nowhere"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def command(monkeypatch, tmp_path):
    monkeypatch.setattr("extractor.pipeline.load", load_misbehaving)
    monkeypatch.chdir(tmp_path)
    return lambda *given: CliRunner().invoke(app, list(map(str, given)), catch_exceptions=False)


def test_a_command_stopped_in_standard_input_promises_nothing(source, command, monkeypatch):
    def stop(self, paper):
        raise KeyboardInterrupt

    monkeypatch.setattr("extractor.read.repeats.Distinct.add", stop)
    done = CliRunner().invoke(app, ["run", "-", "-o", "out"], input=source.read_bytes())
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (130, "stopped")


def test_the_way_to_go_on_can_be_pasted(command, tmp_path):
    write_papers(tmp_path / "in.jsonl", "STOP")
    done = command("run", "in.jsonl", "--output", "my claims")
    assert done.stderr.splitlines()[-1] == "stopped; `extractor run --resume --output 'my claims'` goes on"


def test_workers_that_can_not_work_leave_a_run_to_go_on_with(stopped, monkeypatch):
    def fail(*arguments):
        raise WorkerError("they keep dying")

    monkeypatch.setattr("extractor.running.extracting.in_processes", fail)
    with pytest.raises(
        WorkerError, match=r"they keep dying; `extractor run --resume --output \S+out` goes on"
    ):
        resume(stopped)


@pytest.mark.parametrize(("text", "code"), [("STOP", 130), ("TERM", 143)])
def test_a_stopped_command_says_how_to_go_on(command, tmp_path, text, code):
    write_papers(tmp_path / "in.jsonl", "2x", text)
    done = command("run", "in.jsonl", "--output", "out")
    assert done.exit_code == code
    assert done.stderr.splitlines()[-1] == "stopped; `extractor run --resume --output out` goes on"


def test_the_command_goes_on(command, stopped, undisturbed, counting, monkeypatch):
    monkeypatch.setattr("extractor.pipeline.load", counting.load)
    done = command("run", "--resume", "--output", stopped)
    assert (done.exit_code, "9 extracted" in done.stdout) == (0, True)
    assert tables(stopped) == undisturbed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--resume", "--output", "nowhere"], "nowhere: no unfinished run there"),
        (["--resume", "in.jsonl"], "takes sources and options of the unfinished run"),
        (["--resume", "--bom"], "takes sources and options of the unfinished run"),
    ],
    ids=str,
)
def test_wrong_resuming_is_one_clear_error_and_2(command, arguments, message):
    done = command("run", *arguments)
    assert (done.exit_code, message in done.stderr) == (2, True)
