"""``inbox``."""

from typing import Any, Final

import click

from emulator.cli.client import ControlClient, with_control
from emulator.cli.commands import CommandGroup, unknown
from emulator.cli.durations import Duration
from emulator.cli.names import inbox_names
from emulator.cli.output import echo

MESSAGE_COLUMNS: Final = ("received_at", "method", "path", "body")


@click.group(cls=CommandGroup)
def inbox() -> None:
    """Read, script and wait for the built-in endpoints."""


@inbox.command("read")
@click.argument("name", shell_complete=inbox_names)
@with_control
def read_inbox(control: ControlClient, name: str) -> None:
    """List the messages that an inbox received."""
    found = control.ask("GET", f"/inboxes/{name}")
    control.show(found, MESSAGE_COLUMNS)
    known = [each["name"] for each in control.ask("GET", "/inboxes")] if not found else []
    if known and name not in known:
        echo(unknown("inbox", name, known), err=True)


@inbox.command("wait")
@click.argument("name", shell_complete=inbox_names)
@click.option("--count", type=int, help="Number of messages to wait for.  [1]")
@click.option("--timeout", type=Duration(), help="Real time to wait.  [5s]")
@with_control
def wait_inbox(control: ControlClient, name: str, **query: Any) -> None:
    """Wait until an inbox has a number of messages, and list them."""
    control.show(control.ask("GET", f"/inboxes/{name}/wait", **query), MESSAGE_COLUMNS)


@inbox.command("script")
@click.argument("name", shell_complete=inbox_names)
@click.argument("answers", nargs=-1, type=int, metavar="STATUS...")
@with_control
def script_inbox(control: ControlClient, name: str, answers: tuple[int, ...]) -> None:
    """Set the statuses of the next responses of an inbox."""
    control.show(control.ask("PUT", f"/inboxes/{name}", {"answers": list(answers)}))


@inbox.command("empty")
@click.argument("name", shell_complete=inbox_names)
@with_control
def empty_inbox(control: ControlClient, name: str) -> None:
    """Delete the messages and the scripted responses of an inbox."""
    control.ask("DELETE", f"/inboxes/{name}")


commands = (inbox,)
