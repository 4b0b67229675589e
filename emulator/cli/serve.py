"""``serve``."""

from typing import Any, Final

import click
from pydantic import ValidationError

from emulator.app import Emulator
from emulator.cli.aliases import AliasedCommand
from emulator.cli.output import fail
from emulator.kit.errors import as_invalid
from emulator.server import LOOPBACK, CannotStartError, serve as serve_settings
from emulator.settings import Settings, read_settings

CANNOT_START: Final = 3
ALIASES: Final = {
    "--fold-bytes": "--checkpoint-bytes",
    "--fold-seconds": "--checkpoint-timeout",
}


@click.command(cls=AliasedCommand, aliases=ALIASES)
@click.option("--host", help="Address to listen on.  [127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on; 0 picks a free one.  [8080]")
@click.option(
    "--clock",
    type=click.Choice(["live", "frozen", "auto"]),
    help="Who moves the time: the wall, only you, or the next step due.  [live]",
)
@click.option("--speed", type=float, help="How much faster than the wall a live clock is.  [1]")
@click.option("--now", help="What clocks show at first, for instance 2026-01-01T00:00:00Z.")
@click.option("--seed", type=int, help="What every id and every draw follows from.  [0]")
@click.option(
    "--auth",
    type=click.Choice(["open", "strict"]),
    help="Take any credential for the default world, or only known ones.  [open]",
)
@click.option("--calls-per-second", type=float, help="How fast a batch is dialled.  [10]")
@click.option("--max-body", type=int, help="Bytes a request may have.  [33554432]")
@click.option(
    "--keep", type=int, help="Entries of the journal, the callbacks' log and each inbox.  [100000]"
)
@click.option("--keep-bytes", type=int, help="Bytes of bodies in each of them.  [67108864]")
@click.option("--callback-timeout", type=float, help="Seconds an endpoint has.  [10]")
@click.option(
    "--client-timeout", type=float, help="Seconds a client may leave a request unfinished.  [60]"
)
@click.option(
    "--data",
    type=click.Path(dir_okay=False),
    help="Keep every world in this file (a TinyDB database) across restarts.",
)
@click.option(
    "--durability",
    type=click.Choice(["normal", "sync"]),
    help="What is answered survives the end of the process, or that of the power.  [normal]",
)
@click.option(
    "--checkpoint-bytes",
    type=int,
    help="Write-ahead log size that triggers a checkpoint into the data file.  [134217728]",
)
@click.option(
    "--checkpoint-timeout",
    type=float,
    help="Seconds that the checkpoint at shutdown may take; a longer one is skipped.  [3]",
)
@click.option(
    "--world",
    "world_files",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="Start from the worlds of this file; may be given again.",
)
@click.option(
    "--allow-public-callbacks",
    is_flag=True,
    default=None,
    help="Let callbacks leave for public addresses.",
)
@click.option(
    "--token", help="What the control API asks for; needed on other addresses than this machine's."
)
@click.option(
    "--allow-origin",
    multiple=True,
    metavar="ORIGIN",
    help="Let pages of this origin use the vendors' paths; may be given again.  [none]",
)
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="Accept this Host name too; may be given again.",
)
@click.option("--public-url", help="The address the emulator is reached at.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="Least severe messages to write to stderr; info has a line per request.  [warning]",
)
@click.option(
    "--demo",
    is_flag=True,
    help="Begin with something of every platform, under way.",
)
def serve(*, demo: bool, **flags: Any) -> None:
    """Serve until stopped. Every flag is also read from VOICEBOT_EMULATOR_*."""
    settings = settings_of(flags)
    try:
        serve_settings(settings, lambda app: announce(app, demo=demo))
    except CannotStartError as error:
        fail(str(error), CANNOT_START)


def settings_of(flags: dict[str, Any], **defaults: Any) -> Settings:
    """Read flags and environment, or end with an error that names what does not fit."""
    lists = ("world_files", "allow_origin", "allow_host")
    given = flags | {name: flags.get(name) or None for name in lists}
    try:
        settings = read_settings(given, {"clock": "live"} | defaults)
    except ValidationError as error:
        raise click.UsageError(as_invalid(error, "the settings").message) from None
    if settings.host not in LOOPBACK and settings.token is None:
        fail(
            f"serving on {settings.host} needs --token, so that not everybody there can use "
            "the control API",
            CANNOT_START,
        )
    if "*" in settings.allow_origin and settings.host not in LOOPBACK:
        fail("--allow-origin '*' is for loopback only; name the origins", CANNOT_START)
    return settings


def announce(app: Emulator, *, demo: bool) -> None:
    """Say where each platform is served, with which credential, and what to try."""
    worlds = app.worlds
    if demo:
        from emulator.cli.demo_data import start_seeding  # noqa: PLC0415  # loads a client

        start_seeding(app)
    base_url = worlds.settings.base_url
    for name, platform in app.platforms.items():
        credentials = worlds.credentials(worlds.default, name)
        shown = "  ".join(f"{key}={value}" for key, value in credentials.items())
        click.echo(f"{name}  {base_url}/{name}  {shown}")
        click.echo(f"  {platform.command(f'{base_url}/{name}', credentials)}")
    click.echo(f"dashboard  {base_url}/_emulator/ui")
    click.echo(f"guides  {base_url}/_emulator/guide/")
    click.echo(f"control  {base_url}/_emulator  (clock: {worlds.default.clock.mode})")


commands = (serve,)
