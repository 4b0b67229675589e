"""A world's flag says whether there is anything to write, so that no table is asked in vain."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.app import Emulator
from emulator.kit.platform import Platform
from emulator.persistence.wal_reader import read_frames
from emulator.platforms import discover
from emulator.settings import Settings
from tests.files import data_file_of
from tests.support import World, served

SETTINGS: Final = {"name": "kept", "seed": 7, "clock": {"mode": "frozen"}}
NUMBERS: Final = ("+2348000000001", "+23480099012")


class Watch:
    """Sees after each request that nothing is left to write, and counts the records written."""

    def __init__(self, app: Emulator) -> None:
        self.file = data_file_of(app)
        self._size = self.file._file.wal_size

    def __call__(self, response: httpx.Response) -> httpx.Response:
        """Look at every table of every world."""
        left = [
            f"{world.name}: {table.name}"
            for world, tables in self.file._tables.items()
            for table in tables
            if table.is_dirty
        ]
        assert left == [], f"{response.request.method} {response.request.url} left {left}"
        return response

    def has_grown(self) -> bool:
        """Return whether anything was written since the last time this was asked."""
        before, self._size = self._size, self.file._file.wal_size
        return self._size > before


@asynccontextmanager
async def kept(path: Path) -> AsyncIterator[tuple[World, Watch, Emulator]]:
    """Yield a world that is kept in a file."""
    async with served(Settings(data=path / "worlds.json")) as (app, http):
        made = await http.post("/_emulator/worlds", json=SETTINGS)
        yield World(http, made.json()), Watch(app), app


@pytest.mark.parametrize(
    "platform", [pytest.param(platform, id=name) for name, platform in discover().items()]
)
async def test_every_change_of_a_vendor_sets_the_flag(tmp_path: Path, platform: Platform) -> None:
    """However a vendor is used, each request leaves nothing unwritten."""
    async with kept(tmp_path) as (world, watch, _):
        support = import_module(f"tests.platforms.{platform.name}.support")
        await support.use(world, watch)

        assert watch.has_grown()


CONTROLS: Final[list[tuple[str, str, Any]]] = [
    ("POST", "/clock/advance", {"seconds": 3}),
    ("POST", "/clock/advance", {"seconds": 0.5}),
    ("PUT", "/clock", {"mode": "frozen", "speed": 2}),
    ("PATCH", "/settings", {"calls_per_second": 5}),
    ("PATCH", "/settings", {"options": {"intron": {"show_status": True}}}),
    ("PUT", "/scenarios", {"mix": {"busy": 1, "answered": 1}}),
    ("POST", "/faults", {"effect": {"kind": "capacity", "calls": 1}}),
    ("POST", "/clock/advance", {"seconds": 1}),
    ("DELETE", "/faults", None),
    ("PUT", "/inboxes/done", {"answers": [500, 200]}),
    ("POST", "/snapshots", {"name": "early"}),
    ("POST", "/clock/advance", {"until": "idle"}),
    ("POST", "/snapshots/early/restore", None),
    ("POST", "/worlds", {"name": "fork", "from": "kept"}),
    ("POST", "/clock/advance", {"until": "idle"}),
    ("DELETE", "/worlds/fork", None),
    ("POST", "/snapshots/early/restore", None),
    ("PUT", "/clock", {"mode": "auto"}),
    ("DELETE", "/inboxes/done", None),
    ("POST", "/reset", None),
]


async def test_every_change_by_the_control_api_sets_the_flag(tmp_path: Path) -> None:
    """Clock, settings, rules, faults, inboxes, snapshots and forks leave nothing unwritten."""
    async with kept(tmp_path) as (world, watch, _):
        await world.place(await world.workflow(call_back_url=f"{world.inbox_url}done"), *NUMBERS)
        for method, path, body in CONTROLS:
            response = watch(await world.control(method, path, json=body))

            assert response.status_code < 300, response.text
            assert watch.has_grown(), (method, path, body)


async def test_request_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    """After reading, the flag is as it was, so that no table is asked."""
    async with kept(tmp_path) as (world, watch, app):
        workflow = await world.workflow()
        inside = app.worlds.get(world.name)
        assert watch.has_grown()
        for path in ("/workflows", f"/workflows/{workflow}", f"/workflows/{workflow}/calls"):
            watch(await world.intron("GET", path))
        watch(await world.control("GET", "/calls"))

        assert not inside.dirty.is_set
        assert not watch.has_grown()


async def test_request_commits_once(tmp_path: Path) -> None:
    """A request that places a batch is one record of the write-ahead log."""
    async with kept(tmp_path) as (world, watch, _):
        workflow = await world.workflow()
        before = len(list(read_frames(watch.file._file.wal)))

        await world.place(workflow, *NUMBERS)

        assert len(list(read_frames(watch.file._file.wal))) == before + 1


async def test_change_has_only_what_is_new_of_its_world(tmp_path: Path) -> None:
    """Counters that a request has moved are written, not the settings beside them."""
    async with kept(tmp_path) as (world, watch, _):
        await world.workflow()
        await world.workflow()
        await world.advance(5)
        await world.control("PATCH", "/settings", json={"calls_per_second": 4})

        frames = read_frames(watch.file._file.wal)
        second, advanced, changed = [json.loads(frame) for _, frame in frames][-3:]

    fields = second["change"]["worlds"]["fields"]
    assert (list(fields), list(second["put"])) == (["counters"], ["intron.workflows"])
    assert "worlds" in changed["put"]
    fields = advanced["change"]["worlds"]["fields"]
    assert list(fields) == ["clock"]
    assert fields["clock"][0]["now"] == "2026-01-01T00:00:05Z"
