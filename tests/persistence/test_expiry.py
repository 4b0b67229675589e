"""A world that is to be deleted after a time is deleted, also if its server stops meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from emulator.app import Emulator, create_app
from emulator.control.expiry import expire
from emulator.settings import Settings
from tests.files import kill
from tests.limits import LIMIT_SECONDS

MANY = 100
BRIEF = {"name": "brief", "expires_in": 0.05}
LONG = {"name": "long", "expires_in": 3600}


@asynccontextmanager
async def alive(app: Emulator) -> AsyncIterator[httpx.AsyncClient]:
    """Run the lifespan of an app, with a client; the app is killed in the end."""
    started = asyncio.Event()

    async def receive() -> dict[str, str]:
        if not started.is_set():
            return {"type": "lifespan.startup"}
        return await asyncio.Future()

    async def send(_: object) -> None:
        started.set()

    lifespan = asyncio.ensure_future(app({"type": "lifespan"}, receive, send))
    await asyncio.wait_for(started.wait(), LIMIT_SECONDS)
    transport = httpx.ASGITransport(app=app)
    url = app.worlds.settings.base_url
    async with httpx.AsyncClient(transport=transport, base_url=url) as http:
        yield http
    lifespan.cancel()
    kill(app)
    await app.worlds.transports.close()


async def test_world_expires_after_a_restart(tmp_path: Path) -> None:
    """The time that a world is given passes also while its server is stopped."""
    settings = Settings(data=tmp_path / "worlds.json")
    app = create_app(settings)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=settings.base_url
    ) as http:
        for body in (BRIEF, LONG):
            assert (await http.post("/_emulator/worlds", json=body)).status_code == 201
        kill(app)
        await app.worlds.transports.close()
    app = create_app(settings)
    brief, long = app.worlds.named("brief"), app.worlds.get("long")
    assert brief is not None
    async with alive(app) as http:
        await asyncio.wait_for(brief.ended.wait(), LIMIT_SECONDS)
        assert [each["name"] for each in (await http.get("/_emulator/worlds")).json()] == [
            "default",
            "long",
        ]
    assert long.settings.expires_at is not None


async def test_only_the_world_itself_expires(tmp_path: Path) -> None:
    """A fork, a snapshot and an export do not expire; a world that is restored still does."""
    app = create_app(Settings(data=tmp_path / "worlds.json"))
    async with alive(app) as http:
        of_long = {"X-Emulator-World": "long"}
        await http.post("/_emulator/worlds", json=LONG)
        await http.post("/_emulator/snapshots", json={"name": "s"}, headers=of_long)
        await http.post("/_emulator/worlds", json={"name": "fork", "from": "long"})
        export = await http.get("/_emulator/export", headers=of_long)
        await http.post("/_emulator/import", content=export.content)
        await http.post("/_emulator/snapshots/s/restore", headers=of_long)
        found = {world.name: world.settings.expires_at for world in app.worlds.all()}
        assert found.pop("long") is not None
        assert found == {"default": None, "fork": None}


async def test_many_worlds_that_expire_together_give_way(tmp_path: Path) -> None:
    """However many worlds were forgotten, requests are answered while they end."""
    app = create_app(Settings(data=tmp_path / "worlds.json"))
    async with alive(app) as http:
        for number in range(MANY):
            made = await http.post("/_emulator/worlds", json={"name": f"w{number}"})
            assert made.status_code == 201
        for number in range(MANY):
            expire(app.worlds, app.worlds.get(f"w{number}"), 0.0)
        seen = set[int]()
        while len(app.worlds) > 1:
            await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
            seen.add((await http.get("/_emulator/health")).json()["worlds"])
        assert len(seen) > MANY // 10
