"""The worlds that come with the project."""

import httpx
import pytest

from emulator.app import create_app
from emulator.settings import Settings
from tests.support import World
from tests.worlds import FOLDER, MADE


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in MADE])
async def test_world_file_is_what_it_is_made_of(name: str) -> None:
    """A world file holds what `make worlds` writes, to the byte."""
    app = create_app()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=app.worlds.settings.base_url
    ) as client:
        assert await MADE[name](client) == (FOLDER / name).read_bytes()


async def test_demonstration_has_every_platform_in_use() -> None:
    """The demonstration world has calls that ended and calls to come, on all platforms."""
    app = create_app(Settings(world_files=(FOLDER / "demo.json",)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=app.worlds.settings.base_url
    ) as client:
        world = World(client, (await client.get("/_emulator/worlds/default")).json())
        calls = (await world.control("GET", "/calls?limit=1000")).json()
        ended = {call["platform"] for call in calls if call["ended_at"]}
        begun = {call["status"] for call in calls if not call["ended_at"]}
        with_callbacks = {
            each["platform"] for each in (await world.control("GET", "/callbacks")).json()
        }
        done = await world.advance()
    assert ended == {"bimpe", "exotel", "intron", "voicebooker"}
    assert begun >= {"in_progress"}
    assert with_callbacks == {"intron", "voicebooker"}
    assert done["counts"]["callbacks"] > 0
