"""The end of a turn: long work lets others run before it continues."""

import asyncio


async def end_turn() -> None:
    """Let others have a turn: the first pause reads what has arrived, the second handles it."""
    await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
