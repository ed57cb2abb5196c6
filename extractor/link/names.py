"""Mentions -> what the paper itself introduces: the one name that "our method" and "we" stand for."""

from extractor.found import FoundMention
from extractor.link.context import PaperView
from extractor.records import Label


def own_name(paper: PaperView, label: Label = Label.METHOD) -> FoundMention | None:
    """The proposed name of that label which the paper is about: before the title's colon, after "we
    propose", often named. The earliest mention of the best name; None if it proposes none."""
    key = ("own", label)
    if key not in paper.memo:
        paper.memo[key] = _best_name(paper, label)
    return paper.memo[key]


def _best_name(paper: PaperView, label: Label) -> FoundMention | None:
    proposed = [m for m in paper.mentions if m.proposed and m.label == label]
    if not proposed:
        return None
    group_of = {name: group[0] for group in paper.aliases for name in group}
    first: dict[str, FoundMention] = {}
    points: dict[str, float] = {}
    for mention in proposed:
        written = paper.text[mention.start : mention.end]
        name = group_of.get(written, written)
        points[name] = points.get(name, 0.0) + 1.0 + _standing(paper, mention, first=name not in first)
        first.setdefault(name, mention)
    best = max(points, key=lambda name: (points[name], -first[name].start))
    return first[best]


def _standing(paper: PaperView, mention: FoundMention, first: bool) -> float:
    """How much the place of a mention says that the paper is about it."""
    if mention.end <= paper.title_end:
        colon = paper.text[mention.end : mention.end + 1] == ":"
        return 6.0 if colon and mention.start == 0 else 2.0
    before = paper.text[max(0, mention.start - 60) : mention.start]
    introduced = paper.lexicon.links["introduces"].find(before)
    return 3.0 if first and introduced and "." not in before[introduced[0].end :] else 0.0
