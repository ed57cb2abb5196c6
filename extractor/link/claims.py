"""Quantities and mentions -> claims: for every quantity that is one, its fields and slots in the order of
the deciders, each decision with the rule that took it. All offsets count in the clean text."""

from collections.abc import Sequence

from extractor.found import FoundClaim, FoundMention, FoundQuantity
from extractor.link.baseline import decide_baseline
from extractor.link.claim import decide_claim
from extractor.link.context import Context, PaperView, Span, contexts
from extractor.link.dataset import decide_dataset
from extractor.link.kind import decide_direction, decide_kind
from extractor.link.lexicon import lexicon
from extractor.link.method import decide_method
from extractor.link.metric import decide_metric
from extractor.link.place import decide_condition, decide_task
from extractor.link.reading import read
from extractor.link.role import decide_role
from extractor.rules import Rules


def link_claims(
    text: str,
    sentences: Sequence[Span],
    quantities: Sequence[FoundQuantity],
    mentions: Sequence[FoundMention],
    aliases: Sequence[Sequence[str]],
    rules: Rules,
) -> list[FoundClaim]:
    """The claims of a paper's clean `text`, in order of place."""
    paper = view(text, sentences, quantities, mentions, aliases, rules)
    return [link(context) for context in contexts(paper) if decide_claim(context).value]


def view(
    text: str,
    sentences: Sequence[Span],
    quantities: Sequence[FoundQuantity],
    mentions: Sequence[FoundMention],
    aliases: Sequence[Sequence[str]],
    rules: Rules,
) -> PaperView:
    return PaperView(
        text=text,
        spans=tuple(sentences),
        quantities=tuple(sorted(quantities, key=lambda q: q.start)),
        mentions=tuple(sorted(mentions, key=lambda m: (m.start, m.end))),
        aliases=tuple(map(tuple, aliases)),
        lexicon=lexicon(rules),
    )


def link(context: Context) -> FoundClaim:
    """What the rules make of one quantity."""
    reading = read(context)
    kind = decide_kind(context, reading)
    role = decide_role(context)
    direction = decide_direction(context, reading, kind.value)
    metric = decide_metric(context, reading, kind.value)
    baseline = decide_baseline(context, kind.value)
    method = decide_method(context, kind.value, role.value, baseline.value)
    dataset = decide_dataset(context, kind.value)
    task = decide_task(context)
    condition = decide_condition(context, kind.value, method.value, baseline.value)
    decided = {
        "kind": kind,
        "role": role,
        "direction": direction,
        "metric": metric,
        "baseline": baseline,
        "method": method,
        "dataset": dataset,
        "task": task,
        "condition": condition,
    }
    return FoundClaim(
        start=context.quantity.start,
        end=context.quantity.end,
        qualifier=context.quantity.qualifier,
        origin=tuple(f"{field}:{decision.rule}" for field, decision in decided.items()),
        **{field: decision.value for field, decision in decided.items()},
    )
