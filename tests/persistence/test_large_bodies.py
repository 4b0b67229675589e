"""Callbacks with large bodies in a world that is kept in a file: written in pieces, a turn each."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic_core import from_json

from emulator.app import Emulator
from emulator.callbacks.log import LARGE_BODY_BYTES
from emulator.persistence.staged_rows import CHARACTERS_PER_PIECE
from emulator.persistence.wal_reader import read_frames
from emulator.settings import Settings
from tests.files import check_file, data_of, kill, restarted, room, tables
from tests.support import World, served

CALLS: Final = 5_000
NOTE: Final = "Grüße"
"""Is longer in UTF-8 than in characters."""
MAX_TURNS: Final = 100_000


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[tuple[Emulator, World]]:
    """A server with a data file, and a world in it with a batch whose callback is large."""
    async with served(Settings(data=tmp_path / "worlds.json")) as (app, http):
        made = await http.post("/_emulator/worlds", json={"name": "kept"})
        world = World(http, made.json())
        workflow = await world.workflow(call_back_url=f"{world.inbox_url}done")
        tags = {"user_tag_identifiers": {"note": NOTE}}
        entries = [{"phone_number": f"+2348{number:08}", **tags} for number in range(CALLS)]
        body = json.dumps({"workflow_id": workflow, "workflow_params": entries})
        assert (await world.intron("POST", "/call", content=body)).status_code == 200
        yield app, world


def changes(app: Emulator) -> list[tuple[int, Any]]:
    """Return the sizes and the content of what the log has."""
    wal = data_of(app).with_name("worlds.json.wal")
    return [(len(payload), from_json(payload)) for _, payload in read_frames(wal)]


async def body_of(world: World) -> str:
    """Return the body that the inbox received."""
    (message,) = (await world.control("GET", "/inboxes/done")).json()
    return json.dumps(message["body"], ensure_ascii=False)


async def test_body_is_written_once_in_pieces(kept: tuple[Emulator, World]) -> None:
    """No change is long, and the message in the inbox has the body of the callback."""
    app, world = kept
    before = len(changes(app))
    await world.advance()
    assert NOTE in await body_of(world)
    written = changes(app)[before:]
    assert max(size for size, _ in written) < 2 * CHARACTERS_PER_PIECE
    texts = [
        text
        for _, change in written
        for row in change.get("more", {}).get("bodies", {}).values()
        for text in row["body"]
    ]
    (callback,) = app.worlds.get("kept").courier.log
    assert callback.content is not None
    assert len(callback.content) > LARGE_BODY_BYTES
    assert "".join(texts) == callback.content.decode()
    assert len(texts) > 1
    check_file(app, data_of(app))


async def test_kill_leaves_a_callback_with_its_body_or_none(kept: tuple[Emulator, World]) -> None:
    """Whenever the server is killed, the next one sends the same callback, once."""
    app, world = kept
    task = asyncio.ensure_future(world.advance())
    after: list[Emulator] = []
    while not task.done():
        for change in (change for _, change in changes(app)[-1:]):
            if {"more", "take"} & change.keys():
                after.append(restarted(data_of(app)))
                kill(after[-1])
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    await task
    assert len(after) > 1
    (callback,) = app.worlds.get("kept").courier.log
    for each in after:
        (again,) = list(each.worlds.get("kept").courier.log) or [callback]
        assert (again.id, again.content) == (callback.id, callback.content)


async def test_reset_meanwhile_leaves_nothing(kept: tuple[Emulator, World]) -> None:
    """What was written of a body is deleted with its world, and checkpoints are made again."""
    app, world = kept
    file = app.worlds.data_file
    assert file is not None
    task = asyncio.ensure_future(world.control("POST", "/clock/advance", json={"until": "idle"}))
    for _ in range(MAX_TURNS):
        if file.staged:
            break
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    await world.control("POST", "/reset")
    await task
    assert not file.staged
    check_file(app, data_of(app))


async def test_body_without_room_is_written_later(kept: tuple[Emulator, World]) -> None:
    """The callback is not sent before it is written; nothing is lost."""
    app, world = kept
    live, file = app.worlds.get("kept"), app.worlds.data_file
    assert file is not None
    task = asyncio.ensure_future(world.control("POST", "/clock/advance", json={"until": "idle"}))
    for _ in range(MAX_TURNS):
        if file.staged:
            break
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    with room(data_of(app).with_name("worlds.json.wal").stat().st_size + 10):
        assert (await task).status_code == 507
        assert not (await world.control("GET", "/inboxes/done")).json()
    await world.advance()
    assert NOTE in await body_of(world)
    assert not file.staged
    assert tables(live)["bodies"]
    check_file(app, data_of(app))


@pytest.mark.parametrize("mode", ["auto", "live"])
async def test_clock_that_runs_by_itself_writes_pieces_too(
    kept: tuple[Emulator, World], mode: str
) -> None:
    """Callbacks of auto and live clocks are written in pieces before they are sent."""
    app, world = kept
    live = app.worlds.get("kept")
    await world.control("PUT", "/clock", json={"mode": mode, "speed": 1_000_000})
    for _ in range(MAX_TURNS):
        if live.inboxes["done"].messages.last:
            break
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    assert NOTE in await body_of(world)
    await world.control("PUT", "/clock", json={"mode": "frozen"})
    assert max(size for size, _ in changes(app)) < 2 * CHARACTERS_PER_PIECE
    check_file(app, data_of(app))
