"""A checkpoint that another process makes while the server continues."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.app import create_app
from emulator.persistence.background_checkpoint import BackgroundCheckpoint
from emulator.persistence.log_copy import MAX_REST_BYTES
from emulator.persistence.tinydb_file import WorldFile
from emulator.persistence.wal import beside, sync_folder
from emulator.settings import Settings
from tests.files import check_file, room
from tests.persistence.test_tinydb_file import CHANGES, Found, found_in, names_in, wal_of
from tests.support import World

LATER: Final[list[dict[str, Any]]] = [
    {"world": "v", "put": {"bells": {"b3": {"id": "b3", "rung": 3}}}},
    {"world": "v", "change": {"bells": {"keys": ["b2"], "fields": {"rung": [8]}}}},
]


@contextmanager
def opened(path: Path) -> Iterator[WorldFile]:
    """Open a file, and write the first changes."""
    with closing(WorldFile(path)) as file:
        write(file, CHANGES)
        yield file


def write(file: WorldFile, changes: list[dict[str, Any]]) -> None:
    """Append changes to the log."""
    for change in changes:
        file.append(json.dumps(change).encode())


def start(file: WorldFile) -> None:
    """Start a checkpoint."""
    assert file.start_checkpoint({})


def expected(path: Path, changes: list[dict[str, Any]]) -> Found:
    """Return what the changes make of an empty file."""
    with closing(WorldFile(path.with_name("expected.json"))) as file:
        write(file, changes)
        return found_in(file.path)


def test_changes_meanwhile_are_kept(tmp_path: Path) -> None:
    """The file has what was there at the start, and its log what came later."""
    path = tmp_path / "worlds.json"
    with opened(path) as file:
        start(file)
        write(file, LATER[:1])
        file.finish_checkpoint()
        written = json.loads(path.read_bytes())["bells"]
        write(file, LATER[1:])

    assert [row["id"] for row in written.values()] == ["b2"]
    assert found_in(path) == expected(path, CHANGES + LATER)
    assert not beside(path).exists()


def test_further_checkpoints_follow(tmp_path: Path) -> None:
    """Checkpoints of either kind follow one another, and a start continues from the last."""
    path = tmp_path / "worlds.json"
    with opened(path) as file:
        for change in LATER:
            start(file)
            write(file, [change])
            file.finish_checkpoint()
        kept = found_in(path)
        file.checkpoint([("bells", "id", [{"world": "v", "id": "b9"}])])
        assert file.is_checkpointed
        assert found_in(path) == {"v": {"bells": {"b9": {"id": "b9"}}}}

    assert kept == expected(path, CHANGES + LATER)


def long_changes(count: int) -> list[dict[str, Any]]:
    """Return changes of a megabyte each."""
    rows = [{"id": f"long{number}", "rung": "x" * MAX_REST_BYTES} for number in range(count)]
    return [{"world": "v", "put": {"bells": {row["id"]: row}}} for row in rows]


def test_much_that_was_appended_is_copied_before(tmp_path: Path) -> None:
    """While a thread copies, more may be appended; the checkpoint ends once little is left."""
    path = tmp_path / "worlds.json"
    long = long_changes(4)
    with opened(path) as file:
        start(file)
        write(file, long[:3])
        assert file._background is not None
        file._background.wait()
        assert file.is_checkpoint_over
        file.finish_checkpoint(in_turns=True)
        assert file.is_checkpointing
        write(file, long[3:])
        while file.is_checkpointing:
            if file.is_checkpoint_over:
                file.finish_checkpoint(in_turns=True)
        assert file.wal_size < 6 * MAX_REST_BYTES
        write(file, LATER)

    assert found_in(path) == expected(path, [*CHANGES, *long, *LATER])
    assert not beside(wal_of(path)).exists()


def test_copy_without_room_changes_nothing(tmp_path: Path) -> None:
    """If what was appended cannot be copied, file and log are as they were."""
    path = tmp_path / "worlds.json"
    with opened(path) as file:
        start(file)
        write(file, long_changes(3))
        assert file._background is not None
        file._background.wait()
        with room(MAX_REST_BYTES):
            file.finish_checkpoint(in_turns=True)
            with pytest.raises(OSError, match="large"):
                file.finish_checkpoint()
        write(file, LATER)
        assert not file.is_checkpointing

    assert not beside(path).exists()
    assert not beside(wal_of(path)).exists()
    assert found_in(path) == expected(path, [*CHANGES, *long_changes(3), *LATER])


def test_server_that_ends_meanwhile_leaves_nothing(tmp_path: Path) -> None:
    """A server that closes its file stops the thread, and leaves nothing beside file and log."""
    path = tmp_path / "worlds.json"
    with opened(path) as file:
        start(file)
        write(file, long_changes(3))
        assert file._background is not None
        file._background.wait()
        file.finish_checkpoint(in_turns=True)

    assert not beside(path).exists()
    assert not beside(wal_of(path)).exists()
    assert found_in(path) == expected(path, [*CHANGES, *long_changes(3)])


@pytest.mark.parametrize("placed", [0, 1, 2])
def test_kill_between_the_steps_loses_nothing(tmp_path: Path, placed: int) -> None:
    """Killed before, between or after the two renames, the next start has every change."""
    path = tmp_path / "worlds.json"
    with opened(path) as file:
        end = file.wal_size
        start(file)
        write(file, LATER)
        log = wal_of(path).read_bytes()
        file.finish_checkpoint()
        later = wal_of(path).read_bytes()
        whole = path.read_bytes()
    if placed < 2:
        path.unlink()
        beside(path).write_bytes(whole)
    wal_of(path).write_bytes(later if placed else log)

    for _ in range(2):
        with closing(WorldFile(path)) as file:
            assert file.worlds == expected(path, CHANGES + LATER)
    assert len(later) < len(log)
    assert end < len(log)


def test_file_of_another_checkpoint_is_not_taken(tmp_path: Path) -> None:
    """What a killed process left beside the file is not taken for the next checkpoint."""
    path = tmp_path / "worlds.json"
    with opened(path) as file:
        start(file)
        file.finish_checkpoint()
        write(file, LATER)
    shutil.copy(path, beside(path))
    for left in (beside(path).read_bytes(), b'{"emulator":{"1":{"checksum":"00'):
        beside(path).write_bytes(left)
        with closing(WorldFile(path)) as file:
            assert file.worlds == expected(path, CHANGES + LATER)


def test_file_that_could_not_get_its_name_gets_it_later(tmp_path: Path) -> None:
    """Nothing is lost if the second rename fails, and the next checkpoint does it first."""
    path = tmp_path / "worlds.json"
    with opened(path) as file:
        start(file)
        assert file._background is not None
        file._background.wait()
        path.mkdir()
        with pytest.raises(OSError, match="directory"):
            file.finish_checkpoint()
        assert not file.is_checkpointed
        write(file, LATER)
        with pytest.raises(OSError, match="directory"):
            file.start_checkpoint({})
        path.rmdir()
        start(file)
        file.finish_checkpoint()

    assert found_in(path) == expected(path, CHANGES + LATER)


def test_checkpoint_without_room_changes_nothing(tmp_path: Path) -> None:
    """A process that cannot write ends, and file and log are as they were."""
    path = tmp_path / "worlds.json"
    with opened(path) as file:
        with room(file.wal_size // 4):
            start(file)
            with pytest.raises(OSError, match="no checkpoint"):
                file.finish_checkpoint()
        write(file, LATER)

        assert not beside(path).exists()
        assert found_in(path) == expected(path, CHANGES + LATER)


def test_canceled_checkpoint_leaves_nothing(tmp_path: Path) -> None:
    """A server that closes its file ends the process, and leaves nothing beside file and log."""
    path = tmp_path / "worlds.json"
    with opened(path) as file:
        start(file)

    assert not beside(path).exists()
    assert found_in(path) == expected(path, CHANGES)


def test_left_process_writes_no_file_of_a_later_server(tmp_path: Path) -> None:
    """A process whose server was killed writes into no file that has a name by then."""
    path = tmp_path / "worlds.json"
    with opened(path) as file:
        left = BackgroundCheckpoint(path, wal_of(path), file.wal_size, 1, {})
        start(file)  # what the next server does
        left.wait()
        os.close(left.file)
        file.finish_checkpoint()
        sync_folder(path)

    assert found_in(path) == expected(path, CHANGES)


async def test_worlds_are_as_if_the_server_had_written_them(tmp_path: Path) -> None:
    """Every world is in the file as it is in memory, however many checkpoints there were."""
    data = tmp_path / "worlds.json"
    app = create_app(Settings(data=data, checkpoint_bytes=1, checkpoint_process_bytes=0))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
    ) as http:
        world = World(http, (await http.post("/_emulator/worlds", json={"name": "kept"})).json())
        workflow = await world.workflow(call_back_url=world.inbox_url + "done")
        for number in range(12):
            await world.place(workflow, f"+23480000000{number:02}")
            await world.advance()
            await world.control("POST", "/snapshots", json={"name": f"s{number}"})
        assert app.worlds.data_file is not None
        check_file(app, data)
    await app.worlds.stop()
    assert [each for each in names_in(tmp_path) if "copy" not in each] == ["worlds.json"]
