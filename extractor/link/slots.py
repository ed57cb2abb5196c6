"""A quantity in its context -> the spans that fill its slots: metric, method, baseline, dataset, task,
condition. Every decider can be called on its own and answers with a `Decision`."""

from collections.abc import Sequence

import regex

from extractor.found import FoundMention, FoundSlot
from extractor.link.context import Context, Span
from extractor.link.decision import Decision
from extractor.link.lists import LIST_JOIN, in_step, lists
from extractor.link.names import own_name
from extractor.link.phrases import phrase_after
from extractor.link.reading import Reading, named_metric, names_metric
from extractor.records import Kind, Label, Role

Slots = tuple[FoundSlot, ...]

PREPOSITION = regex.compile(
    r"\b(?:on|of|for|in|with|to|than|over|against|by|as|like|from|between|vs\.?|versus|using|via|including|e\.g\.,?)"
    r"(?: (?:the|a|an|existing|standard|original|vanilla|baseline|recent|popular|various|several|large))*"
    r" ?[(\"'“]*$",
    regex.IGNORECASE,
)
OF_NAME = regex.compile(r"[^.;,]{0,25}\b(?:of|for|by|with) (?:the |vanilla |standard |baseline )*")
USING = regex.compile(r"\b(?:using|via|by|utiliz\w+|employ\w+|leverag\w+|adopt\w+|with)(?: the| our| a)? $")
THAT = regex.compile(
    r"\b(?:show|find|demonstrate|reveal|indicate|suggest|observe|report|see|confirm)\w*\b[^.;]{0,40}?\bthat\b"
)
CLAUSE = regex.compile(r"[;:]|,? (?:while|whereas|but)\b|, (?:and|which)\b")
GENERIC = regex.compile(r"\bperformances?\b", regex.IGNORECASE)
OF_DATASET = regex.compile(r"\b(?:on|of|from|in|within)\b[^,;]{0,30}$")
OF_SIZE = regex.compile(r"[\s-]*(?:(?:\w+ )?(param\w*|layers))?[\s-]*", regex.IGNORECASE)
HAS = regex.compile(r"\b(?:with|of|has|have|having|to)\b|\(")
SIZE_OF_MODEL = regex.compile(r"[-\s](?:scale )?(?:models?|LLMs?|MLLMs?|VLMs?)\b", regex.IGNORECASE)
PLURAL = regex.compile(
    r"(?:[-\s]+(?!(?:of|in|on|for|with|from|at|by|to|than|is|was|as|per|across)\b)[\w/+'-]+?(?:,|\s\([A-Z]+\))?){0,6}?"
    r"[-\s]+([\w/+-]*\w(?:[^\Wsui]s|us?es|ies))(?![\w-])"
)
OF_MODEL = regex.compile(r"(?i)param(?:eter)?s?\b|layers?\b|experts?\b|tokens?\b|data\b")


def decide_metric(context: Context, reading: Reading, kind: Kind) -> Decision[FoundSlot | None]:
    """What is measured; for a count the counted noun."""
    if kind == Kind.SCALE:
        return _counted_noun(context, reading)
    if reading.metric is None or (
        kind == Kind.SCORE and reading.share and not names_metric(context, reading.metric)
    ):
        return Decision(None, "metric.none")
    if kind == Kind.COMPRESSION and reading.pattern == "comparative_after":
        if not names_metric(context, reading.metric):
            return Decision(None, "metric.none")
    start, end = named_metric(context, reading.metric)
    return Decision(FoundSlot(start, end), f"metric.{reading.pattern}")


def _counted_noun(context: Context, reading: Reading) -> Decision[FoundSlot | None]:
    """The head of the noun phrase after the number: its first plural, else its last word."""
    if SIZE_OF_MODEL.match(context.text, context.end):
        return Decision(None, "metric.size_of_model")
    plural = PLURAL.match(context.text, context.end, context.sentence.end)
    if plural:
        return Decision(FoundSlot(*plural.span(1)), "metric.counted_noun")
    phrase = phrase_after(context, context.end, context.sentence.end)
    if phrase is None:
        if reading.metric is not None and context.quantity.unit:
            return Decision(FoundSlot(*reading.metric), "metric.extent")
        return Decision(None, "metric.none")
    words = [w for w in context.sentence.words if phrase[0] <= w[0] and w[1] <= phrase[1]]
    head = OF_MODEL.match(context.text, words[0][0])
    last = words[0] if head else words[-1]
    return Decision(FoundSlot(last[0], last[1]), "metric.counted_word")


def decide_method(context: Context, kind: Kind, role: Role, baseline: Slots) -> Decision[FoundSlot | None]:
    """Whose number it is: the name right before it in brackets, the sentence's subject, else the paper's
    own."""
    bracketed = _before_bracket(context)
    if bracketed is not None:
        return Decision(_slot(bracketed), "method.bracket", certain=True)
    after = _in_bracket_after(context)
    if after is not None:
        return Decision(_slot(after), "method.bracket_after")
    if kind == Kind.SCALE:
        return _model_of_scale(context)
    paired = in_step(context, [m for m in context.sentence.of(Label.METHOD) if not _overlaps(m, baseline)])
    if paired is not None and paired.end <= context.start and role == Role.RESULT:
        return Decision(_slot(paired), "method.in_step")
    if role == Role.REFERENCE:
        return _method_of_reference(context, baseline)
    own = own_name(context.paper)
    subject = _subject(context, baseline)
    used = _instrument(context, baseline)
    if used is not None and not (isinstance(subject, FoundMention) and subject.proposed):
        return Decision(_slot(used), "method.instrument")
    if isinstance(subject, FoundMention):
        return Decision(_slot(subject), "method.subject")
    if subject is not None and own is not None:
        words = context.text[subject[0] : subject[1]]
        return Decision(FoundSlot(own.start, own.end, inferred=words), "method.own")
    if own is not None:
        return Decision(FoundSlot(own.start, own.end), "method.own_by_default")
    named = [m for m in context.sentence.of(Label.METHOD) if not _overlaps(m, baseline)]
    before = [m for m in named if m.end <= context.start]
    if before:
        return Decision(_slot(before[-1]), "method.named_before")
    return Decision(None, "method.none")


def _before_bracket(context: Context) -> FoundMention | None:
    """ "Vanilla BYOL (71.04%)" """
    before = regex.search(r"\s*\(\s*[~<>≈]?$", context.text[context.sentence.start : context.start])
    if before is None:
        return None
    at = context.sentence.start + before.start()
    return next((m for m in context.sentence.of(Label.METHOD) if m.end == at), None)


def _method_of_reference(context: Context, baseline: Slots) -> Decision[FoundSlot | None]:
    """A value that results are set against: the name that follows it ("78% for X"), else what is compared
    against."""
    named = [m for m in context.sentence.of(Label.METHOD) if context.end <= m.start < context.right_to]
    if named and OF_NAME.fullmatch(context.text, context.end, named[0].start):
        return Decision(_slot(named[0]), "method.of_reference")
    if baseline:
        return Decision(baseline[0], "method.baseline")
    return Decision(None, "method.none")


def _in_bracket_after(context: Context) -> FoundMention | None:
    """ "solves 3% of them (Llama-2)", "81% for the best (GPT-4)": a name alone in the brackets that
    follow"""
    if len(context.group) > 1:
        return None
    for mention in context.sentence.of(Label.METHOD):
        around = context.text[mention.start - 1 : mention.start] + context.text[mention.end : mention.end + 1]
        if (
            context.end <= mention.start < context.right_to
            and around == "()"
            and mention.start - context.end < 50
        ):
            return None if mention.proposed else mention
    return None


def _model_of_scale(context: Context) -> Decision[FoundSlot | None]:
    """The model whose parameters are counted; a count of anything else has no method."""
    after = OF_SIZE.match(context.text, context.end, context.sentence.end)
    follows = [m for m in context.sentence.of(Label.METHOD) if m.start == after.end()]
    if follows:
        return Decision(_slot(follows[0]), "method.of_scale")
    if not after[1]:
        return Decision(None, "method.counted", certain=True)
    before = [m for m in context.sentence.of(Label.METHOD) if m.end <= context.start]
    if before and HAS.search(context.text, before[-1].end, context.start):
        return Decision(_slot(before[-1]), "method.of_scale")
    return Decision(None, "method.none")


def _subject(context: Context, baseline: Slots) -> FoundMention | Span | None:
    """The name or "our method" before the value that isn't governed by a preposition or compared against:
    in the value's clause, then in the sentence; the last that is the paper's own, else the first."""
    compared = [(slot.start, slot.end) for slot in baseline]

    def free(start: int, end: int) -> bool:
        if any(start < b and a < end for a, b in compared):
            return False
        if any(c.end <= start <= c.end + 40 for c in context.sentence.comparisons if c.end < context.start):
            return False
        if any(c.rule.form == "verb" and 0 <= start - c.end <= 5 for c in context.sentence.changes):
            return False
        return not PREPOSITION.search(context.text[max(context.sentence.start, start - 60) : start])

    telling = [m.end() for m in THAT.finditer(context.text, context.sentence.start, context.start)]
    told_from = telling[-1] if telling else context.sentence.start
    own: list[tuple[int, FoundMention | Span]] = [
        (c.start, (c.start, c.end))
        for c in context.sentence.own
        if told_from <= c.start and c.end <= context.start and free(c.start, c.end)
    ]
    named = [m for m in context.sentence.of(Label.METHOD) if m.end <= context.start and free(m.start, m.end)]
    named = [m for m in named if not any(a <= m.start < b for _, (a, b) in own)]
    own += [(m.start, m) for m in named if m.proposed]
    others = [(m.start, m) for m in named if not m.proposed]
    for start in (_clause_start(context), context.sentence.start):
        mine = [c for c in own if c[0] >= start]
        if mine:
            return max(mine, key=lambda c: c[0])[1]
        theirs = [c for c in others if c[0] >= start]
        if theirs:
            return theirs[0][1]
    return None


def _instrument(context: Context, baseline: Slots) -> FoundMention | None:
    """The paper's own name in "using X", "with X"."""
    for mention in context.sentence.of(Label.METHOD):
        before = context.text[max(0, mention.start - 20) : mention.start]
        if mention.proposed and USING.search(before) and not _overlaps(mention, baseline):
            return mention
    return None


def _overlaps(mention: FoundMention, slots: Slots) -> bool:
    return any(mention.start < slot.end and slot.start < mention.end for slot in slots)


def _clause_start(context: Context) -> int:
    ends = [m.end() for m in CLAUSE.finditer(context.text, context.sentence.start, context.start)]
    return ends[-1] if ends else context.sentence.start


def decide_baseline(context: Context, kind: Kind) -> Decision[Slots]:
    """What it is compared against: the phrase after "than", "over", "compared to", "outperforms"."""
    if kind in (Kind.SCALE, Kind.MEASURE, Kind.OTHER):
        return Decision((), "baseline.none")
    after = [c for c in context.sentence.comparisons if context.end <= c.start < context.right_to]
    before = [c for c in context.sentence.comparisons if context.left_from <= c.start < context.start]
    shared = [
        c for c in context.sentence.comparisons if c.start < context.start or c.start >= context.right_to
    ]
    for cue in [*after[:1], *reversed(before), *reversed(shared)]:
        names = _compared(context, cue.end)
        if names:
            return Decision(names, cue.rule.id)
    return Decision((), "baseline.none")


def _compared(context: Context, start: int) -> Slots:
    """The names or the phrase from `start` on: "FNet", "previous one-step methods"."""
    phrase = phrase_after(context, start, context.sentence.end, longest=10)
    if phrase is None:
        return ()
    listed = _list_from(context, context.sentence.of(Label.METHOD), phrase)
    if listed:
        return tuple(map(_slot, listed))
    end = phrase[1]
    generic = GENERIC.search(context.text, phrase[0], end)
    if generic and generic.start() > phrase[0]:
        end = generic.start() - 1
    if not regex.search(r"[a-z]{3}", context.text[phrase[0] : end], regex.IGNORECASE):
        return ()
    return (FoundSlot(phrase[0], end),)


def _list_from(context: Context, mentions: Sequence[FoundMention], phrase: Span) -> list[FoundMention]:
    """The mentions listed from the phrase on: "A", "A and B", "A, B, and C"."""
    listed: list[FoundMention] = []
    for mention in mentions:
        if (not listed and phrase[0] <= mention.start < phrase[1]) or (
            listed and LIST_JOIN.fullmatch(context.text, listed[-1].end, mention.start)
        ):
            listed.append(mention)
    return listed


def decide_dataset(context: Context, kind: Kind) -> Decision[Slots]:
    """The datasets on which the number holds, in step with the values where they are as many; for a count
    the resource that it describes."""
    datasets = context.sentence.of(Label.DATASET)
    paired = in_step(context, datasets)
    if paired is not None and kind != Kind.SCALE:
        return Decision((_slot(paired),), "dataset.in_step")
    if context.text[: context.start].rstrip("~<>≈").endswith("(") or _opens_bracket(context):
        named = [m for m in datasets if m.end <= context.start]
        if named and "(" in context.text[named[-1].end : context.start][:3]:
            return Decision((_slot(named[-1]),), "dataset.bracket")
    if kind == Kind.SCALE:
        return _described_resource(context)
    listed = lists(context, datasets)
    if listed:
        after = [x for x in listed if context.end <= x[0].start < context.right_to]
        inner = [x for x in listed if context.left_from <= x[0].start and x[-1].end <= context.start]
        before = [x for x in listed if x[-1].end <= context.start]
        chosen = (after or inner[-1:] or before[-1:] or listed)[0]
        return Decision(tuple(map(_slot, chosen)), "dataset.sentence")
    if kind not in (Kind.SCORE, Kind.GAIN):
        return Decision((), "dataset.none")
    own = own_name(context.paper, Label.DATASET)
    if own is not None:
        return Decision((_slot(own),), "dataset.own")
    return _dataset_before(context)


def _opens_bracket(context: Context) -> bool:
    left = context.text[context.left_from : context.start]
    return left.rfind("(") > left.rfind(")")


def _dataset_before(context: Context) -> Decision[Slots]:
    """The datasets of the nearest sentence before that names any, if a number is told there too or it says
    "on"."""
    for index in range(context.index - 1, max(context.index - 6, 0), -1):
        start, end = context.paper.spans[index]
        named = context.paper.mentions_in(start, end, Label.DATASET)
        if named:
            last = lists(context, named)[-1]
            return Decision(tuple(map(_slot, last)), f"dataset.sentence_before{context.index - index}")
    return Decision((), "dataset.none")


def _described_resource(context: Context) -> Decision[Slots]:
    """The resource whose size is told: the dataset named before the count, or after it by "of", "from",
    "on"."""
    datasets = context.sentence.of(Label.DATASET)
    before = [m for m in datasets if m.end <= context.start and m.proposed]
    if before:
        return Decision((_slot(before[-1]),), "dataset.described")
    after = [m for m in datasets if context.end <= m.start < context.right_to]
    if after and OF_DATASET.search(context.text, context.end, after[0].start):
        return Decision((_slot(after[0]),), "dataset.counted_in")
    own = own_name(context.paper, Label.DATASET)
    if own is not None and any(c.end <= context.start for c in context.sentence.own):
        return Decision((_slot(own),), "dataset.own_resource")
    return Decision((), "dataset.none")


def decide_task(context: Context) -> Decision[FoundSlot | None]:
    """The nearest task of the sentence, of its neighbours, or of the title."""
    tasks = [m for m in context.paper.mentions if m.label == Label.TASK]
    spans = context.paper.spans
    inside = [m for m in tasks if context.sentence.start <= m.start < context.sentence.end]
    if inside:
        nearest = min(inside, key=lambda m: abs(m.start - context.start))
        return Decision(_slot(nearest), "task.sentence")
    title = [m for m in tasks if m.end <= context.paper.title_end]
    if title:
        return Decision(_slot(title[-1]), "task.title")
    first = spans[max(context.index - 1, 0)][0]
    last = spans[min(context.index + 1, len(spans) - 1)][1]
    near = [m for m in tasks if first <= m.start < last]
    if near:
        return Decision(_slot(min(near, key=lambda m: abs(m.start - context.start))), "task.neighbour")
    return Decision(None, "task.none")


def decide_condition(
    context: Context, kind: Kind, method: FoundSlot | None, baseline: Slots
) -> Decision[FoundSlot | None]:
    """Hardware, or the model that the method is applied to."""
    hardware = context.paper.lexicon.links["condition"].find(
        context.text, context.sentence.start, context.sentence.end
    )
    if hardware and kind != Kind.SCALE:
        nearest = min(hardware, key=lambda c: abs(c.start - context.end))
        return Decision(FoundSlot(nearest.start, nearest.end), nearest.rule.id)
    if kind == Kind.SCALE:
        return Decision(None, "condition.none")
    taken = [(s.start, s.end) for s in (method, *baseline) if s]
    applied = [
        m
        for m in context.sentence.of(Label.METHOD)
        if not m.proposed
        and not any(m.start < b and a < m.end for a, b in taken)
        and regex.search(r"\b(?:on|for|of|with)(?: the| a)? $", context.text[max(0, m.start - 10) : m.start])
    ]
    if applied:
        nearest = min(applied, key=lambda m: abs(m.start - context.end))
        return Decision(_slot(nearest), "condition.applied_to")
    return Decision(None, "condition.none")


def _slot(mention: FoundMention) -> FoundSlot:
    return FoundSlot(mention.start, mention.end)
