"""Bytes of a fuzzer -> texts made of the pieces that hurt. Printable ASCII and newlines stand for themselves,
so a seed is a text that can be read; every other byte is one of `PIECES`, and 0xFF with the three bytes
behind it any character of Unicode."""

PIECES = (
    # numbers, signs and what joins them
    *("1.9x", "10times", "20%", r"20\%", "71.2", "1,024", "1,024,", "0.05", ".5", "+7.4", "-0.3", "−3"),
    *("1e17", "9e99", "10^6", "999999^99", "1.5 × 10^6", "300K", "1/8", "7/8", "3:1", "5-10", "2021-01-02"),
    *(" to ", " and ", ", ", "; ", " or ", "–", "sim", " from ", " between ", " vs. ", "→", "-to-"),
    *(" out of ", "twice", "half", "two", "seven", "twenty two", "a million", " billion", " hundred", "1st"),
    # units
    *(" ms", " GB", "×", " points", " tokens/s", "$5", " hours", "7B", " times", "-fold", " dB", "/s"),
    *("9" * 25, " million million", " orders of magnitude"),
    # words that rules look for
    *("up to ", "at least ", "about ", "on average", "by ", "of ", "over ", "than ", "respectively"),
    *("We propose ", "called ", "outperforms ", "reduces ", "improves ", "faster", "lower ", "compared to "),
    *("in terms of ", "achieves ", " while ", " which ", "using ", "our method ", "baseline", "parameters"),
    # names
    *("accuracy", "BLEU", "latency", "ImageNet", "GLUE", "BERT", "GPT-4", "LLaMA-2-7B", "CIFAR-10", "WMT'14"),
    *("machine translation", "Quokka", "Quokka-Net", "Deep Net Model (DNM)", "DNM (Deep Net Model)", "C++"),
    # LaTeX, whole and broken
    *(r"$\times$", r"\times", "{}", "}}", r"\textbf{", "textbf{", r"\frac{1}{2}", r"\sim", "$$", r"\%", "^{"),
    *(r"\emph{", r"\cite{a}", r"$\mathcal{O}(n^2)$", r"\url{http://a.b}", r"\'e", r"\\", "_{", "&amp;"),
    # brackets, quotes, blanks and ends of sentences
    *(" (", ") ", " [", "()", "“", "”", "’", "``", "; (", "\t", "\r\n", "\u00a0", "\u2009", "\u200b", ". "),
    *("<b>", "e.g. ", "et al. ", "±0.2", "i.e., ", "vs", " %", "%)", ")-"),
    # characters that few programs expect
    *("é", "e\u0301", "ﬁ", "İ", "ß", "𝛼", "𝟏𝟐", "½", "²", "٣", "三", "🦘", "\ufeff", "\ufffd", "\u202e"),
)  # fmt: skip
PIECE_BYTES = bytes([*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xFF)])
ANY_CHARACTER = b"\xff"
TABLE = {byte: PIECES[at % len(PIECES)] for at, byte in enumerate(PIECE_BYTES)}
LAST = 0x10FFFF
SURROGATES = range(0xD800, 0xE000)


def text_of(data: bytes) -> str:
    """The text that a fuzzer's bytes stand for; without halves of surrogate pairs, which readers replace."""
    plain, *escaped = data.split(ANY_CHARACTER)
    return _pieces(plain) + "".join(_character(rest[:3]) + _pieces(rest[3:]) for rest in escaped)


def _pieces(data: bytes) -> str:
    return data.decode("latin-1").translate(TABLE)


def _character(code: bytes) -> str:
    number = int.from_bytes(code, "little") % (LAST + 1)
    return "" if number in SURROGATES else chr(number)
