"""LaTeX as bibliographies use it: accents to letters, braces that only protect capitals taken away, broken
lines joined. What else a text has of LaTeX (formulas, `\\%`, `\\textbf{...}`) stays as it is and is cleaned
later with a map of its offsets, as in any other source."""

import re
import unicodedata

ACCENTS = {
    **{"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306"},
    **{".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323"},
    **{"c": "\u0327", "k": "\u0328", "b": "\u0331"},
}
LETTERS = {
    **{"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ"},
    **{"aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ"},
}
BASE = r"(?:\\([ij])(?![A-Za-z])|([A-Za-z]))"
ACCENT = re.compile(rf"\\(?:([`'^~=.\"])\s*|([uvHrdckb])(?:\s+|(?=\{{)))(?:\{{\s*{BASE}\s*\}}|{BASE})")
LETTER = re.compile(rf"\\({'|'.join(sorted(LETTERS, key=len, reverse=True))})(?![A-Za-z])(?:\s+|\{{\}})?")
WRAPPED = re.compile(r"\s*\n\s*")
TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|[{}$]|[^\\{}$]+", re.DOTALL)
ARGUMENT = re.compile(r"\\[A-Za-z]+\*?|\[[^\]]*\]|[\^_]\Z")


def resolved(text: str) -> str:
    """ "{BERT}: r{\\'e}sum{\\'e} in {\\%}" is "BERT: résumé in \\%"."""
    text = WRAPPED.sub(" ", text).strip()
    if "\\" in text:
        text = LETTER.sub(lambda found: LETTERS[found[1]], ACCENT.sub(_accented, text))
    return _without_braces(text) if "{" in text or "}" in text else text


def _accented(found: re.Match) -> str:
    mark, letter = found[1] or found[2], next(group for group in found.groups()[2:] if group)
    return unicodedata.normalize("NFC", letter + ACCENTS[mark])


def _without_braces(text: str) -> str:
    """Without the braces that stand neither in a formula nor around the argument of a command."""
    pieces: list[str] = []
    kept: list[bool] = []  # of each open brace
    formula = False
    argument = False  # whether a brace here would open one
    for token in TOKEN.findall(text):
        if token == "$":
            formula = not formula
        brace = token in "{}"
        if token == "{":
            kept.append(formula or argument)
        keep = kept[-1] if brace and kept else formula
        if token == "}" and kept:
            kept.pop()
        if keep or not brace:
            pieces.append(token)
        argument = bool(ARGUMENT.match(token)) or token[-1] in "^_" or (token == "}" and keep)
    return "".join(pieces)
