"""Trained weights to what ships: two ONNX graphs with 8-bit weights, the tokenizer file and `model.json`.
Takes files, leaves a folder."""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from torch import nn

from extractor.layout import QUANTITY_FEATURES, TAGS
from extractor.reader import LAYOUT
from training.net import HIDDEN, QuantityReader, Tagger

KEPT_WHOLE = ("layers.0/down", "layers.1/down")  # products in 32 bits: 8 bits would hurt them most


class RowInt8(nn.Module):
    """An embedding table in 8 bits, each row with its own scale."""

    def __init__(self, table: nn.Embedding):
        super().__init__()
        weight = table.weight.detach()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("rows", (weight / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids):
        return self.rows[ids].to(torch.float32) * self.scale[ids]


class PackedTagger(nn.Module):
    """The tagger with probabilities for outputs."""

    def __init__(self, tagger: Tagger):
        super().__init__()
        self.tagger = tagger
        tagger.encoder.word = RowInt8(tagger.encoder.word)

    def forward(self, ids, shapes, names):
        states, tags, proposed = self.tagger(ids, shapes, names)
        return states, tags.softmax(-1), proposed.sigmoid()


class PackedReader(nn.Module):
    """The quantity reader over one text: states (w, hidden), names (w, tags + 1), the rest (q, w)."""

    def __init__(self, reader: QuantityReader):
        super().__init__()
        self.reader = reader

    def forward(self, states, names, distance, mark, place, filled, features):
        rows = distance.shape[0]
        states = states.unsqueeze(0).expand(rows, -1, -1)
        names = names.unsqueeze(0).expand(rows, -1, -1)
        return self.reader(states, names, distance, mark, place, filled, features)


def load_net(weights: Path) -> tuple[Tagger, QuantityReader]:
    """Tagger and reader with the weights that `fit.py` wrote, ready to be run."""
    net = nn.ModuleDict({"tagger": Tagger(), "reader": QuantityReader()})
    net.load_state_dict(load_file(weights))
    net.eval()
    return net["tagger"], net["reader"]


def export(weights: Path, out: Path, bits8: bool = True) -> None:
    """Writes encoder.onnx and quantities.onnx into `out`, matrix weights in 8 bits with a scale a column."""
    tagger, reader = load_net(weights)
    words, rows = 7, 3
    codes = torch.zeros((rows, words), dtype=torch.long)
    piece = torch.zeros((1, 9), dtype=torch.long)
    marks = codes.clone()
    marks[:, 1] = 1
    graphs = {
        "encoder.onnx": (
            PackedTagger(tagger), (torch.full((1, 9), 2000), piece, piece),
            {name: {1: "pieces"} for name in ("ids", "shapes", "names")}, ["states", "tags", "proposed"],
        ),
        "quantities.onnx": (
            PackedReader(reader),
            (torch.randn(words, HIDDEN), torch.rand(words, len(TAGS) + 1), codes, marks, codes, codes,
             torch.zeros((rows, len(QUANTITY_FEATURES)), dtype=torch.long)),
            {"states": {0: "words"}, "names": {0: "words"}, "features": {0: "rows"},
             **{n: {0: "rows", 1: "words"} for n in ("distance", "mark", "place", "filled")}},
            ["fields", "starts", "ends", "empties"],
        ),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for name, (module, inputs, axes, outputs) in graphs.items():
            full = Path(folder) / name
            order = ["ids", "shapes", "names"] if name == "encoder.onnx" else [
                "states", "names", "distance", "mark", "place", "filled", "features",
            ]  # fmt: skip
            torch.onnx.export(
                module.eval(), inputs, full, input_names=order, output_names=outputs, dynamic_axes=axes,
                opset_version=17, dynamo=False,
            )  # fmt: skip
            if bits8:
                nodes = [node.name for node in onnx.load(full).graph.node]
                quantize_dynamic(
                    full, out / name, op_types_to_quantize=["MatMul", "Gemm"], per_channel=True,
                    weight_type=QuantType.QInt8, extra_options={"MatMulConstBOnly": True},
                    nodes_to_exclude=[n for n in nodes if any(part in n for part in KEPT_WHOLE)],
                )  # fmt: skip
            else:
                shutil.copy(full, out / name)


def pack(
    weights: Path, tokenizer: Path, out: Path, transitions: list[list[float]], bits8: bool = True
) -> None:
    """A folder that `extractor.reader.Reader` loads. `transitions`: as `transitions.py` counts them."""
    out.mkdir(parents=True, exist_ok=True)
    export(weights, out, bits8)
    shutil.copy(tokenizer, out / "tokenizer.json")
    digest = hashlib.sha256(b"".join((out / n).read_bytes() for n in ("encoder.onnx", "quantities.onnx")))
    about = {"version": f"1-{digest.hexdigest()[:12]}", "layout": LAYOUT, "transitions": transitions}
    (out / "model.json").write_text(json.dumps(about) + "\n", encoding="utf-8")
