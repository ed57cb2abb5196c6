"""A quantity in its context -> its kind, and which way the named quantity moved.
Unit, the change that is told of it, and what the metric phrase measures decide, in the order of `KINDS`."""

import regex

from extractor.link.context import Context
from extractor.link.decision import Decision
from extractor.link.measured import measured_by
from extractor.link.reading import Reading
from extractor.records import MOVES, UNFIT_UNITS, Direction, Kind
from extractor.rules import KindRule

SMALL = r"(?:about |around |only |just |over |nearly |~|a |an |as \w+ as )*"
FROM_TO = regex.compile(r"→|->|(?<!\bup )\bto\b")
NO_LEVEL = (
    r"(?<!\b(?:up|leading|leads?|led|due|compared|relative|close|equal|equivalent|amounting|corresponding) )"
)
UP_TO_HERE = regex.compile(rf"{NO_LEVEL}\bto {SMALL}$")
FROM_HERE = regex.compile(rf"\bfrom {SMALL}$")
LATER_TO = regex.compile(r"[^.;]{0,70}?\bto\b")
ONLY = regex.compile(r"\b(?:only|just|merely|mere)\b", regex.IGNORECASE)
CHANGE_AFTER = frozenset({"comparative_after", "noun_after"})
QUALITY_UNITS = frozenset({"dB"})
COUNTED = frozenset({"", "hours", "h", "years", "year", "days", "GB", "TB", "minutes", "min", "day"})
CERTAIN_RULES = frozenset(
    {"direction.faster", "direction.speedup", "direction.outperforms", "direction.improves"}
)
CERTAIN_MEASURES = frozenset({"kind.quality", "kind.error", "kind.rate", "kind.resource", "kind.size"})
CERTAIN_PATTERNS = frozenset(
    {"level_before", "metric_in", "noun_after", "noun_before", "verb_before", "phrase_right_after"}
)
OPPOSITE = {Direction.INCREASE: Direction.DECREASE, Direction.DECREASE: Direction.INCREASE}


def decide_kind(context: Context, reading: Reading) -> Decision[Kind]:
    """The first of `KINDS` that knows, if a number in that unit can be one of the kind."""
    measured = measured_by(context, reading.metric)
    for step in KINDS:
        decision = step(context, reading, measured)
        if decision is not None and context.quantity.unit not in UNFIT_UNITS.get(decision.value, ()):
            return decision._replace(certain=_is_certain(decision, reading))
    return Decision(Kind.OTHER, "kind.none")


def _is_certain(decision: Decision[Kind], reading: Reading) -> bool:
    """Whether kinds taken so were right in 98 of 100 claims or more."""
    told = decision.rule in CERTAIN_MEASURES and reading.pattern in CERTAIN_PATTERNS
    return told or decision.rule in CERTAIN_RULES


def decide_direction(context: Context, reading: Reading, kind: Kind) -> Decision[Direction | None]:
    """Which way the named quantity moved; None for kinds that don't."""
    if kind not in MOVES:
        return Decision(None, "direction.level", certain=True)
    measured = measured_by(context, reading.metric)
    better = measured.better if measured else Direction.INCREASE
    if reading.change is None:
        return _untold_direction(context, reading, kind, better)
    rule = reading.change.rule
    if rule.kind == Kind.SPEEDUP and measured and measured.change != Kind.SPEEDUP:
        better = Direction.INCREASE  # "6x faster annotation": of speed, not of annotations
    if rule.direction in ("increase", "decrease"):
        return Decision(Direction(rule.direction), rule.id, certain=rule.form == "noun")
    return Decision(better if rule.direction == "better" else OPPOSITE[better], rule.id)


def _untold_direction(
    context: Context, reading: Reading, kind: Kind, better: Direction
) -> Decision[Direction | None]:
    """Where no word tells it: by the sign ("-0.5%"), by the ratio ("8 times the size"), else as papers
    report such a kind."""
    sign = context.text[context.quantity.start]
    if sign in SIGNS:
        return Decision(Direction.INCREASE if sign == "+" else Direction.DECREASE, "direction.sign")
    if reading.share and context.quantity.unit == "x":
        grows = context.quantity.low > 1
        return Decision(Direction.INCREASE if grows else Direction.DECREASE, "direction.ratio")
    shrinks = kind in SHRINKS and better == Direction.DECREASE
    return Decision(Direction.DECREASE if shrinks else better, "direction.default")


SHRINKS = frozenset({Kind.COMPRESSION, Kind.EFFICIENCY})
SIGNS = frozenset("+-−–")


def counted(context: Context, reading: Reading, measured: KindRule | None) -> Decision[Kind] | None:
    """ "12 datasets", "1.4 trillion tokens": a bare count before a noun; parameters and the like
    included"""
    quantity = context.quantity
    if quantity.unit or not reading.counted or quantity.low != int(quantity.low):
        return None
    before = context.text[max(context.left_from, context.start - 20) : context.start]
    if ONLY.search(before) and (quantity.low < 10_000 or (measured and measured.level == Kind.MEASURE)):
        return Decision(Kind.MEASURE, "kind.only")
    return Decision(Kind.SCALE, "kind.counted")


def moved(context: Context, reading: Reading, measured: KindRule | None) -> Decision[Kind] | None:
    """ "40% lower latency", "outperforms X by 2%", "2x faster" """
    if reading.change is None:
        return None
    if _is_level(context, reading):
        return None
    rule = reading.change.rule
    if rule.kind and (rule.form == "noun" or measured is None or rule.kind == Kind.SPEEDUP):
        return Decision(rule.kind, rule.id)
    if measured:
        return Decision(measured.change, measured.id)
    if context.quantity.unit == "x":
        return Decision(Kind.SPEEDUP if rule.form == "outdo" else Kind.GAIN, "kind.ratio")
    return Decision(Kind.GAIN, rule.id)


def part(context: Context, reading: Reading, measured: KindRule | None) -> Decision[Kind] | None:
    """ "20% of the memory", "95% of the accuracy", "solves 36% of the problems" """
    if not reading.share:
        return None
    before = context.text[max(context.left_from, context.start - 45) : context.start]
    links = context.paper.lexicon.links
    if context.quantity.unit == "x" and measured:
        return Decision(measured.change, "kind.multiple")
    if measured and measured.level == Kind.SCORE:
        return Decision(Kind.SCORE, "kind.share")
    if measured and measured.change in SHRINKS:
        return Decision(measured.change, "kind.share")
    if links["success"].find(before + context.text[context.end : context.end + 25]):
        return Decision(Kind.SCORE, "kind.share_solved")
    if links["spent"].find(before):
        return Decision(Kind.EFFICIENCY, "kind.share_spent")
    return Decision(Kind.OTHER, "kind.share")


def ratio(context: Context, reading: Reading, measured: KindRule | None) -> Decision[Kind] | None:
    """A ratio without a word of change: "4.86x than X", "a 3x throughput" """
    if context.quantity.unit != "x":
        return None
    if measured:
        return Decision(measured.change, measured.id)
    return Decision(Kind.SPEEDUP, "kind.ratio")


def level(context: Context, reading: Reading, measured: KindRule | None) -> Decision[Kind] | None:
    """ "92% accuracy", "100 ms latency", "3 GB" """
    unit = context.quantity.unit
    if unit in ("", "%", "points") or unit in QUALITY_UNITS:
        if measured is None:
            return None
        if unit == "%" and measured.change in SHRINKS and measured.better == Direction.DECREASE:
            return Decision(measured.change, measured.id)
        if unit == "points" and measured.level != Kind.SCORE:
            return None
        return Decision(measured.level, measured.id)
    if unit in COUNTED and regex.match(
        r"\s*(?:of|worth|long)\b", context.text[context.end : context.end + 9]
    ):
        return Decision(Kind.SCALE, "kind.extent")
    return Decision(Kind.MEASURE, "kind.unit")


def bare(context: Context, reading: Reading, measured: KindRule | None) -> Decision[Kind] | None:
    """Nothing near says what is measured: a percentage is a score, a whole number counts."""
    quantity = context.quantity
    if quantity.unit == "points":
        return Decision(Kind.GAIN, "kind.points")
    if quantity.unit:
        told = reading.metric is not None or _is_level(context, reading)
        return Decision(Kind.SCORE if told else Kind.OTHER, "kind.bare")
    whole = quantity.low == int(quantity.low) and quantity.high == int(quantity.high)
    return Decision(Kind.SCALE if whole else Kind.SCORE, "kind.bare")


def signed(context: Context, reading: Reading, measured: KindRule | None) -> Decision[Kind] | None:
    """ "(+31.2%)": a sign is a change"""
    if context.text[context.quantity.start] not in SIGNS or context.quantity.unit not in ("%", "", "points"):
        return None
    return Decision(measured.change if measured else Kind.GAIN, "kind.signed")


KINDS = (counted, moved, signed, part, ratio, level, bare)


def _is_level(context: Context, reading: Reading) -> bool:
    """ "improves accuracy from 71% to 73%", "reduces memory to 20 GB": two levels, not a change"""
    if reading.pattern in CHANGE_AFTER or context.quantity.unit == "x":
        return False
    if len(context.group) == 2:
        between = context.text[context.group[0].end : context.group[1].start]
        if FROM_TO.search(between):
            return True
    before = context.text[max(context.sentence.start, context.start - 40) : context.quantity.start]
    after = context.text[context.quantity.end : min(context.quantity.end + 75, context.sentence.end)]
    return bool(UP_TO_HERE.search(before) or (FROM_HERE.search(before) and LATER_TO.match(after)))
