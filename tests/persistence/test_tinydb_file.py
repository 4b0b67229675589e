"""The world file: a TinyDB database with a write-ahead log beside it."""

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, Self

import httpx
import pytest
from pydantic_core import to_json
from tinydb import TinyDB, where

from emulator.app import create_app
from emulator.persistence.columns import Rows
from emulator.persistence.locks import LockedError
from emulator.persistence.migrations import mark
from emulator.persistence.tinydb_file import WorldFile
from emulator.persistence.wal import DamagedError, Frames, WorldFileError, beside
from emulator.settings import Settings
from tests.files import flipped, room
from tests.support import World

EMPTY_BYTES: Final = Frames(Path(), sync=False, first=to_json(mark())).empty_size
"""The size of a write-ahead log without changes."""
CHANGES: list[dict[str, Any]] = [
    {"end": "w", "world": "w", "put": {"bells": {"b1": {"id": "b1", "rung": 1}}}},
    {"world": "w", "change": {"bells": {"keys": ["b1"], "fields": {"rung": [2]}}}},
    {"copy": ["w", "v"], "world": "v", "put": {"bells": {"b2": {"id": "b2", "rung": 0}}}},
    {"world": "v", "drop": {"bells": ["b1"]}},
    {"end": "w"},
]

Found = dict[str, Rows]


def wal_of(path: Path) -> Path:
    """Return the path of a file's write-ahead log."""
    return path.with_name(f"{path.name}.wal")


def written(path: Path, changes: Iterable[dict[str, Any]] = CHANGES) -> list[tuple[int, Found]]:
    """Write changes; after each, note the size of the write-ahead log and the rows."""
    reported: list[tuple[int, Found]] = []
    file = WorldFile(path)
    for change in changes:
        file.append(json.dumps(change).encode())
        reported.append((file.wal_size, found_in(path)))
    file.close()
    return reported


def found_in(path: Path) -> Found:
    """Return the rows of a copy of the file."""
    copy = path.with_name("copy.json")
    shutil.rmtree(copy, ignore_errors=True)
    for suffix in ("", ".wal"):
        beside_it = path.with_name(path.name + suffix)
        if beside_it.exists():
            shutil.copy(beside_it, copy.with_name(copy.name + suffix))
        else:
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    file = WorldFile(copy)
    file.close()
    return file.worlds


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(each.name for each in folder.iterdir())


def checkpoint(file: WorldFile, look: Callable[[int], None] = lambda _: None) -> None:
    """Write the rows that were read into the file."""
    rows = [
        {"world": world, **row}
        for world, tables in file.worlds.items()
        for row in tables.get("bells", {}).values()
    ]
    file.checkpoint([("bells", "id", rows)], look)


async def test_tinydb_reads_the_file_after_a_shutdown(tmp_path: Path) -> None:
    """The file has one table for each kind of record, with readable fields."""
    path = tmp_path / "worlds.json"
    app = create_app(Settings(data=path))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
    ) as http:
        world = World(http, (await http.post("/_emulator/worlds", json={"name": "kept"})).json())
        hook = world.inbox_url + "done"
        batch = await world.place(await world.workflow(call_back_url=hook), "+2348000000001")
        await world.advance()
    await app.worlds.stop()

    with TinyDB(path) as database:
        tables = database.tables()
        (call,) = database.table("calls").search(where("batch_id") == batch)
        (callback,) = database.table("callbacks").all()
        (workflow,) = database.table("intron.workflows").all()
        (body,) = database.table("bodies").all()
        clocks = {row["id"]: row["clock"]["now"] for row in database.table("worlds")}
    assert tables >= {"worlds", "calls", "batches", "callbacks", "inboxes", "messages", "emulator"}
    assert (call["world"], call["to"], call["status"]) == ("kept", "+2348000000001", "completed")
    assert (callback["status"], callback["attempts"][0]["status"]) == ("delivered", 200)
    assert (callback["url"], callback["batch_id"]) == (hook, batch)
    assert (workflow["name"], workflow["message"]) == ("Reminder", "Hello [name]")
    assert json.loads(body["body"])["request_id"] == batch
    assert clocks["default"] == "2026-01-01T00:00:00Z" < clocks["kept"]
    assert names_in(tmp_path) == [path.name]


def test_truncated_log_loads_an_exact_prefix(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Cut at any byte, the whole changes before it are there, and one warning reports the rest."""
    path = tmp_path / "worlds.json"
    reported = written(path)
    content = wal_of(path).read_bytes()
    states: list[tuple[int, Found]] = [(20, {}), (EMPTY_BYTES, {}), *reported]

    for size in range(len(content) + 1):
        wal_of(path).write_bytes(content[:size])
        caplog.clear()
        found = found_in(path)

        end, wanted = max(((0, {}), *states), key=lambda state: (state[0] <= size) * state[0])
        assert found == wanted
        warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
        assert len(warnings) == (size != end or size < 20)
        assert all(str(size - end) in each.getMessage() for each in warnings)


def test_flipped_bit_prevents_opening(tmp_path: Path) -> None:
    """Damage in the file or in its log is named, and neither is touched."""
    path = tmp_path / "worlds.json"
    written(path, CHANGES[:3])
    with WorldFileOpen(path) as file:
        checkpoint(file)
        file.append(json.dumps(CHANGES[3]).encode())
    for damaged in (path, wal_of(path)):
        content = damaged.read_bytes()
        for byte in range(0, len(content), 7):
            damaged.write_bytes(flipped(content, byte, byte % 8))
            with pytest.raises(DamagedError, match=str(damaged)):
                WorldFile(path)
            assert damaged.read_bytes() == flipped(content, byte, byte % 8)
        damaged.write_bytes(content)
    assert found_in(path) == {"w": {"bells": {"b1": {"id": "b1", "rung": 2}}}} | {
        "v": {"bells": {"b2": {"id": "b2", "rung": 0}}}
    }


class WorldFileOpen(WorldFile):
    """A world file that is open for the length of a block."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def test_tinydb_reads_file_and_log_as_one(tmp_path: Path) -> None:
    """As a storage of TinyDB it shows the file with the later changes."""
    path = tmp_path / "worlds.json"
    written(path, CHANGES[:1])
    with WorldFileOpen(path) as file:
        checkpoint(file)
        for change in CHANGES[1:3]:
            file.append(json.dumps(change).encode())

    with TinyDB(path, storage=WorldFile) as database:
        rows = database.table("bells").all()

    assert rows == [
        {"world": "w", "id": "b1", "rung": 2},
        {"world": "v", "id": "b1", "rung": 2},
        {"world": "v", "id": "b2", "rung": 0},
    ]


def test_changes_by_tinydb_are_kept(tmp_path: Path) -> None:
    """Rows can be added, changed and removed through TinyDB."""
    path = tmp_path / "worlds.json"
    written(path, CHANGES[:1])

    with TinyDB(path, storage=WorldFile) as database:
        bells = database.table("bells")
        bells.insert({"world": "w", "id": "b9", "rung": 9})
        bells.update({"rung": 5}, where("id") == "b1")
        assert [row["rung"] for row in bells] == [5, 9]

    assert found_in(path)["w"]["bells"]["b1"] == {"id": "b1", "rung": 5}
    with TinyDB(path, storage=WorldFile) as database:
        database.table("bells").remove(where("id") == "b1")
    assert found_in(path) == {"w": {"bells": {"b9": {"id": "b9", "rung": 9}}}}


def test_row_without_a_world_is_refused(tmp_path: Path) -> None:
    """TinyDB cannot write a row without a world; nothing is replaced then."""
    path = tmp_path / "worlds.json"
    written(path, CHANGES[:2])
    before = found_in(path)

    with TinyDB(path, storage=WorldFile) as database, pytest.raises(DamagedError):
        database.insert({"id": "b9"})

    assert found_in(path) == before


def test_checkpoint_on_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    """A failed checkpoint leaves file and log whole, nothing beside them, and can be repeated."""
    path = tmp_path / "worlds.json"
    written(path, CHANGES[:3])
    with WorldFileOpen(path) as file:
        checkpoint(file)
        before = path.read_bytes()
        for size in (0, 5, 40, len(before) - 1):
            with room(size), pytest.raises(OSError, match="large"):
                checkpoint(file)

            assert path.read_bytes() == before
            assert not beside(path).exists()
        file.append(json.dumps(CHANGES[3]).encode())
        assert set(found_in(path)["v"]["bells"]) == {"b2"}
        checkpoint(file)

    assert path.read_bytes() != before


def test_canceled_checkpoint_changes_nothing(tmp_path: Path) -> None:
    """Canceled at any point, a checkpoint leaves file and log whole, and nothing beside them."""
    path = tmp_path / "worlds.json"
    written(path, CHANGES[:3])
    with WorldFileOpen(path) as file:
        checkpoint(file)
        file.append(json.dumps(CHANGES[3]).encode())
        reported: list[int] = []
        checkpoint(file, reported.append)
        assert reported == sorted(reported)
        assert reported[-1] == len(path.read_bytes())
        file.append(json.dumps(CHANGES[4]).encode())
        before, whole = path.read_bytes(), found_in(path)
        for end in sorted(set(reported)):

            def look(written: int, end: int = end) -> None:
                if written >= end:
                    raise CanceledError

            with pytest.raises(CanceledError):
                checkpoint(file, look)

            assert (path.read_bytes(), found_in(path)) == (before, whole)
            assert not beside(path).exists()


class CanceledError(Exception):
    """The test cancels the checkpoint."""


def test_older_log_is_not_applied_to_a_newer_file(
    tmp_path: Path,
) -> None:
    """A crash between the two steps of a checkpoint loses nothing and applies nothing twice."""
    path = tmp_path / "worlds.json"
    written(path, CHANGES[:3])
    old = wal_of(path).read_bytes()
    with WorldFileOpen(path) as file:
        checkpoint(file)
        file.append(json.dumps(CHANGES[3]).encode())
        checkpoint(file)
    checkpointed = found_in(path)

    wal_of(path).write_bytes(old)  # it would replace w, and copy v from it

    assert found_in(path) == checkpointed


def test_log_that_could_not_be_replaced_is_replaced_later(tmp_path: Path) -> None:
    """A checkpoint that fails after the file was replaced loses no later change."""
    path = tmp_path / "worlds.json"
    written(path, CHANGES[:3])
    with WorldFileOpen(path) as file:
        wal_of(path).unlink()
        wal_of(path).mkdir()
        with pytest.raises(OSError, match="directory"):
            checkpoint(file)
        with pytest.raises(OSError, match="directory"):
            file.append(json.dumps(CHANGES[3]).encode())
        wal_of(path).rmdir()
        rung = {"keys": ["b2"], "fields": {"rung": [8]}}
        file.append(json.dumps({"world": "v", "change": {"bells": rung}}).encode())

    assert found_in(path)["v"]["bells"]["b2"]["rung"] == 8


def test_log_of_another_file_is_refused(tmp_path: Path) -> None:
    """A log that does not belong to the file is named, whether it is later or does not fit."""
    path = tmp_path / "worlds.json"
    written(path, CHANGES[:2])
    with WorldFileOpen(path) as file:
        checkpoint(file)
        checkpoint(file)
        file.append(json.dumps(CHANGES[1]).encode())
    whole = json.loads(path.read_bytes())

    path.unlink()
    with pytest.raises(DamagedError, match="later file"):
        WorldFile(path)
    path.write_text(json.dumps({"emulator": {"1": {"generation": 2}}}))
    with pytest.raises(DamagedError, match=rf"{wal_of(path)}.*byte {EMPTY_BYTES}"):
        WorldFile(path)
    del whole["emulator"]["1"]["checksum"]
    path.write_text(json.dumps(whole))
    assert found_in(path)["w"]["bells"]["b1"]["rung"] == 2


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """A second process is refused with the id of the first; afterwards the file is free."""
    path = tmp_path / "worlds.json"
    with WorldFileOpen(path) as file:
        with pytest.raises(LockedError, match=str(os.getpid())):
            WorldFile(path)
        checkpoint(file)
        file.close_and_remove_wal()

    WorldFile(path).close()


def test_deleted_lock_file_is_no_lock(tmp_path: Path) -> None:
    """A process with a deleted lock file open does not hold a file that another holds."""
    path = tmp_path / "worlds.json"
    first = WorldFileOpen(path)
    path.with_name("worlds.json.lock").unlink()

    with WorldFileOpen(path), pytest.raises(WorldFileError):
        WorldFile(path)
    first.close()


def test_empty_file_is_a_new_one(tmp_path: Path) -> None:
    """An empty file is opened like a new one."""
    path = tmp_path / "worlds.json"
    path.touch()

    assert found_in(path) == {}
    with TinyDB(path, storage=WorldFile) as database:
        assert database.tables() == set()
