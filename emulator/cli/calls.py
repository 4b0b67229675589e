"""``calls``."""

from typing import Any, Final

import click

from emulator.cli.client import ControlClient, with_control
from emulator.cli.commands import CommandGroup
from emulator.cli.exit_codes import FAILED
from emulator.cli.names import call_ids, platform_names
from emulator.cli.output import echo
from emulator.cli.pairs import read_pairs, read_structure

CALL_COLUMNS: Final = (
    *("id", "platform", "to", "status", "outcome", "scenario", "fault", "created_at"),
)


@click.group(cls=CommandGroup)
def calls() -> None:
    """Place calls, show them, and change their status by hand."""


def _examples() -> list[str]:
    """Return a line for each vendor that places a call as it is."""
    from emulator.vendors import discover  # noqa: PLC0415  # only help needs them

    found = {name: each.hooks.place_model for name, each in discover().items()}
    return [
        _example(name, model_of().model_json_schema())
        for name, model_of in found.items()
        if model_of is not None
    ]


def _example(platform: str, schema: dict[str, Any]) -> str:
    """Write a line that places a call to a number that answers, by the vendor's call request."""
    from emulator.kit.call_request import example_field  # noqa: PLC0415  # start-up time

    field = example_field(schema)
    return f"voicebot-emulator calls create {platform}{'' if field is None else f' {field}'}"


@calls.command("create", examples=_examples)
@click.argument("platform", shell_complete=platform_names)
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@with_control
def create_call(control: ControlClient, platform: str, fields: tuple[str, ...]) -> None:
    """Place a call. The guide of the platform lists its fields: voicebot-emulator docs PLATFORM.

    A VALUE that starts with { or [ is JSON, anything else is text. A FIELD with a dot is part of
    another field: calls create PLATFORM to=+2348055599001 persona.firstname=Ada wishes.day=monday
    """
    body: dict[str, Any] = {"platform": platform}
    for name, value in read_pairs(fields, "FIELD=VALUE"):
        whole, dotted, part = name.partition(".")
        if not dotted:
            body[name] = read_structure(value)
        elif isinstance(parts := body.setdefault(whole, {}), dict):
            parts[part] = read_structure(value)
        else:
            raise click.UsageError(f"{whole} has a value already, so {name} cannot be set")
    try:
        placed = control.ask("POST", "/calls", body)
    except SystemExit as refused:
        if refused.code == FAILED:
            _show_fields(control, platform)
        raise
    if control.as_json or "calls" not in placed:
        control.show(placed)
        return
    echo(f"batch {placed['batch_id']}")
    control.show(_worded(control, placed["calls"]), CALL_COLUMNS)


def _worded(control: ControlClient, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return calls with their scenarios in words, unless JSON is asked for."""
    if control.as_json:
        return rows
    from emulator.kit.scenario_words import scenario_words  # noqa: PLC0415  # start-up time

    return [row | {"scenario": scenario_words(row["scenario"])} for row in rows]


def _show_fields(control: ControlClient, platform: str) -> None:
    """Print the fields that calls of a platform are placed with, and a line that places one."""
    shown = {each["name"]: each["call_request"] for each in control.ask("GET", "/platforms")}
    if (request := shown.get(platform)) is not None:
        names = sorted(set(request["properties"]) - {"platform"})
        echo(f"fields: {', '.join(names)}", err=True)
        echo(f"example: {_example(platform, request)}", err=True)


@calls.command("list")
@click.option("--platform", help="Only calls of this platform.", shell_complete=platform_names)
@click.option("--status", help="Only calls with this status.")
@click.option("--batch", "batch_id", help="Only calls of this batch.")
@click.option("--limit", type=int, help="Number of calls to list.")
@click.option("--offset", type=int, help="Number of calls to skip.")
@with_control
def list_calls(control: ControlClient, **query: Any) -> None:
    """List calls, newest first."""
    rows = control.ask("GET", "/calls", **query)
    control.show_marked(_worded(control, rows), CALL_COLUMNS)


@calls.command("show")
@click.argument("call_id", metavar="ID", shell_complete=call_ids)
@with_control
def show_call(control: ControlClient, call_id: str) -> None:
    """Show a call, its transitions, and its record at the vendor."""
    control.show(control.ask("GET", f"/calls/{call_id}"))


@calls.command("move")
@click.argument("call_id", metavar="ID", shell_complete=call_ids)
@click.argument("status")
@click.option("--keys", help="Keys that the callee pressed, for a call that completes.")
@with_control
def move_call(control: ControlClient, call_id: str, status: str, keys: str | None) -> None:
    """Change the status of a call now, by a legal transition."""
    body = {"status": status} | ({} if keys is None else {"keys": keys})
    control.show(control.ask("POST", f"/calls/{call_id}/move", body))


commands = (calls,)
