"""Name resolution that never lets one slow name delay another."""

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

MAX_LOOKUPS: Final = 512
"""Concurrent lookups; each takes a thread."""

Ask = Callable[[str], list[str]]


def ask_system(host: str) -> list[str]:
    """Return the addresses of a host by the system's resolver; OSError when it has none."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Lookups:
    """Looks a name up once for all requests that wait for it.

    The event loop has only a handful of threads for lookups, and a few unanswered names would
    block them. These lookups have daemon threads, which do not delay the end of the program.
    """

    def __init__(self, ask: Ask = ask_system) -> None:
        self._ask = ask
        self._under_way: dict[str, asyncio.Future[list[str]]] = {}
        self._places = threading.BoundedSemaphore(MAX_LOOKUPS)

    async def __call__(self, host: str) -> list[str]:
        """Return the addresses of a host; OSError if it has none or too many lookups run."""
        loop = asyncio.get_running_loop()
        asked = self._under_way.get(host)
        if asked is None or asked.get_loop() is not loop:
            if not self._places.acquire(blocking=False):
                raise OSError("too many names are being looked up")
            asked = self._under_way[host] = loop.create_future()
            asked.add_done_callback(lambda done: done.cancelled() or done.exception())
            threading.Thread(target=self._look_up, args=(host, asked), daemon=True).start()
        return await asyncio.shield(asked)

    def _look_up(self, host: str, asked: "asyncio.Future[list[str]]") -> None:
        found: list[str] | Exception
        try:
            found = self._ask(host)
        except (OSError, ValueError) as error:  # UnicodeError for a label that is too long
            found = error
        finally:
            self._places.release()
        with suppress(RuntimeError):  # the loop is closed
            asked.get_loop().call_soon_threadsafe(self._finish, host, asked, found)

    def _finish(
        self, host: str, asked: "asyncio.Future[list[str]]", found: list[str] | Exception
    ) -> None:
        if self._under_way.get(host) is asked:
            del self._under_way[host]
        if asked.done():
            return
        if isinstance(found, Exception):
            asked.set_exception(found)
        else:
            asked.set_result(found)
