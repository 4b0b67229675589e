"""Write the world files in ``fixtures/worlds``: ``python -m tests.worlds``."""

import asyncio
from pathlib import Path
from typing import Final

import httpx

from emulator.app import create_app
from emulator.cli.demo_data import seed_demo
from tests.support import World

FOLDER: Final = Path(__file__).parents[1] / "fixtures" / "worlds"
NUMBERS: Final = ("+2348000099001", "+2348000099011", "+2348000099012")


async def demo(client: httpx.AsyncClient) -> bytes:
    """Return a world that uses every platform: calls have ended, are active and are due."""
    world = World(client, (await client.get("/_emulator/worlds/default")).json())
    credentials = world.made["credentials"]
    await seed_demo(client, credentials, str(client.base_url).rstrip("/"))
    await world.advance(120)
    bot_id = await world.bot()
    for _ in range(2):
        await world.call(bot_id)
        await world.advance(90)
    for intent in ("cancel", "modify", "book"):
        call = {"platform": "voicebooker", "intent": intent, "from": "+4917099000124"}
        call["sip_id"] = credentials["voicebooker"]["sip_id"]
        (await world.control("POST", "/calls", json=call)).raise_for_status()
    await world.advance(600)
    await seed_demo(client, credentials, str(client.base_url).rstrip("/"))
    await world.call(bot_id)
    await world.advance(25)
    return (await world.control("GET", "/export")).content


async def small(client: httpx.AsyncClient) -> bytes:
    """Return a world with one Intron workflow and a batch of three calls that has ended."""
    world = World(client, (await client.get("/_emulator/worlds/default")).json())
    workflow_id = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow_id, *NUMBERS)
    await world.advance()
    return (await world.control("GET", "/export")).content


MADE: Final = {"demo.json": demo, "small.json": small}


async def write() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in MADE.items():
        app = create_app()
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
        ) as client:
            (FOLDER / name).write_bytes(await make(client))


if __name__ == "__main__":
    asyncio.run(write())
