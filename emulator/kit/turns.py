"""Long work in pieces, between which other requests have their turn."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Final, TypeVar

from emulator.clock import Clock

T = TypeVar("T")

MAX_TURN_SECONDS: Final = 0.02
"""How long a request works before it gives way to others."""


async def in_turns(pieces: Iterable[T]) -> list[T]:
    """Return all pieces, and give way to other requests while they are made."""
    return [piece async for piece in turns(pieces)]


async def turns(pieces: Iterable[T]) -> AsyncIterator[T]:
    """Go through pieces, and give way to other requests while they are made."""
    until = Clock.real() + MAX_TURN_SECONDS
    for piece in pieces:
        yield piece
        if Clock.real() > until:
            await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
            until = Clock.real() + MAX_TURN_SECONDS
