"""A `Document` as a reader of its text sees it (see `seen`): source, spans and texts without markup. Findings
on it lead to where things stand in the paper."""

from dataclasses import replace

from extractor.audit.documents import Document, Part, Stated
from extractor.audit.rules import AuditRules
from extractor.audit.seen import Seen, see

Span = tuple[int, int]


def as_seen(document: Document, rules: AuditRules) -> Document:
    """The document itself where nothing stands between its text and a reader. A part whose text is not what
    stands at its offsets keeps that text."""
    seen = see(document.source, rules)
    if seen.text == document.source:
        return document
    places: dict[Span, Span] = {}

    def moved(part: Part) -> Part:
        start, end = _moved(part.start, part.end, seen)
        places.setdefault((start, end), (part.start, part.end))
        stands = document.source[max(0, part.start) : max(0, part.end)] == part.text
        return replace(part, text=seen.text[start:end] if stands else part.text, start=start, end=end)

    def claim_moved(claim: Stated) -> Stated:
        slots = {name: tuple(map(moved, found)) for name, found in claim.slots.items()}
        return replace(claim, value=moved(claim.value), slots=slots, sentence=_moved(*claim.sentence, seen))

    return replace(
        document,
        source=seen.text,
        mentions=tuple(map(moved, document.mentions)),
        claims=tuple(map(claim_moved, document.claims)),
        aliases=tuple(tuple(see(form, rules).text for form in group) for group in document.aliases),
        places=places,
    )


def _moved(start: int, end: int, seen: Seen) -> Span:
    return seen.of_source(start, end) if 0 <= start <= end else (start, end)
