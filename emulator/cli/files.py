"""``snapshot``, ``export`` and ``import``: a world in the server or in a file."""

import sys
from pathlib import Path
from typing import Final

import click

from emulator import disk
from emulator.cli.client import ControlClient, with_control
from emulator.cli.commands import Command, CommandGroup
from emulator.cli.names import snapshot_names
from emulator.cli.output import echo, fail
from emulator.cli.questions import confirm, with_yes
from emulator.cli.transfers import download, upload

SNAPSHOT_COLUMNS: Final = ("name", "now", "calls")


@click.group(cls=CommandGroup)
def snapshot() -> None:
    """Save a world, and restore it later."""


@snapshot.command("list")
@with_control
def list_snapshots(control: ControlClient) -> None:
    """List the snapshots of the world."""
    control.show(control.ask("GET", "/snapshots"), SNAPSHOT_COLUMNS)


@snapshot.command("save")
@click.argument("name", required=False)
@with_control
def save_snapshot(control: ControlClient, name: str | None) -> None:
    """Save the world, with its clock and everything that is scheduled."""
    control.show(control.ask("POST", "/snapshots", {} if name is None else {"name": name}))


@snapshot.command("restore")
@click.argument("name", shell_complete=snapshot_names)
@with_control
def restore_snapshot(control: ControlClient, name: str) -> None:
    """Restore the world from a snapshot; the snapshot stays."""
    control.show(control.ask("POST", f"/snapshots/{name}/restore"))


@snapshot.command("delete")
@click.argument("name", shell_complete=snapshot_names)
@with_control
def delete_snapshot(control: ControlClient, name: str) -> None:
    """Delete a snapshot."""
    control.ask("DELETE", f"/snapshots/{name}")


@click.command("export", cls=Command)
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@with_control
def export_world(control: ControlClient, path: Path) -> None:
    """Write the world to a file that TinyDB reads too (- for standard output)."""
    write_file(path, download(control, "/export"))


def write_file(path: Path, content: bytes) -> None:
    """Write a private file, completely or not at all (- for standard output)."""
    if str(path) == "-":
        if sys.stdout.isatty():  # in JSON, an escape is the same as the character
            echo(content.decode())
            return
        sys.stdout.buffer.write(content)
        return
    try:
        disk.write_file(path, content)
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}")


@click.command("import", cls=Command)
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@with_yes
@with_control
def import_world(control: ControlClient, path: Path, *, yes: bool) -> None:
    """Replace the world with that of a file. In a terminal it asks first."""
    try:
        content = path.read_bytes()
    except OSError as error:
        fail(f"cannot read {path}: {error.strerror}")
    confirm(f"Replace world {control.world} with that of {path}?", yes=yes)
    upload(control, "/import", content)
    control.show(control.ask("GET", "/clock"))


commands = (snapshot, export_world, import_world)
