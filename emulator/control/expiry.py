"""Worlds that are deleted after a time."""

import asyncio
import weakref
from collections import deque
from collections.abc import Iterator
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
    loop.call_later(max(0.0, seconds), lambda: _queue_of(worlds, loop).add(expiring))


class ExpiryQueue:
    """The worlds whose time is over: however many they are, requests are answered between them."""

    def __init__(self, worlds: Worlds, loop: asyncio.AbstractEventLoop) -> None:
        self._worlds = weakref.ref(worlds)
        self.loop = loop
        self._expired: deque[weakref.ref[World]] = deque()
        self._deleting: Iterator[None] | None = None
        """What is left of the deletion of one of them."""

    def add(self, expired: "weakref.ref[World]") -> None:
        """Delete a world after those that expired before."""
        self._expired.append(expired)
        if len(self._expired) == 1 and self._deleting is None:
            self.loop.call_soon(self._work)

    def _work(self) -> None:
        """Delete a world, or do a piece of it, and continue in the next turn of the loop."""
        worlds = self._worlds()
        if worlds is None:
            return
        if self._deleting is None:
            expired = self._expired.popleft()
            world = expired()
            if world is not None and world is worlds.named(world.name) is not worlds.default:
                self._begin(worlds, expired, world.name)
        elif next(self._deleting, self) is self:
            self._deleting = None
        if self._expired or self._deleting is not None:
            self.loop.call_soon(self._work)

    def _begin(self, worlds: Worlds, expired: "weakref.ref[World]", name: str) -> None:
        deleting = worlds.deleting(name)
        try:
            next(deleting)
        except StorageFullError:
            self.loop.call_later(RETRY_SECONDS, self.add, expired)
        else:
            self._deleting = deleting


_QUEUES: Final[weakref.WeakKeyDictionary[Worlds, ExpiryQueue]] = weakref.WeakKeyDictionary()


def _queue_of(worlds: Worlds, loop: asyncio.AbstractEventLoop) -> ExpiryQueue:
    queue = _QUEUES.get(worlds)
    if queue is None or queue.loop is not loop:
        queue = _QUEUES[worlds] = ExpiryQueue(worlds, loop)
    return queue
