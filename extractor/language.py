"""In which language an abstract is. Takes a text, returns a code; marks only what is surely not English,
since what is marked is not read. English words decide; where they leave doubt py3langid is asked, a
classifier over bytes (naive Bayes: Lui and Baldwin 2012) that has its weights with it and gives the same
answer every time."""

import re
from functools import lru_cache
from itertools import accumulate

ENGLISH = "en"
UNKNOWN = ""
NOTHING = "zxx"  # the classifier's name for numbers, markup and the like

# fmt: off
ENGLISH_WORDS = frozenset(
    {
        "the", "of", "and", "to", "is", "we", "that", "for", "with", "this", "are", "by", "from", "which",
        "our", "can", "be", "it", "have", "has", "these", "their", "than", "its", "was", "such", "not",
        "using", "used", "based", "show", "results",
    }
)
# fmt: on
WINDOW = 40  # words in a row; an abstract in English among other text fills one
IN_WINDOW = 0.2  # share of a window's words that are in ENGLISH_WORDS; 0.3 to 0.5 in most English abstracts
WORD_LENGTH = 10  # characters at most of an average word, for writing that has no blanks between words
FEWEST_LETTERS = 100  # in a text that is marked: shorter ones are titles, names and lists
IDEOGRAPHS = "\u2e80"  # from here on, a letter says as much as three
SURE = 0.999  # the classifier's probability that the language is another one, from which a text is marked
LIKELY = 0.5  # and its probability for the likeliest one: that it is no mere jumble

CODE = re.compile(r"https?://\S+|\S+@\S+|\$[^$]{0,200}\$|\\[a-zA-Z]+")
"""Addresses and formulas, which are in no language."""


def language_of(text: str) -> str:
    """ISO 639-1 code of the language of an abstract, "en" as soon as a passage of it is English, "" where it
    can't be said.

    >>> language_of("We present a method for the segmentation of images that is faster than the others.")
    'en'
    >>> language_of("ResNet-50, ImageNet")
    ''
    """
    if _has_english_passage(text):
        return ENGLISH
    prose = CODE.sub(" ", text)
    if sum(1 if c < IDEOGRAPHS else 3 for c in prose if c.isalpha()) < FEWEST_LETTERS:
        return UNKNOWN
    ranked = dict(_classifier().rank(prose))
    code = max(ranked, key=ranked.get)
    if code == ENGLISH:
        return ENGLISH
    sure = ranked[ENGLISH] + ranked[NOTHING] <= 1 - SURE and ranked[code] >= LIKELY
    return code if sure else UNKNOWN


def is_foreign(language: str) -> bool:
    """Whether a text of that language, as `language_of` says it, is surely not English."""
    return language not in (ENGLISH, UNKNOWN)


def _has_english_passage(text: str) -> bool:
    known = [word in ENGLISH_WORDS for word in text.lower().split()]
    if len(known) <= WINDOW:
        return sum(known) > max(2, IN_WINDOW * len(known), IN_WINDOW * len(text) / WORD_LENGTH)
    before = [0, *accumulate(known)]
    needed = IN_WINDOW * WINDOW
    return any(end - start >= needed for start, end in zip(before, before[WINDOW:], strict=False))


@lru_cache(maxsize=1)
def _classifier():
    """Loaded where it is needed for the first time, which takes half a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    classifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    classifier.set_languages(code for code in classifier.labels if len(code) == 2 or code == NOTHING)
    return classifier
