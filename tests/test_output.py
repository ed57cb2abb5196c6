"""The folder `output/` is what `extractor run samples/` makes now."""

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from extractor.run import Options, run

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def made(tmp_path_factory, request):
    folder = tmp_path_factory.mktemp("output")
    patch = pytest.MonkeyPatch()
    request.addfinalizer(patch.undo)
    patch.chdir(ROOT)
    run(["samples/"], folder, Options(workers=1))
    return folder


@pytest.mark.parametrize("name", ["papers", "mentions", "claims"])
def test_the_committed_tables_are_current(made, name):
    now, committed = (pd.read_csv(folder / f"{name}.csv", dtype=str) for folder in (made, ROOT / "output"))
    if "confidence" in now:  # its last digits depend on the processor
        sure = [table.pop("confidence").astype(float) for table in (now, committed)]
        assert (sure[0] - sure[1]).abs().max() < 0.02
    assert_frame_equal(now, committed)
