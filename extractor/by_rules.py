"""Everything that the rules make of a clean text, in the order of the passes: sentences, quantities,
abbreviations, mentions, aliases, and of every quantity whether it is a claim and what it would mean."""

from bisect import bisect_left
from dataclasses import dataclass, replace

from extractor.find.abbreviations import Abbreviation, alias_groups, find_abbreviations
from extractor.find.mentions import find_mentions
from extractor.find.quantities import FoundQuantity, find_quantities
from extractor.find.sentences import sentences, split_endless
from extractor.found import FoundClaim, FoundMention
from extractor.link.claim import decide_claim
from extractor.link.claims import link, view
from extractor.link.context import Context, contexts
from extractor.rules import Rules


@dataclass(frozen=True)
class ByRules:
    """Findings in `text`. One per quantity: `contexts`; `claims`, what it would mean; `verdicts`, whether it
    is a claim; `barred`, whether it is certainly none."""

    text: str
    sentences: list[tuple[int, int]]
    quantities: list[FoundQuantity]
    abbreviations: list[Abbreviation]
    mentions: list[FoundMention]
    aliases: tuple[tuple[str, ...], ...]
    contexts: list[Context]
    claims: list[FoundClaim]
    verdicts: list[bool]
    barred: list[bool]


def read_by_rules(text: str, rules: Rules) -> ByRules:
    """What the rules find in `text` and make of it."""
    quantities = find_quantities(text, rules)
    bounds = split_endless(text, sentences(text), [(quantity.start, quantity.end) for quantity in quantities])
    abbreviations = find_abbreviations(text)
    mentions = find_mentions(text, rules, abbreviations)
    aliases = alias_groups(text, abbreviations, mentions)
    placed = contexts(view(text, bounds, quantities, mentions, aliases, rules))
    never = {rule.id for rule in rules.settings if rule.certain}
    return ByRules(
        text,
        bounds,
        [context.quantity for context in placed],
        abbreviations,
        mentions,
        aliases,
        placed,
        [link(context) for context in placed],
        [decide_claim(context).value for context in placed],
        [context.quantity.setting in never for context in placed],
    )


def with_mentions(
    by_rules: ByRules, mentions: list[FoundMention], aliases: tuple[tuple[str, ...], ...], rules: Rules
) -> list[Context]:
    """The contexts of the same quantities among other mentions, such as a model's."""
    seen = view(by_rules.text, by_rules.sentences, by_rules.quantities, mentions, aliases, rules)
    return contexts(seen)


def beside_numbers(mentions: list[FoundMention], by_rules: ByRules) -> list[FoundMention]:
    """Other mentions, such as a model's, none ending within a number: in "on QuokkaSet 2.4x faster" the 2 is
    no name's."""
    apart, starts = [], [quantity.start for quantity in by_rules.quantities]
    for mention in mentions:
        last = bisect_left(starts, mention.end) - 1  # the last number that begins before the name ends
        through = last >= 0 and mention.end < by_rules.quantities[last].end
        name = by_rules.text[mention.start : starts[last] if through else mention.end].rstrip()
        if name:
            apart.append(replace(mention, end=mention.start + len(name)))
    return apart
