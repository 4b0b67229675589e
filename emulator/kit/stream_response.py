"""A response that stays open until the client leaves or the world ends."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from emulator.world.streams import Stream

FLUSH_SECONDS: Final = 1.0
"""Real seconds that a client has to read what is left when the world ends."""


class EventStreamResponse(StreamingResponse):
    """A response whose body is what the world puts into a stream.

    Its request is no longer in flight, so time passes. A client that leaves is forgotten at
    once, not when the next chunk is sent.
    """

    def __init__(self, stream: Stream, media_type: str, headers: dict[str, str]) -> None:
        super().__init__(_chunks(stream), headers=headers, media_type=media_type)
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send chunks until the client leaves or the stream ends."""
        if scope["method"] == "HEAD":
            self._stream.end()
        tasks = [
            asyncio.ensure_future(each)
            for each in (
                self.listen_for_disconnect(receive),
                self.stream_response(send),
                self._stream.until_over(),
            )
        ]
        leaving, sending, over = tasks
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if over.done() and not self._stream.is_cut:
                either = {leaving, sending}
                await asyncio.wait(
                    either, timeout=FLUSH_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
        finally:
            self._stream.end()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _chunks(stream: Stream) -> AsyncIterator[bytes]:
    while (chunk := await stream.take()) is not None:
        yield chunk
