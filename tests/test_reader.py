"""The trained reader as it ships: same text, same reading; long texts; damaged files."""

import json
import shutil

import pytest

from extractor.pipeline import ClaimFinder
from extractor.reader import MODEL_FOLDER, ModelError, Reader, load_reader
from extractor.records import Extraction, Paper
from extractor.rules import load_rules

TEXT = (
    "Quokka: Fast Speech Models\nWe propose Quokka, a model for speech recognition. Quokka is 1.9x faster "
    "than wav2vec 2.0 and reaches a word error rate of 3.5% on LibriSpeech. We train it for 100 epochs."
)
FILES = ("model.json", "tokenizer.json", "encoder.onnx", "quantities.onnx", "confidence.json", "CARD.md")


@pytest.fixture(scope="module")
def finder() -> ClaimFinder:
    return ClaimFinder(load_rules(), load_reader())


def test_it_reads_a_plain_paper(finder):
    claims = {c.value.text: c for c in finder.find(TEXT).claims}
    assert claims.keys() == {"1.9x", "3.5%"}
    assert (claims["1.9x"].kind, claims["1.9x"].method.text) == ("speedup", "Quokka")
    assert [b.text for b in claims["1.9x"].baseline] == ["wav2vec 2.0"]
    assert (claims["3.5%"].kind, claims["3.5%"].metric.text) == ("score", "word error rate")
    assert [d.text for d in claims["3.5%"].dataset] == ["LibriSpeech"]


def test_a_claim_says_that_the_model_took_part_and_how_sure_it_is(finder):
    for claim in finder.find(TEXT).claims:
        assert "kind:model" in claim.origin and any(x.startswith("value:") for x in claim.origin)
        assert 0 < claim.confidence < 1


def test_a_text_reads_the_same_in_any_company(finder):
    texts = [TEXT, TEXT.replace("1.9x", "2.5x"), "A title\nNothing to see.", TEXT * 3, ""]
    alone = [finder.find(text) for text in texts]
    again = [finder.find(text) for text in reversed(texts)]
    assert alone == again[::-1]


def test_nothing_of_a_long_text_is_dropped(finder):
    filler = "The method is simple and general, and it needs no tuning by hand at all. " * 60
    source = f"{TEXT} {filler}It also has 95.4% accuracy on ImageNet."
    found = finder.find(source)
    assert {"1.9x", "95.4%"} <= {c.value.text for c in found.claims}
    Extraction(
        paper=Paper(id="long", title=source.split("\n")[0], abstract=source.split("\n", 1)[1]),
        mentions=found.mentions,
        claims=found.claims,
    )


def test_a_whole_paper_with_hundreds_of_numbers_is_read_in_parts(finder):
    row = "Quokka reaches 95.4% accuracy on ImageNet with 12 layers, and BaseNet only 93.1% with 24. "
    claims = finder.find(f"A title\n{row * 150}").claims
    assert sum(c.value.text == "95.4%" for c in claims) == 150


def test_what_ships_is_small():
    assert sum((MODEL_FOLDER / name).stat().st_size for name in FILES) < 30_000_000


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(MODEL_FOLDER, tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("name", ["model.json", "encoder.onnx", "quantities.onnx"])
def test_a_missing_file_is_named_with_a_cure(copy, name):
    (copy / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} is missing: .*--no-model"):
        Reader(copy)


@pytest.mark.parametrize("name", ["model.json", "tokenizer.json", "encoder.onnx", "quantities.onnx"])
def test_a_damaged_file_is_named_with_a_cure(copy, name):
    (copy / name).write_bytes((copy / name).read_bytes()[:200])
    with pytest.raises(ModelError, match=rf"{name} can't be used .*--no-model"):
        Reader(copy)


def test_a_model_of_another_version_is_refused(copy):
    about = json.loads((copy / "model.json").read_text())
    about["layout"]["tags"].append("B-PLANET")
    (copy / "model.json").write_text(json.dumps(about))
    with pytest.raises(ModelError, match="another version"):
        Reader(copy)
