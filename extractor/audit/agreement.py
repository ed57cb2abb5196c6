"""Do a paper's records agree with each other? The same number twice, and two numbers for one thing. Takes a
`Document`, yields findings."""

from collections import Counter, defaultdict
from itertools import combinations

from extractor.audit.documents import Document, Part, Stated
from extractor.audit.finding import Findings, Severity

Key = tuple[str, ...]


def check_repeats(document: Document) -> Findings:
    """No two claims have one value's span, no two mentions one span and label, and no result stands twice."""
    spans = Counter((claim.value.start, claim.value.end) for claim in document.claims)
    mentions = Counter((m.start, m.end) for m in document.mentions)
    for claim in document.claims:
        if (times := spans.pop((claim.value.start, claim.value.end), 1)) > 1:
            message = f"{times} claims are about the same number, '{claim.value.text}'"
            yield document.finding(claim.value, Severity.ERROR, "duplicate", message)
    for mention in document.mentions:
        if (times := mentions.pop((mention.start, mention.end), 1)) > 1:
            message = f"{times} mentions have the same span, '{mention.text}'"
            yield document.finding(mention, Severity.ERROR, "duplicate", message)
    seen: dict[tuple, Stated] = {}
    for claim in document.claims:
        key = (
            claim.low,
            claim.high,
            claim.unit,
            claim.kind,
            claim.role,
            claim.direction,
            *_key(document, claim),
        )
        first = seen.setdefault(key, claim)
        if first is not claim and first.value.start != claim.value.start:
            place = f"{first.value.start} to {first.value.end}"
            message = f"the same result stands at {place} already: '{claim.value.text}'"
            yield document.finding(claim.value, Severity.NOTE, "duplicate", message)


def check_contradictions(document: Document) -> Findings:
    """Two different results for one method, dataset and metric, in one setting."""
    groups: dict[Key, list[Stated]] = defaultdict(list)
    for claim in document.claims:
        told = claim.slots["method"] and claim.slots["dataset"] and claim.slots["metric"]
        if told and claim.role == "result" and claim.kind in ("score", "measure"):
            groups[(claim.kind, claim.unit, claim.qualifier, *_key(document, claim))].append(claim)
    for claims in groups.values():
        for one, other in combinations(claims, 2):
            if (one.low, one.high) != (other.low, other.high):
                slots = " ".join(
                    f"{field} '{one.first(field).text}'" for field in ("method", "dataset", "metric")
                )
                message = f"'{one.value.text}' and '{other.value.text}' are both given for {slots}"
                yield document.finding(other.value, Severity.WARNING, "contradiction", message)


def _key(document: Document, claim: Stated) -> Key:
    fields = ("method", "metric", "dataset", "task", "condition")
    return tuple(" | ".join(sorted(_name(document, part) for part in claim.slots[field])) for field in fields)


def _name(document: Document, part: Part) -> str:
    """One spelling for all aliases of a name."""
    forms = {part.text.casefold(), part.name.casefold()}
    for group in document.aliases:
        folded = [form.casefold() for form in group]
        if forms & set(folded):
            return min(folded)
    return (part.name or part.text).casefold()
