"""``snapshot``, ``export`` and ``import``."""

import sys
from pathlib import Path
from typing import Final

import click

from emulator.cli.client import Control, talks
from emulator.cli.output import fail

SNAPSHOT_COLUMNS: Final = ("name", "now", "calls")


@click.group()
def snapshot() -> None:
    """Keep how a world stands, and go back to it."""


@snapshot.command("list")
@talks
def list_snapshots(control: Control) -> None:
    """List the snapshots of the world."""
    control.show(control.ask("GET", "/snapshots"), SNAPSHOT_COLUMNS)


@snapshot.command("save")
@click.argument("name", required=False)
@talks
def save_snapshot(control: Control, name: str | None) -> None:
    """Keep how the world stands, its clock and what it still owes with it."""
    control.show(control.ask("POST", "/snapshots", {} if name is None else {"name": name}))


@snapshot.command("restore")
@click.argument("name")
@talks
def restore_snapshot(control: Control, name: str) -> None:
    """Put the world back to how it stood; the snapshot stays."""
    control.show(control.ask("POST", f"/snapshots/{name}/restore"))


@snapshot.command("delete")
@click.argument("name")
@talks
def delete_snapshot(control: Control, name: str) -> None:
    """Forget a snapshot."""
    control.ask("DELETE", f"/snapshots/{name}")


@click.command("export")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@talks
def export_world(control: Control, path: Path) -> None:
    """Write the world to a file (- for standard output); TinyDB opens it too."""
    write_file(path, control.send("GET", "/export"))


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all (- for standard output)."""
    if str(path) == "-":
        sys.stdout.buffer.write(content)
        return
    new = path.with_name(f"{path.name}.new")
    try:
        new.write_bytes(content)
        new.replace(path)
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}")


@click.command("import")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@talks
def import_world(control: Control, path: Path) -> None:
    """Put the world of a file in the place of this one."""
    try:
        content = path.read_bytes()
    except OSError as error:
        fail(f"cannot read {path}: {error.strerror}")
    control.send("POST", "/import", content)
    control.show(control.ask("GET", "/clock"))


commands = (snapshot, export_world, import_world)
