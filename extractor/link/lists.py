"""Things listed side by side -> lists, and the one of a list that goes with a value: "4.3% and 5.0% on A
and B". Knows the order of words, never their meaning."""

from collections.abc import Sequence

import regex

from extractor.found import FoundMention, FoundQuantity
from extractor.link.context import Context

LIST_JOIN = regex.compile(
    r"(?:[\s,/&)]|(?>\([^()]{1,30}\)|\()"
    r"|\b(?:and|or|as well as|the|datasets?|benchmarks?|tasks?|both|test|sets?)\b"
    r"|\b(?:the|our|their|its)(?: [a-z][a-z-]+){1,3}(?= ))+"  # "A and the newly collected B"
)

RESPECTIVELY = regex.compile(r"\brespective(?:ly)?\b")


def lists(context: Context, mentions: Sequence[FoundMention]) -> list[list[FoundMention]]:
    """Mentions that stand side by side, as lists, in order of place; one that stands alone is a list of
    one."""
    found: list[list[FoundMention]] = []
    for mention in mentions:
        if found and LIST_JOIN.fullmatch(context.text, found[-1][-1].end, mention.start):
            found[-1].append(mention)
        else:
            found.append([mention])
    return found


def in_step(context: Context, mentions: Sequence[FoundMention]) -> FoundMention | None:
    """The mention that goes with the value where as many stand in a list near as values: the list after
    them, else the one before."""
    listed = [x for x in lists(context, mentions) if len(x) > 1]
    far = _says_respectively(context)
    for values in _listed_values(context) if listed else ():
        fitting = [x for x in listed if len(x) == len(values)]
        near = values == context.group and not far
        first, last = values[0].start, values[-1].end
        left, right = (
            (context.left_from, context.right_to) if near else (context.sentence.start, context.sentence.end)
        )
        after = [x for x in fitting if last <= x[0].start < right]
        before = [x for x in fitting if left <= x[0].start and x[-1].end <= first]
        if after or before:
            return (after or before[-1:])[0][values.index(context.quantity)]
    return None


def _listed_values(context: Context) -> list[tuple[FoundQuantity, ...]]:
    """The values that the value may be one of: those beside it, and where the sentence says "respectively",
    all of the same unit, or all."""
    found = [context.group]
    if _says_respectively(context):
        told = [q for group in context.sentence.groups for q in group if q.setting is None]
        found.append(tuple(q for q in told if q.unit == context.quantity.unit))
        found.append(tuple(told))
    return [values for values in found if len(values) > 1 and context.quantity in values]


def _says_respectively(context: Context) -> bool:
    return RESPECTIVELY.search(context.text, context.sentence.start, context.sentence.end) is not None
