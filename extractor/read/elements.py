"""XML elements by local name, whatever their namespace, and their text with the inline markup taken out.
A superscript after a digit keeps its meaning as "^" (10<sup>3</sup> is 10^3, not 103), TeX gets dollars."""

from collections.abc import Iterator

from lxml.etree import _Element as Element


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
            text = "".join(_pieces(inner, before))
            name = inner.tag.rpartition("}")[2]
            raised = name == "sup" and before[-1:].isdigit() and text[:1] in "0123456789+-−–"
            yield f"${text}$" if name == "tex-math" and text else f"^{text}" if raised and text else text
            before = text or before
        yield (last := inner.tail or "")
        before = last or before
