"""Names as people write them, found in a text: "Llama2 7B" is "LLaMA-2-7B", "accuracies" are "accuracy".
Takes a name and its aliases, returns spans. Never guesses at names that the text lacks."""

from collections.abc import Iterable
from functools import lru_cache

import regex

TOKEN = regex.compile(r"\p{L}+|\d+(?:\.\d+)*|[+@]")
WORD_CHARACTER = regex.compile(r"\w")
HOLLOW = frozenset(  # words that say what sort of thing a name is of
    [
        "the",
        "a",
        "an",
        "our",
        "this",
        "dataset",
        "datasets",
        "benchmark",
        "benchmarks",
        "corpus",
        "score",
        "scores",
        "model",
        "models",
        "method",
        "approach",
    ]
)

Span = tuple[int, int]


@lru_cache(maxsize=4096)
def folded(name: str) -> tuple[str, ...]:
    """
    >>> folded("LLaMA-2 (7B)"), folded("accuracies")
    (('llama', '2', '7', 'b'), ('accuracy',))
    """
    return tuple(_singular(token.lower()) for token in TOKEN.findall(name))


def _singular(word: str) -> str:
    if len(word) > 5 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def core(name: str) -> tuple[str, ...]:
    """The name without outer words that say only what sort of thing it is: "the ImageNet dataset" is
    "imagenet"."""
    words = folded(name)
    first = next((i for i, word in enumerate(words) if word not in HOLLOW), 0)
    last = next((i for i in range(len(words), 0, -1) if words[i - 1] not in HOLLOW), len(words))
    return words[first:last] or words


def same_name(one: str, other: str) -> bool:
    return core(one) == core(other)


def within(one: str, other: str) -> bool:
    """Whether one name holds the other as consecutive words: "accuracy" and "top-1 accuracy"."""
    shorter, longer = sorted((core(one), core(other)), key=len)
    return bool(shorter) and any(
        longer[i : i + len(shorter)] == shorter for i in range(len(longer) - len(shorter) + 1)
    )


class Tokens:
    """A text's words with their places."""

    def __init__(self, text: str):
        self.text = text
        self.spans = [match.span() for match in TOKEN.finditer(text)]
        self.words = [_singular(text[a:b].lower()) for a, b in self.spans]
        self.at: dict[str, list[int]] = {}
        for index, word in enumerate(self.words):
            self.at.setdefault(word, []).append(index)

    def find(self, forms: Iterable[str]) -> list[Span]:
        """Where any of the forms stands as whole words, in order."""
        found = {span for form in forms for span in self._find(core(form))}
        return sorted(found)

    def _find(self, words: tuple[str, ...]) -> Iterable[Span]:
        for index in self.at.get(words[0], ()) if words else ():
            if tuple(self.words[index : index + len(words)]) != words:
                continue
            start, end = self.spans[index][0], self.spans[index + len(words) - 1][1]
            between = self.text[start:end]
            if not self._cuts_a_word(start, end) and not regex.search(r"[.!?;:]\s|\n", between):
                yield start, end

    def _cuts_a_word(self, start: int, end: int) -> bool:
        text = self.text
        left = start > 0 and WORD_CHARACTER.match(text, start - 1) and WORD_CHARACTER.match(text, start)
        right = end < len(text) and WORD_CHARACTER.match(text, end) and WORD_CHARACTER.match(text, end - 1)
        return bool(left or right)

    def between(self, start: int, end: int) -> int:
        """How many words stand between two offsets."""
        return sum(start <= a and b <= end for a, b in self.spans)
