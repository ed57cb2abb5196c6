"""Things listed side by side -> lists, and the one of a list that goes with a value: "4.3% and 5.0% on A
and B". Knows the order of words, never their meaning."""

from collections.abc import Sequence

import regex

from extractor.found import FoundMention
from extractor.link.context import Context

LIST_JOIN = regex.compile(
    r"(?:[\s,/&)]|(?>\([^()]{1,30}\)|\()"
    r"|\b(?:and|or|as well as|the|datasets?|benchmarks?|tasks?|both|test|sets?)\b)+"
)


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
    if len(context.group) < 2:
        return None
    fitting = [x for x in lists(context, mentions) if len(x) == len(context.group)]
    after = [x for x in fitting if context.end <= x[0].start < context.right_to]
    before = [x for x in fitting if context.left_from <= x[0].start and x[-1].end <= context.start]
    chosen = (after or before[-1:] or [None])[0]
    return chosen[context.place] if chosen else None
