"""Worlds that are deleted after a time."""

import asyncio

from emulator.world.world import World
from emulator.worlds import Worlds


def expire(worlds: Worlds, world: World, seconds: float) -> None:
    """Delete a world after so many real seconds, unless it was deleted before."""

    def delete() -> None:
        if worlds.named(world.name) is world and world is not worlds.default:
            worlds.delete(world.name)

    asyncio.get_running_loop().call_later(seconds, delete)
