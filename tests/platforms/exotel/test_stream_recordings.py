"""Recordings of streams: where they are, how much of them is kept, and when they are deleted."""

import io
import wave
from collections.abc import Callable
from typing import Any, Final

import pytest

from emulator.platforms.exotel.calls.streams.sounds import DELETED, StreamSounds
from emulator.voice.tracks import StreamRecording, Tracks, TracksFile
from tests.bots import Bot, echo, serving
from tests.platforms.exotel.test_flows import queries
from tests.platforms.exotel.test_stream_calls import LOCKSTEP, follow, run_flow, streams
from tests.platforms.exotel.test_voice_calls import KEY, Voice
from tests.support import World

SECOND: Final = bytes(16_000)
"""A side of a second at 8 kHz; a recording of it takes twice as much."""
LIMIT: Final = 5 * 2 * len(SECOND)


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"options": {"exotel": LOCKSTEP}}


@pytest.fixture
async def voice(world: World) -> Voice:
    """The Calls API of a world in lockstep."""
    return Voice(world)


async def test_passthru_leads_to_the_recording_of_each_stream(voice: Voice) -> None:
    """Each stream has its own, exactly as long as it was, while the call continues."""
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
    async with serving(Bot(echo)) as bot:
        talk = {"kind": "voicebot", "url": bot.url, "record": True}
        await follow(voice, {"say": 1}, {"wait_for": "quiet"}, {"hang_up": True})
        await run_flow(voice, talk, ask)
        bot.handler = hang_up_after(7)
        await run_flow(voice, talk, ask, talk, ask, {"kind": "wait", "seconds": 2})

    listed, asked = await streams(voice), await queries(voice)
    urls = [each["Stream[RecordingUrl]"] for each in asked]
    assert [each["recording_url"] for each in listed] == urls
    assert len(set(urls)) == 3
    for stream, url in zip(listed, urls, strict=True):
        got = await voice.world.http.get(url)
        assert got.status_code == 200
        with wave.open(io.BytesIO(got.content)) as sound:
            assert sound.getnframes() == round(stream["duration"] * 8000)
    assert [each["duration"] for each in listed[1:]] == [0.7, 0.7]
    await voice.world.control("PATCH", "/settings", json={"auth": "strict"})
    headers = {"X-Emulator-World": voice.world.name}
    assert (await voice.world.http.get(urls[0], headers=headers)).status_code == 401
    keys = voice.world.made["credentials"]["exotel"]
    auth = (keys["api_key"], keys["api_token"])
    assert (await voice.world.http.get(urls[0], auth=auth)).status_code == 200
    assert (await voice.world.http.get(f"{urls[0][:-5]}x.wav", auth=auth)).status_code == 404


def hang_up_after(chunks: int) -> Callable[..., Any]:
    """Return a bot that closes when it has had so many chunks."""

    async def run(socket: Any) -> None:
        for _ in range(2 + chunks):
            await socket.receive()
        await socket.close()

    return run


async def test_stream_that_is_not_recorded_has_no_recording(voice: Voice) -> None:
    """Its Passthru says so by an empty value."""
    await follow(voice, {"wait": 1}, {"hang_up": True})
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
    async with serving(Bot(echo)) as bot:
        await run_flow(voice, {"kind": "voicebot", "url": bot.url}, ask)

    (stream,), (asked,) = await streams(voice), await queries(voice)
    assert (asked["Stream[RecordingUrl]"], stream["recording_url"]) == ("", None)
    path = f"/exotelrecordings/{voice.world.account}/streams/{stream['stream_sid']}.wav"
    assert (await voice.world.http.get(path, auth=KEY)).status_code == 404


async def test_recordings_take_no_more_than_their_limit() -> None:
    """Those of ended streams make room, oldest first; then a recording ends, and says so."""
    sounds, notes = StreamSounds(max_bytes=LIMIT), dict[str, list[str]]()

    def begin(name: str) -> Any:
        notes[name] = []
        return sounds.begin(name, 8000, is_recorded=True, note=notes[name].append)

    first, second, third = map(begin, ("first", "second", "third"))
    for each in (first, second):
        for _ in range(2):
            each.hear(SECOND, SECOND, is_speaking=False)
    sounds.end("first")
    for _ in range(4):
        third.hear(SECOND, SECOND, is_speaking=False)
    second.hear(SECOND, SECOND, is_speaking=False)

    assert notes == {
        "first": [DELETED],
        "second": [f"the recording ends after 2 s: {full()}"],
        "third": [f"the recording ends after 3 s: {full()}"],
    }
    assert (first.is_recorded, second.is_recorded, third.is_recorded) == (False, True, True)
    assert (second.timeline.seconds, third.timeline.seconds) == (3, 4)
    file = TracksFile(StreamRecording(third.tracks))
    sounds.close()
    left = b"".join([each async for each in file.part(0, file.size)])
    assert len(left) == file.size
    assert not third.is_recorded


def full() -> str:
    return f"the recordings of this world take {LIMIT:,} bytes already"


def test_recording_ends_when_the_disk_takes_no_more() -> None:
    """The stream continues, and its record says how far the recording is."""
    notes: list[str] = []
    sounds = StreamSounds()
    sound = sounds.begin("s", 8000, is_recorded=True, note=notes.append)
    sound.tracks = Tracks(8000, FullFile())

    for _ in range(3):
        sound.hear(SECOND, SECOND, is_speaking=False)

    assert notes == ["the recording ends after 1 s: the disk takes no more (No space left)"]
    assert sound.timeline.seconds == 3


class FullFile(io.BytesIO):
    """A file on a disk with room for a second."""

    def write(self, content: Any) -> int:
        if self.tell():
            raise OSError(28, "No space left")
        return super().write(content)


def test_more_streams_than_are_kept_leave_no_recording_behind() -> None:
    """Ended ones are forgotten first, with their recordings."""
    notes: list[str] = []
    sounds = StreamSounds(max_streams=2)
    made = [
        sounds.begin(name, 8000, is_recorded=True, note=notes.append) for name in ("one", "two")
    ]
    for each in made:
        each.hear(SECOND, SECOND, is_speaking=False)
    sounds.end("two")
    sounds.begin("three", 8000, is_recorded=True, note=notes.append)

    assert [sounds.find(each) is not None for each in ("one", "two", "three")] == [
        True,
        False,
        True,
    ]
    assert [each.is_recorded for each in made] == [True, False]
    assert notes == [DELETED]


async def test_recordings_are_deleted_with_their_world(voice: Voice) -> None:
    """A reset and a deletion close the files, which have no names."""
    await follow(voice, {"wait": 1}, {"hang_up": True})
    async with serving(Bot(echo)) as bot:
        await run_flow(voice, {"kind": "voicebot", "url": bot.url, "record": True})
    (stream,) = await streams(voice)
    assert (await voice.world.http.get(stream["recording_url"])).status_code == 200

    await voice.world.control("POST", "/reset")

    assert (await voice.world.http.get(stream["recording_url"])).status_code == 404
