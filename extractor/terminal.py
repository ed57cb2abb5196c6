"""What the screen gets: text from papers made safe to print, and plain tables."""

from rich.table import Table
from rich.text import Text


def printable(text: str, style: str = "") -> Text:
    """`text` as it is, but for control characters, which a terminal would obey."""
    return Text(
        "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text), style
    )


def table(*headers: str, title: str = "") -> Table:
    """An empty table without lines; headers that begin with ">" head columns of numbers."""
    grid = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for header in headers:
        grid.add_column(header.removeprefix(">"), justify="right" if header.startswith(">") else "left")
    return grid
