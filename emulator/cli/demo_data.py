"""The seed data of ``serve --demo``: what every vendor contributes."""

import asyncio
from collections.abc import Mapping

from emulator.app import Emulator
from emulator.kit.auth import Credentials
from emulator.kit.demo import DemoClient
from emulator.vendors import discover


def start_seeding(app: Emulator) -> None:
    """Seed the default world in the background; a world that has calls already is left as it is."""
    if not len(app.worlds.default.calls):
        asyncio.get_running_loop().create_task(_seed(app))


async def _seed(app: Emulator) -> None:
    import httpx  # noqa: PLC0415  # start-up time without --demo

    worlds = app.worlds
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=worlds.settings.base_url
    ) as client:
        credentials = {name: worlds.credentials(worlds.default, name) for name in app.platforms}
        await seed_demo(client, credentials, worlds.settings.base_url)


async def seed_demo(
    client: DemoClient, credentials: Mapping[str, Credentials], base_url: str
) -> None:
    """Run the ``seed_demo`` of every vendor, in the order of their names."""
    for name, platform in discover().items():
        if platform.demo.seed_demo is not None:
            await platform.demo.seed_demo(client, credentials[name], base_url)
