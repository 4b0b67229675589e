"""Questions before a command deletes what cannot be restored; asked in a terminal only."""

from collections.abc import Callable
from typing import Any

import click

from emulator.cli.output import echo
from emulator.cli.terminal import is_interactive


def with_yes(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the flag ``--yes``, which answers its question."""
    return click.option("--yes", "-y", is_flag=True, help="Do not ask.")(function)


def confirm(question: str, *, yes: bool) -> None:
    """Ask a question unless it is answered already or there is no terminal; exit 1 for a no."""
    if yes or not is_interactive():
        return
    if not click.confirm(question, err=True):
        echo("nothing was changed", err=True)
        raise SystemExit(1)
