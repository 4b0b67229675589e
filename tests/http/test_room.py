"""Memory is bounded: for a world and for the server, whatever fills it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.settings import Settings
from emulator.voice.wav import header
from tests.cases import each_case
from tests.limits import LIMIT_SECONDS
from tests.support import Json, World

ROOM: Final = 1_000_000
LONG: Final = "x" * 3_000
MANY: Final = 2_000
"""Requests that are more than enough to fill a world."""


@asynccontextmanager
async def emulator(**settings: Any) -> AsyncIterator[tuple[Emulator, httpx.AsyncClient]]:
    """An emulator with little room."""
    app = create_app(Settings(**settings))
    url = app.worlds.settings.base_url
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=url) as http:
        yield app, http
    await app.worlds.stop()


async def default(http: httpx.AsyncClient) -> World:
    """Return the default world."""
    return World(http, (await http.get("/_emulator/worlds/default")).json())


Fill = Callable[[World, int], Awaitable[httpx.Response]]


async def intron(world: World, _: int) -> httpx.Response:
    """Create a workflow."""
    body = {"name": "a", "workflow_type": "ROBOCALL", "message": LONG}
    return await world.intron("POST", "/workflows", json=body)


async def bimpe(world: World, _: int) -> httpx.Response:
    """Create a workflow."""
    body = {"name": "a", "description": "a", "system_prompt": LONG}
    return await world.bimpe("POST", "/workflows", json=body)


async def exotel(world: World, _: int) -> httpx.Response:
    """Have a bot generated."""
    return await world.exotel("POST", "/bot-generation", files={"text_content": (None, LONG)})


async def inbox(world: World, number: int) -> httpx.Response:
    """Send a message to an inbox of its own."""
    return await world.http.post(f"/_emulator/inbox/default/{number}", content=LONG.encode())


async def script(world: World, number: int) -> httpx.Response:
    """Script the responses of an inbox."""
    return await world.control("PUT", f"/inboxes/{number}", json={"answers": [{"body": LONG}]})


async def snapshot(world: World, _: int) -> httpx.Response:
    """Take a snapshot."""
    return await world.control("POST", "/snapshots")


async def fork(world: World, _: int) -> httpx.Response:
    """Fork the world."""
    return await world.http.post("/_emulator/worlds", json={"from": "default"})


async def new_world(world: World, _: int) -> httpx.Response:
    """Create a world."""
    return await world.http.post("/_emulator/worlds", json={})


async def sound(world: World, number: int) -> httpx.Response:
    """Send a sound."""
    content = header(len(LONG) // 2, 8_000, 1, "") + LONG.encode()
    return await world.control("PUT", f"/exotel/sounds/{number}", content=content)


FILLS: Final = (intron, bimpe, exotel, inbox, script, snapshot, fork, new_world, sound)


@each_case("fill", [pytest.param(each, id=each.__name__) for each in FILLS])
async def test_full_server_says_so(fill: Fill) -> None:
    """What has no room is answered 507 in the vendor's shape; deleting and resetting help."""
    settings = {"max_bytes": ROOM, "max_world_bytes": ROOM, "keep_bytes": ROOM // 4}
    async with emulator(**settings) as (app, http):
        world = await default(http)
        for number in range(MANY):
            response = await fill(world, number)
            if response.is_error:
                break
        assert response.status_code == 507, response.text
        assert "leaves no room" in response.text
        assert app.worlds.meter.used <= ROOM * 1.2
        assert (await world.control("GET", "/calls")).status_code == 200
        for each in (await http.get("/_emulator/worlds")).json()[1:]:
            assert (await http.delete(f"/_emulator/worlds/{each['name']}")).status_code == 204
        for each in (await world.control("GET", "/snapshots")).json():
            deleted = await world.control("DELETE", f"/snapshots/{each['name']}")
            assert deleted.status_code == 204
        assert (await world.control("POST", "/reset")).status_code == 200
        assert app.worlds.meter.used < ROOM // 4
        assert not (await fill(world, 0)).is_error


async def test_other_worlds_have_room_when_one_is_full() -> None:
    """A world that is full keeps no other from working."""
    async with emulator(max_world_bytes=ROOM, keep_bytes=ROOM // 4) as (_, http):
        world = await default(http)
        while not (await intron(world, 0)).is_error:
            pass
        made: Json = (await http.post("/_emulator/worlds", json={})).json()
        assert not (await intron(World(http, made), 0)).is_error


async def test_inboxes_share_one_budget() -> None:
    """However many inboxes there are, their messages take no more than --keep-bytes."""
    async with emulator(keep_bytes=ROOM) as (app, http):
        world = await default(http)
        for number in range(MANY):
            assert (await inbox(world, number)).status_code == 200
        newest = (await world.control("GET", "/inboxes?sort=-created")).json()
        kept = sum(each["messages"] for each in newest)
        assert 0 < kept * len(LONG) < ROOM
        (last,) = (await world.control("GET", f"/inboxes/{MANY - 1}")).json()
        assert last["body"] == LONG
        assert app.worlds.meter.used < 10 * ROOM


async def test_what_is_deleted_is_no_longer_counted() -> None:
    """Records that come, change and go leave the count as it was."""
    async with emulator() as (app, http):
        world = await default(http)
        for _ in range(2):
            before = app.worlds.default.meter.used - app.worlds.default.history.size
            made = await intron(world, 0)
            path = f"/workflows/{made.json()['data']['id']}"
            for message in (LONG * 10, "short", LONG):
                await world.intron("PUT", path, json={"message": message})
            await world.control("PUT", "/inboxes/a", json={"answers": [{"body": LONG}] * 3})
            await world.http.post("/_emulator/inbox/default/a", content=LONG)
            await world.control("DELETE", "/inboxes/a")
            await world.bimpe("GET", "/workflows")
        after = app.worlds.default.meter.used - app.worlds.default.history.size
        assert 0 <= after - before < 3 * len(LONG)


async def test_world_expires() -> None:
    """A world with expires_in is deleted after so many real seconds, without a request."""
    async with emulator() as (app, http):
        body = {"name": "brief", "expires_in": 0.05}
        assert (await http.post("/_emulator/worlds", json=body)).status_code == 201
        await asyncio.wait_for(app.worlds.get("brief").ended.wait(), LIMIT_SECONDS)
        assert (await http.get("/_emulator/worlds/brief")).status_code == 404


async def test_world_shows_when_it_expires() -> None:
    """A world shows the real time of its end; a world that is kept shows null, a fork as well."""
    async with emulator() as (_, http):

        async def made(**asked: Json) -> Json:
            return (await http.post("/_emulator/worlds", json=asked)).json()

        worlds = [await made(name=f"in-{each}", expires_in=3600 * each) for each in (1, 3)]
        ends = [datetime.fromisoformat(each["expires_at"]) for each in worlds]
        assert timedelta(hours=2) <= ends[1] - ends[0] < timedelta(hours=3)
        shown = (await http.get("/_emulator/worlds/in-1")).json()
        assert datetime.fromisoformat(shown["expires_at"]) == ends[0]
        assert (await made(name="fork", **{"from": "in-1"}))["expires_at"] is None
        assert (await http.get("/_emulator/worlds/default")).json()["expires_at"] is None
