"""``clock``."""

from typing import Any

import click

from emulator.cli.advance import advance_world, print_advance
from emulator.cli.client import ControlClient, with_control
from emulator.cli.commands import CommandGroup
from emulator.cli.durations import Duration


@click.group(cls=CommandGroup)
def clock() -> None:
    """Show, set and advance the clock."""


@clock.command("show")
@with_control
def show_clock(control: ControlClient) -> None:
    """Show the time, the mode, and when the next step is due."""
    control.show(control.ask("GET", "/clock"))


@clock.command("set")
@click.option(
    "--mode",
    type=click.Choice(["live", "frozen", "auto"]),
    help="Clock mode: live, frozen, or auto (jumps to the next due step).",
)
@click.option("--speed", type=float, help="Speed of a live clock; 2 is twice as fast.")
@click.option("--now", help="Advance to this time, such as 2026-01-01T00:05:00Z.")
@with_control
def set_clock(control: ControlClient, **changes: Any) -> None:
    """Set the mode, the speed or the time of the clock."""
    body = {name: value for name, value in changes.items() if value is not None}
    control.show(control.ask("PUT", "/clock", body))


@clock.command("advance", context_settings={"ignore_unknown_options": True})
@click.argument("duration", type=Duration(), required=False)
@click.option("--to", help="Advance to this time, such as 2026-01-01T00:05:00Z.")
@click.option("--idle", is_flag=True, help="Advance until nothing is due.")
@with_control
def advance(control: ControlClient, duration: float | None, to: str | None, *, idle: bool) -> None:
    """Advance the clock by a duration such as 90, 10m or 1h30m, to a time, or until nothing is due.

    Ctrl-C stops the advance at the time it has reached; everything due until then has happened.
    """
    body = {"seconds": duration, "to": to, "until": "idle" if idle else None}
    given = {name: value for name, value in body.items() if value is not None}
    if len(given) != 1:
        raise click.UsageError("give one of DURATION, --to and --idle")
    done = advance_world(control, given)
    if control.as_json:
        control.show(done)
    else:
        print_advance(control, done)


commands = (clock,)
