"""A quantity in its context -> the span that names what is measured; for a count, the noun that is
counted."""

import regex

from extractor.found import FoundSlot
from extractor.link.context import Context, Span
from extractor.link.decision import Decision
from extractor.link.measured import named_metric, names_metric
from extractor.link.phrases import phrase_after
from extractor.link.reading import Reading
from extractor.records import Kind

NAMES_ITSELF = frozenset({"level_before", "metric_in", "noun_after", "phrase_right_after", "verb_before"})
"""Ways to read a value that had the right metric in 97 of 100 claims or more."""

PLURAL = regex.compile(r"[\w/+.&'-]*\w(?:[^\Wsui]s|us?es|ies)")
COUNTED_WITHIN = 7  # words after a number among which the counted noun stands


def decide_metric(context: Context, reading: Reading, kind: Kind) -> Decision[FoundSlot | None]:
    """What is measured; for a count the counted noun."""
    if kind == Kind.SCALE:
        return _counted_noun(context, reading)
    if reading.metric is None:
        return Decision(None, "metric.none")
    part_of_them = kind == Kind.SCORE and reading.share  # "solves 36% of the puzzles"
    smaller = kind == Kind.COMPRESSION and reading.pattern == "comparative_after"  # "a 10x smaller model"
    if (part_of_them or smaller) and not names_metric(context, reading.metric):
        return Decision(None, "metric.none")
    start, end = named_metric(context, reading.metric)
    return Decision(
        FoundSlot(start, end), f"metric.{reading.pattern}", certain=reading.pattern in NAMES_ITSELF
    )


def _counted_noun(context: Context, reading: Reading) -> Decision[FoundSlot | None]:
    """The head of the noun phrase after the number: its first plural, else its last word."""
    links = context.paper.lexicon.links
    words = context.words_between(context.end, context.sentence.end)
    if words and links["model_size"].whole(context.text[words[0][0] : words[0][1]]):
        return Decision(None, "metric.size_of_model")
    plural = _first_plural(context)
    if plural:
        return Decision(FoundSlot(*plural), "metric.counted_noun")
    phrase = phrase_after(context, context.end, context.sentence.end)
    if phrase is None:
        if reading.metric is not None and context.quantity.unit:
            return Decision(FoundSlot(*reading.metric), "metric.extent")
        return Decision(None, "metric.none")
    words = context.words_between(*phrase)
    first = context.text[words[0][0] : words[0][1]]
    start, end = words[0] if links["model_part"].whole(first.lstrip("-")) else words[-1]
    return Decision(FoundSlot(start, end), "metric.counted_word")


def _first_plural(context: Context) -> Span | None:
    """The first word after the number that looks like a plural, unless a preposition or a mark stands
    before it."""
    ends = context.paper.lexicon.links["counted_end"]
    for start, end in context.words_between(context.end, context.sentence.end)[:COUNTED_WITHIN]:
        word = context.text[start:end]
        if word in ".;:" or ends.whole(word):
            return None
        if PLURAL.fullmatch(word):
            return (start, end)
    return None
