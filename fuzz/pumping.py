"""Regular expressions -> texts that are worst for them: for every repetition in a pattern, what may stand
before it and then what it repeats, many times, with an end that doesn't fit. Takes a pattern's source, never
matches."""

import random
import re
from collections.abc import Iterator
from re import _constants as op
from re import _parser

MANY = 8  # times from which a repetition counts as one that can be pumped
SAMPLES = 2  # texts drawn from each repetition
DEEPEST = 12
TAILS = ("", "\x00", " !")
OURS = ((r"\p{Lu}", "A-Z"), (r"\p{Ll}", "a-z"), (r"\p{L}", "A-Za-z"), (r"\p{N}", "0-9"))
"""What only the regex library writes, as the standard one does; inside of classes, where it stands."""

Tree = list[tuple]


def pumps(pattern: str) -> list[tuple[str, str, str]]:
    """(before, repeated, after) of each text; none if nothing in the pattern repeats. ValueError where the
    pattern can't be taken apart."""
    draw = random.Random(pattern)
    tree = _parsed(pattern)
    found = []
    for before, body in _repetitions(tree, []):
        for _ in range(SAMPLES):
            repeated = _drawn(body, draw)
            if repeated:
                found += [(_drawn(before, draw), repeated, tail) for tail in TAILS]
    whole = _drawn(tree, draw)
    if found and len(whole) > 1:
        found += [("", whole, ""), ("", whole[:-1], "")]
    return list(dict.fromkeys(found))


def _parsed(pattern: str) -> Tree:
    for theirs, ours in OURS:
        pattern = re.sub(rf"(\[[^\]]*){re.escape(theirs)}", lambda m, ours=ours: m[1] + ours, pattern)
        pattern = pattern.replace(theirs, f"[{ours}]")
    pattern = re.sub(r"\(\?P?<\w+>", "(?:", pattern)
    pattern = re.sub(r"\(\?P=\w+\)", "a", pattern)
    pattern = re.sub(r"\(\?[a-zA-Z]+\)", "", pattern)
    try:
        return list(_parser.parse(pattern, re.VERBOSE if "\n" in pattern else 0))
    except re.error as error:
        raise ValueError(f"{pattern!r}: {error}") from error


def _repetitions(tree: Tree, before: Tree) -> Iterator[tuple[Tree, Tree]]:
    """What stands before each repetition of many times, and its body."""
    for at, (kind, value) in enumerate(tree):
        so_far = [*before, *tree[:at]]
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            _, most, body = value
            if most >= MANY:
                yield so_far, list(body)
            yield from _repetitions(list(body), so_far)
        elif kind is op.SUBPATTERN:
            yield from _repetitions(list(value[-1]), so_far)
        elif kind is op.ATOMIC_GROUP:
            yield from _repetitions(list(value), so_far)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from _repetitions(list(branch), so_far)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from _repetitions(list(value[1]), so_far)


def _drawn(tree: Tree, draw: random.Random, depth: int = 0) -> str:
    """A text that the tree may match; look-arounds are passed over."""
    if depth > DEEPEST:
        return ""
    parts = []
    for kind, value in tree:
        if kind is op.LITERAL:
            parts.append(chr(value))
        elif kind is op.NOT_LITERAL:
            parts.append("a" if value != ord("a") else "b")
        elif kind is op.ANY:
            parts.append(draw.choice("a 1,("))
        elif kind is op.IN:
            parts.append(_one_of(value, draw))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            least, most, body = value
            times = max(least, min(most, draw.choice((1, 2))))
            parts += [_drawn(list(body), draw, depth + 1) for _ in range(times)]
        elif kind is op.SUBPATTERN:
            parts.append(_drawn(list(value[-1]), draw, depth + 1))
        elif kind is op.ATOMIC_GROUP:
            parts.append(_drawn(list(value), draw, depth + 1))
        elif kind is op.BRANCH:
            parts.append(_drawn(list(draw.choice(value[1])), draw, depth + 1))
    return "".join(parts)


OF_CATEGORY = {
    op.CATEGORY_DIGIT: "1",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_WORD: "a1",
    op.CATEGORY_NOT_DIGIT: "a,",
    op.CATEGORY_NOT_SPACE: "a1",
    op.CATEGORY_NOT_WORD: " ,",
}


def _one_of(items: list[tuple], draw: random.Random) -> str:
    """A character of a class; of a negated one the first usual character that isn't in it."""
    inside = "".join(_characters(items))
    if items[0][0] is op.NEGATE:
        return next((c for c in draw.sample("a1 ,-(x", 7) if c not in inside), "\u00e9")
    return draw.choice(inside) if inside else ""


def _characters(items: list[tuple]) -> Iterator[str]:
    for kind, value in items:
        if kind is op.LITERAL:
            yield chr(value)
        elif kind is op.RANGE:
            yield chr(value[0]) + chr(value[1])
        elif kind is op.CATEGORY:
            yield OF_CATEGORY[value]
