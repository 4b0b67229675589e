"""Output: tables for people, JSON for programs, errors on standard error."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

import click

from emulator.cli.terminal import is_terminal
from emulator.domain.terminal import escaped


def echo(text: Any, *, err: bool = False, nl: bool = True) -> None:
    """Print text, with an escape in place of each character that could command the terminal.

    Every command prints with it: what a world has stored was written by anybody.
    """
    click.echo(escaped(str(text)), err=err, nl=nl)


def show(value: Any, *, as_json: bool, columns: Sequence[str] = ()) -> None:
    """Print a list of records as a table of these columns, a record as lines, or both as JSON."""
    if as_json:
        echo(json.dumps(value, indent=2, ensure_ascii=False))
    elif isinstance(value, list):
        table(value, columns)
    elif isinstance(value, dict):
        lines(value)
    else:
        echo(value)


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows under their column names; wrapped to the width of a terminal, if there is one."""
    cells = [[name.upper() for name in columns]]
    cells += [[_cell(row.get(name)) for name in columns] for row in rows]
    if is_terminal(sys.stdout):
        from emulator.cli.tables import print_table  # noqa: PLC0415  # loads rich

        print_table(cells)
        return
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    for line in cells:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        echo("  ".join(padded).rstrip())


def lines(record: Mapping[str, Any]) -> None:
    """Print one record, one field per line; a field of a field has both names."""
    rows = list(_flat(record))
    width = max((len(name) for name, _ in rows), default=0)
    for name, value in rows:
        echo(f"{name.ljust(width)}  {_cell(value)}")


def _flat(record: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def plain(text: str) -> str:
    """Return the text on one line, without control characters for the terminal."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else " " for sign in text)


def counted(number: int, what: str) -> str:
    """Return a number with its noun: 1 call, 2 calls."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def fail(message: str, code: int = 1) -> NoReturn:
    """Print the reason to standard error, and exit with this code."""
    echo(message, err=True)
    raise SystemExit(code)
