"""The other processes that share the worlds, asked over HTTP."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from emulator.callbacks.tls import CallbackTls

PEER_SECONDS: Final = 2.0
"""How long another process may take for its whole answer."""
SHARD_HEADER: Final = "X-Emulator-Shard"
"""Has the number of the process that asks: the answer is about one process alone."""


@dataclass(frozen=True, slots=True)
class PeerResponse:
    """What another process answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Peers:
    """Asks each of the others once, all at the same time."""

    def __init__(self, urls: list[str], number: int, token: str | None, tls: CallbackTls) -> None:
        """``urls``: of all processes, by number; ``number``: which of them is this one."""
        self._urls = urls
        self._number = number
        self._headers = {SHARD_HEADER: str(number)}
        if token is not None:
            self._headers["X-Emulator-Token"] = token
        self._tls = tls

    async def ask(self, path: Callable[[int], str]) -> dict[int, PeerResponse]:
        """Return the answers by number, without the processes that did not answer in time.

        ``path``: what to ask the process of a number for.
        """
        import aiohttp  # noqa: PLC0415  # start-up time

        numbers = [each for each in range(len(self._urls)) if each != self._number]
        async with aiohttp.ClientSession(
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=PEER_SECONDS),
            connector=aiohttp.TCPConnector(limit=0, ssl=self._tls.context()),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        ) as session:

            async def answer(number: int) -> PeerResponse | None:
                try:
                    async with session.get(
                        f"{self._urls[number]}{path(number)}", allow_redirects=False
                    ) as response:
                        return PeerResponse(
                            response.status, response.headers, await response.read()
                        )
                except (aiohttp.ClientError, TimeoutError, OSError):
                    return None

            found = await asyncio.gather(*map(answer, numbers))
        answers = zip(numbers, found, strict=True)
        return {number: each for number, each in answers if each is not None}
