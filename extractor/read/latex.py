"""LaTeX as bibliographies use it: accents and named signs to characters, braces that only protect capitals
taken away, broken lines joined. What else a text has of LaTeX (formulas, `\\%`, `\\textbf{...}`) stays as it
is and is cleaned later with a map of its offsets, as in any other source."""

import re
import unicodedata
from functools import lru_cache

from pylatexenc.latex2text import get_default_latex_context_db

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
SIGNS = {
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textasciicircum": "^",
    "textperiodcentered": "·",
}
"""What pylatexenc lacks, or has otherwise."""
SIGN = re.compile(
    r"(?<!\\)\$[^$]*\$"  # a formula, left as it is
    r"|(?P<open>\{)\\(?P<braced>[A-Za-z]+)\s*(?P<close>\})"
    r"|\\(?P<bare>text[A-Za-z]+)(?:\{\}|\s+|(?![A-Za-z{]))"
)
ESCAPED = re.compile(r"\\([%&#_$])")
WRAPPED = re.compile(r"\s*\n\s*")
TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|[{}$]|[^\\{}$]+", re.DOTALL)
ARGUMENT = re.compile(r"\\[A-Za-z]+\*?|\[[^\]]*\]|[\^_]\Z")


def resolved(text: str) -> str:
    """ "{BERT}: r{\\'e}sum{\\'e} in {\\%}" is "BERT: résumé in \\%"."""
    text = WRAPPED.sub(" ", text).strip()
    if "\\" in text:
        text = SIGN.sub(_sign, LETTER.sub(lambda found: LETTERS[found[1]], ACCENT.sub(_accented, text)))
    return _without_braces(text) if "{" in text or "}" in text else text


def plain(text: str) -> str:
    """Of what is no running text, names and venues: without escapes and ties too."""
    return ESCAPED.sub(r"\1", resolved(text).replace("~", " "))


def _sign(found: re.Match) -> str:
    """The character that a command names, in its braces; what names none stays."""
    char = _named(found["braced"] or found["bare"] or "")
    return f"{found['open'] or ''}{char}{found['close'] or ''}" if char else found.group()


@lru_cache(maxsize=512)
def _named(command: str) -> str:
    spec = _macros().get_macro_spec(command) if command else None
    char = SIGNS.get(command) or getattr(spec, "simplify_repl", None)
    return char if isinstance(char, str) and len(char) == 1 else ""


@lru_cache(maxsize=1)
def _macros():
    return get_default_latex_context_db()


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
