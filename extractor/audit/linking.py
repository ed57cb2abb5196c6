"""Does a number in a text belong to a method, dataset or metric? What speaks for and against it, as named
evidence: where the name stands, what stands nearer, whose number the sentence says it is, what the extractor
makes of it. Takes a `Source`, one of its numbers and a name, returns `Evidence`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, pairwise
from math import log

import regex

from extractor.audit.naming import Span, core, within
from extractor.audit.numbers import LIST, Value
from extractor.audit.phrases import phrases
from extractor.audit.sources import Source
from extractor.records import Claim, Slot

ON = regex.compile(
    r"(?ri)\b(?:on|for|in|at|across|over|from|with|of|under|using)\s+(?:the |both |all |a |an )*"
)
SAYS = regex.compile(r"(?i)\W*(?:scores?\W+)?(?:of|is|was|at|to|by|:|=)?\s*[~$(]*")
JOINED = regex.compile(r"[\s-]{0,2}")
BETWEEN_NAMES = regex.compile(r"(?i)[\s,;/&]*(?:(?:and|or)\s+)?(?:[\w-]+\s+){0,2}")
NEXT = regex.compile(rf"(?:\s?\([^()]{{1,40}}\))?(?:{LIST.pattern}|\s)")
"""What stands between two numbers of a list: "4.9% (mAP), 4.7%"."""
RESPECTIVE = "respectively"
NEAR_BEHIND = 8  # words
LEAST = 1e-3  # a probability below this is as good as none
FAR = 99  # words: as far as anything gets


@dataclass(frozen=True)
class Evidence:
    """`signs`: named evidence of the text, each 1 where it holds or a number of words; `believed`: of the
    model, empty without it. `span`: where the name stands nearest to the number, None if the text doesn't
    have it. `rival`: the other name nearest to the number."""

    signs: dict[str, float]
    believed: dict[str, float] = field(default_factory=dict)
    span: Span | None = None
    rival: str = ""


@lru_cache(maxsize=4096)
def evidence(source: Source, value: Value, what: str, name: str, beside: tuple[str, ...] = ()) -> Evidence:
    """What ties `name` (a `what`: method, dataset or metric) to a number of the source. `beside`: names
    that share the number with it, and so are no rivals."""
    forms = source.forms(name, what)
    friends = (*forms, *(form for each in beside for form in source.forms(each, what)))
    spans = [s for s in source.spans(forms) if s[1] <= value.start or s[0] >= value.end]
    if not spans:
        return Evidence({"absent": 1.0})
    index = source.sentence_at(value.start)
    start, end = source.sentences[index]
    here = [s for s in spans if start <= s[0] < end]
    nearest = min(here or spans, key=lambda s: _distance(source, value, s))
    signs: dict[str, float] = {}
    if here:
        signs |= _in_sentence(source, value, nearest)
    else:
        gap = abs(source.sentence_at(nearest[0]) - index)
        signs |= {"elsewhere": 1.0, "next sentence": float(gap == 1)}
        before = [s for s in spans if s[0] < start]
        signs["sentence before"] = float(any(source.sentence_at(s[0]) == index - 1 for s in before))
    signs["in title"] = float(spans[0][1] <= len(source.paper.title))
    signs["often"] = float(len(spans) > 2)
    rival, rivals = _rivals(source, value, what, friends, nearest if here else None)
    signs |= rivals
    if not beside:
        signs |= _aligned(source, value, what, forms, (start, end))
        signs |= _by_turns(source, value, what, forms, (start, end))
    claim = source.claim_at(value.start, value.end)
    found = _extracted(source, claim, what, forms)
    signs[f"extractor: {found}"] = 1.0
    if claim and found == "same":
        signs["extractor: sure"] = claim.confidence
    if what == "method":
        signs |= _of_method(source, value, forms, nearest if here else None, (start, end), claim)
    return Evidence(signs, _believed(source, value, what, forms, friends), nearest, rival)


def _distance(source: Source, value: Value, span: Span) -> int:
    return (
        source.tokens.between(value.end, span[0])
        if span[0] >= value.end
        else source.tokens.between(span[1], value.start)
    )


def _in_sentence(source: Source, value: Value, span: Span) -> dict[str, float]:
    after = span[0] >= value.end
    between = source.text[value.end : span[0]] if after else source.text[span[1] : value.start]
    left, right = (value.end, span[0]) if after else (span[1], value.start)
    crossed = sum(left <= v.start < right and not v.named for v in source.values)
    distance = _distance(source, value, span)
    side = "after" if after else "before"
    phrase = phrases(source.rules)
    return {
        f"{side}": 1.0,
        f"{side}, next to it": float(distance == 0),
        f"{side}, near": float(distance <= 3),
        f"{side}, within 8": float(distance <= 8),
        "number between": float(crossed > 0),
        f"{side}, number between": float(crossed > 0),
        "clause between": float(bool(phrase["clause"].search(between))),
        f"{side}, behind a preposition": float(bool(ON.match(source.text, 0, span[0]))),
        "says it": float(_says(source, value, span)),
    }


def _rivals(
    source: Source, value: Value, what: str, forms: tuple[str, ...], nearest: Span | None
) -> tuple[str, dict]:
    """Other names of the sort in the sentence: those nearer to the number, on either side."""
    start, end = source.sentences[source.sentence_at(value.start)]
    own = _distance(source, value, nearest) if nearest else FAR
    rivals: list[tuple[int, str, Span]] = []
    for group in source.names[what]:
        if _shares(group, forms):
            continue
        spans = [s for s in source.spans(group) if start <= s[0] < end]
        spans = [s for s in spans if not nearest or s[1] <= nearest[0] or s[0] >= nearest[1]]
        if spans:
            best = min(spans, key=lambda s: _distance(source, value, s))
            rivals.append((_distance(source, value, best), group[0], best))
    nearer = [r for r in rivals if r[0] < own]
    said = [r for r in rivals if _says(source, value, r[2])]
    signs = {
        "rival in sentence": float(bool(rivals)),
        "rival nearer": float(bool(nearer)),
        "rivals nearer": float(min(len(nearer), 3)),
        "rival next to it": float(any(r[0] <= 1 for r in nearer)),
        "only one of its sort": float(not rivals),
        "rival says it": float(bool(said)),
        "rival follows": float(any(_follows(source, value, r[2]) for r in rivals)),
        "follows": float(nearest is not None and _follows(source, value, nearest)),
        "rival nearer, same side": float(
            nearest is not None and any((r[2][0] >= value.end) == (nearest[0] >= value.end) for r in nearer)
        ),
    }
    return (min(rivals)[1] if rivals else ""), signs


def _says(source: Source, value: Value, span: Span) -> bool:
    """ "accuracy of 94%", "94% accuracy"."""
    if span[0] >= value.end:
        return bool(JOINED.fullmatch(source.text[value.end : span[0]]))
    return bool(SAYS.fullmatch(source.text[span[1] : value.start]))


def _follows(source: Source, value: Value, span: Span) -> bool:
    """ "94% on ImageNet": the name stands behind the number, with a preposition and no other number
    between."""
    if span[0] < value.end or source.tokens.between(value.end, span[0]) > NEAR_BEHIND:
        return False
    between = any(value.end <= v.start < span[0] and not v.named for v in source.values)
    return not between and bool(ON.match(source.text, value.end, span[0]))


def _aligned(
    source: Source, value: Value, what: str, forms: tuple[str, ...], sentence: Span
) -> dict[str, float]:
    """In "91.2 and 88.4 on A and B, respectively" the second number is of the second name."""
    values = list_of(source, value)
    if len(values) < 2:
        return {}
    placed = _placed(source, what, sentence)
    mine = {core(form) for form in forms}
    index = values.index(value)
    for side in (
        [p for p in placed if p[0][0] >= values[-1].end][: len(values)],
        [p for p in placed if p[0][1] <= values[0].start][-len(values) :],
    ):
        if (
            len(side) == len(values)
            and _is_list(source, side)
            and any(mine & {core(f) for f in group} for _, group in side)
        ):
            same = bool(mine & {core(f) for f in side[index][1]})
            told = bool(phrases(source.rules)["paired"].search(source.text[slice(*sentence)]))
            return {"in step": float(same), "out of step": float(not same), RESPECTIVE: float(told)}
    return {}


def _by_turns(
    source: Source, value: Value, what: str, forms: tuple[str, ...], sentence: Span
) -> dict[str, float]:
    """Where names and numbers take turns in the sentence, "4.6% on A and 16% on B", each number goes with the
    name of its turn."""
    numbers = [v for v in source.values if sentence[0] <= v.start < sentence[1] and not v.named]
    names = _placed(source, what, sentence)
    steps = sorted(
        [*((v.start, None) for v in numbers), *((span[0], group) for span, group in names)],
        key=lambda s: s[0],
    )
    runs = [(kind, list(run)) for kind, run in groupby(steps, key=lambda step: step[1] is None)]
    if len(runs) < 4 or len(runs) % 2 or value not in numbers:
        return {}
    at = next(i for i, (_, run) in enumerate(runs) if (value.start, None) in run)
    _, turn = runs[at + 1 if runs[0][0] else at - 1]
    mine = {core(form) for form in forms}
    same = any(mine & {core(form) for form in group} for _, group in turn)
    return {"its turn": float(same), "another's turn": float(not same)}


def _placed(source: Source, what: str, sentence: Span) -> list[tuple[Span, tuple[str, ...]]]:
    """Names of the sentence from left to right, each with its group, none within another."""
    placed = [
        (span, group)
        for group in source.names[what]
        for span in source.spans(group)
        if sentence[0] <= span[0] < sentence[1]
    ]
    return _apart(source, sorted(placed, key=lambda p: (p[0][0], -p[0][1])))


def _is_list(source: Source, placed: list[tuple[Span, tuple]]) -> bool:
    gaps = (source.text[a[0][1] : b[0][0]] for a, b in pairwise(placed))
    return all(BETWEEN_NAMES.fullmatch(gap) for gap in gaps)


def _apart(source: Source, placed: list[tuple[Span, tuple]]) -> list[tuple[Span, tuple]]:
    """Names from left to right, without what overlaps and what stands in brackets behind another name."""
    done: list[tuple[Span, tuple]] = []
    for each in placed:
        bracketed = done and source.text[done[-1][0][1] : each[0][0]].strip() == "("
        if not done or (each[0][0] >= done[-1][0][1] and not bracketed):
            done.append(each)
    return done


def list_of(source: Source, value: Value) -> list[Value]:
    """The numbers that one list holds, `value` among them."""
    values = [v for v in source.values if not v.named]
    if value not in values:
        return [value]
    at = values.index(value)
    first = last = at
    while first > 0 and NEXT.fullmatch(source.text[values[first - 1].end : values[first].start]):
        first -= 1
    while last + 1 < len(values) and NEXT.fullmatch(source.text[values[last].end : values[last + 1].start]):
        last += 1
    return values[first : last + 1]


def _believed(
    source: Source, value: Value, what: str, forms: tuple[str, ...], friends: tuple[str, ...]
) -> dict[str, float]:
    """How probable the model finds it that the name fills the number's slot, and the likeliest other name;
    that it fills the slot of another number; and that nothing does. Logarithms, but for shares."""
    belief = source.belief_at(value.start, value.end)
    if belief is None:
        return {}
    spans = source.spans(forms)
    around = source.names_around(spans, what)
    mine = belief.filled(what, around)
    rivals = (group for group in source.names[what] if not _shares(group, friends))
    theirs = max((belief.filled(what, source.spans(group)) for group in rivals), default=0.0)
    others = (source.belief_at(v.start, v.end) for v in source.values if v != value and not v.named)
    elsewhere = max((other.filled(what, around) for other in others if other), default=0.0)
    return {
        "fills": _log(belief.filled(what, spans)),
        "fills, or what holds it": _log(mine),
        "rival fills": _log(theirs),
        "share of both": mine / max(mine + theirs, LEAST),
        "fills another number's": _log(elsewhere),
        "nothing fills": belief.empty(what),
    }


def _log(probability: float) -> float:
    return log(max(probability, LEAST))


def _shares(group: Iterable[str], names: Iterable[str]) -> bool:
    """Whether a form of a group holds one of the names, or the other way round."""
    return any(within(form, name) for form in group for name in names)


def _extracted(source: Source, claim: Claim | None, what: str, forms: tuple[str, ...]) -> str:
    """What the extractor has in that field: the same, another, nothing, or no claim at all."""
    if claim is None:
        return "no claim"
    slots = slots_of(claim, what)
    if not slots:
        return "nothing"
    return "same" if any(_is(source, slot, forms) for slot in slots) else "other"


def slots_of(claim: Claim, what: str) -> tuple[Slot, ...]:
    found = getattr(claim, what)
    return found if isinstance(found, tuple) else ((found,) if found else ())


def _is(source: Source, slot: Slot, forms: Iterable[str]) -> bool:
    return any(within(slot.text, form) or within(slot.name, form) for form in forms)


def _of_method(
    source: Source,
    value: Value,
    forms: tuple[str, ...],
    nearest: Span | None,
    sentence: Span,
    claim: Claim | None,
) -> dict[str, float]:
    start, end = sentence
    lead = source.text[start : value.start]
    phrase = phrases(source.rules)
    pronoun = bool(phrase["ours"].search(lead))
    proposed = source.is_proposed(forms) or _introduced(source, forms)
    rivals = [g for g in source.names["method"] if not _shares(g, forms)]
    others = [g for g in rivals if source.is_proposed(g)]
    ours = bool(phrase["own"].search(source.text[start:end]))
    rival_here = any(_stands(source, group, sentence) for group in others)
    signs = {
        "proposed": float(proposed),
        "not proposed": float(not proposed),
        "ours": float(ours),
        "proposed, ours": float(proposed and ours),
        "proposed, elsewhere": float(proposed and nearest is None),
        "proposed, ours, elsewhere": float(proposed and ours and nearest is None),
        "proposed, pronoun, elsewhere": float(proposed and nearest is None and pronoun),
        "another proposed": float(bool(others)),
        "another proposed, here": float(rival_here),
        "not proposed, another is": float(not proposed and bool(others)),
        "not proposed, ours": float(not proposed and ours),
        "not proposed, elsewhere": float(not proposed and nearest is None),
        "in baseline": float(bool(claim) and any(_is(source, s, forms) for s in claim.baseline)),
        "proposed, only one": float(proposed and not others),
        "title is its name": float(_titles(source, forms)),
    }
    against = [m.end() for m in phrase["against"].finditer(lead)]
    signs["behind an opponent"] = float(
        bool(nearest) and any(start + at <= nearest[0] < value.start for at in against)
    )
    named_rivals = [s for g in rivals for s in source.spans(g) if start <= s[0] < end]
    facing = bool(named_rivals) and all(any(start + at <= s[0] for at in against) for s in named_rivals)
    own = (proposed or signs["title is its name"]) and nearest is None and pronoun
    signs["own, no rival"] = float(own and (not named_rivals or facing))
    signs["own, no other own"] = float(own and not rival_here and not others)
    if nearest:
        signs["set against"] = float(bool(phrase["against"].ends(source.text, start, nearest[0])))
        signs["opens the sentence"] = float(source.tokens.between(start, nearest[0]) <= 3)
        bracket = source.text[nearest[1] : value.start]
        signs["number in its brackets"] = float(bool(regex.fullmatch(r"\s?\([~\s]?", bracket)))
    else:
        any_name = any(_stands(source, group, sentence) for group in source.names["method"])
        signs["other method here"] = float(any_name)
        signs["no method here"] = float(not any_name)
        in_title = any(span[1] <= len(source.paper.title) for span in source.spans(forms))
        signs["in title, no method here"] = float(in_title and not any_name)
    return signs


def _titles(source: Source, forms: tuple[str, ...]) -> bool:
    """Whether the title opens with the name, or ends with it behind "via", "with" or "by"."""
    title = source.paper.title
    titles = phrases(source.rules)["titles"]
    return any(
        not source.text[: span[0]].strip(" \"'“‘") or bool(titles.ends(source.text, 0, span[0]))
        for span in source.spans(forms)
        if span[1] <= len(title)
    )


def _stands(source: Source, group: tuple[str, ...], sentence: Span) -> bool:
    return any(sentence[0] <= span[0] < sentence[1] for span in source.spans(group))


def _introduced(source: Source, forms: tuple[str, ...]) -> bool:
    """Whether the paper calls something of its own by that name: "we propose X", "X: a title"."""
    title = source.paper.title
    head = title.find(":")
    introduces = phrases(source.rules)["introduces"]
    return any(
        introduces.ends(source.text, source.sentences[source.sentence_at(span[0])][0], span[0])
        or span[1] <= head
        for span in source.spans(forms)
    )
