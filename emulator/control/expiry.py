"""Worlds that are deleted after a time."""

import asyncio
import weakref
from typing import Final

from emulator.clock import Clock
from emulator.domain.errors import StorageFullError
from emulator.world.world import World
from emulator.worlds import Worlds

RETRY_SECONDS: Final = 10.0
"""When to try again while the data file cannot be written."""


def expire(worlds: Worlds, world: World, seconds: float) -> None:
    """Delete a world after so many real seconds, also if the server starts again meanwhile."""
    at = Clock.since_epoch() + seconds
    world.use_settings(world.settings.model_copy(update={"expires_at": at}))
    world.commit()
    _delete_later(worlds, world, seconds)


def resume(worlds: Worlds) -> None:
    """Wait for the end of every world that was to expire when the server stopped."""
    now = Clock.since_epoch()
    for world in worlds.all():
        if world.settings.expires_at is not None:
            _delete_later(worlds, world, world.settings.expires_at - now)


def _delete_later(worlds: Worlds, world: World, seconds: float) -> None:
    """Delete a world unless it was deleted before; until then its memory can be freed."""
    expiring, loop = weakref.ref(world), asyncio.get_running_loop()

    def delete() -> None:
        found = expiring()
        if found is None or found is not worlds.named(found.name) or found is worlds.default:
            return
        try:
            worlds.delete(found.name)
        except StorageFullError:
            loop.call_later(RETRY_SECONDS, delete)

    loop.call_later(max(0.0, seconds), delete)
