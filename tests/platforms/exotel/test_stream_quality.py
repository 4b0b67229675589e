"""What is measured of a stream to a bot: its figures, its recording, what was heard and when."""

import io
import wave
from base64 import b64encode
from typing import Any, Final

import pytest
from aiohttp import web

from emulator.domain.transcripts import Speaker
from emulator.kit.json import from_json, to_json
from emulator.voice.pcm import decibels
from emulator.voice.speech import Utterance, find_speech
from emulator.voice.tone import tone
from tests.bots import Bot, echo, read_all, serving
from tests.platforms.exotel.test_stream_calls import LOCKSTEP, follow, streams, talk
from tests.platforms.exotel.test_voice_calls import KEY, Voice
from tests.support import Json, World

CHUNK: Final = b64encode(tone(Speaker.BOT, 8000, 0, 800)).decode()
SCRIPT: Final = (
    {"wait_for": "quiet"},
    {"say": 1},
    {"wait_for": "speech"},
    {"wait_for": "quiet"},
    {"press": "5"},
    {"say": 1},
    {"wait": 4},
    {"hang_up": True},
)


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"options": {"exotel": LOCKSTEP}}


@pytest.fixture
async def voice(world: World) -> Voice:
    """The Calls API of a world in lockstep."""
    return Voice(world)


def says(*when: tuple[int, int], clear_at: int = 0) -> Bot:
    """Return a bot that sends so many chunks, a tenth of a second each, when it gets the Nth."""
    bot = Bot(read_all)
    plan = dict(when)

    async def run(socket: web.WebSocketResponse) -> None:
        async for text in bot.texts(socket):
            message = from_json(text)
            if message["event"] != "media":
                continue
            number, sid = int(message["media"]["chunk"]), {"stream_sid": message["stream_sid"]}
            if number == clear_at:
                await socket.send_str(to_json(sid | {"event": "clear"}).decode())
            for _ in range(plan.get(number, 0)):
                sound = sid | {"event": "media", "media": {"payload": CHUNK}}
                await socket.send_str(to_json(sound).decode())
            if number in plan:
                mark = sid | {"event": "mark", "mark": {"name": f"after {number}"}}
                await socket.send_str(to_json(mark).decode())

    bot.handler = run
    return bot


async def stream_of(voice: Voice, bot: Bot, *script: Json, **fields: Any) -> Json:
    await follow(voice, *script)
    async with serving(bot):
        await talk(voice, bot.url, **fields)
    return (await streams(voice))[-1]


async def test_figures_say_how_fast_the_bot_responds(voice: Voice) -> None:
    """A greeting, a response after 0.7 s, and a sentence that gets none."""
    stream = await stream_of(voice, says((3, 8), (33, 10)), *SCRIPT)

    quality = stream["quality"]
    assert quality["first_sound"] == pytest.approx(0.3, abs=0.02)
    assert quality["response"]["each"] == [pytest.approx(0.7, abs=0.12)]
    assert quality["response"]["median"] == quality["response"]["p95"]
    assert quality["response"]["unanswered"] == 1
    assert quality["dead_air"] == pytest.approx(4, abs=0.2)
    assert (quality["barge_ins"], quality["talk_over"], quality["dropped"]) == ([], 0, 0)
    explained = (await voice.world.control("GET", f"/explain/{stream['call_sid']}")).json()
    (said,) = [each["text"] for each in explained["steps"] if each["step"] == "stream"]
    assert "the bot was heard after 0.3 s; it responded in 0." in said
    assert "sentence without a response; 4" in said


async def test_figures_say_how_a_barge_in_ended(voice: Voice) -> None:
    """The person begins after 1 s of a greeting of 6 s; clear comes 0.5 s later."""
    script = ({"wait_for": "speech"}, {"wait": 1}, {"say": 1}, {"wait": 1}, {"hang_up": True})
    bot = says((1, 60), clear_at=16)
    stream = await stream_of(voice, bot, *script)

    quality = stream["quality"]
    (barge_in,) = quality["barge_ins"]
    assert 0.2 < barge_in["to_clear"] <= barge_in["to_silence"] < 0.6
    assert quality["dropped"] == pytest.approx(stream["dropped_seconds"], abs=0.01)
    assert quality["dropped"] > 4
    heard = (
        await voice.world.control("GET", f"/exotel/streams/{stream['stream_sid']}/sounds")
    ).json()
    kinds = [each["kind"] for each in heard]
    assert kinds[:3] == ["bot", "person", "clear"]
    assert "mark" in kinds


async def test_barge_in_is_a_scenario_with_a_magic_number(voice: Voice) -> None:
    """Without a script, a number that ends in 99017 interrupts the bot, then talks on."""
    bot = says((20, 60), clear_at=32)
    async with serving(bot):
        await talk(voice, bot.url, From="+919876599017")

    (stream,) = await streams(voice)
    (barge_in,) = stream["quality"]["barge_ins"]
    assert barge_in["to_clear"] is not None
    assert stream["disconnected_by"] != "bot"


async def test_keys_and_marks_are_on_the_time_axis(voice: Voice) -> None:
    """What a person presses and what a bot has marked are moments among the sounds."""
    stream = await stream_of(voice, says((3, 8), (33, 10)), *SCRIPT)
    path = f"/exotel/streams/{stream['stream_sid']}/sounds"
    heard = (await voice.world.control("GET", path)).json()

    assert [each["text"] for each in heard if each["kind"] == "key"] == ["5"]
    assert [each["text"] for each in heard if each["kind"] == "mark"] == ["after 3", "after 33"]


async def test_person_speaks_the_words_of_the_script(voice: Voice) -> None:
    """A text is heard in its language, as long as it takes to say it."""
    texts = "Hello, I would like to book an appointment.", "Nenda salama."
    stream = await stream_of(
        voice, Bot(read_all), *({"say": text} for text in texts), {"hang_up": True}, Record="true"
    )
    sid = stream["call_sid"]
    content = (await voice.world.control("GET", f"/calls/{sid}/recording")).content

    speech = find_speech()
    assert speech is not None
    said = [speech.say(Utterance(text, Speaker.PERSON, "", 8000)) for text in texts]
    assert b"".join(said) in content
    assert stream["duration"] == pytest.approx(len(b"".join(said)) / 16_000, abs=0.1)


@pytest.mark.parametrize(
    "channels", [pytest.param("dual", id="dual"), pytest.param("single", id="single")]
)
async def test_recording_is_what_both_heard_and_is_the_same_again(
    voice: Voice, channels: str
) -> None:
    """It is as long as the stream; in lockstep the same calls have the same bytes."""
    found = []
    for _ in range(2):
        stream = await stream_of(
            voice, Bot(echo), *SCRIPT, Record="true", RecordingChannels=channels
        )
        sid = stream["call_sid"]
        path = f"/exotelrecordings/{voice.world.account}/calls/{sid}.wav"
        found.append((await voice.world.http.get(path, auth=KEY)).content)

    assert found[0] == found[1]
    with wave.open(io.BytesIO(found[0])) as sound:
        assert sound.getnchannels() == (2 if channels == "dual" else 1)
        assert sound.getnframes() == pytest.approx(stream["duration"] * 8000)
        samples = sound.readframes(sound.getnframes())
    if channels == "dual":
        for side in (0, 2):
            one = b"".join(samples[at + side : at + side + 2] for at in range(0, len(samples), 4))
            assert decibels(one) > -30
    controlled = await voice.world.control("GET", f"/calls/{sid}/recording")
    assert controlled.content == found[1]
