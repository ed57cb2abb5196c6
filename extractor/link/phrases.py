"""A place in a sentence -> the phrase that starts or ends there, by stop words and punctuation alone (there
is no parser), and the phrase without the words that carry no name. Spans in, spans out; None where there is
no phrase."""

from extractor.link.context import Context, Span

LONGEST = 7  # words of a phrase that may name a metric; longer ones are clauses


def phrase_after(context: Context, start: int, end: int | None = None, longest: int = LONGEST) -> Span | None:
    """The words from `start` up to the first stop word, punctuation mark or `end`; an article before them
    is skipped."""
    end = context.right_to if end is None else end
    words = context.words_between(start, end)
    if words and _is_determiner(context, words[0]):
        words = words[1:]
    taken: list[Span] = []
    for word in words[:longest]:
        if _stops(context, word):
            break
        taken.append(word)
    return (taken[0][0], taken[-1][1]) if taken else None


def phrase_before(
    context: Context, end: int, start: int | None = None, longest: int = LONGEST
) -> Span | None:
    """The words that end at `end`, back to the last stop word, punctuation mark or `start`."""
    start = context.left_from if start is None else start
    words = context.words_between(start, end)
    taken: list[Span] = []
    for word in reversed(words[-longest:]):
        if _stops(context, word):
            break
        taken.append(word)
    return (taken[-1][0], taken[0][1]) if taken else None


def skip_filler(context: Context, end: int, start: int) -> tuple[int, list[str]]:
    """Back over the words that only lead to a value ("by up to", "of about", ":"): the place before them,
    and they."""
    skipped: list[str] = []
    filler = context.paper.lexicon.links["filler"]
    for word in reversed(context.words_between(start, end)):
        text = context.text[word[0] : word[1]]
        if text not in "(:=~<>≈+-±–≥≤≲≳,\"'$" and not filler.whole(text):
            break
        skipped.append(text.lower())
        end = word[0]
    return end, skipped


def skip_degree(context: Context, start: int) -> int:
    """Past the words that only grade a change ("relative", "percentage points", "on average")."""
    match = context.paper.lexicon.links["degree"].pattern.match
    while True:
        while start < context.sentence.end and context.text[start] in " -\n":
            start += 1
        found = match(context.text, start, context.right_to)
        if not found or found.end() == start:
            return start
        start = found.end()


def _stops(context: Context, word: Span) -> bool:
    text = context.text[word[0] : word[1]]
    return (not any(c.isalnum() for c in text) and text not in "-/&") or context.paper.lexicon.links[
        "stop"
    ].whole(text)


def _is_determiner(context: Context, word: Span) -> bool:
    return context.text[word[0] : word[1]].lower() in DETERMINERS


DETERMINERS = frozenset({"the", "a", "an", "its", "their", "our", "all"})
