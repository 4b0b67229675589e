"""The history of a world has what happened to its streams: never an entry for each chunk."""

from typing import Any

import pytest

from tests.bots import Bot, read_all, serving
from tests.platforms.exotel.test_stream_calls import (
    LOCKSTEP,
    answering,
    follow,
    keeper,
    run_flow,
    streams,
    talk,
)
from tests.platforms.exotel.test_voice_calls import Voice
from tests.support import Json, World


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"options": {"exotel": LOCKSTEP}}


@pytest.fixture
async def voice(world: World) -> Voice:
    """The Calls API of a world in lockstep."""
    return Voice(world)


async def entries(voice: Voice, **query: Any) -> list[Json]:
    """Return the entries about streams."""
    asked = {"kind": "stream"} | query
    response = await voice.world.control("GET", "/history", params=asked)
    assert response.status_code == 200, response.text
    found: list[Json] = response.json()
    return found


async def test_history_has_each_stream_from_its_handshake_to_its_close(voice: Voice) -> None:
    """With findings, each with its first time; by call, by stream and by status."""
    await follow(voice, {"wait": 11}, {"hang_up": True})
    bot = answering("start", {"event": "hello"}, {"event": "hello"})
    async with serving(bot):
        call = await talk(voice, bot.url)

    (stream,) = await streams(voice)
    found = await entries(voice, call_id=call["Sid"])
    assert [(each["event"], each["text"]) for each in found] == [
        ("handshake", "the bot answered 101"),
        ("start", "the bot was sent start, at 8000 Hz"),
        (
            "finding",
            "unknown_event: unknown event 'hello'; a bot sends media, mark or clear",
        ),
        ("finding", "silent_bot: no sound within 10 seconds of start"),
        ("stop", "the bot was sent stop: callended"),
        ("close", "cancelled by the person after 11 s"),
    ]
    assert found[0] == {
        "number": found[0]["number"],
        "kind": "stream",
        "at": stream["connected_at"],
        "platform": "exotel",
        "call_id": call["Sid"],
        "stream_id": stream["stream_sid"],
        "event": "handshake",
        "text": "the bot answered 101",
        "attempt": 1,
        "code": None,
        "status": None,
    }
    assert [each["at"] for each in found if each["event"] == "finding"] == [
        each["first_at"] for each in stream["findings"]
    ]
    assert await entries(voice, about=stream["stream_sid"]) == found
    assert await entries(voice, status="cancelled") == found[-1:]
    one = await voice.world.control("GET", f"/history/{found[-1]['number']}")
    assert one.json() == found[-1]
    story = (await voice.world.control("GET", f"/explain/{call['Sid']}")).json()
    steps = [each for each in story["steps"] if each["step"] == "stream_event"]
    assert [each["entry"] for each in steps] == [each["number"] for each in found]
    assert steps[-1]["text"].startswith("close: cancelled by the person after 11 s [history")


async def test_every_attempt_of_a_handshake_is_in_the_history(voice: Voice) -> None:
    """With why it failed, and how the stream ended."""
    await follow(voice, {"wait": 1}, {"hang_up": True})
    async with serving(Bot(read_all, answers=[503, 404])) as bot:
        await talk(voice, bot.url)

    found = await entries(voice)
    refused = "the bot answered 404 instead of 101"
    assert [(each["event"], each["attempt"], each["text"]) for each in found] == [
        ("handshake", 1, "the bot answered 503 instead of 101"),
        ("handshake", 2, refused),
        ("close", None, f"failed: 3009 failed to establish ws conn: {refused}"),
    ]
    assert found[-1]["status"] == "failed"


async def test_bot_that_closes_has_its_code_in_the_history(voice: Voice) -> None:
    """It got no stop; an advance does not count what happens to streams as steps of calls."""
    await follow(voice, {"wait": 60})
    async with serving(answering("media", close=4400)) as bot:
        await voice.connect(To=None, StreamUrl=bot.url, StreamType="bidirectional")
        done = await voice.world.advance()

    found = await entries(voice)
    assert [each["event"] for each in found] == ["handshake", "start", "close"]
    assert (found[-1]["code"], found[-1]["status"]) == ("4400", "failed")
    assert found[-1]["text"] == "failed by the bot after 0.1 s: 4400 closed with 4400: enough"
    assert done["counts"]["events"] == len(done["events"])


async def test_fault_of_a_dynamic_address_marks_its_stream(voice: Voice) -> None:
    """The entries and the record have the id and the kind of the rule."""
    rule = {"effect": "delay", "match": {"event": "stream_address"}}
    fault = (await voice.world.control("POST", "/faults", json=rule)).json()
    await follow(voice, {"wait": 1}, {"hang_up": True})
    async with serving(keeper()) as bot:
        answers = [{"json": {"url": bot.url}}]
        await voice.world.control("PUT", "/inboxes/where", json={"answers": answers})
        await run_flow(voice, {"kind": "voicebot", "url": f"{voice.world.inbox_url}where"})

    (stream,) = await streams(voice)
    mark = {"id": fault["id"], "kind": "delay"}
    assert (stream["fault"], stream["fault_id"]) == (mark, fault["id"])
    found = await entries(voice)
    assert [each["event"] for each in found] == ["handshake", "start", "stop", "close"]
    assert [each["fault"] for each in found] == [mark] * 4


async def test_throttled_stream_is_in_the_history(voice: Voice) -> None:
    """There was no handshake."""
    options = {"options": {"exotel": LOCKSTEP | {"max_streams": 0}}}
    await voice.world.control("PATCH", "/settings", json=options)
    await follow(voice, {"wait": 1}, {"hang_up": True})
    async with serving(keeper()) as bot:
        await talk(voice, bot.url)

    (found,) = await entries(voice)
    assert (found["event"], found["text"]) == ("close", "failed: Streaming_call_throttled")
