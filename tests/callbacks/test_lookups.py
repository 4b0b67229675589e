"""Name resolution."""

import asyncio
import threading

import pytest

from emulator.callbacks.lookups import MAX_LOOKUPS, Lookups
from tests.limits import LIMIT_SECONDS


async def test_name_is_looked_up_once_for_all_waiting_requests() -> None:
    """Concurrent requests share one lookup; a later request starts another."""
    asked: list[str] = []
    gate = threading.Event()

    def ask(host: str) -> list[str]:
        asked.append(host)
        gate.wait()
        return [f"address of {host}"]

    lookups = Lookups(ask)
    waiting = [asyncio.ensure_future(lookups(host)) for host in ("a", "b", "a", "a")]
    waiting[0].cancel()
    gate.set()

    found = await asyncio.gather(*waiting[1:])
    await lookups("a")

    assert found == [["address of b"], ["address of a"], ["address of a"]]
    assert sorted(asked) == ["a", "a", "b"]


async def test_failed_lookup_is_an_error_for_every_waiting_request() -> None:
    """A name without an address is an OSError, an invalid name a ValueError."""

    def ask(host: str) -> list[str]:
        raise OSError("no such name") if host == "none" else UnicodeError("label too long")

    lookups = Lookups(ask)

    for host, kind in (("none", OSError), ("long", ValueError)):
        with pytest.raises(kind):
            await lookups(host)


async def test_number_of_concurrent_lookups_is_limited() -> None:
    """When MAX_LOOKUPS names are unanswered, another is refused until one is answered."""
    gate = threading.Event()

    def ask(host: str) -> list[str]:
        gate.wait()
        return [host]

    lookups = Lookups(ask)
    waiting = [asyncio.ensure_future(lookups(str(number))) for number in range(MAX_LOOKUPS)]
    await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing

    with pytest.raises(OSError, match="too many names"):
        await lookups("one more")

    gate.set()
    await asyncio.gather(*waiting)
    assert await lookups("one more") == ["one more"]


def test_unanswered_lookup_does_not_keep_the_program_running() -> None:
    """A response may arrive after the event loop of its request is closed."""
    gate = threading.Event()
    answered = threading.Event()

    def ask(host: str) -> list[str]:
        gate.wait()
        answered.set()
        return [host]

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(Lookups(ask)("a"), 0.01)

    asyncio.run(give_up())
    gate.set()

    assert answered.wait(LIMIT_SECONDS)
