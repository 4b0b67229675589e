"""``callbacks``."""

from typing import Any, Final

import click

from emulator.cli.client import ControlClient, with_control
from emulator.cli.commands import CommandGroup
from emulator.cli.names import call_ids, callback_ids, platform_names

CALLBACK_COLUMNS: Final = ("id", "platform", "event", "status", "fault", "url", "due_at")


@click.group(cls=CommandGroup, aliases={"replay": "resend"})
def callbacks() -> None:
    """Show callbacks with their attempts, and resend them."""


@callbacks.command("list")
@click.option("--platform", help="Only callbacks of this platform.", shell_complete=platform_names)
@click.option("--status", help="Only callbacks with this status.")
@click.option("--call", "call_id", help="Only callbacks about this call.", shell_complete=call_ids)
@click.option("--batch", "batch_id", help="Only callbacks about this batch.")
@click.option("--limit", type=int, help="Number of callbacks to list.")
@with_control
def list_callbacks(control: ControlClient, **query: Any) -> None:
    """List callbacks, newest first."""
    control.show_marked(control.ask("GET", "/callbacks", **query), CALLBACK_COLUMNS)


@callbacks.command("show")
@click.argument("callback_id", metavar="ID", shell_complete=callback_ids)
@with_control
def show_callback(control: ControlClient, callback_id: str) -> None:
    """Show a callback with its body and every attempt."""
    control.show(control.ask("GET", f"/callbacks/{callback_id}"))


@callbacks.command("resend")
@click.argument("callback_id", metavar="ID", shell_complete=callback_ids)
@with_control
def resend_callback(control: ControlClient, callback_id: str) -> None:
    """Resend a callback now, with the same bytes."""
    control.show(control.ask("POST", f"/callbacks/{callback_id}/resend"))


commands = (callbacks,)
