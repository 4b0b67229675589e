"""A bot that echoes, and measures when chunks arrive: ``python -m tests.bench.bots``.

It prints its port. For each line on its standard input it prints, as JSON, by how many
milliseconds each chunk since the line before was late. A chunk of a stream is due a tenth of a
second after the one before; the chunk that was the least late was on time.
"""

import asyncio
import json
import sys
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Final

import uvloop
from aiohttp import WSMsgType, web

CHUNK_SECONDS: Final = 0.1
MILLISECONDS: Final = 1000


class EchoBot:
    """Answers any number of calls."""

    def __init__(self) -> None:
        self._streams: list[list[float]] = []
        """For each stream, when its chunks came, less what their numbers say."""
        self._shown: list[int] = []

    async def answer(self, request: web.Request) -> web.WebSocketResponse:
        """Echo each chunk of a call, until the person hangs up."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        came = list[float]()
        self._streams.append(came)
        self._shown.append(0)
        async for message in socket:
            now = perf_counter()
            if message.type is not WSMsgType.TEXT:
                continue
            if '"event":"media"' in message.data:
                came.append(now - len(came) * CHUNK_SECONDS)
                await socket.send_str(message.data)
        return socket

    def tell(self) -> None:
        """Answer a line."""
        if not sys.stdin.readline():
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            return
        late = list[float]()
        for number, came in enumerate(self._streams):
            late += [MILLISECONDS * (each - min(came)) for each in came[self._shown[number] :]]
            self._shown[number] = len(came)
        print(json.dumps(late), flush=True)  # noqa: T201  # its output


async def main() -> None:
    """Serve on a free port."""
    bot = EchoBot()
    app = web.Application()
    app.router.add_get("/", bot.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)  # noqa: T201  # its output
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), bot.tell)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
