"""What a person chose for a field, made into what the record holds: a selected span into a slot with its text
and canonical name, a selected number into a value. Takes plain JSON, returns plain JSON."""

from typing import Any

from extractor.audit.review.numbers import Numbers
from extractor.decisions import CORRECTABLE
from extractor.normalise import canonical
from extractor.pipeline import SLOT_LABELS
from extractor.records import MOVES, Claim, Extraction

LISTS = ("baseline", "dataset")
SLOTS = ("metric", "method", "task", "condition")


def grounded(
    chosen: dict[str, Any], extraction: Extraction, claim: Claim, numbers: Numbers
) -> dict[str, Any]:
    """The corrections as fields of `Claim`. `chosen`: slots as {"start", "end"}, None or lists of these; a
    value as a span, or with low, high and unit; other fields as they are. A kind that doesn't move loses its
    direction. ValueError for what can't be."""
    corrections: dict[str, Any] = {}
    for field, content in chosen.items():
        if field not in CORRECTABLE:
            raise ValueError(f"a claim has no field {field!r} to correct; it has {', '.join(CORRECTABLE)}")
        if field in LISTS:
            corrections[field] = [_slot(each, field, extraction) for each in content or ()]
        elif field in SLOTS:
            corrections[field] = _slot(content, field, extraction) if content else None
        elif field == "value":
            corrections[field] = _value(content, extraction, claim, numbers)
        else:
            corrections[field] = content
    still = corrections.get("kind", claim.kind) not in MOVES
    if still and (claim.direction or "direction" in corrections):
        corrections["direction"] = None
    return corrections


def _slot(span: dict[str, Any], field: str, extraction: Extraction) -> dict[str, Any]:
    start, end, text = _selected(span, extraction)
    label = SLOT_LABELS.get(field)
    name = canonical(text, label, aliases=extraction.aliases) if label else text
    return {"start": start, "end": end, "text": text, "name": name}


def _value(given: dict[str, Any], extraction: Extraction, claim: Claim, numbers: Numbers) -> dict[str, Any]:
    start, end, text = _selected(given, extraction)
    if "low" in given:
        read = {field: given.get(field) for field in ("low", "high", "unit")}
    else:
        read = numbers.claim_at(extraction.paper, start, end).value.model_dump(
            include={"low", "high", "unit"}
        )
    return {"start": start, "end": end, "text": text, **read}


def _selected(span: dict[str, Any], extraction: Extraction) -> tuple[int, int, str]:
    """The span without blanks at its ends, and its text."""
    source = extraction.paper.source
    try:
        start, end = int(span["start"]), int(span["end"])
    except (KeyError, TypeError, ValueError):
        raise ValueError("a selection needs a start and an end, counted in the paper's text") from None
    text = source[start:end]
    if not 0 <= start < end <= len(source) or not text.strip():
        raise ValueError("nothing is selected; select words of the title or the abstract")
    start += len(text) - len(text.lstrip())
    return start, start + len(text.strip()), text.strip()
