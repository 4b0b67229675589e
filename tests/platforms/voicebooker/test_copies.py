"""VoiceBooker in worlds that are forked, restored and kept in a file."""

from pathlib import Path
from typing import Any

import httpx

from emulator.app import create_app
from emulator.settings import Settings
from tests.platforms.voicebooker.support import (
    ADA,
    actions,
    asked,
    booking_of,
    call,
    finished,
    said,
    shown,
    slots,
)
from tests.support import Json, World

MONDAY = "2026-01-05"


async def book(world: World) -> Json:
    """Return the book, without the numbers of the bot: a fork has one of its own."""
    shown: Json = (await world.control("GET", "/voicebooker/book?days=31")).json()
    assert shown.pop("sip_ids")
    return shown


async def half_way(world: World) -> Json:
    """Return a call in progress, a booking and an outbound call."""
    await asked(world, **booking_of((await slots(world, MONDAY))[0]))
    await world.control("DELETE", "/voicebooker/bookings/abcBookingId")
    made = await call(world, persona=ADA)
    await world.advance(30)
    return made


async def test_conversation_continues_in_a_fork(world: World) -> None:
    """Both worlds finish the call with the same words, each in its own book."""
    made = await half_way(world)
    answer = await world.http.post("/_emulator/worlds", json={"from": world.name})
    assert answer.status_code == 201, answer.text
    other = World(world.http, answer.json())

    await world.advance()
    between = (await shown(other, made))["status"]
    await other.advance()

    mine, theirs = await shown(world, made), await shown(other, made)
    assert between == "in_progress"
    assert (mine["outcome"], theirs["outcome"]) == ("booked", "booked")
    assert (said(mine), actions(mine)) == (said(theirs), actions(theirs))
    assert await book(world) == await book(other)
    await finished(other, intent="book")
    assert await book(world) != await book(other)
    await world.http.delete(f"/_emulator/worlds/{other.name}")


async def test_ringing_call_continues_in_a_fork(world: World) -> None:
    """A call to the world's own number reaches the same business in a fork."""
    made = await call(world, persona=ADA)
    answer = await world.http.post("/_emulator/worlds", json={"from": world.name})
    other = World(world.http, answer.json())

    for each in (world, other):
        await each.advance()

    mine, theirs = await shown(world, made), await shown(other, made)
    assert (mine["outcome"], said(mine)) == ("booked", said(theirs))
    assert actions(mine) == actions(theirs)
    await world.http.delete(f"/_emulator/worlds/{other.name}")


async def test_own_number_of_a_fork_is_answered(world: World) -> None:
    """The world's own ``sip_id`` reaches its first business, also in a fork."""
    answer = await world.http.post("/_emulator/worlds", json={"from": world.name})
    other = World(world.http, answer.json())

    placed = await finished(other)

    assert (placed["to"], placed["outcome"]) == (
        other.made["credentials"]["voicebooker"]["sip_id"],
        "booked",
    )
    await world.http.delete(f"/_emulator/worlds/{other.name}")


async def test_snapshot_restores_the_book(world: World) -> None:
    """A restored world has its calls, users and bookings, and continues from there."""
    made = await half_way(world)
    before = await book(world)
    await world.control("POST", "/snapshots", json={"name": "half-way"})
    await world.advance()
    after, ended = await book(world), await shown(world, made)

    restored = await world.control("POST", "/snapshots/half-way/restore")

    assert restored.is_success, restored.text
    assert (await book(world), (await shown(world, made))["status"]) == (before, "in_progress")
    await world.advance()
    assert (await book(world), await shown(world, made)) == (after, ended)


async def opened(path: Path) -> tuple[Any, httpx.AsyncClient]:
    app = create_app(Settings(data=path))
    transport = httpx.ASGITransport(app=app)
    return app, httpx.AsyncClient(transport=transport, base_url=app.worlds.settings.base_url)


async def test_conversation_continues_after_a_restart(tmp_path: Path) -> None:
    """What was in progress when the emulator stopped continues when it starts."""
    app, http = await opened(tmp_path / "world.json")
    made = (await http.post("/_emulator/worlds", json={"name": "kept", "seed": 5})).json()
    world = World(http, made)
    under_way = await half_way(world)
    before, then = await book(world), await shown(world, under_way)
    await http.aclose()
    await app.worlds.stop()

    app, http = await opened(tmp_path / "world.json")
    world = World(http, made)

    assert (await book(world), await shown(world, under_way)) == (before, then)
    await world.advance()
    ended = await shown(world, under_way)
    assert (ended["outcome"], len(ended["details"]["webhooks"])) == ("booked", 8)
    await http.aclose()
    await app.worlds.stop()
