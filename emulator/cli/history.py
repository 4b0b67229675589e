"""``history``: what happened, to look at or as a run file; ``replay``: goes through one again."""

from pathlib import Path
from typing import Any, Final

import click

from emulator.cli.client import Control, talks
from emulator.cli.files import write_file
from emulator.cli.output import fail, show
from emulator.history.entries import KINDS

USAGE: Final = 2
COLUMNS: Final = (*("number", "at", "kind", "platform", "call_id", "method", "target", "status"),)
FAULT_COLUMNS: Final = (
    *("number", "at", "effect", "platform", "operation", "call_id", "callback_id", "fault_id"),
)


@click.group(invoke_without_command=True)
@click.option("--kind", type=click.Choice(KINDS))
@click.option("--platform")
@click.option("--call", "call_id")
@click.option("--after", type=int, help="Only entries after this number.")
@click.option("--limit", type=int)
@click.pass_context
@talks
def history(control: Control, context: click.Context, **query: Any) -> None:
    """List what happened, oldest first; or have it as a file."""
    if context.invoked_subcommand is None:
        columns = FAULT_COLUMNS if query["kind"] == "fault" else COLUMNS
        control.show(control.ask("GET", "/history", **query), columns)
    elif any(context.params.values()):
        name = context.invoked_subcommand
        raise click.UsageError(f"options come after {name}: history {name} FILE --world NAME")


@history.command("export")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@talks
def export_run(control: Control, path: Path) -> None:
    """Write a world's whole run to a file for `replay` (- for standard output)."""
    write_file(path, control.send("GET", "/history/export"))


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def replay(path: Path, *, as_json: bool) -> None:
    """Go through the run of a file again (- for standard input); exit 1 if it differs.

    Needs no server and no endpoint: these answer what they answered then.
    """
    from emulator.conformance.replay import RunError, replay as go_through  # noqa: PLC0415  # loads a server

    try:
        with click.open_file(str(path), "rb") as file:
            outcome = go_through(file.read())
    except OSError as error:
        fail(f"cannot read {path}: {error.strerror}", USAGE)
    except RunError as error:
        fail(f"{path} cannot be replayed: {error}", USAGE)
    if as_json:
        show(outcome.shown(), as_json=True)
    elif outcome.same:
        counts = f"{outcome.requests} requests, {outcome.entries} entries"
        click.echo(f"the same: {counts}, {outcome.hash}")
    else:
        click.echo(outcome.difference)
    raise SystemExit(0 if outcome.same else 1)


commands = (history, replay)
