"""Sounds that persons play in scripts: sent as WAV files, kept with the world."""

import io
import wave
from pathlib import Path
from typing import Any, Final

import pytest

from emulator.domain.transcripts import Speaker
from emulator.voice.pcm import resample
from emulator.voice.tone import tone
from emulator.voice.wav import header
from tests.bots import Bot, read_all, serving
from tests.cases import each_case_alone
from tests.platforms.exotel.test_stream_calls import LOCKSTEP, follow, streams, talk
from tests.platforms.exotel.test_stream_ends import emulated
from tests.platforms.exotel.test_voice_calls import KEY, Voice
from tests.support import Json, World

SAMPLES: Final = tone(Speaker.BOT, 16_000, 0, 16_000)
WAV: Final = header(16_000, 16_000, 1, "a test") + SAMPLES
STEREO: Final = header(4_000, 16_000, 2, "a test") + SAMPLES[:16_000]


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"options": {"exotel": LOCKSTEP}}


@pytest.fixture
async def voice(world: World) -> Voice:
    """The Calls API of a world in lockstep."""
    return Voice(world)


async def put(world: World, name: str, content: bytes = WAV) -> Json:
    """Send a sound, and return what is shown of it."""
    response = await world.control("PUT", f"/exotel/sounds/{name}", content=content)
    assert response.status_code == 200, response.text
    return response.json()


async def names(world: World) -> list[str]:
    return [each["name"] for each in (await world.control("GET", "/exotel/sounds")).json()]


async def test_sound_is_taken_listed_returned_and_deleted(world: World) -> None:
    """It is returned byte for byte; a later one of its name replaces it."""
    await put(world, "hello", STEREO)
    shown = await put(world, "hello")
    await put(world, "stereo", STEREO)

    assert shown == {
        "name": "hello",
        "seconds": 1.0,
        "sample_rate": 16_000,
        "channels": 1,
        "bytes": len(WAV),
    }
    assert await names(world) == ["hello", "stereo"]
    got = await world.control("GET", "/exotel/sounds/hello")
    assert (got.content, got.headers["content-type"]) == (WAV, "audio/wav")
    assert (await world.control("DELETE", "/exotel/sounds/hello")).status_code == 204
    assert (await world.control("GET", "/exotel/sounds/hello")).status_code == 404
    assert (await world.control("DELETE", "/exotel/sounds/hello")).status_code == 404


@each_case_alone(
    ("name", "content", "status", "detail"),
    [
        pytest.param("a", b"{}", 400, "the body is not a WAV file", id="no sound"),
        pytest.param("a", b"", 400, "the body is not a WAV file", id="empty"),
        pytest.param("a", WAV[:-2], 400, "was cut off", id="cut off"),
        pytest.param("a%20b", WAV, 400, "name must have 1 to 64", id="name"),
        pytest.param("a", WAV + bytes(10 << 20), 413, "at most 10 MiB", id="too large"),
    ],
)
async def test_what_is_no_sound_is_refused(
    world: World, name: str, content: bytes, status: int, detail: str
) -> None:
    """The problem says what is allowed, and nothing is kept."""
    response = await world.control("PUT", f"/exotel/sounds/{name}", content=content)

    assert (response.status_code, detail in response.json()["detail"]) == (status, True)
    if "WAV" in detail or status == 413:
        assert "ffmpeg" in response.json()["hint"]
    assert await names(world) == []


async def test_person_plays_a_sound_at_the_streams_rate(voice: Voice) -> None:
    """It is resampled, and heard to its end; a person who plays it speaks."""
    await put(voice.world, "hello")
    await follow(voice, {"play": "hello"}, {"hang_up": True})
    async with serving(Bot(read_all)) as bot:
        call = await talk(voice, bot.url, Record="true", RecordingChannels="dual")

    (stream,) = await streams(voice)
    assert stream["duration"] == 1.0
    path = f"/exotelrecordings/{voice.world.account}/calls/{call['Sid']}.wav"
    got = await voice.world.http.get(path, auth=KEY)
    with wave.open(io.BytesIO(got.content)) as sound:
        frames = sound.readframes(sound.getnframes())
    heard = b"".join(frames[at : at + 2] for at in range(0, len(frames), 4))
    assert heard == resample(SAMPLES, 16_000, 8_000)
    sounds = f"/exotel/streams/{stream['stream_sid']}/sounds"
    events = (await voice.world.control("GET", sounds)).json()
    assert [(each["kind"], each["start"], each["stop"]) for each in events] == [("person", 0, 1)]


async def test_unknown_sound_is_refused_where_the_script_is_given(voice: Voice) -> None:
    """In rules, in a call and in steps: the field, and the route that takes the sound."""
    world, script = voice.world, [{"wait": 1}, {"play": "gone"}]
    scenario = {"behavior": "answered", "script": script}
    await follow(voice, {"wait": 2}, {"hang_up": True})
    async with serving(Bot(read_all)) as bot:
        await voice.connect(To=None, StreamUrl=bot.url, StreamType="bidirectional")
        await world.advance(2)
        (stream,) = await streams(voice)
        steps = f"/exotel/streams/{stream['stream_sid']}/steps"
        await world.control("PUT", "/exotel/flows/f", json={"kind": "hangup"})
        call = {"platform": "exotel", "flow_id": "f", "scenario": scenario}
        refused = [
            await world.control("PUT", "/scenarios", json={"rules": [{"scenario": scenario}]}),
            await world.control("POST", "/calls", json=call),
            await world.control("POST", steps, json={"steps": script}),
        ]
        await world.advance()

    fields = [each.json()["errors"][0]["field"] for each in refused]
    assert fields == [
        "rules[0].scenario.script[1].play",
        "scenario.script[1].play",
        "steps[1].play",
    ]
    for each in refused:
        assert each.status_code == 400
        assert "does not have" in each.json()["detail"]
        assert each.json()["hint"].startswith("PUT /_emulator/exotel/sounds/gone takes it")
    await put(world, "gone")
    taken = await world.control("PUT", "/scenarios", json={"rules": [{"scenario": scenario}]})
    assert taken.json()["rules"][0]["scenario"]["script"] == script


async def test_sound_that_is_deleted_before_it_is_played_is_noted(voice: Voice) -> None:
    """The person plays nothing, and the script continues."""
    await put(voice.world, "hello")
    await follow(voice, {"play": "hello"}, {"wait": 0.5}, {"hang_up": True})
    await voice.world.control("DELETE", "/exotel/sounds/hello")
    async with serving(Bot(read_all)) as bot:
        await talk(voice, bot.url)

    (stream,) = await streams(voice)
    assert stream["duration"] == 0.5
    assert stream["notes"] == ["the sound hello was deleted before the person played it"]


async def test_sounds_belong_to_the_world(tmp_path: Path) -> None:
    """Snapshots, forks, world files and data files have them; a reset deletes them."""
    file = tmp_path / "worlds.json"
    async with emulated(file) as voice:
        world, http = voice.world, voice.world.http
        before = (await world.control("GET", "/worlds/default")).json()
        await put(world, "hello")
        await world.control("POST", "/snapshots", json={"name": "s"})
        made = await http.post("/_emulator/worlds", json={"name": "fork", "from": "default"})
        fork = World(http, made.json())
        assert await names(fork) == ["hello"]
        assert await names(World(http, before)) == ["hello"]
        content = (await world.control("GET", "/export")).content
        await world.control("POST", "/reset")
        assert await names(world) == []
        await world.control("POST", "/snapshots/s/restore")
        assert await names(world) == ["hello"]
        await fork.control("DELETE", "/exotel/sounds/hello")
        await fork.control("POST", "/import", content=content)
        assert await names(fork) == ["hello"]
    async with emulated(file) as voice:
        got = await voice.world.control("GET", "/exotel/sounds/hello")
        assert got.content == WAV
    damaged = content.replace(b'"content":"UklGR', b'"content":"UklGQ')
    async with emulated() as voice:
        damaged = damaged.replace(damaged[30:38], b"00000000", 1)
        refused = await voice.world.control("POST", "/import", content=damaged)
        assert refused.status_code == 400
