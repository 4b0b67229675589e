"""Delivers callbacks to the emulator's own URL where several processes share the worlds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from emulator.callbacks.peers import STANDBY_HEADER
from emulator.callbacks.transport import Transport
from emulator.domain.callbacks import Callback, CallbackResponse

INBOX: Final = "/_emulator/inbox/"


class ShardTransport:
    """Calls the app of this process, and another process for an inbox that it has."""

    def __init__(
        self,
        inside: Transport,
        outside: Transport,
        owner: Callable[[str], int | None],
        urls: list[list[str]],
    ) -> None:
        """``owner``: the number of the other process that has a world, None for a world of ours.

        ``urls``: of the processes of each shard, by number; without them the callback's own URL is
        called.
        """
        self._inside = inside
        self._outside = outside
        self._owner = owner
        self._urls = urls

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Send the request of a callback and return the response."""
        path = urlsplit(callback.url).path
        world = path.partition(INBOX)[2].partition("/")[0]
        number = self._owner(world) if world else None
        if number is None:
            return await self._inside.send(callback, headers)
        if not self._urls:
            return await self._outside.send(callback, headers)
        rest = callback.url.partition(INBOX)[2]
        response = CallbackResponse(error="no process of its shard has a URL")
        for url in self._urls[number]:
            there = replace(callback, url=f"{url}{INBOX}{rest}")
            response = await self._outside.send(there, headers)
            if response.status is not None and not is_from_standby(response):
                break
        return response

    async def close(self) -> None:
        """Do nothing: the transport to the outside is closed with all others."""


def is_from_standby(response: CallbackResponse) -> bool:
    """Return whether a process has answered that has no worlds, and so has done nothing."""
    return any(name.lower() == STANDBY_HEADER.lower() for name, _ in response.headers)
