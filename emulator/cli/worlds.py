"""``world``, ``reset``, ``settings`` and ``health``."""

from typing import Any, Final

import click

from emulator.cli.client import ControlClient, with_control
from emulator.cli.commands import Command, CommandGroup
from emulator.cli.durations import Duration
from emulator.cli.environment import FORMATS, variables_of
from emulator.cli.names import world_names
from emulator.cli.output import echo
from emulator.cli.pairs import read_pairs, read_scalar
from emulator.cli.questions import confirm, with_yes
from emulator.domain.profiles import read_profiles
from emulator.wire.addresses import owner_url

WORLD_COLUMNS: Final = ("name", "seed", "auth", "clock", "now", "next_due")
WORLDS_PER_PAGE: Final = 200


@click.command(cls=Command)
@with_control
def health(control: ControlClient) -> None:
    """Show whether the emulator is running."""
    control.show(control.ask("GET", "/health"))


@click.command(cls=Command)
@with_yes
@with_control
def reset(control: ControlClient, *, yes: bool) -> None:
    """Replace the world with a new one that has the same settings and credentials.

    In a terminal it asks first.
    """
    confirm(f"Reset world {control.world}? Its calls, callbacks and history are lost.", yes=yes)
    _show_world(control, control.ask("POST", "/reset"))


@click.command(cls=Command)
@click.argument("changes", nargs=-1, metavar="[KEY=VALUE]...")
@with_control
def settings(control: ControlClient, changes: tuple[str, ...]) -> None:
    """Show the settings of the world, or change some.

    KEY=VALUE is auth=strict, PLATFORM.OPTION=VALUE, or profile=PLATFORM=PROFILE.
    """
    if not changes:
        control.show(control.ask("GET", "/settings"))
        return
    body: dict[str, Any] = {}
    for key, value in read_pairs(changes, "KEY=VALUE"):
        platform, dotted, option = key.partition(".")
        if key == "profile":
            body[key] = profiles_of(value)
            continue
        if dotted:
            body.setdefault("options", {}).setdefault(platform, {})[option] = read_scalar(value)
        else:
            body[key] = read_scalar(value)
    control.show(control.ask("PATCH", "/settings", body))


def profiles_of(text: str) -> dict[str, str]:
    """Read ``PLATFORM=PROFILE,...``; a usage error for text of another form."""
    try:
        return read_profiles(text)
    except ValueError as error:
        raise click.UsageError(f"profile {error}") from None


def _show_world(control: ControlClient, shown: dict[str, Any]) -> None:
    """Print a world; people get its options from `settings`, as there are dozens."""
    if not control.as_json:
        shown = {name: value for name, value in shown.items() if name != "options"}
    control.show(shown)


@click.group(cls=CommandGroup)
def world() -> None:
    """Create, list and delete worlds."""


@world.command("list")
@click.option("--name", "part", help="List only worlds whose names contain this.")
@with_control
def list_worlds(control: ControlClient, part: str | None) -> None:
    """List the worlds."""
    query = {"name": part, "limit": WORLDS_PER_PAGE}
    worlds = [*control.pages("/worlds", **query)]
    if not control.as_json:  # a table has a column for each field of the clock
        worlds = [{**each, **each["clock"], "clock": each["clock"]["mode"]} for each in worlds]
    control.show(worlds, WORLD_COLUMNS)


@world.command("create")
@click.argument("name", required=False)
@click.option("--seed", type=int, help="Seed of every id and every seeded random choice.")
@click.option(
    "--clock",
    "mode",
    type=click.Choice(["live", "frozen", "auto"]),
    help="Clock mode: live, frozen, or auto (jumps to the next due step).",
)
@click.option("--speed", type=float, help="Speed of a live clock; 2 is twice as fast.")
@click.option("--now", help="Start time of the clock, for example 2026-01-01T00:00:00Z.")
@click.option(
    "--auth",
    type=click.Choice(["open", "strict"]),
    help="Accept any credential, or only known ones.",
)
@click.option(
    "--profile",
    metavar="PLATFORM=PROFILE[,...]",
    help="Edition of a platform's API that the world follows.",
)
@click.option("--from", "from", help="Fork this world or snapshot.", shell_complete=world_names)
@click.option("--expires-in", type=Duration(), help="Delete the world after this real time.")
@with_control
def create_world(control: ControlClient, mode: str | None, **given: Any) -> None:
    """Create a world, and print its credentials and addresses."""
    clock = {"mode": mode, "speed": given.pop("speed"), "now": given.pop("now")}
    body = {name: value for name, value in given.items() if value is not None}
    if "profile" in body:
        body["profile"] = profiles_of(body["profile"])
    body["clock"] = {name: value for name, value in clock.items() if value is not None}
    _show_world(control, control.ask("POST", "/worlds", body))


@world.command("show")
@click.argument("name", shell_complete=world_names)
@with_control
def show_world(control: ControlClient, name: str) -> None:
    """Show a world."""
    _show_world(control, control.ask("GET", f"/worlds/{name}"))


@world.command("env")
@click.argument("name", required=False, shell_complete=world_names)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="sh",
    help="How to write the variables.  [sh]",
)
@with_control
def show_environment(control: ControlClient, name: str | None, form: str) -> None:
    """Print a world's addresses and credentials as environment variables.

    They have the names that `exec` gives them: eval "$(voicebot-emulator world env clinic)". If
    the emulator was started with --token, VOICEBOT_EMULATOR_TOKEN is the token of this world.
    """
    shown = control.ask("GET", f"/worlds/{name or control.world}")
    url = owner_url(control.url, shown["url"])
    variables = variables_of(shown, url, shown["control_token"] or control.token)
    echo(FORMATS["json" if control.as_json else form](variables))


@world.command("delete")
@click.argument("name", shell_complete=world_names)
@with_yes
@with_control
def delete_world(control: ControlClient, name: str, *, yes: bool) -> None:
    """Delete a world with its snapshots. In a terminal it asks first."""
    confirm(f"Delete world {name} and its snapshots?", yes=yes)
    control.ask("DELETE", f"/worlds/{name}")


commands = (health, reset, settings, world)
