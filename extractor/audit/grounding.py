"""Does every span of a document stand in its source? Texts against offsets, sentences against the value and
the slots they should hold. Takes a `Document`, yields findings."""

import regex

from extractor.audit.documents import Document, Part, Stated, parts
from extractor.audit.finding import Findings, Severity

STOP = regex.compile(r"[.!?][\"'”’)]*\s+(?=[\"'“‘(]*[A-Z][a-z]+\s)")
ABBREVIATED = regex.compile(
    r"(?r)\b(?:e\.?g|i\.?e|et al|vs|cf|Fig|Eq|Sec|Tab|approx|resp|w\.?r\.?t|a\.?k\.?a|No|Dr|St|etc|[A-Z])"
)
SEVERAL = regex.compile(r"\w, (?:and )?[A-Z]|[A-Za-z\d] and [A-Z]\w* ?|; ")
LONGEST_NAME = 8  # words
SHOWN = 60


def check_spans(document: Document) -> Findings:
    """The text that a record gives is what stands at its offsets."""
    for mention in document.mentions:
        yield from _check_span(document, mention, mention, f"the mention '{mention.text}'")
    for claim in document.claims:
        for field, part in parts(claim):
            yield from _check_span(document, part, claim.value, f"the {field} '{part.text}'")


def _check_span(document: Document, part: Part, at: Part, what: str) -> Findings:
    length = len(document.source)
    found = document.source[part.start : part.end] if 0 <= part.start <= part.end <= length else None
    if found is None:
        place = f"{part.start} to {part.end}, outside the text of {length} characters"
        yield document.finding(at, Severity.ERROR, "span", f"{what} is said to stand at {place}")
    elif found != part.text or not part.text:
        reads = f"'{found[:SHOWN]}'"
        message = f"{what} is said to stand at {part.start} to {part.end}, where the text reads {reads}"
        yield document.finding(at, Severity.ERROR, "span", message)


def check_sentences(document: Document) -> Findings:
    """A claim's sentence lies in the text, holds the value, begins and ends where sentences do, and is
    one."""
    length = len(document.source)
    for claim in document.claims:
        start, end = claim.sentence
        if not start < end <= length:
            message = f"the sentence is said to go from {start} to {end} of {length} characters"
            yield document.finding(claim.value, Severity.ERROR, "sentence", message)
        elif not start <= claim.value.start < claim.value.end <= end:
            message = f"the value '{claim.value.text}' stands outside its sentence, {start} to {end}"
            yield document.finding(claim.value, Severity.ERROR, "sentence", message)
        else:
            yield from _check_sentence(document, claim)


def _check_sentence(document: Document, claim: Stated) -> Findings:
    start, end = claim.sentence
    text = document.source[start:end]
    cut = [document.source[at - 1 : at + 1] for at in (start, end) if 0 < at < len(document.source)]
    if any(len(pair) == 2 and pair.isalnum() for pair in cut):
        message = f"the sentence begins or ends within a word: '{_shown(text)}'"
        yield document.finding(claim.value, Severity.ERROR, "sentence", message)
    stops = [m for m in STOP.finditer(text) if not ABBREVIATED.match(text, 0, m.start())]
    if stops:
        message = f"the sentence holds {len(stops) + 1} sentences: '{_shown(text)}'"
        yield document.finding(claim.value, Severity.NOTE, "sentence", message)


def check_slots(document: Document) -> Findings:
    """A slot is a name or phrase, apart from the value, and a claim is not compared with itself."""
    for claim in document.claims:
        for field, part in parts(claim):
            if field != "value" and part.start < claim.value.end and claim.value.start < part.end:
                message = f"the {field} '{part.text}' and the value '{claim.value.text}' share text"
                severity = Severity.ERROR if field in ("metric", "dataset") else Severity.WARNING
                yield document.finding(claim.value, severity, "slot", message)
        method = claim.first("method")
        for baseline in claim.slots["baseline"] if method else ():
            if _same_name(method, baseline):
                message = f"'{method.text}' is both the method and what it is compared with"
                yield document.finding(claim.value, Severity.ERROR, "slot", message)
        yield from _check_far_slots(document, claim)
        yield from _check_phrases(document, claim)


def _check_far_slots(document: Document, claim: Stated) -> Findings:
    """A slot that stands in another sentence, and doesn't say from which words it was reached."""
    start, end = claim.sentence
    for field in ("metric", "baseline", "condition"):
        for part in claim.slots[field]:
            if not part.inferred and (part.end <= start or part.start >= end):
                message = f"the {field} '{part.text}' stands in another sentence than '{claim.value.text}'"
                yield document.finding(claim.value, Severity.NOTE, "slot", message)


def _check_phrases(document: Document, claim: Stated) -> Findings:
    """A name is short, and one."""
    for field, part in parts(claim):
        words = part.text.split()
        if field in ("metric", "method", "dataset") and len(words) > LONGEST_NAME:
            message = f"the {field} '{part.text}' reads as part of a sentence, not as a name"
            yield document.finding(claim.value, Severity.WARNING, "slot", message)
        elif field in ("method", "dataset") and SEVERAL.search(part.text):
            message = f"the {field} '{part.text}' names several things at once"
            yield document.finding(claim.value, Severity.WARNING, "slot", message)


def _same_name(one: Part, other: Part) -> bool:
    return (one.name or one.text).casefold() == (other.name or other.text).casefold()


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN // 2] + " … " + text[-SHOWN // 2 :]
