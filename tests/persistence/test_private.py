"""The files of a server: private, one lock for one file, and nothing written through links."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from emulator.app import Emulator, create_app
from emulator.persistence.locks import LockedError
from emulator.persistence.tinydb_file import WorldFile
from emulator.persistence.wal import WorldFileError
from emulator.settings import Settings
from tests.files import data_file_of
from tests.limits import LIMIT_SECONDS
from tests.processes import run, serving

SUFFIXES: Final = ("", ".wal", ".lock")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """The path of a data file, while the umask hides nothing."""
    before = os.umask(0)
    yield tmp_path / "worlds.json"
    os.umask(before)


def modes(data: Path) -> dict[str, int]:
    """Return the permissions of the data file and of those beside it."""
    return {
        each.name.removeprefix(data.name): each.stat().st_mode & 0o777
        for each in data.parent.iterdir()
    }


def checkpointed(data: Path) -> Emulator:
    """Return an emulator whose data file has had a checkpoint."""
    app = create_app(Settings(data=data, checkpoint_bytes=1))
    app.worlds.create(name="w")
    app.worlds.create(name="w2")
    app.worlds.default.reset()
    app.worlds.default.dirty.is_set = True
    app.worlds.default.ids.counters["x"] = 1
    app.worlds.default.commit()
    assert data.exists()
    return app


def stop(app: Emulator) -> None:
    """Close the data file as a server does when it stops."""
    assert app.worlds.data_file is not None
    app.worlds.data_file.close()


def test_every_file_is_private(data: Path) -> None:
    """Data file, write-ahead log and lock have the mode 0600, also after a checkpoint."""
    app = checkpointed(data)
    assert modes(data) == dict.fromkeys(SUFFIXES, 0o600)

    stop(app)

    assert modes(data) == {"": 0o600}


def test_files_keep_their_modes(data: Path) -> None:
    """A mode that the user chose is that of the next file, too."""
    stop(checkpointed(data))
    app = create_app(Settings(data=data))
    for suffix in SUFFIXES:
        data.with_name(data.name + suffix).chmod(0o640)

    data_file_of(app)._checkpoint()

    assert modes(data) == dict.fromkeys(SUFFIXES, 0o640)
    stop(app)


def test_exported_files_are_private(tmp_path: Path) -> None:
    """A world file and a run file have tokens and phone numbers."""
    before = os.umask(0)
    try:
        with serving("--clock", "frozen") as (_, url):
            for command in ("export", "history export"):
                path = tmp_path / command
                ended = run(*command.split(), str(path), "--url", url)
                assert ended.returncode == 0, ended.stderr
                assert path.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)


def test_data_file_may_be_a_link(data: Path) -> None:
    """A checkpoint replaces what the link leads to, and the write-ahead log is beside that."""
    (data.parent / "disk").mkdir()
    target = data.parent / "disk" / "real.json"
    data.symlink_to(target)
    app = checkpointed(data)
    assert set(modes(target)) == set(SUFFIXES)

    stop(app)

    assert data.is_symlink()
    assert target.stat().st_size > 0
    assert set(modes(data)) == {"", "disk"}


@pytest.mark.parametrize("kind", ["link", "hard-link"])
@pytest.mark.parametrize("has_begun", [False, True], ids=["before", "after-a-checkpoint"])
def test_file_under_two_names_has_one_lock(data: Path, kind: str, *, has_begun: bool) -> None:
    """A second server is refused under the other name too."""
    before = WorldFile(data)
    before.write({"worlds": {1: {"id": "w", "world": "w"}}})
    before.close()
    other = data.with_name("other.json")
    first = WorldFile(data)
    if has_begun:
        first.write({"worlds": {1: {"id": "w", "world": "w"}}})
    if kind == "link":
        other.symlink_to(data)
    else:
        other.hardlink_to(data)

    with pytest.raises(LockedError, match="in use by"):
        WorldFile(other)

    first.close()
    WorldFile(other).close()


@pytest.mark.parametrize("suffix", [".new", ".wal.new"])
def test_nothing_is_written_through_a_planted_link(data: Path, suffix: str) -> None:
    """A link in the place of a temporary file is removed, and its target stays as it was."""
    victim = data.with_name("victim")
    victim.write_bytes(b"theirs")
    data.with_name(data.name + suffix).symlink_to(victim)

    stop(checkpointed(data))

    assert victim.read_bytes() == b"theirs"
    assert set(modes(data)) == {"", "victim"}


@pytest.mark.parametrize("suffix", [".lock", ".wal"])
def test_link_beside_the_data_file_is_refused(data: Path, suffix: str) -> None:
    """A lock or log that is a link is not followed, and the message says so."""
    victim = data.with_name("victim")
    victim.write_bytes(b"theirs")
    planted = data.with_name(data.name + suffix)
    planted.symlink_to(victim)

    ended = run("serve", "--port", "0", "--data", str(data))

    assert ended.returncode == 3
    assert ended.stderr == f"cannot use {planted}: a symbolic link, which is not followed here\n"
    assert victim.read_bytes() == b"theirs"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_pipe_in_the_place_of_a_file_is_refused(data: Path, suffix: str) -> None:
    """The start does not wait for a process that writes to it."""
    pipe = data.with_name(data.name + suffix)
    os.mkfifo(pipe)

    ended = run("serve", "--port", "0", "--data", str(data))

    assert ended.returncode == 3
    assert str(pipe) in ended.stderr
    assert "regular file" in ended.stderr
    assert ended.stderr.count("\n") == 1


def can_mount() -> bool:
    """Whether this process may make a namespace of its own with other mounts."""
    try:
        return subprocess.run(["unshare", "-rm", "true"], check=False).returncode == 0  # noqa: S607
    except OSError:
        return False


@pytest.mark.skipif(not can_mount(), reason="mounts are not allowed here")
def test_file_that_is_mounted_by_itself_is_refused(data: Path) -> None:
    """A container that mounts only the file is told at the start to mount its folder."""
    outside = data.with_name("outside of it")
    outside.write_bytes(b"")
    data.write_bytes(b"")
    serve = f"{sys.executable} -m emulator serve --port 0 --data '{data}'"

    ended = subprocess.run(  # noqa: S603  # our own program
        ["unshare", "-rm", "sh", "-c", f"mount --bind '{outside}' '{data}' && exec {serve}"],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )

    assert ended.returncode == 3, ended
    assert ended.stderr == (
        f"{data} is mounted by itself, so that no checkpoint can replace it, and its write-ahead"
        f" log would not be kept with it; mount the folder {data.parent}\n"
    )


def test_failed_checkpoint_gives_the_true_reason(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file that cannot be replaced is no lack of room."""
    app = create_app(Settings(data=data))
    data.mkdir()
    (data / "x").write_bytes(b"")
    assert app.worlds.data_file is not None
    caplog.set_level("WARNING", "emulator")

    app.worlds.data_file.close()

    assert "room" not in caplog.text
    assert "there was no checkpoint" in caplog.text
    with pytest.raises((WorldFileError, OSError)):
        WorldFile(data)
