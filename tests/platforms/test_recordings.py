"""Recordings of every vendor's calls, through the control API and the vendors' own addresses."""

import io
import wave
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from emulator.voice.pcm import decibels
from tests.support import World

ANSWERED = {"behavior": "answered", "talk_seconds": 12, "ring_seconds": 1}
Placed = Callable[[World], Awaitable[Any]]


async def exotel(world: World) -> Any:
    return await world.call(await world.bot(), scenario=ANSWERED)


async def placed(world: World, **fields: Any) -> Any:
    response = await world.control("POST", "/calls", json={"scenario": ANSWERED} | fields)
    assert response.status_code == 201, response.text
    return response.json()


async def bimpe(world: World) -> Any:
    return await placed(world, platform="bimpe")


async def connected(world: World, **fields: str) -> Any:
    """Connect two numbers with Exotel's Calls API, and return the call."""
    form = {"From": "+919876543210", "To": "+919876543211", "CallerId": "+918040000000"} | fields
    path = f"/v1/Accounts/{world.account}/Calls/connect.json"
    response = await world.http.post(path, data={"Record": "true"} | form, auth=("k", "t"))
    assert response.status_code == 200, response.text
    return {"id": response.json()["Call"]["Sid"]}


def channels_of(content: bytes) -> tuple[int, list[bytes]]:
    """Return the frames of a WAV file, and the samples of each channel."""
    with wave.open(io.BytesIO(content)) as sound:
        assert (sound.getsampwidth(), sound.getframerate()) == (2, 8000)
        frames, count = sound.getnframes(), sound.getnchannels()
        samples = sound.readframes(frames)
    size = 2 * count
    return frames, [
        b"".join(samples[at : at + 2] for at in range(2 * side, len(samples), size))
        for side in range(count)
    ]


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(exotel, id="exotel"),
        pytest.param(bimpe, id="bimpe"),
        pytest.param(connected, id="exotel-calls"),
    ],
)
async def test_call_is_heard_as_long_as_it_was(world: World, place: Placed) -> None:
    """Both sides are heard; nothing of it is stored, and it has the same bytes each time."""
    call = await place(world)
    path = f"/calls/{call['id']}/recording"
    early = await world.control("GET", path)
    await world.advance()

    whole = await world.control("GET", path)
    dual = await world.control("GET", f"{path}?channels=dual")
    shown = (await world.control("GET", f"/calls/{call['id']}")).json()

    assert early.status_code == 404
    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/wav")
    frames, (both,) = channels_of(whole.content)
    assert frames == pytest.approx(shown["talk_seconds"] * 8000, abs=8000)
    assert shown["has_recording"] is True
    assert decibels(both) > -40
    assert all(decibels(side) > -40 for side in channels_of(dual.content)[1])
    assert (await world.control("GET", path)).content == whole.content


@pytest.mark.parametrize("platform", ["bimpe", "voicebooker"])
async def test_scenario_chooses_how_the_person_of_a_recording_speaks(
    world: World, platform: str
) -> None:
    """Another language and voice are heard on the person's side alone, the same each time."""
    sides = []
    for choice in ({}, {"language": "de", "voice": "f4"}, {"language": "de", "voice": "f4"}):
        await world.control("POST", "/reset")
        call = await placed(world, platform=platform, scenario=ANSWERED | choice)
        await world.advance()
        path = f"/calls/{call['id']}/recording?channels=dual"
        sides.append(channels_of((await world.control("GET", path)).content)[1])

    assert sides[1] == sides[2]
    assert [one == other for one, other in zip(sides[0], sides[1], strict=True)].count(False) == 1


async def test_call_without_an_answer_has_no_recording(world: World) -> None:
    """Without talk there is nothing to be heard."""
    call = await placed(world, platform="bimpe", scenario={"behavior": "busy"})
    await world.advance()

    found = await world.control("GET", f"/calls/{call['id']}/recording")

    assert found.status_code == 404
    assert found.json()["detail"] == f"call {call['id']} has no recording"
    assert (await world.control("GET", f"/calls/{call['id']}")).json()["has_recording"] is False


async def test_recording_channels_are_what_was_asked_for(world: World) -> None:
    """``dual`` has each person on a channel of its own, ``single`` both on one."""
    found = []
    for asked in ("single", "dual"):
        call = await connected(world, RecordingChannels=asked)
        await world.advance()
        path = f"/exotelrecordings/{world.account}/calls/{call['id']}.wav"
        found.append(channels_of((await world.http.get(path, auth=("k", "t"))).content)[1])

    assert [len(each) for each in found] == [1, 2]
    assert all(decibels(side) > -40 for each in found for side in each)


async def test_player_asks_for_parts(world: World) -> None:
    """A player may begin anywhere; the head of the file alone is asked for by HEAD."""
    call = await exotel(world)
    await world.advance()
    path = f"/exotelrecordings/{world.account}/{call['conversation_id']}.wav"
    whole = await world.http.get(path)

    part = await world.http.get(path, headers={"Range": "bytes=1000-1999"})
    beyond = await world.http.get(path, headers={"Range": "bytes=99999999-"})
    head = await world.http.head(path)

    assert (part.status_code, part.content) == (206, whole.content[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(whole.content)}"
    assert whole.headers["accept-ranges"] == "bytes"
    assert (beyond.status_code, beyond.headers["content-range"]) == (
        416,
        f"bytes */{len(whole.content)}",
    )
    assert head.headers["content-length"] == str(len(whole.content))


async def test_bot_of_another_language_speaks_it(world: World) -> None:
    """The language of the bot is that of its voice."""
    sounds = []
    for language in ("English", "Swahili"):
        bot = await world.bot(f"Create a bot that speaks {language} and takes orders")
        transcript = [{"speaker": "bot", "text": "Habari ya asubuhi"}]
        call = await world.call(bot, scenario=ANSWERED, transcript=transcript)
        await world.advance()
        sounds.append((await world.control("GET", f"/calls/{call['id']}/recording")).content)

    assert sounds[0] != sounds[1]
