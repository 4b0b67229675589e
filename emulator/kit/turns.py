"""Long work in pieces or in a thread, while other requests have their turn."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final, TypeVar

from emulator.clock import Clock
from emulator.kit.world import World
from emulator.world.turns import end_turn
from emulator.world.waiting import check_present

T = TypeVar("T")

MAX_TURN_SECONDS: Final = 0.008
"""How long a request works before it gives way to others."""


_loaded: Final = set[str]()


async def load_once(name: str, load: Callable[[], object]) -> None:
    """Load what this process has not used before, such as modules and schemas, in a thread."""
    if name not in _loaded:
        await asyncio.to_thread(load)
        _loaded.add(name)


async def in_thread(world: World, work: Callable[[], T]) -> T:
    """Return what a thread returns; EndedError as soon as the world is deleted or reset."""
    ended = world.ended
    working = asyncio.ensure_future(asyncio.to_thread(work))
    ending = asyncio.ensure_future(ended.wait())
    try:
        await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
        check_present(ended)
        return await working
    finally:
        ending.cancel()
        working.cancel()  # the thread continues, for no one


async def give_way(world: World) -> None:
    """Let other requests have a turn; EndedError if one of them deletes or resets the world."""
    ended = world.ended
    await end_turn()
    check_present(ended)


async def turns_of(world: World, pieces: Iterable[T]) -> AsyncIterator[T]:
    """Go through pieces as ``turns`` does; EndedError once the world was deleted or reset."""
    until = Clock.real() + MAX_TURN_SECONDS
    for piece in pieces:
        yield piece
        if Clock.real() > until:
            await give_way(world)
            until = Clock.real() + MAX_TURN_SECONDS


async def in_turns_of(world: World, pieces: Iterable[T]) -> list[T]:
    """Return all pieces as ``in_turns`` does; EndedError if the world was deleted or reset."""
    ended = world.ended
    found = await in_turns(pieces)
    check_present(ended)
    return found


async def in_turns(pieces: Iterable[T]) -> list[T]:
    """Return all pieces, and give way to other requests while they are made."""
    return [piece async for piece in turns(pieces)]


async def turns(pieces: Iterable[T], turn_seconds: float = MAX_TURN_SECONDS) -> AsyncIterator[T]:
    """Go through pieces, and give way to other requests while they are made."""
    until = Clock.real() + turn_seconds
    for piece in pieces:
        yield piece
        if Clock.real() > until:
            await end_turn()
            until = Clock.real() + turn_seconds
