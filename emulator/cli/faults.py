"""``fault``: have things go wrong on purpose."""

import json
from typing import Any, Final

import click

from emulator.cli.client import Control, talks

COLUMNS: Final = ("id", "effect", "match", "times", "seen", "hits", "ends_at")
KINDS: Final = ("kind", "target", "fields", "does")
TIMES: Final = ("times", "starts_in", "expires_in", "expires_in_real")


@click.group()
def fault() -> None:
    """Have requests, calls and callbacks go wrong on purpose."""


@fault.command("list")
@talks
def list_faults(control: Control) -> None:
    """List the rules, with how often each has happened."""
    control.show(control.ask("GET", "/faults"), COLUMNS)


@fault.command("kinds")
@click.option("--target", type=click.Choice(["route", "call", "callback"]))
@talks
def list_kinds(control: Control, target: str | None) -> None:
    """List every kind of fault, and what it asks for."""
    kinds = control.ask("GET", "/faults/kinds")
    control.show([each for each in kinds if target in (None, each["target"])], KINDS)


@fault.command("add")
@click.argument("kind")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--platform")
@click.option("--operation", help="Of a request: GET /_emulator/operations lists them.")
@click.option("--number", help="Of a call, or named in a request.")
@click.option("--workflow", "workflow_id")
@click.option("--event", help="Of a callback.")
@click.option("--nth", type=int, help="Only the so-manieth that fits.")
@click.option("--every", type=int, help="One in so many that fit.")
@click.option("--probability", type=float, help="Drawn for each that fits, the same every time.")
@click.option("--times", type=int, help="So often at most.")
@click.option("--starts-in", type=float, help="Seconds of the world's time.")
@click.option("--expires-in", type=float, help="Seconds of the world's time.")
@click.option("--expires-in-real", type=float, help="Real seconds.  [3600]")
@talks
def add_fault(control: Control, kind: str, fields: tuple[str, ...], **given: Any) -> None:
    """Add a rule: error status=429 retry_after=30 --operation place_calls --times 1.

    A VALUE that is JSON is read as such, anything else is text.
    """
    effect: dict[str, Any] = {"kind": kind}
    for each in fields:
        name, found, value = each.partition("=")
        if not found:
            raise click.UsageError(f"{each} is not of the form FIELD=VALUE")
        effect[name] = _value(value)
    said = {name: value for name, value in given.items() if value is not None}
    times = {name: said.pop(name) for name in TIMES if name in said}
    control.show(control.ask("POST", "/faults", {"match": said, "effect": effect} | times))


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


@fault.command("remove")
@click.argument("fault_id", metavar="ID")
@talks
def remove_fault(control: Control, fault_id: str) -> None:
    """Take a rule out."""
    control.ask("DELETE", f"/faults/{fault_id}")


@fault.command("clear")
@talks
def clear_faults(control: Control) -> None:
    """Take every rule out."""
    control.ask("DELETE", "/faults")


commands: Final = (fault,)
