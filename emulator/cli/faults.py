"""``fault``."""

from typing import Any, Final

import click

from emulator.cli.client import ControlClient, with_control
from emulator.cli.commands import CommandGroup, unknown
from emulator.cli.durations import Duration
from emulator.cli.output import fail
from emulator.cli.pairs import read_json, read_pairs
from emulator.domain.faults import Effect

RULE_COLUMNS: Final = ("id", "effect", "match", "times", "seen", "hits", "ends_at", "why_unused")
KIND_COLUMNS: Final = ("kind", "target", "fields", "does")
LIMITS: Final = ("times", "starts_in", "expires_in", "expires_in_real")
"""The options of a fault rule that are not part of its match."""


@click.group(cls=CommandGroup, aliases={"remove": "delete"})
def fault() -> None:
    """Make requests, calls and callbacks fail by fault rules."""


@fault.command("list")
@click.option("--unused", is_flag=True, help="Only rules that were never applied.")
@with_control
def list_faults(control: ControlClient, *, unused: bool) -> None:
    """List the fault rules: how often each matched and was applied, or why it never was.

    --unused lists the rules that were never applied, deleted and expired ones too.
    """
    control.show(control.ask("GET", "/faults/unused" if unused else "/faults"), RULE_COLUMNS)


@fault.command("kinds")
@click.option(
    "--target",
    type=click.Choice(["route", "call", "callback"]),
    help="Only kinds of faults on requests, on calls, or on callbacks.",
)
@with_control
def list_kinds(control: ControlClient, target: str | None) -> None:
    """List the kinds of faults, with the fields of each."""
    kinds = control.ask("GET", "/faults/kinds")
    control.show([each for each in kinds if target in (None, each["target"])], KIND_COLUMNS)


@fault.command("add")
@click.argument("kind")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--platform", help="Match only this platform.")
@click.option(
    "--operation",
    help="Match only requests of this operation, such as create_workflow; `operations` lists the"
    " names, and place_calls means all that place calls.",
)
@click.option("--number", help="Match only this phone number, in a call or in a request.")
@click.option("--workflow", "workflow_id", help="Match only this workflow.")
@click.option("--event", help="Match only callbacks of this event.")
@click.option("--nth", type=int, help="Apply only to the Nth match.")
@click.option("--every", type=int, help="Apply to every Nth match.")
@click.option("--probability", type=float, help="Apply to this share of the matches, from 0 to 1.")
@click.option("--times", type=int, help="Apply at most N times.")
@click.option("--starts-in", type=Duration(), help="Start after this time of the world's clock.")
@click.option("--expires-in", type=Duration(), help="Expire after this time of the world's clock.")
@click.option("--expires-in-real", type=Duration(), help="Expire after this real time.  [1h]")
@with_control
def add_fault(control: ControlClient, kind: str, fields: tuple[str, ...], **given: Any) -> None:
    """Add a fault rule: error status=429 retry_after=30 --operation place_calls --times 1.

    `fault kinds` lists the kinds and their fields. A VALUE that is JSON is read as JSON, anything
    else as text.
    """
    if kind not in set(Effect):
        fail(f"{unknown('fault kind', kind, list(Effect))}\n`fault kinds` lists them")
    effect = {name: read_json(value) for name, value in read_pairs(fields, "FIELD=VALUE")}
    match = {name: value for name, value in given.items() if value is not None}
    limits = {name: match.pop(name) for name in LIMITS if name in match}
    body = {"match": match, "effect": {"kind": kind, **effect}} | limits
    control.show(control.ask("POST", "/faults", body))


@fault.command("delete")
@click.argument("fault_id", metavar="ID")
@with_control
def delete_fault(control: ControlClient, fault_id: str) -> None:
    """Delete a fault rule."""
    control.ask("DELETE", f"/faults/{fault_id}")


@fault.command("clear")
@with_control
def clear_faults(control: ControlClient) -> None:
    """Delete every fault rule."""
    control.ask("DELETE", "/faults")


commands: Final = (fault,)
