"""Tables in a terminal: nothing is cut off, and a narrow terminal gets a list of fields instead."""

from collections.abc import Sequence
from typing import Final

from rich.table import Table
from rich.text import Text

from emulator.cli.terminal import console

Cells = Sequence[Sequence[str]]

GOOD: Final = frozenset({"delivered", "completed", "pass", "ok", "answered"})
BAD: Final = frozenset({"failed", "fail", "dropped", "broken off"})
"""Words that stand out."""
EMPTY: Final = "-"
GAP: Final = 2
MIN_WRAPPED_WIDTH: Final = 20
"""The least columns of a cell that continues in the next line."""


def print_table(cells: Cells) -> None:
    """Print rows under their names, the first row."""
    terminal = console()
    width = terminal.width
    if _width_of(cells) > width:
        cells = _without_empty_columns(cells)
    if _width_of(cells, MIN_WRAPPED_WIDTH) <= width:
        terminal.print(_table(cells, is_wide=_width_of(cells) <= width))
        return
    for row in cells[1:]:
        terminal.print(_fields(cells[0], row))


def _widths(cells: Cells) -> list[int]:
    return [max(map(len, column)) for column in zip(*cells, strict=True)]


def _width_of(cells: Cells, limit: int | None = None) -> int:
    """Return the width of a table whose cells are at most so wide."""
    widths = [each if limit is None else min(each, limit) for each in _widths(cells)]
    return sum(widths) + GAP * (len(widths) - 1)


def _without_empty_columns(cells: Cells) -> Cells:
    columns = [each for each in zip(*cells, strict=True) if set(each[1:]) != {EMPTY}]
    return [list(row) for row in zip(*columns, strict=True)]


def _table(cells: Cells, *, is_wide: bool) -> Table:
    shown = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for name, width in zip(cells[0], _widths(cells), strict=True):
        if is_wide or width <= MIN_WRAPPED_WIDTH:
            shown.add_column(name, width=width, no_wrap=True)
        else:
            shown.add_column(name, overflow="fold", min_width=MIN_WRAPPED_WIDTH)
    for row in cells[1:]:
        shown.add_row(*(Text(cell, _style(cell)) for cell in row))
    return shown


def _fields(names: Sequence[str], row: Sequence[str]) -> Table:
    """Return one row as a field per line."""
    shown = Table.grid(padding=(0, GAP, 0, 0))
    shown.add_column(style="bold", no_wrap=True)
    shown.add_column(overflow="fold")
    for name, cell in zip(names, row, strict=True):
        if cell != EMPTY:
            shown.add_row(name, Text(cell, _style(cell)))
    shown.add_row("", "")
    return shown


def _style(cell: str) -> str:
    if cell in BAD:
        return "bold red"
    return "green" if cell in GOOD else ""
