"""The other processes that share the worlds, asked over HTTP."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from emulator.callbacks.tls import CallbackTls

PEER_SECONDS: Final = 2.0
"""How long another process may take for its whole answer."""
STANDBY_HEADER: Final = "X-Emulator-Standby"
"""Says that a process has no worlds: it is a standby of the shard of this number."""
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

    def __init__(
        self, urls: list[list[str]], number: int, token: str | None, tls: CallbackTls
    ) -> None:
        """``urls``: of the processes of each shard; ``number``: the shard of this process."""
        self._urls = urls
        self._number = number
        self._headers = {SHARD_HEADER: str(number)}
        if token is not None:
            self._headers["X-Emulator-Token"] = token
        self._context = cache(tls.context)  # read for https:// only

    async def ask(self, path: Callable[[int], str]) -> dict[int, PeerResponse]:
        """Return the answers by number, without the processes that did not answer in time.

        ``path``: what to ask the process of a number for.
        """
        import aiohttp  # noqa: PLC0415  # start-up time

        numbers = [each for each in range(len(self._urls)) if each != self._number]
        async with aiohttp.ClientSession(
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=PEER_SECONDS),
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        ) as session:

            async def answer(url: str) -> PeerResponse | None:
                try:
                    ssl = self._context() if url.lower().startswith("https:") else True
                    async with session.get(url, allow_redirects=False, ssl=ssl) as response:
                        content = await response.read()
                except (aiohttp.ClientError, TimeoutError, OSError):
                    return None
                if STANDBY_HEADER in response.headers:
                    return None
                return PeerResponse(response.status, response.headers, content)

            async def answer_of(number: int) -> PeerResponse | None:
                urls = [f"{url}{path(number)}" for url in self._urls[number]]
                return await _first([asyncio.ensure_future(answer(url)) for url in urls])

            found = await asyncio.gather(*map(answer_of, numbers))
        answers = zip(numbers, found, strict=True)
        return {number: each for number, each in answers if each is not None}


async def _first(asking: list[asyncio.Future[PeerResponse | None]]) -> PeerResponse | None:
    """Return the first answer of a process that has worlds; None if there is none."""
    try:
        for coming in asyncio.as_completed(asking):
            if (response := await coming) is not None:
                return response
    finally:
        for each in asking:
            each.cancel()
    return None
