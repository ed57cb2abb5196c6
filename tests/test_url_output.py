"""Output to a URL: the files of a run in a folder, wherever the run was begun and finished."""

import sys
from pathlib import Path

import pytest
from on_cluster import StopAfter
from running import Counting, in_this_process, speedups, tables, write_papers

from extractor.export import FILES, TABLES, OutputError
from extractor.run import Options, ResumeError, resume, run

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")

SMALL_PARTS = Options(model=False, papers_per_part=2, workers=1)


@pytest.fixture(autouse=True)
def extractor(monkeypatch, tmp_path):
    """Counts what it is given, and works in this process, on a machine of its own."""
    counting = Counting()
    monkeypatch.setattr("extractor.pipeline.load", counting.load)
    monkeypatch.setattr("extractor.running.extracting.in_processes", in_this_process)
    change_machine(monkeypatch, tmp_path / "machine")
    return counting


def change_machine(monkeypatch, temporary: Path):
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))


@pytest.fixture
def source(tmp_path):
    return write_papers(tmp_path / "in.jsonl", *speedups(9))


@pytest.fixture
def expected(source, tmp_path, extractor):
    run([source], tmp_path / "expected", SMALL_PARTS)
    extractor.given.clear()
    return tables(tmp_path / "expected")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def url(folder: Path) -> str:
    return folder.as_uri()


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_it_has_what_a_folder_has_and_nothing_else(source, expected, out, tmp_path):
    report = run([source], url(out), SMALL_PARTS)
    assert tables(out) == expected
    assert names(out) == {*FILES, "run.json"}
    assert list((tmp_path / "machine").iterdir()) == []
    assert report.output == url(out)


def test_another_machine_goes_on(source, expected, out, tmp_path, extractor, monkeypatch):
    with pytest.raises(KeyboardInterrupt):
        run([source], url(out), SMALL_PARTS, StopAfter(5))
    extractor.given.clear()
    change_machine(monkeypatch, tmp_path / "another")
    resume(url(out))
    assert extractor.given == ["p4", "p5", "p6", "p7", "p8"]
    assert tables(out) == expected
    assert names(out) == {*FILES, "run.json"}


def test_the_same_command_goes_on_elsewhere(source, expected, out, tmp_path, extractor, monkeypatch):
    with pytest.raises(KeyboardInterrupt):
        run([source], url(out), SMALL_PARTS, StopAfter(5))
    extractor.given.clear()
    change_machine(monkeypatch, tmp_path / "another")
    report = run([source], url(out), SMALL_PARTS)
    assert report.note == "an unfinished run there was gone on with: 2 of 5 parts done"
    assert extractor.given == ["p4", "p5", "p6", "p7", "p8"]
    assert tables(out) == expected


def test_another_machine_with_other_input_starts_anew(source, out, tmp_path, extractor, monkeypatch):
    with pytest.raises(KeyboardInterrupt):
        run([source], url(out), SMALL_PARTS, StopAfter(5))
    extractor.given.clear()
    change_machine(monkeypatch, tmp_path / "another")
    write_papers(source, *speedups(9, p0="It is 7x faster."))
    report = resume(url(out))
    kept = "what its 2 finished parts hold is taken over"
    assert report.note == f"an unfinished run there was given up: its input has changed; {kept}"
    assert extractor.given == ["p0", "p4", "p5", "p6", "p7", "p8"]
    assert names(out) == {*FILES, "run.json"}


def test_a_text_of_an_earlier_run_is_not_extracted_again(source, expected, out, extractor):
    write_papers(source, *speedups(4))
    run([source], url(out), SMALL_PARTS)
    extractor.given.clear()
    write_papers(source, *speedups(9))
    report = run([source], url(out), SMALL_PARTS)
    assert extractor.given == ["p4", "p5", "p6", "p7", "p8"]
    assert report.counts.reused == 4
    assert tables(out) == expected


def test_parts_stay_parts_until_a_run_joins_them(source, expected, out):
    folders = [*(table.name for table in TABLES), "extractions"]
    run([source], url(out), Options(model=False, papers_per_part=2, workers=1, parts=True))
    assert {Path(name).parent.name for name in names(out)} == {*folders, ""}
    assert {"claims/part-00004.parquet", "extractions/part-00000.jsonl"} <= names(out)
    run([source], url(out), SMALL_PARTS)
    assert names(out) == {*FILES, "run.json"}
    assert tables(out) == expected


def test_fewer_parts_leave_none_of_the_earlier_ones(source, out):
    options = Options(model=False, papers_per_part=2, workers=1, parts=True)
    run([source], url(out), options)
    write_papers(source, *speedups(3))
    run([source], url(out), options)
    assert {name for name in names(out) if name.startswith("claims")} == {
        "claims/part-00000.parquet",
        "claims/part-00001.parquet",
    }


def test_nothing_to_resume_is_told(out):
    with pytest.raises(ResumeError, match="no unfinished run there"):
        resume(url(out))


def test_a_place_of_no_known_kind_is_named(source):
    with pytest.raises(OutputError, match="nowhere://x: no place that can be written to"):
        run([source], "nowhere://x", SMALL_PARTS)


def test_a_missing_package_is_named(source, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(OutputError, match="pip install fsspec, and s3fs for s3://, gcsfs for gs://"):
        run([source], "s3://bucket/claims", SMALL_PARTS)


@pytest.fixture(scope="module")
def bucket():
    """A bucket on a stand-in of S3."""
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    servers = pytest.importorskip("moto.server", reason="moto's server is not installed")
    server = servers.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        fsspec.filesystem("s3").mkdir("s3://corpus")
        yield "s3://corpus"
    server.stop()


def test_s3_has_the_same_bytes(source, expected, bucket):
    files = fsspec.filesystem("s3")
    for options in (Options(model=False, papers_per_part=4, parts=True), SMALL_PARTS):
        run([source], f"{bucket}/claims", options)
    files.invalidate_cache()
    assert {name: files.cat_file(f"{bucket}/claims/{name}") for name in FILES} == expected
    assert {Path(name).name for name in files.find(f"{bucket}/claims")} == {*FILES, "run.json"}


def test_a_bucket_that_is_not_there_is_told(source, bucket):
    with pytest.raises(OutputError, match=r"s3://other/claims: can't be used .* you may write to it"):
        run([source], "s3://other/claims", SMALL_PARTS)
