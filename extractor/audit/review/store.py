"""The log of a review: decisions.sqlite in the run directory, only ever added to. An entry is on disk when
the call that adds it returns, so that no crash loses it. Undoing is an entry too. Takes `Decision`s, returns
them; never knows what a claim means."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from extractor.decisions import ClaimKey, Decision
from extractor.export.replacing import OutputError

FILE = "decisions.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS reviewers (
    name TEXT PRIMARY KEY,
    joined TEXT NOT NULL,
    keys TEXT NOT NULL DEFAULT '{}'  -- action -> key, as JSON
);
CREATE TABLE IF NOT EXISTS log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,            -- ISO 8601, UTC
    by TEXT NOT NULL,
    stage TEXT NOT NULL,         -- review or settle
    act TEXT NOT NULL,           -- decide, undo, done, reopen
    decision TEXT,               -- of decide: the claim's whole state from here on, as JSON
    undoes INTEGER REFERENCES log (id)
);
CREATE TABLE IF NOT EXISTS written (  -- what the run's folder was given
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    decision TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS log_is_not_changed BEFORE UPDATE ON log
    BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
CREATE TRIGGER IF NOT EXISTS log_is_not_shortened BEFORE DELETE ON log
    BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END;
"""


class Stage(StrEnum):
    """Each for themselves, or together on what they differ in."""

    REVIEW = "review"
    SETTLE = "settle"


class Act(StrEnum):
    DECIDE = "decide"
    UNDO = "undo"
    DONE = "done"
    REOPEN = "reopen"


@dataclass(frozen=True)
class Entry:
    """A line of the log. `undoes`: the id of the entry that this one takes back."""

    id: int
    at: datetime
    by: str
    stage: Stage
    act: Act
    decision: Decision | None
    undoes: int | None


class Store:
    """The log of one run. Several processes may use it at once."""

    def __init__(self, run: Path):
        self.path = run / FILE
        self._read: list[Entry] = []  # as far as the log was read; it only grows
        try:
            self._db = sqlite3.connect(self.path, timeout=10, isolation_level=None, check_same_thread=False)
            # One file at every moment, and each commit waits for the disk.
            self._db.execute("PRAGMA journal_mode = DELETE")
            self._db.execute("PRAGMA synchronous = EXTRA")
            self._db.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise OutputError(f"{self.path}: can't be used ({error}); move it away or free it") from error

    def close(self) -> None:
        self._db.close()

    def join(self, name: str, seats: int) -> bool:
        """Whether the reviewer has one of so many seats, now or since before."""
        with self._writing():
            there = self.reviewers()
            if name not in there and len(there) < seats:
                self._db.execute("INSERT INTO reviewers (name, joined) VALUES (?, ?)", (name, _now()))
            return name in there or len(there) < seats

    def reviewers(self) -> list[str]:
        """Everybody who joined, the first first."""
        return [name for (name,) in self._db.execute("SELECT name FROM reviewers ORDER BY joined, rowid")]

    def leave(self, name: str) -> None:
        """Forgets a reviewer who never decided anything."""
        with self._writing():
            self._db.execute(
                "DELETE FROM reviewers WHERE name = ? AND name NOT IN (SELECT by FROM log)", (name,)
            )

    def keys(self, name: str) -> dict[str, str]:
        """The keys that a reviewer chose: action -> key."""
        row = self._db.execute("SELECT keys FROM reviewers WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else {}

    def set_keys(self, name: str, keys: dict[str, str]) -> None:
        with self._writing():
            self._db.execute("UPDATE reviewers SET keys = ? WHERE name = ?", (json.dumps(keys), name))

    def entries(self, by: str | None = None, stage: Stage | None = None) -> list[Entry]:
        """The log, or one person's or stage's part of it, the first entry first."""
        rows = self._db.execute(
            "SELECT id, at, by, stage, act, decision, undoes FROM log WHERE id > ? ORDER BY id",
            (self._read[-1].id if self._read else 0,),
        )
        self._read += [
            Entry(
                id,
                datetime.fromisoformat(at),
                who,
                Stage(when),
                Act(act),
                Decision.model_validate_json(decision) if decision else None,
                undoes,
            )
            for id, at, who, when, act, decision, undoes in rows
        ]
        return [e for e in self._read if by in (None, e.by) and stage in (None, e.stage)]

    def decide(self, decision: Decision, stage: Stage = Stage.REVIEW) -> None:
        with self._writing():
            self._add(decision.by, stage, Act.DECIDE, decision)

    def finish(self, by: str, done: bool = True) -> None:
        with self._writing():
            self._add(by, Stage.REVIEW, Act.DONE if done else Act.REOPEN)

    def undo(self, by: str, stage: Stage = Stage.REVIEW) -> ClaimKey | None:
        """Takes back the person's latest decision; the claim that it was on, or None if there is none."""
        with self._writing():
            live = live_entries(self.entries(by, stage))
            last = next((entry for entry in reversed(live) if entry.act is Act.DECIDE), None)
            if last is None:
                return None
            self._add(by, stage, Act.UNDO, undoes=last.id)
            return last.decision.key

    def redo(self, by: str, stage: Stage = Stage.REVIEW) -> ClaimKey | None:
        """Takes back the latest undoing, unless something was decided since."""
        with self._writing():
            entries = self.entries(by, stage)
            decided = {entry.id: entry for entry in entries if entry.act is Act.DECIDE}
            undone = [entry for entry in live_entries(entries) if entry.undoes in decided]
            if not undone or undone[-1].id < max(decided):
                return None
            self._add(by, stage, Act.UNDO, undoes=undone[-1].id)
            return decided[undone[-1].undoes].decision.key

    def current(self, by: str | None, stage: Stage = Stage.REVIEW) -> dict[ClaimKey, Decision]:
        """What a person (None: whoever came last) says of each claim now; `at`: when it was last touched."""
        entries = self.entries(by, stage)
        by_id = {entry.id: entry for entry in entries}
        touched: dict[ClaimKey, datetime] = {}
        for entry in entries:
            about = entry
            while about.undoes is not None:
                about = by_id[about.undoes]
            if about.decision:
                touched[about.decision.key] = entry.at
        states = {entry.decision.key: entry.decision for entry in live_entries(entries) if entry.decision}
        return {key: state.model_copy(update={"at": touched[key]}) for key, state in states.items()}

    def is_done(self, by: str) -> bool:
        last = [e.act for e in self.entries(by, Stage.REVIEW) if e.act in (Act.DONE, Act.REOPEN)]
        return bool(last) and last[-1] is Act.DONE

    def written(self) -> dict[ClaimKey, Decision]:
        """The latest outcome of each claim that was ever written."""
        rows = self._db.execute("SELECT decision FROM written ORDER BY id")
        decisions = (Decision.model_validate_json(text) for (text,) in rows)
        return {decision.key: decision for decision in decisions}

    def set_written(self, decisions: Iterable[Decision], at: datetime) -> None:
        with self._writing():
            rows = [(at.isoformat(), decision.model_dump_json()) for decision in decisions]
            self._db.executemany("INSERT INTO written (at, decision) VALUES (?, ?)", rows)

    def _add(
        self, by: str, stage: Stage, act: Act, decision: Decision | None = None, undoes: int | None = None
    ) -> None:
        self._db.execute(
            "INSERT INTO log (at, by, stage, act, decision, undoes) VALUES (?, ?, ?, ?, ?, ?)",
            (_now(), by, stage, act, decision.model_dump_json() if decision else None, undoes),
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; what is read in it can't change under it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def live_entries(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that nothing live takes back, in order."""
    taken_back: set[int] = set()
    live = []
    for entry in sorted(entries, key=lambda entry: -entry.id):
        if entry.id not in taken_back:
            live.append(entry)
            if entry.undoes is not None:
                taken_back.add(entry.undoes)
    return live[::-1]


def _now() -> str:
    return datetime.now(UTC).isoformat()
