"""A comparison on a screen: tables that fit its width, a pivot in as many parts as it takes. Takes a
`Comparison`, returns something that rich prints."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from extractor.comparison.block import SOURCE, Block, Cell
from extractor.comparison.layouts import Comparison
from extractor.comparison.notes import Note, Notes, extent, legend
from extractor.terminal import printable, table

BEST = "bold green"
AROUND = 44  # characters of a sentence shown on each side of its value
WHOLE = frozenset({"rank", "value", "sure"})  # columns that are never wrapped
DISPENSABLE = ("condition", "sure", "over")  # columns left out where the width doesn't do, in this order
LONG_WORD = 16  # characters; longer words may be broken
GAP = 2  # spaces between columns


def screen(comparison: Comparison, sentences: bool = False) -> Group:
    """The blocks one under another; with `sentences`, or where cells have no column for it, the place of
    each claim below."""
    notes = Notes(comparison)
    parts: list[RenderableType] = []
    for block in comparison.blocks:
        parts += [_Wide(block, notes) if block.is_wide else _Narrow(block)]
        if block.note:
            parts.append(Text(block.note, "dim"))
        parts.append(Text())
    if sentences or any(block.is_wide for block in comparison.blocks):
        parts += [_source_line(note, sentences) for note in notes.all] + [Text()]
    parts += [Text(each, "dim") for each in _ending(comparison)]
    return Group(*parts)


def _ending(comparison: Comparison) -> Iterator[str]:
    if said := legend(comparison):
        yield said
    yield extent(comparison)
    if comparison.hints:
        yield "Ask for one of these:"
        yield from (f"  {hint}" for hint in comparison.hints)


class _Narrow:
    """A table with a row a claim. Where the width doesn't do, the source takes two lines, then whole columns
    are left out, and it says which."""

    def __init__(self, block: Block):
        self.block = block
        columns = range(len(block.columns))
        self.filled = [i for i in columns if any(row[i].text or row[i].points for row in block.rows)]
        self.texts = [[_cell_text(cell) for cell in row] for row in block.rows]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        heads = [self.block.columns[i].head for i in self.filled]
        left_out: list[str] = []
        for head in (None, *DISPENSABLE):
            if head in heads:
                left_out.append(head)
                heads.remove(head)
            if self._least_width(heads) <= options.max_width:
                break
        yield self._grid(heads, options.max_width)
        if left_out:
            yield Text(f"A wider window also shows {', '.join(left_out)}.", "dim")

    def _least_width(self, heads: list[str]) -> int:
        return sum(self._least(head) + GAP for head in heads) - GAP

    def _least(self, head: str) -> int:
        """The narrowest that a column may be: its longest word, or whole where it is never wrapped."""
        texts = [head, *(row[self._at(head)].plain for row in self.texts)]
        if head in WHOLE:
            return max(map(len, texts))
        if head == SOURCE:
            return max(len(part) for text in texts for part in _in_two(text).split("\n"))
        longest = max((len(word) for text in texts for word in text.split()), default=1)
        return min(longest, LONG_WORD)

    def _at(self, head: str) -> int:
        return next(i for i in self.filled if self.block.columns[i].head == head)

    def _grid(self, heads: list[str], width: int) -> Table:
        indices = [self._at(head) for head in heads]
        columns = [self.block.columns[i] for i in indices]
        grid = table(*((">" if c.numeric else "") + c.head for c in columns), title=self.block.title)
        for column, head in zip(grid.columns, heads, strict=True):
            column.overflow = "fold"
            column.no_wrap = head in WHOLE
            column.min_width = self._least(head)
        natural = sum(max(len(row[i].plain) for row in self.texts) + GAP for i in indices)
        for at, row in enumerate(self.texts):
            if at in self.block.breaks:
                grid.add_row()
            cells = [row[i] for i in indices]
            if natural > width and heads[-1] == SOURCE:
                cells[-1] = Text(_in_two(cells[-1].plain))
            grid.add_row(*cells)
        return grid


def _in_two(source: str) -> str:
    """A claim's id, the paper above the place."""
    paper, colon, place = source.rpartition(":")
    return f"{paper}{colon}\n{place}" if colon else source


def _cell_text(cell: Cell, notes: Notes | None = None) -> Text:
    """With `notes` each claim has its number behind it, and the best a star."""
    if not cell.points:
        return printable(cell.text)
    text = Text()
    for at, (shown, best, point) in enumerate(zip(cell.shown, cell.best, cell.points, strict=True)):
        text.append("; " if at else "")
        text.append_text(printable(shown, BEST if best else ""))
        if notes:
            text.append(f"{'*' if best else ''} [{notes.of(point).number}]", "dim")
    return text


class _Wide:
    """A pivot: as many columns side by side as fit the width, the others below, each part with the row
    names."""

    def __init__(self, block: Block, notes: Notes):
        self.block = block
        self.texts = [[_cell_text(cell, notes) for cell in row] for row in block.rows]
        self.starred = any(best for row in block.rows for cell in row for best in cell.best)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self.block.title, "bold")
        start, last = 1, len(self.block.columns)
        while start < last:
            end = start + 1
            while end < last and self._width(console, options, start, end + 1) <= options.max_width:
                end += 1
            yield self._part(start, end)
            start = end
        if self.starred:
            yield Text("* best of its column", "dim")

    def _width(self, console: Console, options: ConsoleOptions, start: int, end: int) -> int:
        wide = options.update(width=10 * options.max_width)
        return Measurement.get(console, wide, self._part(start, end)).maximum

    def _part(self, start: int, end: int) -> Table:
        heads = [self.block.columns[0].head]
        heads += [">" + _stacked(column.head) for column in self.block.columns[start:end]]
        grid = table(*heads)
        for column in grid.columns:
            column.overflow = "fold"
        for row in self.texts:
            if any(row[start:end]):
                grid.add_row(row[0], *row[start:end])
        return grid


def _stacked(head: str) -> str:
    """The parts of a column's head, a line each."""
    return head.replace(": ", "\n")


def _source_line(note: Note, whole: bool) -> Text:
    """ "[3] 2212.01234:812-816 … runs 1.9x faster than …" """
    text = Text(f"[{note.number}] ", "dim", no_wrap=not whole, overflow=None if whole else "ellipsis")
    text.append_text(printable(note.entry.id + " ", "dim"))
    before, after = note.before, note.after
    if not whole:
        before = ("…" if len(before) > AROUND else "") + before[-AROUND:]
        after = after[:AROUND] + ("…" if len(after) > AROUND else "")
    text.append_text(printable(before))
    text.append_text(printable(note.value, "bold"))
    text.append_text(printable(after))
    return text
