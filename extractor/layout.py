"""The order in which the network's outputs and inputs are numbered; shared by training and reading."""

from itertools import accumulate

from extractor.records import Direction, Kind, Label, Qualifier, Role

TAGS = ("O", *(f"{p}-{label}" for label in Label for p in "BIES"))
ONE_SLOTS = ("metric", "method", "task", "condition")
MANY_SLOTS = ("baseline", "dataset")
SLOTS = ONE_SLOTS + MANY_SLOTS
CLAIM_FIELDS = {
    "claim": (False, True),
    "kind": tuple(Kind),
    "role": tuple(Role),
    "qualifier": tuple(Qualifier),
    "direction": (None, *Direction),
}
FIELD_ENDS = dict(zip(CLAIM_FIELDS, accumulate(len(v) for v in CLAIM_FIELDS.values()), strict=True))

MARKS = ("plain", "own", "other")  # a word is no number, part of this quantity, or part of another one
PLACES = ("own", "title", "before", "after", "far")  # a word's sentence as seen from the quantity's
UNITS = ("", "%", "x", "points", "other")
QUANTITY_FEATURES = {
    "unit": len(UNITS),
    "qualifier": len(Qualifier),
    "setting": 2,
    "spelled": 2,
    "kind": len(Kind),
    "role": len(Role),
    "direction": 1 + len(Direction),
}
NAMES = ("", *(f"{label}-{part}-{new}" for label in Label for part in "BI" for new in "01"))
"""What the rules take a word for: the first or a later word of a mention, of a known or a proposed name."""
FILLED = ("", *SLOTS)  # which slot of a quantity the rules put a word into

BUCKETS = 25  # codes of a word's distance to a quantity: 0 = inside, then 12 to the left and 12 to the right
_EDGES = (1, 2, 3, 4, 6, 8, 11, 15, 21, 30, 50)


def bucket(distance: int) -> int:
    """The code of a signed distance in words: negative left of the quantity, 0 inside, positive right."""
    if distance == 0:
        return 0
    step = 1 + sum(abs(distance) > edge for edge in _EDGES)
    return step if distance < 0 else step + 12
