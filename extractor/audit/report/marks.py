"""A paper's text cut into pieces, each with all that covers it: the mention, the values, the slots of claims.
Takes an extraction and the numbers that its claims go by, returns the pieces in order; joined, they are the
text again."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.records import Extraction, Mention


@dataclass(frozen=True)
class Piece:
    """Text that is marked alike throughout. `slots`: (claim number, field)."""

    text: str
    mention: Mention | None = None
    opens: bool = False  # the mention begins here
    values: tuple[int, ...] = ()  # numbers of the claims whose value this is
    begins: tuple[int, ...] = ()  # those whose value begins here
    slots: tuple[tuple[int, str], ...] = ()


def pieces(extraction: Extraction, numbers: Sequence[int]) -> tuple[list[Piece], list[Piece]]:
    """The pieces of the title and of the abstract. `numbers`: one a claim."""
    source = extraction.paper.source
    line_end = len(extraction.paper.title)
    covers = _covers(extraction, numbers)
    cuts = {0, line_end, line_end + 1, len(source)}
    cuts.update(at for start, end, *_ in covers for at in (start, end))
    title, abstract = [], []
    bounds = sorted(cuts)
    for start, end in pairwise(bounds):
        if start != line_end:  # the newline between the two
            (title if end <= line_end else abstract).append(_piece(source, start, end, covers))
    return title, abstract


def _covers(extraction: Extraction, numbers: Sequence[int]) -> list[tuple[int, int, str, object]]:
    """Every span with what it is: ("mention", itself), ("value", number), or (field, number)."""
    covers: list[tuple[int, int, str, object]] = [(m.start, m.end, "mention", m) for m in extraction.mentions]
    for claim, number in zip(extraction.claims, numbers, strict=True):
        covers.append((claim.value.start, claim.value.end, "value", number))
        covers += [(slot.start, slot.end, field, number) for field, slot in claim.slots()]
    return covers


def _piece(source: str, start: int, end: int, covers: list[tuple[int, int, str, object]]) -> Piece:
    over = [cover for cover in covers if cover[0] <= start and end <= cover[1]]
    mention = next((what for _, _, kind, what in over if kind == "mention"), None)
    return Piece(
        text=source[start:end],
        mention=mention,
        opens=mention is not None and mention.start == start,
        values=tuple(what for _, _, kind, what in over if kind == "value"),
        begins=tuple(what for first, _, kind, what in over if kind == "value" and first == start),
        slots=tuple((what, kind) for _, _, kind, what in over if kind not in ("mention", "value")),
    )
