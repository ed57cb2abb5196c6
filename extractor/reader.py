"""The trained reader: clean text, its sentences and its proposed quantities in; mentions and a reading of
every quantity out. ONNX Runtime on one thread, each text on its own, so that a text reads the same in any
company. Never decides against a rule: `link/` weighs what is read here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from extractor.decode import QuantityReading, decode_mentions, decode_quantities
from extractor.features import views
from extractor.found import FoundMention
from extractor.layout import CLAIM_FIELDS, SLOTS, TAGS
from extractor.pieces import Pieces, Tokenizing

MODEL_FOLDER = Path(__file__).parent / "model"
LAYOUT = {
    "tags": list(TAGS),
    "slots": list(SLOTS),
    "fields": {k: [str(x) for x in v] for k, v in CLAIM_FIELDS.items()},
}
CLS, SEP, MARK_SHAPE = 101, 102, 6


class ModelError(Exception):
    """The model's files can't be used; the message says which and what to do."""


@dataclass(frozen=True)
class Reading:
    """What the model reads in one text: mentions in order, one reading per proposed quantity."""

    mentions: list[FoundMention]
    quantities: list[QuantityReading]


class Reader:
    """The model in `folder`: model.json, tokenizer.json, encoder.onnx, quantities.onnx. Raises ModelError."""

    def __init__(self, folder: Path = MODEL_FOLDER):
        self.folder = folder
        self.about = self._about()
        self.version: str = self.about["version"]
        try:
            self.tokenizing = Tokenizing(folder / "tokenizer.json")
        except Exception as error:
            raise ModelError(_damaged(folder / "tokenizer.json", error)) from error
        self._encoder = self._session("encoder.onnx")
        self._quantities = self._session("quantities.onnx")

    def _about(self) -> dict:
        path = self.folder / "model.json"
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ModelError(
                f"{path} is missing: install the package again, or run with --no-model"
            ) from error
        except (OSError, ValueError) as error:
            raise ModelError(_damaged(path, error)) from error
        if not isinstance(about, dict) or about.get("layout") != LAYOUT or "version" not in about:
            raise ModelError(
                f"{path} belongs to another version of this program: install model and program together, "
                "or run with --no-model"
            )
        return about

    def _session(self, name: str):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        path = self.folder / name
        if not path.exists():
            raise ModelError(f"{path} is missing: install the package again, or run with --no-model")
        try:
            return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ModelError(_damaged(path, error)) from error

    def read(self, text: str, sentences: Sequence[tuple[int, int]], quantities: Sequence) -> Reading:
        """Reads `text` once, then once more over its words for the quantities together."""
        pieces = self.tokenizing.pieces(text)
        if not pieces.words:
            return Reading([], [])
        states, tags, proposed = (x[pieces.firsts] for x in self._encode(pieces))
        mentions = decode_mentions(text, pieces.words, tags, proposed)
        if not quantities:
            return Reading(mentions, [])
        seen = views(text, pieces.words, sentences, quantities)
        names = np.concatenate([tags, proposed[:, None]], axis=1).astype(np.float32)
        outputs = self._quantities.run(
            None,
            {
                "states": states,
                "names": names,
                "distance": seen.distance,
                "mark": seen.mark,
                "place": seen.place,
                "features": seen.features,
            },
        )
        return Reading(mentions, decode_quantities(text, pieces.words, *outputs))

    def _encode(self, pieces: Pieces) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """States (n, hidden), tag probabilities (n, tags), proposed probabilities (n,) of all n pieces. Where
        two windows overlap, a piece counts as read in the one where it stands further from the edge."""
        n, parts = len(pieces.ids), []
        windows = pieces.windows()
        for k, (a, b) in enumerate(windows):
            ids = np.array([[CLS, *pieces.ids[a:b], SEP]], dtype=np.int64)
            shapes = np.array([[MARK_SHAPE, *pieces.shapes[a:b], MARK_SHAPE]], dtype=np.int64)
            outputs = self._encoder.run(None, {"ids": ids, "shapes": shapes})
            keep_from = a if k == 0 else (a + windows[k - 1][1]) // 2
            keep_to = n if k == len(windows) - 1 else (windows[k + 1][0] + b) // 2
            parts.append([x[0, 1 + keep_from - a : 1 + keep_to - a] for x in outputs])
        states, tags, proposed = (np.concatenate(x) for x in zip(*parts, strict=True))
        return states, tags, proposed


def _damaged(path: Path, error: Exception) -> str:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return f"{path} can't be used ({first[:200]}): install the package again, or run with --no-model"


@lru_cache(maxsize=2)
def load_reader(folder: Path = MODEL_FOLDER) -> Reader:
    """The reader in `folder`, loaded once per process."""
    return Reader(folder)
