"""A large response in pieces: to join them would keep other requests waiting."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.kit.turns import turns

PIECE_BYTES: Final = 1 << 18


class PiecesResponse(Response):
    """A response whose body is several pieces; other requests have their turn between them."""

    def __init__(
        self, pieces: list[bytes], media_type: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(None, 200, headers, media_type)
        self.pieces = pieces
        self.headers["content-length"] = str(sum(map(len, pieces)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # as ASGI has it
        """Send the pieces."""
        head = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **head})
        async for piece in turns(_alike(self.pieces)):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _alike(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Join short pieces, and cut long ones."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size < PIECE_BYTES:
            continue
        whole = memoryview(b"".join(waiting) if len(waiting) > 1 else piece)
        yield from (bytes(whole[at : at + PIECE_BYTES]) for at in range(0, size, PIECE_BYTES))
        waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def with_commas(values: Iterable[bytes]) -> Iterator[bytes]:
    """Put a comma before each value but the first, as in a list."""
    between = b""
    for value in values:
        yield between
        yield value
        between = b","
