"""Papers and a question in, tables out: lists, pivots, boards and overviews as their reader sees them."""

import pytest
from comparing import compared, paper, read, shown, told
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.comparison import AskedError, NothingFound, Options, selection_of
from extractor.comparison.groups import grouped
from extractor.comparison.overview import worth_asking
from extractor.comparison.point import Nature
from extractor.records import Kind, Qualifier, Role

ADE = {"metric": "mIoU", "dataset": ["ADE20K"]}
SEG = (
    paper("p1", told("50.3%", method="SegFormer", **ADE), told("6x", "speedup", method="SegFormer")),
    paper("p2", told("53.5", method="Numbat", **ADE), told("3.2", "gain", method="Numbat", metric="mIoU")),
    paper("p3", told("45.1%", method="UPerNet", role="reference", **ADE)),
)
EVERYONE = tuple(Role)


def titles(comparison) -> list[str]:
    return [block.title for block in comparison.blocks]


# Lists


def test_a_list_has_a_row_a_claim_the_best_first_by_kind():
    made = compared(*SEG, role=EVERYONE)
    assert titles(made) == ["Scores (3)", "Gains and losses of quality (1)", "Speed: changes (1)"]
    assert [row[:3] for row in shown(made)] == [
        ["53.5", "mIoU↑", "Numbat"],
        ["50.3%", "mIoU↑", "SegFormer"],
        ["45.1% (reference)", "mIoU↑", "UPerNet"],
        ["+3.2", "mIoU", "Numbat"],
        ["6x", "", "SegFormer"],
    ]


def test_lower_is_better_where_a_rule_says_so():
    errors = [paper(f"p{i}", told(value, metric="WER")) for i, value in enumerate(["4.8%", "1.8%", "2.7%"])]
    assert [row[0] for row in shown(compared(*errors))] == ["1.8%", "2.7%", "4.8%"]


def test_more_and_less_are_not_ranked_together():
    faster = paper(
        "p1",
        told("2x", "speedup"),
        told("90%", "speedup", metric="latency", direction="decrease"),
        told("3x", "speedup"),
    )
    made = compared(faster)
    assert [row[0] for row in shown(made)] == ["3x", "2x", "−90%"]
    assert made.blocks[0].breaks == {2}


def test_a_change_for_the_worse_comes_last_and_says_so():
    losses = paper(
        "p1",
        told("5%", "gain", metric="accuracy", direction="decrease"),
        told("0.5%", "gain", metric="accuracy"),
        told("1%", "gain", metric="accuracy", direction="decrease"),
    )
    assert [row[0] for row in shown(compared(losses))] == ["+0.5%", "−1% (worse)", "−5% (worse)"]


def test_a_list_is_cut_and_says_how_to_see_all():
    made = compared(*SEG, options=Options(limit=1), role=EVERYONE)
    assert [len(block.rows) for block in made.blocks] == [1, 1, 1]
    assert made.blocks[0].note == "2 more; --limit 3 shows all"
    assert len(made.frame) == 5  # programs get all


# Boards


def test_a_board_ranks_the_methods_of_a_dataset_and_metric():
    made = compared(*SEG, layout="board", role=EVERYONE)
    assert titles(made) == ["ADE20K: mIoU, %"]
    assert shown(made) == [
        ["1", "Numbat", "53.5*"],
        ["2", "SegFormer", "50.3%"],
        ["", "UPerNet", "45.1% (reference)"],
    ]
    assert [column.head for column in made.blocks[0].columns][2] == "mIoU, %↑"


def test_ties_share_a_rank_and_both_are_best():
    tied = [paper(f"p{i}", told(v, method=f"M{i}", **ADE)) for i, v in enumerate(["50%", "50%", "40%"])]
    assert shown(compared(*tied, layout="board")) == [
        ["1", "M0", "50%*"],
        ["1", "M1", "50%*"],
        ["3", "M2", "40%"],
    ]


def test_spellings_meet_on_one_board():
    papers = (
        paper("p1", told("84.3%", method="A", metric="top-1 accuracy", dataset=["ImageNet-1K"])),
        paper("p2", told("82.1%", method="B", metric="top-1", dataset=["ILSVRC-2012"])),
    )
    assert titles(compared(*papers, layout="board")) == ["ImageNet: top-1 accuracy, %"]
    with pytest.raises(NothingFound, match="no dataset and metric has numbers of several methods"):
        compared(*papers, layout="board", options=Options(merge=False))


def test_levels_and_changes_have_boards_of_their_own():
    papers = [
        paper(f"p{i}", told("50%", method=f"M{i}", **ADE), told("5%", "gain", method=f"M{i}", **ADE))
        for i in range(2)
    ]
    made = compared(*papers, layout="board")
    assert titles(made) == ["ADE20K: mIoU, %", "ADE20K: change of mIoU, %"]
    assert "different baselines" in made.blocks[1].note


def test_one_number_for_several_datasets_is_marked_and_not_ranked():
    papers = (
        paper("p1", told("90%", method="A", metric="accuracy", dataset=["CIFAR-10", "SVHN"])),
        paper("p2", told("80%", method="B", metric="accuracy", dataset=["CIFAR-10"])),
    )
    assert shown(compared(*papers, layout="board")) == [
        ["", "A", "90% (for 2 datasets)"],
        ["1", "B", "80%"],
    ]


def test_where_no_rule_says_which_way_is_better_nothing_is_ranked():
    papers = [
        paper(f"p{i}", told(f"{i}", method=f"M{i}", metric="quokkas", dataset=["ADE20K"])) for i in (1, 2)
    ]
    made = compared(*papers, layout="board")
    assert shown(made) == [["", "M2", "2"], ["", "M1", "1"]]
    assert "No rule says which way is better" in made.blocks[0].note


def test_a_board_may_have_one_method_if_asked():
    made = compared(SEG[0], layout="board", options=Options(at_least=1))
    assert shown(made) == [["1", "SegFormer", "50.3%"]]


# Pivots


def test_a_pivot_sets_methods_against_datasets():
    papers = (
        paper(
            "p1", told("50%", method="A", **ADE), told("80%", method="A", metric="mIoU", dataset=["KITTI"])
        ),
        paper(
            "p2", told("60%", method="B", **ADE), told("70%", method="B", metric="mIoU", dataset=["KITTI"])
        ),
    )
    made = compared(*papers, layout="pivot")
    assert [column.head for column in made.blocks[0].columns] == [
        "method",
        "ADE20K: mIoU, %↑",
        "KITTI: mIoU, %↑",
    ]
    assert shown(made) == [["A", "50%", "80%*"], ["B", "60%*", "70%"]]


def test_two_claims_for_one_cell_are_both_shown():
    papers = (paper("p1", told("50%", method="A", **ADE)), paper("p2", told("51%", method="A", **ADE)))
    made = compared(*papers, layout="pivot")
    assert shown(made) == [["A", "51%*; 50%"]]
    assert [point.entry.paper for point in made.shown] == ["p2", "p1"]


def test_a_column_is_one_measure_of_one_dataset():
    papers = (
        paper("p1", told("50%", method="A", **ADE), told("60 points", method="A", **ADE)),
        paper("p2", told("60%", method="A", metric="mIoU", dataset=["KITTI"])),
        paper("p3", told("5%", "gain", method="A", **ADE)),
    )
    made = compared(*papers, layout="pivot", options=Options(across="metric"))
    assert [column.head for column in made.blocks[0].columns] == [
        "method",
        "mIoU, %↑: ADE20K",
        "mIoU, points↑: ADE20K",
        "mIoU, %↑: KITTI",
        "change of mIoU, %↑: ADE20K",
    ]


def test_where_the_method_is_neither_down_nor_across_the_cell_names_it():
    made = compared(*SEG, layout="pivot", options=Options(down="dataset", across="metric"))
    assert shown(made) == [["ADE20K", "53.5 Numbat*; 50.3% SegFormer"]]


def test_where_the_dataset_is_not_named_nothing_is_best():
    papers = [paper(f"p{i}", told(f"{50 + i}%", method=f"M{i}", metric="mIoU")) for i in range(2)]
    made = compared(*papers, layout="pivot", options=Options(across="metric"))
    assert shown(made) == [["M0", "50%"], ["M1", "51%"]]


def test_columns_with_one_row_are_left_out_if_others_have_more():
    papers = (*SEG, paper("p4", told("99%", method="Numbat", metric="AUC", dataset=["KITTI"])))
    made = compared(*papers, layout="pivot")
    assert len(made.blocks[0].columns) == 2
    assert made.blocks[0].note == (
        "2 claims name no method or no dataset. 1 more columns have too few rows; --at-least 1 shows them."
    )
    assert len(compared(*papers, layout="pivot", options=Options(at_least=1)).blocks[0].columns) == 3


@pytest.mark.parametrize(("down", "across"), [("method", "method"), ("colour", "dataset")])
def test_a_pivot_needs_two_slots(down, across):
    with pytest.raises(AskedError, match="give two different ones of metric, method"):
        compared(*SEG, layout="pivot", options=Options(down=down, across=across))


def test_columns_that_read_alike_are_told_apart():
    gains = [told("7.4", "gain", method="A", unit="", **ADE), told("0.4", "gain", method="A", unit="", **ADE)]
    made = compared(paper("p1", *gains), layout="pivot")
    heads = [column.head for column in made.blocks[0].columns]
    assert heads == ["method", "ADE20K: change of mIoU↑", "ADE20K: change of mIoU↑ (2)"]
    assert list(made.frame) == heads[1:]


# Overviews


def test_an_overview_has_boards_the_first_of_the_lists_and_what_to_ask_for():
    made = compared(*SEG, paper("p5", told("12", "scale", metric="datasets")), layout="overview")
    assert titles(made) == [
        "ADE20K: mIoU, %",
        "Scores (2)",
        "Gains and losses of quality (1)",
        "Speed: changes (1)",
    ]
    assert made.hints == ("--metric: mIoU 3", "--dataset: ADE20K 2", "--method: SegFormer 2, Numbat 2")


def test_an_overview_of_counts_alone_shows_them():
    made = compared(paper("p1", told("12", "scale", metric="datasets")), layout="overview")
    assert titles(made) == ["Sizes of data, models and studies (1)"]
    assert worth_asking(made.points) == []


# Selections

PAIR = (
    paper(
        "p1",
        told(
            "2x",
            "speedup",
            text="Numbat is up to 2x faster than GPTQ on OPT models and Llamav2-7B.",
            method="Numbat",
            baseline=["GPTQ"],
            condition="OPT models and Llamav2-7B",
            qualifier="up_to",
            confidence=0.9,
        ),
    ),
    paper(
        "p2", told("80%", metric="accuracy", method="LLaMA2 7B", dataset=["MMLU"], task="question answering")
    ),
    paper(
        "p3", told("81%", metric="top-1 accuracy", method="ViT", dataset=["ILSVRC-2012"], role="background")
    ),
)


@pytest.mark.parametrize(
    ("filters", "papers"),
    [
        ({}, ["p1", "p2"]),
        ({"role": "all"}, ["p1", "p2", "p3"]),
        ({"role": ["background"]}, ["p3"]),
        ({"kind": "speedup"}, ["p1"]),
        ({"kind": ["Speedup", "score"]}, ["p1", "p2"]),
        ({"metric": "Accuracies"}, ["p2"]),  # and not top-1 accuracy
        ({"metric": "*accuracy", "role": "all"}, ["p2", "p3"]),
        ({"dataset": "imagenet 1k", "role": "all"}, ["p3"]),
        ({"method": "llama-2-7b"}, ["p2"]),
        ({"condition": "LLaMA-2-7B"}, ["p1"]),
        ({"about": "LLaMA-2-7B"}, ["p1", "p2"]),
        ({"about": "gptq"}, ["p1"]),
        ({"baseline": "GPTQ"}, ["p1"]),
        ({"task": "Question Answering"}, ["p2"]),
        ({"unit": "times"}, ["p1"]),
        ({"unit": ["percent", "x"]}, ["p1", "p2"]),
        ({"qualifier": "up-to"}, ["p1"]),
        ({"paper": "p2"}, ["p2"]),
        ({"paper": "paper P"}, ["p1", "p2"]),
        ({"text": "faster than"}, ["p1"]),
        ({"text": ["faster", "MMLU"]}, ["p1", "p2"]),
        ({"min_confidence": 0.8}, ["p1"]),
        ({"kind": "speedup", "method": "Numbat"}, ["p1"]),
    ],
    ids=str,
)
def test_filters(filters, papers):
    confidence = filters.pop("min_confidence", 0.0)
    chosen = selection_of(filters, confidence)
    fields = {name: getattr(chosen, name) for name in chosen.__dataclass_fields__}
    made = compared(*PAIR, **fields)
    assert sorted({point.entry.paper for point in made.points}) == papers


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"metric": ("acuracy",)}, "no metric 'acuracy'; near: accuracy (1)"),
        ({"dataset": ("MML",)}, "no dataset 'MML'; near: MMLU (1)"),
        ({"dataset": ("xyz", "qqq")}, "no dataset 'xyz' or 'qqq', nor one like it; most frequent: "),
        ({"kind": (Kind.GAIN,)}, "no kind 'gain', nor one like it; most frequent: "),
        ({"qualifier": (Qualifier.AVERAGE,)}, "no qualifier 'average'"),
        ({"text": ("quokka",)}, "no sentence, title or name has 'quokka'; try fewer words"),
        ({"min_confidence": 0.95}, "no claim has a confidence of 0.95; the highest is 0.90"),
        ({"kind": (Kind.SPEEDUP,), "method": ("ViT",)}, "no claim fits all filters together"),
    ],
    ids=str,
)
def test_a_filter_that_matches_nothing_names_near_misses(filters, message):
    with pytest.raises(NothingFound) as error:
        compared(*PAIR, **filters)
    assert message in str(error.value)


def test_a_run_without_claims_says_so():
    with pytest.raises(NothingFound, match="the run has no claims"):
        compared(paper("p1"))


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"colour": "red"}, "no filter colour; there are about, baseline, condition, dataset"),
        ({"kind": "speed"}, "no kind 'speed'; there are score, gain, speedup"),
        ({"role": "results"}, "no role 'results'; there are result, reference, background"),
    ],
)
def test_what_can_not_be_asked_for_is_told(filters, message):
    with pytest.raises(AskedError, match=message):
        selection_of(filters)


# Whatever the papers say

VALUES = st.sampled_from(["50%", "0.5", "51.2", "2x", "0.5x", "20%", "7 points", "3-4x", "12 ms", "2 s", "9"])
NAMES = st.sampled_from(["Numbat", "num-bat", "LLaMA2 7B", "Llamav2-7B"])
METRICS = st.sampled_from([None, "mIoU", "mean IoU", "WER", "latency", "quokkas", "FLOPs"])
CLAIMS = st.builds(
    lambda value, kind, method, metric, dataset, role, qualifier: told(
        value,
        kind,
        method=method,
        role=role,
        qualifier=qualifier,
        **({"metric": metric} if metric else {}),
        **({"dataset": dataset} if dataset else {}),
    ),
    VALUES,
    st.sampled_from(["score", "measure", "speedup", "efficiency"]),
    NAMES,
    METRICS,
    st.lists(st.sampled_from(["ADE20K", "COCO"]), max_size=2, unique=True),
    st.sampled_from(list(Role)),
    st.sampled_from(list(Qualifier)),
)


def allowed(claim) -> bool:
    return not (claim.value.endswith("points") and claim.kind != "score")


@settings(max_examples=25)
@given(st.lists(CLAIMS.filter(allowed), min_size=1, max_size=8))
def test_like_stands_beside_like_and_nothing_is_lost(claims):
    papers = [paper(f"p{at}", claim) for at, claim in enumerate(claims)]
    everything = {entry.id for entry in read(*papers)}
    options = Options(at_least=1)
    made = compared(*papers, role=EVERYONE)
    assert {point.entry.id for point in made.shown} == everything == set(made.frame["id"])
    for point in made.points:
        assert (point.measure.nature is Nature.CHANGE) == point.entry.is_change
    for measure, group in grouped(made.points, lambda point: point.measure).items():
        assert {point.common.unit for point in group} == {measure.unit}
    for layout in ("pivot", "board"):
        try:
            blocks = compared(*papers, layout=layout, options=options, role=EVERYONE).blocks
        except NothingFound:
            continue
        for block in blocks:
            for at in range(len(block.columns)):
                measures = {p.measure for row in block.rows for p in row[at].points}
                assert len(measures) <= 1
        assert all(p.entry.id in everything for block in blocks for p in block.points)
