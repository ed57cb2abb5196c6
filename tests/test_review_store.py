"""The log of a review: on disk at once, only ever added to, every entry can be taken back."""

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.audit.review.store import FILE, Stage, Store
from extractor.decisions import Decision
from extractor.export import OutputError

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def decision(verdict="accept", start=3, by="anna", **fields) -> Decision:
    return Decision(
        paper="p", start=start, end=start + 2, value="2x", verdict=verdict, by=by, at=NOON, **fields
    )


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def verdicts(store, by="anna") -> dict[int, str]:
    return {key[1]: state.verdict.value for key, state in store.current(by).items()}


def test_the_latest_decision_on_a_claim_counts(store):
    for verdict in ("accept", "reject"):
        store.decide(decision(verdict))
    assert verdicts(store) == {3: "reject"}


def test_undo_goes_back_step_by_step_and_redo_forward(store):
    for each in (decision("accept"), decision("reject"), decision("unsure", start=9)):
        store.decide(each)
    assert store.undo("anna") == ("p", 9, 11)
    assert store.undo("anna") == ("p", 3, 5)
    assert verdicts(store) == {3: "accept"}
    assert store.redo("anna") == ("p", 3, 5)
    assert store.redo("anna") == ("p", 9, 11)
    assert verdicts(store) == {3: "reject", 9: "unsure"}
    assert store.redo("anna") is None


def test_what_was_undone_is_gone_for_good_once_something_else_is_decided(store):
    store.decide(decision("accept"))
    store.undo("anna")
    store.decide(decision("reject", start=9))
    assert store.redo("anna") is None
    assert verdicts(store) == {9: "reject"}


def test_undo_takes_back_only_ones_own(store):
    store.decide(decision())
    assert store.undo("ben") is None
    assert verdicts(store) == {3: "accept"}


def test_a_decision_says_when_it_was_last_touched(store):
    store.decide(decision("accept"))
    store.decide(decision("reject"))
    store.undo("anna")
    (state,) = store.current("anna").values()
    assert state.at == store.entries()[-1].at > NOON


@given(st.lists(st.sampled_from(["accept", "reject", "undo", "redo"]), max_size=12))
@settings(max_examples=40)
def test_undo_and_redo_are_those_of_every_editor(tmp_path_factory, acts):
    store = Store(tmp_path_factory.mktemp("run"))
    past, future, now = [], [], {}
    for act in acts:
        if act == "undo":
            store.undo("anna")
            if past:
                future.append(now)
                now = past.pop()
        elif act == "redo":
            store.redo("anna")
            if future:
                past.append(now)
                now = future.pop()
        else:
            store.decide(decision(act))
            past.append(now)
            now, future = {3: act}, []
        assert verdicts(store) == now
    assert len(store.entries()) >= acts.count("accept") + acts.count("reject")
    store.close()


def test_the_log_is_only_added_to(store, tmp_path):
    store.decide(decision())
    with sqlite3.connect(tmp_path / FILE) as other:
        for change in ("DELETE FROM log", "UPDATE log SET by = 'ben'"):
            with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                other.execute(change)


def test_reviewers_and_stages_are_kept_apart(store):
    store.decide(decision("accept"))
    store.decide(decision("reject", by="ben"))
    store.decide(decision("unsure"), Stage.SETTLE)
    assert (verdicts(store), verdicts(store, "ben")) == ({3: "accept"}, {3: "reject"})
    assert [d.verdict.value for d in store.current(None, Stage.SETTLE).values()] == ["unsure"]


def test_two_processes_see_each_others_entries(store, tmp_path):
    other = Store(tmp_path)
    store.decide(decision())
    assert verdicts(other) == {3: "accept"}


DECIDE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from extractor.audit.review.store import Store
from extractor.decisions import Decision
store = Store(Path(sys.argv[1]))
for start in range(5):
    store.decide(Decision(paper="p", start=start, end=start + 1, value="2", verdict="accept", by="anna",
                          at="2026-01-02T12:00:00Z"))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system knows no SIGKILL")
def test_kill_9_loses_nothing(tmp_path):
    killed = subprocess.run(
        [sys.executable, "-c", DECIDE_AND_DIE, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert killed.returncode == -signal.SIGKILL
    assert verdicts(Store(tmp_path)) == dict.fromkeys(range(5), "accept")


def test_a_file_that_is_no_log_is_named(tmp_path):
    (tmp_path / FILE).write_text("no database, but long enough to be looked at" * 50)
    with pytest.raises(OutputError, match=r"decisions\.sqlite: can't be used"):
        Store(tmp_path)
