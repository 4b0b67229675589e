"""Asking for the addresses of names."""

import asyncio
import threading

import pytest

from emulator.callbacks.lookups import MAX_LOOKUPS, Lookups
from tests.limits import LIMIT_SECONDS


async def test_name_is_asked_for_once() -> None:
    """However many wait for a name, it is asked for once; and again when somebody asks later."""
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


async def test_what_the_system_refuses_is_an_error_for_all_who_wait() -> None:
    """A name that has no address, or cannot be a name, is an OSError or a ValueError."""

    def ask(host: str) -> list[str]:
        raise OSError("no such name") if host == "none" else UnicodeError("label too long")

    lookups = Lookups(ask)

    for host, kind in (("none", OSError), ("long", ValueError)):
        with pytest.raises(kind):
            await lookups(host)


async def test_names_are_asked_for_so_many_at_once() -> None:
    """When so many names are without an answer, another is refused until one of them has one."""
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


def test_program_ends_though_a_name_has_no_answer() -> None:
    """Whoever asked may be gone when an answer comes: nobody minds."""
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
