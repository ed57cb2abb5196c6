"""Places in a sentence -> the phrase there that names what is measured, and the verb that moves it. What
`reading` looks up, by METRIC mentions and the cues of the rules; never decides which of several counts."""

from dataclasses import replace

import regex

from extractor.link.context import Context, Span
from extractor.link.lexicon import Cue
from extractor.link.phrases import phrase_after, phrase_before, skip_degree, skip_filler
from extractor.records import Kind, Label
from extractor.rules import KindRule

LINK_AFTER = regex.compile(
    r"\)?\s*(in terms of|in|of|for|from|on)\s+(?:the |its |our |their |total |all |average )*"
)
BE = regex.compile(
    r"\s+(?:is|are|was|were|be|been|has|have|can be)(?: been| also| further| significantly)*\s*$"
)
IN_BRACKETS = regex.compile(r"\(([^()]{1,30})\)\s*$")
PLACES = regex.compile(r"\b(?:cases?|settings?|tasks?|scenarios?|data ?sets?|benchmarks?|domains?|subsets?)$")
CLAUSE_ENDS = regex.compile(r"[;:]|\b(?:while|which|whereas|achiev|attain|obtain|reach)")
BREAKS = regex.compile(r"[;:]|, (?:and|while|which|with|but)\b|\bwhile\b|\b(?:achiev|attain|obtain|reach)")


def names_metric(context: Context, span: Span | None) -> bool:
    """Whether a METRIC mention or a cue for one is in the phrase; what is only ever counted is none."""
    if not span:
        return False
    if any(m.start < span[1] and span[0] < m.end for m in context.sentence.of(Label.METRIC)):
        return True
    cues = [c for c in context.sentence.kinds if span[0] <= c.start and c.end <= span[1]]
    return any(c.rule.level != Kind.SCALE for c in cues)


def names_amount(context: Context, span: Span) -> bool:
    return any(span[0] <= c.start and c.end <= span[1] for c in context.sentence.kinds)


def names_something_else(context: Context, span: Span) -> bool:
    """Whether the phrase is where a change was seen, not what changed: "in some cases", "on GSM8K"."""
    if names_metric(context, span):
        return False
    others = (m for m in context.sentence.mentions if m.label != Label.METRIC)
    return any(m.start < span[1] and span[0] < m.end for m in others) or bool(
        PLACES.search(context.text, span[0], span[1])
    )


def measured_by(context: Context, span: Span | None) -> KindRule | None:
    """The rule of the last cue in a metric phrase: what it measures."""
    if span is None:
        return None
    cues = [c for c in context.sentence.kinds if c.start < span[1] and span[0] < c.end]
    return cues[-1].rule if cues else None


def named_metric(context: Context, span: Span) -> Span:
    """The part of a phrase that names a metric: the METRIC mention in it, else up to its last cue, else its
    last words."""
    mentions = [m for m in context.sentence.of(Label.METRIC) if m.start < span[1] and span[0] < m.end]
    if mentions:
        longest = max(mentions, key=lambda m: (m.end - m.start, -m.start))
        return longest.start, longest.end
    cues = [c for c in context.sentence.kinds if span[0] <= c.start and c.end <= span[1]]
    end = cues[-1].end if cues else span[1]
    words = context.words_between(span[0], end)
    leading = context.paper.lexicon.links["leading"]
    while len(words) > 1 and leading.whole(context.text[words[0][0] : words[0][1]]):
        words = words[1:]
    return (words[-3:][0][0], words[-1][1]) if words else span


def named_before(context: Context, end: int) -> Span | None:
    """The phrase that ends there; of "mean Average Precision (mAP)" what stands in the brackets, if it
    names a metric."""
    bracket = IN_BRACKETS.search(context.text, context.left_from, end)
    if bracket is None:
        return phrase_before(context, end)
    inner = bracket.span(1)
    return inner if names_metric(context, inner) else phrase_before(context, bracket.start())


def last_metric(context: Context, start: int, end: int) -> Span | None:
    metrics = [m for m in context.sentence.of(Label.METRIC) if start <= m.start and m.end <= end + 1]
    return (metrics[-1].start, metrics[-1].end) if metrics else None


def amount_between(context: Context, start: int, end: int) -> Span | None:
    """The last thing between two places that can be more or less."""
    metrics = [(m.start, m.end) for m in context.sentence.of(Label.METRIC)]
    spans = metrics + [(c.start, c.end) for c in context.sentence.kinds]
    inside = [s for s in spans if start <= s[0] and s[1] <= end + 1]
    return max(inside, key=lambda s: (s[1], -s[0])) if inside else None


def level_named_before(context: Context, end: int) -> Span | None:
    """ "state-of-the-art accuracy, with improvements of 3%": the quality named before, in the same
    sentence"""
    cues = [c for c in context.sentence.kinds if c.end <= end and c.rule.level == Kind.SCORE]
    spans = [(m.start, m.end) for m in context.sentence.of(Label.METRIC) if m.end <= end]
    spans += [(c.start, c.end) for c in cues]
    return max(spans) if spans else None


def subject_metric(context: Context) -> Span | None:
    """ "its latency is 30% lower": the metric that stands before the value, in the same clause"""
    end, skipped = skip_filler(context, context.start, context.left_from)
    phrase = phrase_before(context, end)
    return phrase if skipped and names_metric(context, phrase) else None


def subject_of(context: Context, verb: Cue) -> Span | None:
    """ "accuracy dropped to", "the success rate is improved by": the metric before the verb"""
    be = BE.search(context.text, context.left_from, verb.start)
    phrase = phrase_before(context, be.start() if be else verb.start)
    return phrase if names_metric(context, phrase) else None


def metric_after(context: Context) -> Span | None:
    """ "by 2% in accuracy", "by 0.3 BLEU" """
    start = skip_degree(context, context.end)
    link = LINK_AFTER.match(context.text, max(start - 1, context.end), context.right_to)
    phrase = phrase_after(context, link.end() if link and link[1].startswith("in") else start)
    return phrase if names_metric(context, phrase) else None


def leading_change(context: Context, outdo_too: bool = False, reach: int = 80) -> Cue | None:
    """The verb before the value that moves it ("reduces X by"), nothing that ends a clause between."""
    forms = ("verb", "outdo") if outdo_too else ("verb",)
    cues = [c for c in context.sentence.changes if c.rule.form in forms]
    since = context.left_from if reach <= 80 else context.sentence.start
    cues = [c for c in cues if since <= c.start < context.start]
    if not cues or context.start - cues[-1].end > reach:
        return None
    breaks = CLAUSE_ENDS if reach > 80 and cues[-1].rule.form == "outdo" else BREAKS
    return None if breaks.search(context.text, cues[-1].end, context.start) else cues[-1]


def value_before(context: Context) -> Context | None:
    groups = context.sentence.groups
    at = groups.index(context.group)
    return replace(context, quantity=groups[at - 1][0], group=groups[at - 1], place=0) if at else None
