"""Values that stand in a list share what is said of all, and go in step with a list as long as theirs."""

import pytest
from linking import as_text, linked


def rows(marked: str, *fields: str) -> list[tuple]:
    """(value, fields ...) of every claim, in order."""
    text, claims = linked(marked)
    return [(text[c.start : c.end], *(as_text(getattr(c, f), text) for f in fields)) for c in claims]


ROWS = [
    (
        "It gains 4.3% and 5.0% [M:recall] on [D:TrailSet] and [D:DuskSet], respectively.",
        ("metric", "dataset"),
        [("4.3%", "recall", ["TrailSet"]), ("5.0%", "recall", ["DuskSet"])],
    ),
    (
        "It gains 4.3% and 5.0% [M:recall] on [D:TrailSet] and the newly collected [D:DuskSet].",
        ("dataset",),
        [("4.3%", ["TrailSet"]), ("5.0%", ["DuskSet"])],
    ),
    (
        "It reaches 91.0% and 88.5% [M:recall] on [D:TrailSet] and [D:DuskSet], respectively, and lowers its "
        "[M:latency] by 20% and 35%.",
        ("metric", "dataset"),
        [
            ("91.0%", "recall", ["TrailSet"]),
            ("88.5%", "recall", ["DuskSet"]),
            ("20%", "latency", ["TrailSet"]),
            ("35%", "latency", ["DuskSet"]),
        ],
    ),
    (
        "It needs 20% and 30% of the [M:parameters] and [M:compute] of [Wombat], respectively.",
        ("metric", "kind"),
        [("20%", "parameters", "compression"), ("30%", "compute", "efficiency")],
    ),
    (
        "It uses 35%/52% fewer [M:parameters].",
        ("metric", "kind", "direction"),
        [("35%", "parameters", "compression", "decrease"), ("52%", "parameters", "compression", "decrease")],
    ),
    (
        "It cuts [M:memory] by 41% and [M:latency] by 17%.",
        ("metric", "kind"),
        [("41%", "memory", "compression"), ("17%", "latency", "speedup")],
    ),
    (
        "It has an [M:accuracy] of 92.2%, a [M:recall] of 88.3% and a [M:precision] of 93.2%.",
        ("metric",),
        [("92.2%", "accuracy"), ("88.3%", "recall"), ("93.2%", "precision")],
    ),
    (
        "It cuts the cost by 73% in [M:inference time] and 78% in [M:parameters].",
        ("metric", "kind"),
        [("73%", "inference time", "speedup"), ("78%", "parameters", "compression")],
    ),
    (
        "It outperforms [Wombat] by 40% and [Bilby] by 20%.",
        ("kind", "direction"),
        [("40%", "gain", "increase"), ("20%", "gain", "increase")],
    ),
    (
        "[Wombat], [Bilby] and [Numbat] reach 92%, 86% and 79% [M:accuracy].",
        ("method",),
        [("92%", "Wombat"), ("86%", "Bilby"), ("79%", "Numbat")],
    ),
]


@pytest.mark.parametrize(("text", "fields", "expected"), ROWS, ids=str)
def test_list(text, fields, expected):
    assert rows(text, *fields) == expected


def test_lists_of_another_length_are_shared():
    text = "It gains 4.3% and 5.0% [M:recall] on [D:TrailSet], [D:DuskSet] and [D:DawnSet]."
    datasets = ["TrailSet", "DuskSet", "DawnSet"]
    assert rows(text, "dataset") == [("4.3%", datasets), ("5.0%", datasets)]
