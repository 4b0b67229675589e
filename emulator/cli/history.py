"""``history``, ``replay`` and ``explain``: what happened in a world, and why."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import click
from click.core import ParameterSource

from emulator.cli.client import ControlClient, with_control
from emulator.cli.commands import Command, CommandGroup
from emulator.cli.exit_codes import USAGE
from emulator.cli.files import write_file
from emulator.cli.history_stream import follow
from emulator.cli.names import call_ids, platform_names
from emulator.cli.output import counted, echo, fail, show
from emulator.cli.progress import Progress
from emulator.cli.transfers import download
from emulator.history.entries import KINDS

HISTORY_COLUMNS: Final = (
    *(
        "number",
        "at",
        "kind",
        "platform",
        "call_id",
        "method",
        "target",
        "event",
        "tool",
        "text",
        "status",
        "fault",
    ),
)
FAULT_COLUMNS: Final = (
    *("number", "at", "effect", "platform", "operation", "call_id", "callback_id", "fault_id"),
)
LINK_COLUMNS: Final = ("number", "at", "source", "target", "call_id", "batch_id", "error")
COLUMNS: Final = {"fault": FAULT_COLUMNS, "link": LINK_COLUMNS}
"""Of the kinds whose entries have fields of their own."""


@click.group(cls=CommandGroup, invoke_without_command=True)
@click.option("--kind", type=click.Choice(KINDS), help="Only entries of this kind.")
@click.option("--platform", help="Only entries of this platform.", shell_complete=platform_names)
@click.option("--call", "call_id", help="Only entries about this call.", shell_complete=call_ids)
@click.option("--status", help="Only entries with this status: 404, 500, busy, completed.")
@click.option("--after", type=int, help="Only entries after this number.")
@click.option("--limit", type=int, help="Number of entries to list.")
@click.option("--follow", "-f", "is_followed", is_flag=True, help="Keep printing new entries.")
@click.pass_context
@with_control
def history(
    control: ControlClient, context: click.Context, *, is_followed: bool, **query: Any
) -> None:
    """List the history of the world, oldest entry first, or export it."""
    if context.invoked_subcommand is None and is_followed:
        follow(control, query)
    elif context.invoked_subcommand is None:
        columns = COLUMNS.get(query["kind"], HISTORY_COLUMNS)
        control.show_marked(control.ask("GET", "/history", **query), columns)
    elif any(_is_given(context, name) for name in context.params):
        name = context.invoked_subcommand
        raise click.UsageError(f"put the options after {name}: history {name} FILE --world NAME")


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


@history.command("export")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@with_control
def export_run(control: ControlClient, path: Path) -> None:
    """Write the world's run to a file for `replay` (- for standard output)."""
    write_file(path, download(control, "/history/export"))


@click.command(cls=Command)
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def replay(path: Path, *, as_json: bool) -> None:
    """Replay the run of a file (- for standard input); exit 1 at the first difference.

    No server and no endpoint is needed: the responses of endpoints are those of the file.
    """
    from emulator.conformance.replay import RunError, replay as replay_run  # noqa: PLC0415  # loads a server

    try:
        with (
            click.open_file(str(path), "rb") as file,
            Progress("replaying", "requests") as progress,
        ):
            outcome = replay_run(file.read(), progress.update)
    except OSError as error:
        fail(f"cannot read {path}: {error.strerror}", USAGE)
    except RunError as error:
        fail(f"{path} cannot be replayed: {error}", USAGE)
    if as_json:
        show(outcome.shown(), as_json=True)
    elif outcome.same:
        entries = f"{outcome.entries:,} {'entry' if outcome.entries == 1 else 'entries'}"
        counts = f"{counted(outcome.requests, 'request')}, {entries}"
        echo(f"the same: {counts}, {outcome.hash}")
    else:
        echo(outcome.difference or "")
    raise SystemExit(0 if outcome.same else 1)


@click.command(cls=Command)
@click.argument("thing", metavar="ID")
@with_control
def explain(control: ControlClient, thing: str) -> None:
    """Explain step by step what happened to a call, a batch or a callback, and why."""
    story = control.ask("GET", f"/explain/{quote(thing, safe='')}")
    control.show_text(story, story["text"])


commands = (history, replay, explain)
