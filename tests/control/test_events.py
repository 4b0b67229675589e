"""The stream of a world's changes, what it says of it, and what is due next."""

import asyncio
import json
from datetime import datetime
from typing import Any

import httpx
import pytest

from emulator.app import create_app
from emulator.control.events import INTERVAL_SECONDS, MessageSource, present_turn
from emulator.settings import Settings
from tests.limits import LIMIT_SECONDS
from tests.listener import Listener, listening
from tests.processes import serving
from tests.support import World

EVENTS = "http://127.0.0.1/_emulator/events"
BUSY, ANSWERED = "+23480099012", "+23480099001"


def messages(listener: Listener) -> list[dict[str, Any]]:
    """What the messages have said so far."""
    return [json.loads(each["data"]) for each in listener.events if each.get("event") == "world"]


async def next_turn() -> int:
    """Wait until a turn begins, and return its number."""
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.call_at((present_turn() + 1) * INTERVAL_SECONDS, begun.set)
    await begun.wait()
    return present_turn()


async def test_summary_counts_what_there_is(world: World) -> None:
    """The summary says how many there are of everything, and what the clock shows."""
    await world.place(await world.workflow(call_back_url=world.inbox_url + "done"), BUSY, ANSWERED)
    before = (await world.control("GET", "/summary")).json()
    await world.advance()
    after = (await world.control("GET", "/summary")).json()

    assert (before["calls"], before["callbacks"], before["waiting"]) == (2, 0, 1)
    (step,) = before["next"]
    assert (step["kind"], step["left"], step["due"]) == ("batch", 2, "2026-01-01T00:00:00Z")
    assert (after["callbacks"], after["messages"], after["inboxes"]) == (1, 1, 1)
    assert (after["waiting"], after["next"], after["clock"]["next_due"]) == (0, [], None)
    assert after["history"]["last"] > before["history"]["last"]


async def test_stream_begins_with_how_it_stands(world: World) -> None:
    """The first message comes at once; with a count the stream ends after so many."""
    answered = await world.control("GET", "/events?count=1")

    assert answered.headers["content-type"].startswith("text/event-stream")
    assert answered.headers["cache-control"] == "no-store"
    lines = answered.text.split("\n")
    assert "event: world" in lines
    assert any(line.startswith("id: ") for line in lines)


@pytest.mark.parametrize("query", ["count=0", "count=x", "since=4"])
async def test_stream_refuses_what_it_does_not_know(world: World, query: str) -> None:
    """A field that is none, or does not fit, is named."""
    refused = await world.control("GET", f"/events?{query}")

    assert refused.status_code == 400
    assert refused.json()["errors"]


async def test_changes_are_sent_together() -> None:
    """Many changes at once are a few messages with the newest number; closed streams get none."""
    app = create_app(Settings())
    world = app.worlds.default
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client,
        listening(app, EVENTS) as listener,
    ):
        for _ in range(1000):
            await client.get("/voicebot/v1/workflows", headers={"Authorization": "Bearer x"})
        await listener.until_that(lambda: messages(listener)[-1]["history"]["last"] == 1000)

        assert len(messages(listener)) < 200
        assert listener.events[-1]["id"] == "1000"
        assert world.subscribers.counts() == {"world": 1}
    assert world.subscribers.counts() == {}
    await app.worlds.stop()


async def test_clients_of_a_world_are_sent_the_same_messages() -> None:
    """In a tenth of a second a world writes one message, however many clients it has."""
    app = create_app(Settings())
    world = app.worlds.default
    clients = [MessageSource(app.worlds, world, None) for _ in range(3)]
    for client in clients:
        client.first()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://x"
    ) as http:
        turn, sent = -1, list[bytes]()
        while turn != present_turn():  # all of it in one turn, and nothing before in the same
            turn, sent = await next_turn(), []
            for client in clients:
                await http.get("/voicebot/v1/workflows", headers={"Authorization": "Bearer x"})
                sent.append(client.news())
    await app.worlds.stop()

    assert sent[0]
    assert sent == [sent[0]] * len(clients)


async def test_stream_ends_with_its_world() -> None:
    """A reset ends the streams of the world, which can be opened again wherever one was."""
    app = create_app(Settings())
    async with listening(app, EVENTS) as listener:
        app.worlds.default.reset()
        await listener.ended()
    async with listening(app, EVENTS, **{"last-event-id": "99"}) as again:
        await again.until_event("world")
        assert messages(again)[0]["history"]["last"] == 0
    await app.worlds.stop()


def test_server_stops_promptly_with_a_stream_open() -> None:
    """An open stream does not keep the server from stopping."""
    with serving() as (process, url):  # noqa: SIM117  # the stream is open while it stops
        with httpx.stream("GET", f"{url}/_emulator/events", trust_env=False) as answer:
            chunks = answer.iter_bytes()
            assert b"event: world" in next(chunks)
            process.terminate()
            assert process.wait(LIMIT_SECONDS) == 0


async def test_timeline_is_in_order_of_time(world: World) -> None:
    """What is due next comes first, and pages fit together."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, *(f"+2348000{number:06}" for number in range(20)))
    await world.advance(1)

    whole = (await world.control("GET", "/timeline")).json()
    pages = [
        (await world.control("GET", f"/timeline?limit=4&offset={offset}")).json()
        for offset in range(0, len(whole), 4)
    ]

    due = [datetime.fromisoformat(each["due"]) for each in whole]
    assert due == sorted(due)
    assert [each for page in pages for each in page] == whole
    assert {each["kind"] for each in whole} == {"batch", "call"}
    assert whole[0]["due"] == (await world.control("GET", "/clock")).json()["next_due"]


async def test_step_that_was_moved_by_hand_is_due_no_more(world: World) -> None:
    """A call that was ended by hand has nothing more to come."""
    await world.place(await world.workflow(), ANSWERED)
    await world.advance(1)
    (call,) = (await world.control("GET", "/calls")).json()
    await world.control("POST", f"/calls/{call['id']}/move", json={"status": "failed"})

    assert (await world.control("GET", "/timeline")).json() == []


async def test_retry_is_on_the_timeline(world: World) -> None:
    """A scheduled attempt names its callback and its number."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500]})
    await world.place(await world.workflow(call_back_url=world.inbox_url + "done"), BUSY)
    await world.advance(2)

    (step,) = (await world.control("GET", "/timeline")).json()

    assert (step["kind"], step["attempt"], step["platform"]) == ("callback", 2, "intron")
