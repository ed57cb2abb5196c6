"""Clean text, sentences, quantities and mentions -> what the deciders look at: the paper, its sentences,
and a `Context` per quantity. Cuts and looks up; never decides what a number means."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import regex

from extractor.found import FoundMention, FoundQuantity
from extractor.link.lexicon import Cue, Lexicon
from extractor.records import Label

Span = tuple[int, int]

WORD = regex.compile(r"[\w$#](?:[\w.+\-/'’@&*^#]*[\w+*])?|[^\w\s]")
LIKE_A_NOUN = regex.compile(
    r"\s*(?:$|[(),.;:]|(?:in|of|over|for|from|up|with|on|compared|relative|against|and|was|is|when|while|after|at|across|under|than)\b)"
)
JOIN = regex.compile(r"(?:\s|,|/|&|→|\band\b|\bor\b|\bto\b|\bas well as\b)+")
JOINS = regex.compile(r"[,/&→]|\b(?:and|or|to|as well as)\b")
"""What may stand between two values of one list, besides words that say how exact the second is."""


@dataclass(frozen=True)
class Sentence:
    """A sentence that holds a quantity, with everything found in it, each kind of thing in order of
    place."""

    start: int
    end: int
    words: tuple[Span, ...]
    groups: tuple[tuple[FoundQuantity, ...], ...]  # values listed side by side: "35%/52%", "4.3% and 5.0%"
    mentions: tuple[FoundMention, ...]
    changes: tuple[Cue, ...]
    kinds: tuple[Cue, ...]
    own: tuple[Cue, ...]  # "our method", "we", "it"
    comparisons: tuple[Cue, ...]  # "compared to", "over", "than"

    def of(self, label: Label) -> list[FoundMention]:
        return [m for m in self.mentions if m.label == label]


@dataclass(frozen=True)
class PaperView:
    """A paper's clean text and all that was found in it. `spans`: its sentences, the title first."""

    text: str
    spans: tuple[Span, ...]
    quantities: tuple[FoundQuantity, ...]
    mentions: tuple[FoundMention, ...]
    aliases: tuple[tuple[str, ...], ...]
    lexicon: Lexicon
    memo: dict = field(default_factory=dict)  # what was worked out once: sentences, readings, own names

    @cached_property
    def title_end(self) -> int:
        return max(self.text.find("\n"), 0)

    @cached_property
    def speaks_of_itself(self) -> int:
        """Where the abstract first says "we" or the name of what it proposes, by the start of that
        sentence; the title's end if it never does."""
        itself = self.lexicon.links["itself"].find(self.text, self.title_end)
        proposed = [m.start for m in self.mentions if m.proposed and m.start > self.title_end]
        first = min([c.start for c in itself[:1]] + proposed[:1], default=None)
        return self.title_end if first is None else self.spans[self.sentence_index(first)][0]

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self.spans]

    def sentence_index(self, offset: int) -> int:
        return max(bisect_right(self._starts, offset) - 1, 0)

    def sentence(self, index: int) -> Sentence:
        if index not in self.memo:
            self.memo[index] = self._read(index)
        return self.memo[index]

    def mentions_in(self, start: int, end: int, label: Label | None = None) -> list[FoundMention]:
        return [mention for mention in self.starting_in(start, end, label) if mention.end <= end]

    def starting_in(self, start: int, end: int, label: Label | None = None) -> list[FoundMention]:
        mentions, starts = self._labelled[label]
        return mentions[bisect_left(starts, start) : bisect_left(starts, end)]

    @cached_property
    def _labelled(self) -> dict[Label | None, tuple[list[FoundMention], list[int]]]:
        """The mentions of each label, and of any (None), with where they start."""
        of = {label: [m for m in self.mentions if m.label == label] for label in Label}
        each = {None: [*self.mentions], **of}
        return {label: (mentions, [m.start for m in mentions]) for label, mentions in each.items()}

    @cached_property
    def title_task(self) -> FoundMention | None:
        """The last task that the title names."""
        return next(reversed(self.mentions_in(0, self.title_end, Label.TASK)), None)

    def _read(self, index: int) -> Sentence:
        start, end = self.spans[index]
        links = self.lexicon.links
        first, behind = (bisect_left(self.quantities, at, key=lambda q: q.start) for at in (start, end))
        inside = [q for q in self.quantities[first:behind] if q.end <= end]
        refused = {c.start for c in links["no_baseline"].find(self.text, start, end)}
        compared = links["baseline"].find(self.text, start, end)
        return Sentence(
            start=start,
            end=end,
            words=tuple((m.start(), m.end()) for m in WORD.finditer(self.text, start, end)),
            groups=self._groups(inside),
            mentions=tuple(self.mentions_in(start, end)),
            changes=tuple(sorted(self._changes(start, end), key=lambda c: c.start)),
            kinds=tuple(self.lexicon.kinds.find(self.text, start, end)),
            own=tuple(links["own"].find(self.text, start, end)),
            comparisons=tuple(c for c in compared if not _refused(c, refused)),
        )

    def _changes(self, start: int, end: int) -> list[Cue]:
        """Words of change; one that may be verb or noun ("boosts", "drop") is a noun where it reads like
        one."""
        found = [c for cues in self.lexicon.changes.values() for c in cues.find(self.text, start, end)]
        verbs = {c.start for c in found if c.rule.form == "verb"}
        nouns = {c.start for c in found if c.rule.form == "noun"}
        unclear = {
            c.start: LIKE_A_NOUN.match(self.text, c.end) is not None
            for c in found
            if c.start in verbs & nouns
        }
        return [c for c in found if unclear.get(c.start, c.rule.form == "noun") == (c.rule.form == "noun")]

    def _groups(self, quantities: Sequence[FoundQuantity]) -> tuple[tuple[FoundQuantity, ...], ...]:
        groups: list[list[FoundQuantity]] = []
        for quantity in quantities:
            if groups and self._joined(groups[-1][-1], quantity):
                groups[-1].append(quantity)
            else:
                groups.append([quantity])
        return tuple(map(tuple, groups))

    def _joined(self, one: FoundQuantity, two: FoundQuantity) -> bool:
        if one.unit != two.unit and "" not in (one.unit, two.unit):
            return False
        between = self.text[one.end : two.start]
        if len(between) > 40 or not JOINS.search(between):
            return False
        filler = self.lexicon.links["filler"]
        return all(JOIN.fullmatch(word) or filler.whole(word) for word in between.replace(",", " , ").split())


def _refused(cue: Cue, refused: set[int]) -> bool:
    """Whether a longer cue that is no comparison ("more than 50%", "over 100") covers the cue."""
    return any(start <= cue.start < start + 12 and start + 12 > cue.start for start in refused)


@dataclass(frozen=True)
class Context:
    """A quantity where it stands. `group`: the values it is listed with, `place`: its place among them."""

    paper: PaperView
    sentence: Sentence
    index: int  # of the sentence
    quantity: FoundQuantity
    group: tuple[FoundQuantity, ...]
    place: int

    @property
    def text(self) -> str:
        return self.paper.text

    @cached_property
    def left_from(self) -> int:
        """Where the words that may belong to the value begin: the end of the value before, or the
        sentence's start."""
        ends = [g[-1].end for g in self.sentence.groups if g[-1].end <= self.group[0].start]
        return ends[-1] if ends else self.sentence.start

    @cached_property
    def right_to(self) -> int:
        starts = [g[0].start for g in self.sentence.groups if g[0].start >= self.group[-1].end]
        return starts[0] if starts else self.sentence.end

    def words_between(self, start: int, end: int) -> tuple[Span, ...]:
        """The words of the sentence that lie between two places."""
        words = self.sentence.words
        return words[bisect_left(words, (start, 0)) : bisect_right(words, (end, 0))]

    @property
    def start(self) -> int:
        return self.group[0].start

    @property
    def end(self) -> int:
        return self.group[-1].end


def contexts(paper: PaperView) -> list[Context]:
    """A context per quantity, in order."""
    result = []
    for quantity in paper.quantities:
        index = paper.sentence_index(quantity.start)
        sentence = paper.sentence(index)
        for group in sentence.groups:
            if quantity in group:
                result.append(Context(paper, sentence, index, quantity, group, group.index(quantity)))
                break
    return result
