"""World files in tests."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RLIMIT_FSIZE, getrlimit, setrlimit
from typing import Any

from pydantic_core import from_json

from emulator.app import Emulator, create_app
from emulator.persistence.data_file import DataFile
from emulator.persistence.export import dump_world
from emulator.settings import Settings
from emulator.world.world import World


def data_file_of(app: Emulator) -> DataFile:
    """Return the data file of an emulator that keeps one."""
    assert isinstance(app.worlds.data_file, DataFile)
    return app.worlds.data_file


def data_of(app: Emulator) -> Path:
    """Return the path of the data file of an emulator that keeps one."""
    assert isinstance(app.worlds.settings.data, Path)
    return app.worlds.settings.data


def restarted(data: Path) -> Emulator:
    """Return an emulator with a copy of the file as it is now, as after ``kill -9``."""
    copy = data.with_name(f"{data.name}.copy")
    for suffix in ("", ".wal"):
        found, copied = data.with_name(data.name + suffix), copy.with_name(copy.name + suffix)
        copied.unlink(missing_ok=True)  # of an earlier moment
        if found.exists():
            shutil.copy(found, copied)
    return create_app(Settings(data=copy))


def tables(world: World) -> dict[str, Any]:
    """Return every table of a world, as a file has it."""
    shown: dict[str, Any] = from_json(dump_world(world))
    del shown["emulator"]
    for row in shown["worlds"].values():
        row["clock"].pop("wall")
        row["clock"].pop("boot", None)
        row["clock"].pop("uptime", None)
        if row["clock"]["mode"] == "live":
            row["clock"].pop("now")
    return shown


def check_file(app: Emulator, data: Path) -> None:
    """Check that the file has the state of every world."""
    again = restarted(data)
    assert [world.name for world in again.worlds.all()] == [
        world.name for world in app.worlds.all()
    ]
    for world, other in zip(app.worlds.all(), again.worlds.all(), strict=True):
        kept, live = tables(other), tables(world)
        for name, rows in live.items():
            assert kept[name] == rows, f"{name}: {kept[name]} is not {rows}"
        assert other.timeline.next_due == world.timeline.next_due
    assert again.worlds.data_file is not None
    again.worlds.data_file.close()


@contextmanager
def room(size: int) -> Iterator[None]:
    """Limit the size of every file of this process, as a full disk would."""
    before, most = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        setrlimit(RLIMIT_FSIZE, (before, most))


def flipped(content: bytes, byte: int, bit: int) -> bytes:
    """Return the content with one bit flipped."""
    return content[:byte] + bytes([content[byte] ^ 1 << bit]) + content[byte + 1 :]


def kill(app: Emulator) -> None:
    """Close the file as the end of the process would, with nothing more written."""
    for world in app.worlds.all():
        world.close()
    assert app.worlds.data_file is not None
    app.worlds.data_file._file.close()
