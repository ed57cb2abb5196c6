"""A file is whole or not there, and a place that can't be written to is named in one line."""

import os
import stat

import pytest
from build import extraction

from extractor.export import OutputError, folder_writer, replacing


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "claims.csv"
    with replacing(path) as file:
        file.write("whole")
        assert not path.exists()
    assert path.read_text(encoding="utf-8") == "whole"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_a_failure_the_old_file_is_left_and_nothing_else(tmp_path, error):
    path = tmp_path / "claims.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(error), replacing(path) as file:
        file.write("half")
        raise error
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_fails_leaves_no_file(tmp_path):
    with pytest.raises(ValueError), folder_writer(tmp_path) as write:
        write(extraction())
        raise ValueError
    assert list(tmp_path.iterdir()) == []


def test_line_ends_stay_as_written(tmp_path):
    with replacing(tmp_path / "lines") as file:
        file.write("a\r\nb\n")
    assert (tmp_path / "lines").read_bytes() == b"a\r\nb\n"


def test_others_may_read_the_file(tmp_path):
    usual = tmp_path / "usual"
    usual.touch()
    with replacing(tmp_path / "ours") as file:
        file.write("x")
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_in_the_way_is_named(tmp_path, below):
    (tmp_path / "taken").write_text("", encoding="utf-8")
    target = tmp_path / "taken" / below
    with (
        pytest.raises(OutputError, match=r"taken.*a file stands in the way; name another"),
        folder_writer(target),
    ):
        pass


def test_a_directory_where_a_file_should_be_is_named(tmp_path):
    (tmp_path / "claims.csv").mkdir()
    wrong = pytest.raises(OutputError, match=r"claims\.csv: can't be written \(.*directory\)")
    with wrong, replacing(tmp_path / "claims.csv") as file:
        file.write("x")
    assert [path.name for path in tmp_path.iterdir()] == ["claims.csv"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_permission_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with (
        pytest.raises(OutputError, match=r"can't be written \(Permission denied\)"),
        folder_writer(tmp_path / "sub"),
    ):
        pass
