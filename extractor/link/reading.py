"""The words around a value -> what they say it measures and whether it moved: `Reading`. Looks after the
value ("40% lower latency"), before it ("reduces latency by 40%"), then at the value listed before ("and 13%
in memory"), in the order of `PATTERNS`. Never looks outside the sentence; decides neither kind nor slot."""

from dataclasses import dataclass, replace

import regex

from extractor.link.context import Context, Span
from extractor.link.lexicon import Cue
from extractor.link.lists import in_step
from extractor.link.measured import (
    BREAKS,
    LINK_AFTER,
    amount_between,
    last_metric,
    leading_change,
    level_named_before,
    measured_by,
    metric_after,
    named_before,
    names_amount,
    names_metric,
    names_something_else,
    subject_metric,
    subject_of,
    value_before,
)
from extractor.link.phrases import phrase_after, phrase_before, skip_degree, skip_filler
from extractor.records import Kind, Label

PAREN_BEFORE = regex.compile(r"\(\s*+(?:(?:[~<>≈+-]|about|only|around|up to|over)\s*)?$")
IN_TERMS_OF = regex.compile(r"\bin terms of\s+(?:the )?")
CARRIES = regex.compile(r"(?:\band|,|\bby)(?: (?:an?|by|of|up|to|over|about))*$")


@dataclass(frozen=True)
class Reading:
    """`metric`: the phrase that says what is measured; `change`: the word that says it moved; `share`: the
    value is a part of it ("20% of the memory"); `pattern`: how it was read, for the record of rules."""

    metric: Span | None = None
    change: Cue | None = None
    share: bool = False
    counted: bool = False  # the phrase follows the bare number: "12 datasets"
    pattern: str = ""


def read(context: Context) -> Reading:
    """What the words around the value say, the first of `PATTERNS` that says anything."""
    key = ("reading", context.quantity.start)
    if key not in context.paper.memo:  # a list is read value by value, each by the one before
        context.paper.memo[key] = _read(context)
    return context.paper.memo[key]


def _read(context: Context) -> Reading:
    found = Reading()
    for pattern in PATTERNS:
        reading = pattern(context)
        if reading is not None:
            found = replace(reading, pattern=pattern.__name__)
            break
    for mention in context.sentence.of(Label.METRIC):
        if context.text[context.end : mention.start] == " (" and context.text.startswith(")", mention.end):
            return replace(found, metric=(mention.start, mention.end), pattern="in_bracket_after")
    paired = in_step(context, context.sentence.of(Label.METRIC))
    return replace(found, metric=(paired.start, paired.end), pattern="in_step") if paired else found


def bracketed(context: Context) -> Reading | None:
    """ "GPT-4V (55.3)": a value of what was measured before it"""
    bracket = PAREN_BEFORE.search(context.text, context.sentence.start, context.start)
    if bracket is None:
        return None
    since = context.sentence.start
    at = since + len(context.text[since : bracket.start()].rstrip())
    if not any(m.end == at for m in context.sentence.of(Label.METHOD)):
        return None
    previous = value_before(context)
    found = read(previous) if previous is not None else None
    if found is None or found.metric is None or found.counted:
        found = metric_near(context)
    return found and Reading(found.metric)


def comparative_after(context: Context) -> Reading | None:
    """ "40% lower latency", "3x faster than X" """
    start = skip_degree(context, context.end)
    cue = next(
        (c for c in context.sentence.changes if c.start == start and c.rule.form == "comparative"), None
    )
    if cue is None:
        return None
    metric = phrase_after(context, cue.end) or subject_metric(context) or _compared_level(context, cue)
    measured = measured_by(context, metric)
    if cue.rule.kind == Kind.SPEEDUP and measured and measured.level == Kind.SCORE:
        metric = None  # "reaches that accuracy 3x faster": it isn't the accuracy that is faster
    return Reading(metric, cue)


def _compared_level(context: Context, cue: Cue) -> Span | None:
    """ "the recall of X is 2% higher than": what is higher is named before"""
    if cue.rule.kind not in (None, Kind.EFFICIENCY):
        return None
    named = last_metric(context, context.left_from, context.start)
    previous = value_before(context)
    return named or (read(previous).metric if previous and cue.rule.kind else None)


def noun_after(context: Context) -> Reading | None:
    """ "37% reduction in latency", "9.5% performance gain", "1.9x inference speedup" """
    phrase = phrase_after(context, skip_degree(context, context.end))
    if phrase is None:
        return None
    cues = [c for c in context.sentence.changes if phrase[0] <= c.start and c.end <= phrase[1]]
    cues = [c for c in cues if c.rule.form == "noun"]
    if not cues:
        return None
    cue = cues[-1]
    before = (phrase[0], phrase[0] + len(context.text[phrase[0] : cue.start].rstrip(" -")))
    if before[1] > before[0]:
        return Reading((before[0], cue.end) if cue.rule.kind else before, cue)
    link = LINK_AFTER.match(context.text, cue.end, context.right_to)
    metric = phrase_after(context, link.end()) if link and link[1] != "on" else None
    if metric and names_something_else(context, metric):
        metric = None
    if cue.rule.kind and not names_metric(context, metric):
        metric = (cue.start, cue.end)
    if metric is None:
        on = LINK_AFTER.match(context.text, cue.end, context.right_to)
        later = phrase_after(context, on.end()) if on else None
        metric = later if names_metric(context, later) else _of_the_one_before(context)
        metric = metric or level_named_before(context, context.start)
    return Reading(metric, cue)


def _of_the_one_before(context: Context) -> Span | None:
    """ "27.3 BLEU, which is a 5% improvement": what the value before measures"""
    previous = value_before(context)
    found = read(previous) if previous else Reading()
    return None if found.counted or found.share else found.metric


def count_after(context: Context) -> Reading | None:
    """ "12 datasets", "1.4 trillion tokens" """
    quantity = context.quantity
    if quantity.unit or quantity.low != int(quantity.low):
        return None
    phrase = phrase_after(context, context.end)
    if phrase is None:
        return None
    cues = [c for c in context.sentence.kinds if phrase[0] <= c.start and c.end <= phrase[1]]
    if cues and cues[-1].rule.level == Kind.SCORE:
        return None
    return Reading(phrase, counted=True)


def part_after(context: Context) -> Reading | None:
    """ "11% of the data", "half the memory" """
    unit = context.quantity.unit
    if unit not in ("%", "x") and (unit or context.quantity.high >= 1):
        return None
    link = LINK_AFTER.match(context.text, context.end, context.right_to)
    of = link is not None and link[1] == "of"
    if not of and not (unit == "x" and context.text.startswith(" the ", context.end)):
        return None
    metric = phrase_after(context, link.end() if of else context.end)
    if metric is None:
        return None
    change = leading_change(context)
    if change is not None:
        end, skipped = skip_filler(context, context.start, context.left_from)
        moved = amount_between(context, change.end, end)
        if moved is not None and {"to", "by"} & set(skipped):
            return Reading(moved, None if "to" in skipped else change, share="to" in skipped)
    return Reading(metric, change, share=change is None or not names_metric(context, metric))


def spent_on(context: Context) -> Reading | None:
    """ "with only 8% labeled points": a part of what it would take"""
    _, skipped = skip_filler(context, context.start, context.left_from)
    phrase = phrase_after(context, context.end)
    if context.quantity.unit != "%" or not ONLY & set(skipped) or phrase is None:
        return None
    cues = [c for c in context.sentence.kinds if phrase[0] <= c.start and c.end <= phrase[1]]
    if cues and cues[-1].rule.level == Kind.SCORE:
        return None
    return Reading(phrase, share=True)


def metric_in(context: Context) -> Reading | None:
    """ "73% in inference time", "by 21% in accuracy" """
    start = skip_degree(context, context.end)
    link = LINK_AFTER.match(context.text, max(start - 1, context.end), context.right_to)
    if link is None or not link[1].startswith("in"):
        return None
    metric = phrase_after(context, link.end())
    if not names_metric(context, metric):
        return None
    _, skipped = skip_filler(context, context.start, context.left_from)
    change = leading_change(context, outdo_too=True, reach=200 if "by" in skipped else 80)
    if change is None:
        before = noun_before(context)
        change = before and before.change
    nothing_between = context.text[context.left_from : context.start].strip(" ,") in ("", "and")
    if change is None and (change := _carried(context)) is not None:
        return Reading(metric, change)
    if change is None and (nothing_between or "by" in skipped):
        previous = value_before(context)
        change = read(previous).change if previous else None
    return Reading(metric, change)


def level_before(context: Context) -> Reading | None:
    """ "accuracy of 92.2%", "RMSE=3.6", "FID (2.1)" """
    end, skipped = skip_filler(context, context.start, context.left_from)
    if not {"of", "=", ":", "(", "is", "was", "are"} & set(skipped) or "by" in skipped:
        return None
    phrase = named_before(context, end)
    if phrase is None or not names_metric(context, phrase):
        return None
    if "(" in skipped and names_metric(context, phrase_after(context, context.end)):
        return None
    changes = [c for c in context.sentence.changes if c.rule.form == "noun"]
    if any(phrase[0] <= c.start and c.end <= phrase[1] for c in changes):
        return None
    if any(LINK_AFTER.fullmatch(context.text, c.end, phrase[0]) for c in changes):
        return None
    return Reading(phrase)


def noun_before(context: Context) -> Reading | None:
    """ "a reduction of 37% (in latency)", "a speedup in training of 3x", "BLEU gains: 2.1" """
    end, skipped = skip_filler(context, context.start, context.left_from)
    if not LEADS & set(skipped):
        return None
    cues = [c for c in context.sentence.changes if c.rule.form == "noun"]
    cues = [c for c in cues if context.left_from <= c.start and c.end <= end]
    if not cues:
        return None
    cue = cues[-1]
    verbs = [c for c in context.sentence.changes if c.rule.form == "verb"]
    if any(cue.start <= verb.end + 1 and verb.end <= end for verb in verbs):
        return None  # "accelerating compression by 25 times": the verb tells it
    between = context.text[cue.end : end]
    if len(between) > 60 or regex.search(r"[,;]|\b(?:and|while|achiev|reach|attain)", between):
        return None
    return Reading(_metric_of_noun(context, cue, end), cue)


def _metric_of_noun(context: Context, cue: Cue, end: int) -> Span | None:
    """What a change noun before the value is a change of: "reduction in X of 3%", "X reduction of 3%",
    "reduction of 3% in X"; for a speedup, itself."""
    right_after = phrase_after(context, skip_degree(context, context.end))
    if names_metric(context, right_after):
        return right_after
    link = LINK_AFTER.match(context.text, cue.end, end + 1)
    named = phrase_after(context, link.end(), end) if link else None
    if named and names_metric(context, named):
        return named
    before = phrase_before(context, cue.start)
    if before and names_metric(context, before):
        return (before[0], cue.end) if cue.rule.kind else before
    after = LINK_AFTER.match(context.text, context.end, context.right_to)
    if after and after[1] not in ("for", "on", "from"):
        later = phrase_after(context, after.end())
        if names_metric(context, later):
            return later
    if cue.rule.kind:
        return (cue.start, cue.end)
    terms = IN_TERMS_OF.search(context.text, context.end, context.right_to)
    if terms:
        return phrase_after(context, terms.end())
    if named and names_something_else(context, named):
        named = None
    return named or _of_the_one_before(context) or level_named_before(context, cue.start)


def verb_before(context: Context) -> Reading | None:
    """ "reduces latency by 40%", "outperforms X by 2%", "improves accuracy from 71% to 73%" """
    _, skipped = skip_filler(context, context.start, context.left_from)
    if not LEADS & set(skipped):
        return None
    change = leading_change(context, outdo_too=True, reach=200 if "by" in skipped else 80)
    if change is None:
        return None
    if change.start < context.left_from and change.rule.form == "verb":
        return None  # its object stands before the value before
    end, _ = skip_filler(context, context.start, context.left_from)
    after = metric_after(context)
    if change.rule.form == "outdo":
        outdone = phrase_after(context, change.end, end + 1)
        if outdone and not any(
            c.end == outdone[1] for c in context.sentence.kinds if c.rule.level == Kind.SCORE
        ):
            outdone = None
        return Reading(after or outdone, change)
    moved = phrase_after(context, change.end, end + 1)
    if moved is None:
        moved = amount_between(context, change.end, end) or subject_of(context, change)
    if moved and not names_metric(context, moved):
        last = amount_between(context, change.end, end)
        return Reading(after or last, change)
    return Reading(after if change.rule.direction == "better" and after else moved or after, change)


def change_carried(context: Context) -> Reading | None:
    """ "outperforms X by 40% and Y by 20%", "reducing memory by 41% and latency by 17%": the verb of the
    value before"""
    _, skipped = skip_filler(context, context.start, context.left_from)
    previous = value_before(context)
    if "by" not in skipped or previous is None:
        return None
    change = read(previous).change
    if change is None:
        return None
    if change.rule.form == "outdo":
        return Reading(metric_after(context), change)
    end, _ = skip_filler(context, context.start, context.left_from)
    phrase = phrase_before(context, end)
    own = last_metric(context, context.left_from, context.start)
    return Reading(phrase if names_metric(context, phrase) else own or read(previous).metric, change)


def phrase_right_after(context: Context) -> Reading | None:
    """ "0.99% EER", "saves 40% overall cost" """
    start = skip_degree(context, context.end)
    phrase = phrase_after(context, start)
    if phrase is None or not (names_metric(context, phrase) or names_amount(context, phrase)):
        return None
    inside = [c for c in context.sentence.changes if phrase[0] < c.start and c.end <= phrase[1]]
    if inside and inside[-1].rule.form == "comparative":
        return Reading((phrase[0], inside[-1].start - 1), inside[-1])
    return Reading(phrase, leading_change(context, outdo_too=True) or _carried(context))


def _carried(context: Context) -> Cue | None:
    """ "an improvement of 12 BLEU and 5 points": the change that was told before the value before"""
    previous = value_before(context)
    if previous is None or previous.quantity.unit != context.quantity.unit:
        return None
    between = context.text[previous.end : context.start].rstrip(" ~(")
    if len(between) > 60 or not CARRIES.search(between) or BREAKS.search(between):
        return None
    found = read(previous)
    return found.change if found.pattern in ("noun_before", "verb_before", "metric_in") else None


def metric_before(context: Context) -> Reading | None:
    """ "latency below 100 ms", "BLEU 27.3" """
    end, _ = skip_filler(context, context.start, context.left_from)
    phrase = named_before(context, end)
    return Reading(phrase) if names_metric(context, phrase) else None


def like_the_one_before(context: Context) -> Reading | None:
    """ "by 73% in time and 78% in size": the change or metric of the value before"""
    previous = value_before(context)
    if previous is None or previous.quantity.unit != context.quantity.unit:
        return None
    found = read(previous)
    own = last_metric(context, context.left_from, context.start)
    if own and found.change:
        return Reading(own, found.change)
    return None if found.counted or found.share else found


def metric_near(context: Context) -> Reading | None:
    """The nearest metric before the value in its sentence, else after it."""
    spans = [(m.start, m.end) for m in context.sentence.of(Label.METRIC)]
    spans += [(c.start, c.end) for c in context.sentence.kinds if c.rule.level == Kind.SCORE]
    if context.quantity.unit not in BARE_UNITS:
        spans = [s for s in spans if _is_level_of_use(context, s)]
    before = [s for s in spans if s[1] <= context.start]
    after = [s for s in spans if s[0] >= context.end]
    if not before and not after:
        return None
    return Reading(max(before) if before else min(after), leading_change(context, outdo_too=True))


def _is_level_of_use(context: Context, span: Span) -> bool:
    measured = measured_by(context, span)
    return measured is not None and measured.level == Kind.MEASURE


BARE_UNITS = frozenset({"", "%", "x", "points", "dB"})
"""Units that don't tell by themselves what is measured."""

ONLY = frozenset({"only", "just", "merely", "mere"})
LEADS = frozenset({"by", "to", "from", "of", ":", "(", "is", "between"})
"""Words of which one must stand between a change and a value that follows it."""

PATTERNS = (
    bracketed,
    comparative_after,
    noun_after,
    count_after,
    level_before,
    metric_in,
    part_after,
    spent_on,
    noun_before,
    verb_before,
    change_carried,
    phrase_right_after,
    metric_before,
    like_the_one_before,
    metric_near,
)
