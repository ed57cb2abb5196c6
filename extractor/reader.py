"""The trained reader: clean text, its sentences and its proposed quantities in; mentions and a reading of
every quantity out. ONNX Runtime on one thread, each text on its own, so that a text reads the same in any
company. Never decides against a rule: `link/` weighs what is read here."""

import json
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from extractor.by_rules import ByRules
from extractor.decode import QuantityReading, decode_mentions, decode_quantities
from extractor.features import Views, names_of_words, views
from extractor.found import FoundMention
from extractor.layout import CLAIM_FIELDS, SLOTS, TAGS
from extractor.pieces import Pieces, Tokenizing, spread, words_of_span

MODEL_FOLDER = Path(__file__).parent / "model"
LAYOUT = {
    "tags": list(TAGS),
    "slots": list(SLOTS),
    "fields": {k: [str(x) for x in v] for k, v in CLAIM_FIELDS.items()},
}
CLS, SEP, MARK_SHAPE = 101, 102, 6
MOST_WORDS, MOST_ROWS = 640, 16  # of the second network at a time; far more than abstracts have
MOST_QUANTITIES = 500  # of a text that are read; abstracts have up to 40
Words = list[tuple[int, int]]


class ModelError(Exception):
    """The model's files can't be used; the message says which and what to do."""


@dataclass(frozen=True)
class Reading:
    """What the model reads in one text: mentions in order, one reading per proposed quantity, of the first
    `MOST_QUANTITIES`, and the words that the readings number."""

    mentions: list[FoundMention]
    quantities: list[QuantityReading]
    words: list[tuple[int, int]]


class Reader:
    """The model in `folder`: model.json, tokenizer.json, encoder.onnx, quantities.onnx. Raises ModelError."""

    def __init__(self, folder: Path = MODEL_FOLDER):
        self.folder = folder
        self.about = _about(folder)
        self.version: str = self.about["version"]
        self._transitions = np.array(self.about["transitions"])
        try:
            self.tokenizing = Tokenizing(folder / "tokenizer.json")
        except Exception as error:
            raise ModelError(_damaged(folder / "tokenizer.json", error)) from error
        self._encoder = self._session("encoder.onnx")
        self._quantities = self._session("quantities.onnx")

    def _session(self, name: str):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # it keeps as much as the longest text took, and saves no time
        path = self.folder / name
        if not path.exists():
            raise ModelError(f"{path} is missing: install the package again, or run with --no-model")
        try:
            return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ModelError(_damaged(path, error)) from error

    def read(self, by_rules: ByRules) -> Reading:
        """Reads the text once, then its words once more for the quantities together. The network sees what
        the rules found and has learnt how far to believe them."""
        text = by_rules.text
        pieces = self.tokenizing.pieces(text)
        if not pieces.words:
            return Reading([], [], [])
        states, tags, proposed = (
            x[pieces.firsts] for x in self._encode(pieces, names_of_words(pieces.words, by_rules.mentions))
        )
        read = decode_mentions(text, pieces.words, tags, proposed, self._transitions)
        if not by_rules.quantities:
            return Reading(read, [], pieces.words)
        names = np.concatenate([tags, proposed[:, None]], axis=1).astype(np.float32)
        whole = len(pieces.words) <= MOST_WORDS
        read_them = self._read_quantities if whole else self._read_quantities_apart
        return Reading(read, read_them(by_rules, pieces.words, states, names), pieces.words)

    def _read_quantities(
        self, by_rules: ByRules, words: Words, states: np.ndarray, names: np.ndarray
    ) -> list[QuantityReading]:
        """All quantities among all words, a few quantities at a time."""
        text, found = by_rules.text, by_rules.quantities[:MOST_QUANTITIES]
        seen = views(text, words, by_rules.sentences, found, by_rules.claims)
        parts = [slice(i, i + MOST_ROWS) for i in range(0, len(found), MOST_ROWS)]
        outputs = [self._run_quantities(seen, part, states, names) for part in parts]
        return decode_quantities(text, words, *(np.concatenate(x) for x in zip(*outputs, strict=True)))

    def _read_quantities_apart(
        self, by_rules: ByRules, words: Words, states: np.ndarray, names: np.ndarray
    ) -> list[QuantityReading]:
        """Of a text longer than `MOST_WORDS` each quantity sees the words around it."""
        text, found = by_rules.text, by_rules.quantities
        starts, readings = [quantity.start for quantity in found], []
        for at, quantity in enumerate(found[:MOST_QUANTITIES]):
            own = words_of_span(words, quantity.start, quantity.end) or (0, 0)
            first = min(max(0, own[0] - MOST_WORDS // 2), len(words) - MOST_WORDS)
            around = slice(first, first + MOST_WORDS)
            near = words[around]
            a, b = bisect_left(starts, near[0][0]), bisect_left(starts, near[-1][1])
            a, b = min(a, at), max(b, at + 1)
            seen = views(text, near, by_rules.sentences, found[a:b], by_rules.claims[a:b], rows=[at - a])
            outputs = self._run_quantities(seen, slice(0, 1), states[around], names[around])
            readings += (replace(r, begin=first) for r in decode_quantities(text, near, *outputs))
        return readings

    def _run_quantities(
        self, seen: Views, rows: slice, states: np.ndarray, names: np.ndarray
    ) -> list[np.ndarray]:
        """The second network's four outputs for these rows of the views, (rows, ...) each."""
        given = {n: getattr(seen, n)[rows] for n in ("distance", "mark", "place", "filled", "features")}
        return self._quantities.run(None, {"states": states, "names": names, **given})

    def _encode(self, pieces: Pieces, names: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """States (n, hidden), tag probabilities (n, tags), proposed probabilities (n,) of all n pieces. Where
        two windows overlap, a piece counts as read in the one where it stands further from the edge."""
        n, parts = len(pieces.ids), []
        known = spread(pieces, names)
        windows = pieces.windows()
        for k, (a, b) in enumerate(windows):
            ids = np.array([[CLS, *pieces.ids[a:b], SEP]], dtype=np.int64)
            shapes = np.array([[MARK_SHAPE, *pieces.shapes[a:b], MARK_SHAPE]], dtype=np.int64)
            taken = np.array([[0, *known[a:b], 0]], dtype=np.int64)
            outputs = self._encoder.run(None, {"ids": ids, "shapes": shapes, "names": taken})
            keep_from = a if k == 0 else (a + windows[k - 1][1]) // 2
            keep_to = n if k == len(windows) - 1 else (windows[k + 1][0] + b) // 2
            parts.append([x[0, 1 + keep_from - a : 1 + keep_to - a] for x in outputs])
        if len(parts) == 1:
            return tuple(parts[0])
        states, tags, proposed = (np.concatenate(x) for x in zip(*parts, strict=True))
        return states, tags, proposed


def _about(folder: Path) -> dict:
    path = folder / "model.json"
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{path} is missing: install the package again, or run with --no-model") from error
    except (OSError, ValueError) as error:
        raise ModelError(_damaged(path, error)) from error
    if (
        not isinstance(about, dict)
        or about.get("layout") != LAYOUT
        or not {"version", "transitions"} <= about.keys()
    ):
        raise ModelError(
            f"{path} belongs to another version of this program: install model and program together, "
            "or run with --no-model"
        )
    return about


def _damaged(path: Path, error: Exception) -> str:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return f"{path} can't be used ({first[:200]}): install the package again, or run with --no-model"


@lru_cache(maxsize=2)
def load_reader(folder: Path = MODEL_FOLDER) -> Reader:
    """The reader in `folder`, loaded once per process."""
    return Reader(folder)


def model_version(folder: Path = MODEL_FOLDER) -> str:
    """The version of the model in `folder`, which is not loaded. ModelError."""
    return _about(folder)["version"]
