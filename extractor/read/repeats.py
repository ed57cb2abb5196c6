"""The same paper met twice becomes one paper with all its places.
Takes papers in the order they were met, gives the distinct ones: title and abstract are the same but for
case, spacing and punctuation, or the titles are, one of the two has no abstract, and they have neither two
DOIs nor two ids of one source ("Editorial"). Held in SQLite, in memory or in a file, so that memory does not
grow with the papers.
Never drops a place, and never changes the text of a paper that has an abstract."""

import hashlib
import json
import re
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from extractor.read.identifiers import marks
from extractor.read.problems import Problem
from extractor.records import Paper

FACTS = ("date", "authors", "author_count", "venue", "url", "doi")
"""What a paper takes from a repeat where it has none itself."""

SCHEMA = """
CREATE TABLE papers (at INTEGER PRIMARY KEY, id TEXT, has_abstract INTEGER, paper TEXT);
CREATE TABLE repeats (at INTEGER, n INTEGER, place TEXT, PRIMARY KEY (at, n)) WITHOUT ROWID;
CREATE TABLE texts (key BLOB PRIMARY KEY, at INTEGER) WITHOUT ROWID;
CREATE TABLE titles (key BLOB, kinds TEXT, at INTEGER, PRIMARY KEY (key, kinds)) WITHOUT ROWID;
CREATE TABLE marked (key BLOB, mark TEXT, at INTEGER, PRIMARY KEY (key, mark)) WITHOUT ROWID;
CREATE TABLE owners (id TEXT PRIMARY KEY, at INTEGER) WITHOUT ROWID;
"""
ROWS_AT_ONCE = 1_000


def normalised(text: str) -> str:
    """Letters and digits only, in lower case, one space between words; symbols if there is nothing else."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"\w+", folded)) or folded.strip()


def content_id(title: str, abstract: str) -> str:
    """Twelve hexadecimal digits that any copy of this paper gets, in whatever file it stands."""
    text = f"{normalised(title)}\n{normalised(abstract)}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:12]


class Distinct:
    """Distinct papers, numbered from 0 in the order of first appearance: `add` each that is met, `finish`,
    then ask for `papers`. Made by `new_distinct`, and by `open_distinct` from a file that was finished."""

    def __init__(self, base: sqlite3.Connection):
        self._base = base
        self._count: int = base.execute("SELECT count(*) FROM papers").fetchone()[0]
        self._repeats = 0

    def __len__(self) -> int:
        return self._count

    def add(self, paper: Paper) -> None:
        title, abstract = normalised(paper.title), normalised(paper.abstract)
        text_key, title_key = _key(f"{title}\n{abstract}"), _key(title)
        by_text = bool(abstract) or not title  # a title alone may be that of many papers
        at = self._at("texts", text_key) if by_text else None
        if at is None and title:
            at = self._by_title(title_key, paper, bool(abstract))
        if at is None:
            at, kinds = self._append(paper), (set(), _kinds(paper))
        else:
            kinds = self._merge(at, paper)
        if by_text:
            self._base.execute("INSERT OR IGNORE INTO texts VALUES (?, ?)", (text_key, at))
        self._remember(title_key, paper, at, *kinds)

    def finish(self) -> Iterator[Problem]:
        """Makes all ids different; a problem for each that two papers had. Go through it to its end."""
        for start in range(0, self._count, ROWS_AT_ONCE):
            of_batch = "SELECT at, id FROM papers WHERE at >= ? AND at < ? ORDER BY at"
            for at, given in self._base.execute(of_batch, (start, start + ROWS_AT_ONCE)).fetchall():
                own = given
                while not self._owns(own, at):
                    paper = self._paper(at)
                    own = f"{own}~{content_id(paper.title, paper.abstract)}"
                if own != given:
                    self._base.execute("UPDATE papers SET id = ? WHERE at = ?", (own, at))
                    yield _shared_id(
                        self._paper(self._at("owners", given, "id")), self._paper(at), given, own
                    )
        self._base.execute("COMMIT")

    def papers(self, start: int = 0, stop: int | None = None) -> Iterator[Paper]:
        """Those numbered `start` to `stop` (exclusive), or to the last, each with all its places."""
        stop = self._count if stop is None else stop
        for first in range(start, stop, ROWS_AT_ONCE):
            bounds = (first, min(first + ROWS_AT_ONCE, stop))
            places = defaultdict(list)
            of_batch = "WHERE at >= ? AND at < ? ORDER BY at"
            for at, place in self._base.execute(f"SELECT at, place FROM repeats {of_batch}, n", bounds):
                places[at].append(json.loads(place))
            for at, own, held in self._base.execute(f"SELECT at, id, paper FROM papers {of_batch}", bounds):
                fields = json.loads(held)
                fields["places"] += places.get(at, ())
                yield Paper(**fields | {"id": own})

    def digest(self) -> str:
        """A checksum of all papers with their places, in order."""
        digest = hashlib.sha256()
        for table, order in (("papers", "at"), ("repeats", "at, n")):
            for row in self._base.execute(f"SELECT * FROM {table} ORDER BY {order}"):
                digest.update(repr(row).encode())
        return digest.hexdigest()

    def close(self) -> None:
        self._base.close()

    def _at(self, table: str, key: bytes | str, column: str = "key") -> int | None:
        row = self._base.execute(f"SELECT at FROM {table} WHERE {column} = ?", (key,)).fetchone()
        return row[0] if row else None

    def _by_title(self, key: bytes, paper: Paper, has_abstract: bool) -> int | None:
        """The first paper of this title that this may be, where it or this has no abstract: one with the same
        DOI or id, else one that has none of the kinds of marks that this has."""
        own = marks(paper.id, paper.doi)
        same = [self._marked(key, kind, mark) for kind, mark in own.items()]
        kept = "SELECT kinds, at FROM titles WHERE key = ? ORDER BY at"
        rows = self._base.execute(kept, (key,)).fetchall()
        same += [at for kinds, at in rows if not own.keys() & kinds.split()]
        return next((at for at in same if at is not None and not (has_abstract and self._is_full(at))), None)

    def _marked(self, key: bytes, kind: str, mark: str) -> int | None:
        of_mark = "SELECT at FROM marked WHERE key = ? AND mark = ?"
        row = self._base.execute(of_mark, (key, f"{kind} {mark}")).fetchone()
        return row[0] if row else None

    def _is_full(self, at: int) -> bool:
        """Whether a paper has an abstract."""
        return self._base.execute("SELECT has_abstract FROM papers WHERE at = ?", (at,)).fetchone()[0]

    def _remember(self, key: bytes, paper: Paper, at: int, known: set[str], kinds: set[str]) -> None:
        """The marks of an entry of the paper `at`, and its `kinds` of marks, which were `known` before."""
        if kinds != known:
            of_before = "DELETE FROM titles WHERE key = ? AND kinds = ? AND at = ?"
            self._base.execute(of_before, (key, _listed(known), at))
        self._base.execute("INSERT OR IGNORE INTO titles VALUES (?, ?, ?)", (key, _listed(kinds), at))
        rows = [(key, f"{kind} {mark}", at) for kind, mark in marks(paper.id, paper.doi).items()]
        self._base.executemany("INSERT OR IGNORE INTO marked VALUES (?, ?, ?)", rows)

    def _append(self, paper: Paper) -> int:
        self._write(self._count, paper)
        self._count += 1
        return self._count - 1

    def _merge(self, at: int, repeat: Paper) -> tuple[set[str], set[str]]:
        """The kinds of marks that the paper had before, and has now."""
        first = self._paper(at)
        merged = _merged(first, repeat)
        if merged != first:
            self._write(at, merged)
        for place in repeat.places:
            self._repeats += 1
            row = (at, self._repeats, place.model_dump_json())
            self._base.execute("INSERT INTO repeats VALUES (?, ?, ?)", row)
        return _kinds(first), _kinds(merged)

    def _paper(self, at: int) -> Paper:
        """As it is held: with the places of its first entry only."""
        row = self._base.execute("SELECT paper FROM papers WHERE at = ?", (at,)).fetchone()
        return Paper.model_validate_json(row[0])

    def _write(self, at: int, paper: Paper) -> None:
        row = (at, paper.id, bool(paper.abstract.strip()), paper.model_dump_json())
        self._base.execute("INSERT OR REPLACE INTO papers VALUES (?, ?, ?, ?)", row)

    def _owns(self, own: str, at: int) -> bool:
        row = self._base.execute("INSERT OR IGNORE INTO owners VALUES (?, ?)", (own, at))
        return row.rowcount == 1


def new_distinct(path: Path | None = None) -> Distinct:
    """No papers yet; to be held in the new file `path`, else in memory."""
    base = sqlite3.connect(path or ":memory:", isolation_level=None)
    base.execute("PRAGMA journal_mode = OFF")  # a file that was not finished is never read
    base.execute("PRAGMA synchronous = OFF")
    base.executescript(SCHEMA)
    base.execute("BEGIN")
    return Distinct(base)


def open_distinct(path: Path) -> Distinct:
    """The finished papers in the file `path`, to read only; many processes may."""
    return Distinct(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True))


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _kinds(paper: Paper) -> set[str]:
    return set(marks(paper.id, paper.doi))


def _listed(kinds: set[str]) -> str:
    return " ".join(sorted(kinds))


def _merged(first: Paper, repeat: Paper) -> Paper:
    """`first` with what `repeat` has and it lacks; the places are kept apart."""
    facts = {name: getattr(first, name) or getattr(repeat, name) for name in FACTS}
    abstract = first.abstract if first.abstract.strip() else repeat.abstract
    paper = first.model_copy(update=facts | {"abstract": abstract})
    return paper.model_copy(update={"id": _merged_id(first, repeat, paper)})


def _merged_id(first: Paper, repeat: Paper, merged: Paper) -> str:
    """An id that a source gave, the first one's before the other's; else the id of the text they now have."""
    given = [paper.id for paper in (first, repeat) if paper.id != content_id(paper.title, paper.abstract)]
    return given[0] if given else content_id(merged.title, merged.abstract)


def _shared_id(first: Paper, second: Paper, given: str, own: str) -> Problem:
    holder = f"{first.title!r} in {first.places[0].file}"
    message = f"id {given!r} belongs to {holder} already; this one is {own!r}"
    return Problem(file=second.places[0].file, line=second.places[0].line, message=message)
