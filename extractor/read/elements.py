"""XML elements by local name, whatever their namespace, and their text with the inline markup taken out.
A superscript after a digit keeps its meaning as "^" (10<sup>3</sup> is 10^3, not 103), a subscript as "_", as
do powers, indices and fractions of MathML (1/2). TeX gets dollars."""

import re
from collections.abc import Iterator

from lxml.etree import _Element as Element

JOINED = {"msup": "^", "msub": "_", "mfrac": "/"}
"""What stands between the parts of MathML's elements."""

SHIFTED = {"sup": "^", "sub": "_"}
SINGLE = re.compile(r"[\w.]*")


def children(element: Element | None, name: str) -> list[Element]:
    """The children of this local name."""
    return [] if element is None else list(element.iterchildren(f"{{*}}{name}"))


def child(element: Element | None, name: str) -> Element | None:
    return next(iter(children(element, name)), None)


def path(element: Element | None, *names: str) -> Element | None:
    """The first child of the first child ... by names."""
    for name in names:
        element = child(element, name)
    return element


def text_of(element: Element | None) -> str:
    """All text below an element, without the white space at its ends."""
    return "" if element is None else "".join(_pieces(element)).strip()


def _pieces(element: Element, before: str = "") -> Iterator[str]:
    yield (last := element.text or "")
    before = last or before
    for inner in element:
        if isinstance(inner.tag, str):  # not a comment or the like
            yield (text := _inner(inner, before))
            before = text or before
        yield (last := inner.tail or "")
        before = last or before


def _inner(element: Element, before: str) -> str:
    """The text of an element inside a text, with the marks that keep its meaning."""
    name = element.tag.rpartition("}")[2]
    if name in JOINED:
        parts = ["".join(_pieces(part)).strip() for part in element if isinstance(part.tag, str)]
        return JOINED[name].join(part if SINGLE.fullmatch(part) else f"({part})" for part in parts)
    text = "".join(_pieces(element, before))
    if name == "tex-math" and text:
        return f"${text}$"
    shifted = before[-1:].isdigit() and text[:1] in tuple("0123456789+-−–")
    return f"{SHIFTED[name]}{text}" if name in SHIFTED and shifted and text else text
