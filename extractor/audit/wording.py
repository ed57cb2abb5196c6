"""What the words around a value say, against what the record says: direction, qualifier, whose number it
is, and numbers that are part of a name. By `rules/audit/cues.yaml` and `polarity.yaml`. Takes a `Document`,
yields findings."""

from dataclasses import dataclass
from functools import lru_cache

import regex

from extractor.audit.documents import CHANGES, Document, Part, Stated, a_kind
from extractor.audit.finding import Finding, Findings, Severity
from extractor.audit.phrases import phrases
from extractor.audit.readings import reading_at, values_of
from extractor.audit.rules import AuditRules, CueRule

IN_BRACKETS = regex.compile(r"(?r)\s?\(\s?(?:~|about )?")
SHOWN = 40
HEDGED = ("up_to", "at_least", "at_most", "approx")  # an average is often said far from its number


@dataclass(frozen=True)
class Cue:
    rule: CueRule
    before: regex.Pattern | None  # read backwards from the value
    after: regex.Pattern | None

    def holds(self, text: str, start: int, end: int, since: int, until: int) -> bool:
        """Whether the cue stands around `text[start:end]`, within `since` and `until`."""
        leads = self.before is None or self.before.match(text, since, start)
        return bool(leads and (self.after is None or self.after.match(text, end, until)))


@lru_cache(maxsize=8)
def cues(rules: AuditRules) -> dict[str, list[Cue]]:
    """The cues of each table section, compiled; what is between a cue and its value is part of the
    pattern."""
    found: dict[str, list[Cue]] = {}
    for rule in rules.cues:
        before = regex.compile(rf"(?ri)(?:{rule.before})") if rule.before else None
        if rule.about == "name" and rule.before:
            before = regex.compile(rf"(?r)(?:{rule.before})")  # capitals are what makes a name
        after = regex.compile(rf"(?i)(?:{rule.after})") if rule.after else None
        found.setdefault(rule.about, []).append(Cue(rule, before, after))
    return found


@lru_cache(maxsize=8)
def _less_is_better(rules: AuditRules) -> regex.Pattern:
    names = "|".join(regex.escape(name) for rule in rules.polarity for name in rule.metrics)
    unless = "|".join(regex.escape(name) for rule in rules.polarity for name in rule.unless) or "(?!)"
    return regex.compile(rf"(?i)(?!(?:{unless})\b)(?:.*[\W_])?(?:{names})")


def less_is_better(metric: str, rules: AuditRules) -> bool:
    """Whether less of a metric is better, by the end of its name."""
    return bool(_less_is_better(rules).fullmatch(metric.strip()))


def said(
    about: str, text: str, start: int, end: int, window: tuple[int, int], rules: AuditRules
) -> list[str]:
    """What the cues around `text[start:end]` say, each once, in the order of the rules."""
    found = [c.rule.says for c in cues(rules).get(about, ()) if c.holds(text, start, end, *window)]
    return list(dict.fromkeys(found))


def directions_said(
    text: str, start: int, end: int, window: tuple[int, int], metric: str, rules: AuditRules
) -> set[str]:
    """increase, decrease, both or neither: how the words around a value say that `metric` moved. A
    compression is one way round or the other, as one likes, so words say nothing about it."""
    if "compression" in metric:
        return set()
    return {way_of(each, metric, rules) for each in said("direction", text, start, end, window, rules)}


def way_of(says: str, metric: str, rules: AuditRules) -> str:
    """increase or decrease: what better and worse are for a metric."""
    better, worse = ("decrease", "increase") if less_is_better(metric, rules) else ("increase", "decrease")
    return {"better": better, "worse": worse}.get(says, says)


def check_directions(document: Document, rules: AuditRules) -> Findings:
    for claim, start, end in _standing(document, rules):
        if claim.kind not in CHANGES:
            continue
        metric = claim.first("metric")
        ways = directions_said(
            document.source, start, end, claim.sentence, metric.text if metric else "", rules
        )
        if claim.direction and len(ways) == 1 and claim.direction not in ways:
            what = f" of '{metric.text}'" if metric else ""
            message = (
                f"the direction{what} is {claim.direction}, but the text reads '{_around(document, claim)}'"
            )
            yield _warning(document, claim, "direction", message)
        elif not claim.direction:
            message = f"'{claim.value.text}' is {a_kind(claim.kind)} without a direction"
            yield document.finding(claim.value, Severity.NOTE, "direction", message)


def check_qualifiers(document: Document, rules: AuditRules) -> Findings:
    for claim, start, end in _standing(document, rules):
        cue, hedge = (
            said(about, document.source, start, end, claim.sentence, rules)
            for about in ("qualifier", "hedge")
        )
        unsaid = claim.qualifier in HEDGED and not _is_hedged(document, claim, rules)
        contradicted = cue and claim.qualifier not in (*cue, *hedge, "average")
        if contradicted or (not cue and unsaid):
            message = f"the qualifier is {claim.qualifier}, but the text reads '{_around(document, claim)}'"
            yield _warning(document, claim, "qualifier", message)


def _is_hedged(document: Document, claim: Stated, rules: AuditRules) -> bool:
    """Whether words near the value say its qualifier, or near a number before it in the sentence: "up to 2x
    and 3x"."""
    values = (v for v in values_of(document.source, rules) if claim.sentence[0] <= v.start < claim.value.end)
    spans = [(claim.value.start, claim.value.end), *((v.start, v.end) for v in values)]
    return any(
        claim.qualifier in said(about, document.source, *span, claim.sentence, rules)
        for span in spans
        for about in ("qualifier", "hedge")
    )


def check_owners(document: Document, rules: AuditRules) -> Findings:
    """A result is the paper's own, not the baseline's: not what follows "compared to", not another method's
    number in brackets, and the method is not what the sentence sets it against."""
    for claim, start, end in _standing(document, rules):
        if claim.role != "result":
            continue
        if claim.kind in ("score", "measure") and said(
            "owner", document.source, start, end, claim.sentence, rules
        ):
            message = f"reads as what a result is set against, not as a result: '{_around(document, claim)}'"
            yield _warning(document, claim, "owner", f"'{claim.value.text}' {message}")
        yield from _check_brackets(document, claim, start)
        yield from _check_method(document, claim, rules)


def _check_brackets(document: Document, claim: Stated, start: int) -> Findings:
    """ "BYOL (71.04%)" is BYOL's number."""
    bracket = IN_BRACKETS.match(document.source, claim.sentence[0], start)
    method = claim.first("method")
    if not bracket or not method or claim.kind not in ("score", "measure"):
        return
    owner = next((m for m in document.mentions if m.end == bracket.start() and m.label == "METHOD"), None)
    if owner and not owner.proposed and not _same(document, owner, method) and not owner.text.islower():
        stands = f"'{claim.value.text}' stands in brackets behind '{owner.text}'"
        message = f"{stands}, but its method is '{method.text}'"
        yield _warning(document, claim, "owner", message)


def _check_method(document: Document, claim: Stated, rules: AuditRules) -> Findings:
    method = claim.first("method")
    if not method or method.inferred or not claim.sentence[0] <= method.start < claim.sentence[1]:
        return
    ours = any(m.proposed and _same(document, m, method) for m in document.mentions)
    against = phrases(rules)["against"]
    if not ours and against.ends(document.source, claim.sentence[0], method.start):
        reads = document.source[max(claim.sentence[0], method.start - 24) : method.end]
        message = f"the method is '{method.text}', which the text sets something against: '{reads}'"
        yield _warning(document, claim, "owner", message)


def check_names(document: Document, rules: AuditRules) -> Findings:
    """A number that is part of a name, or a year, is no claim."""
    for claim, start, end in _standing(document, rules):
        reading = reading_at(document, claim, rules)
        holder = next(
            (
                m
                for m in document.mentions
                if m.start <= start
                and end <= m.end
                and (m.start, m.end) != (start, end)
                and m.label in ("METHOD", "DATASET")
            ),
            None,
        )
        bare_year = not claim.unit and claim.value.text.isdigit() and 1900 <= claim.low < 2040
        big = claim.value.text[-1:] in ("B", "M")
        heard = said("name", document.source, start, end, claim.sentence, rules)
        if holder:
            yield _warning(
                document, claim, "name", f"'{claim.value.text}' is part of the name '{holder.text}'"
            )
        elif reading and reading.named and not (claim.unit and reading.end < claim.value.end):  # "67N"
            message = f"'{claim.value.text}' is glued to a name: '{_around(document, claim)}'"
            yield _warning(document, claim, "name", message)
        elif (bare_year and "a year" in heard) or (big and "part of a name" in heard):
            what = "a year" if bare_year else "part of a name"
            message = f"'{claim.value.text}' reads as {what}: '{_around(document, claim)}'"
            yield _warning(document, claim, "name", message)


def _standing(document: Document, rules: AuditRules):
    """The claims whose value and sentence stand in the text, with the span of the whole number there."""
    for claim in document.claims:
        start, end = claim.value.start, claim.value.end
        first, last = claim.sentence
        if document.source[start:end] == claim.value.text and 0 <= first <= start < end <= last:
            reading = reading_at(document, claim, rules)
            yield (
                (claim, min(start, reading.start), max(end, reading.end)) if reading else (claim, start, end)
            )


def _same(document: Document, one: Part, other: Part) -> bool:
    """Whether two parts name one thing: by name, by an alias, or one within the other."""
    names = {part.text.casefold() for part in (one, other)}, {part.name.casefold() for part in (one, other)}
    if any(len(each) == 1 for each in names):
        return True
    shorter, longer = sorted((one.text.casefold(), other.text.casefold()), key=len)
    groups = [{form.casefold() for form in group} for group in document.aliases]
    return shorter in longer or any(shorter in group and longer in group for group in groups)


def _around(document: Document, claim: Stated) -> str:
    start = max(claim.sentence[0], claim.value.start - SHOWN)
    return document.source[start : min(claim.sentence[1], claim.value.end + SHOWN)]


def _warning(document: Document, claim: Stated, check: str, message: str) -> Finding:
    return document.finding(claim.value, Severity.WARNING, check, message)
