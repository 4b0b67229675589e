"""The Beta extension of streams: other sound, tracks, silences and keys, by an applet."""

from base64 import b64decode, b64encode
from itertools import pairwise
from typing import Any, Final

import pytest

from emulator.domain.transcripts import Speaker
from emulator.kit.json import from_json
from emulator.voice.pcm import decibels, from_mulaw, to_mulaw
from emulator.voice.tone import key_tone, tone
from tests.bots import Bot, serving
from tests.platforms.exotel.test_flows import set_flow
from tests.platforms.exotel.test_stream_calls import (
    LOCKSTEP,
    answering,
    follow,
    keeper,
    run_flow,
    streams,
)
from tests.platforms.exotel.test_voice_calls import Voice
from tests.support import Json, World

MULAW: Final = "audio/x-mulaw;rate=8000"
L16: Final = "audio/L16;rate=16000"


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"options": {"exotel": LOCKSTEP}}


@pytest.fixture
async def voice(world: World) -> Voice:
    """The Calls API of a world in lockstep."""
    return Voice(world)


async def talk(voice: Voice, bot: Bot, kind: str = "voicebot", **extension: Any) -> list[Json]:
    """Connect a person to a bot by an applet with an extension; return what the bot got."""
    async with serving(bot):
        rest = [] if kind == "voicebot" else [{"kind": "wait", "seconds": 1}]
        await run_flow(voice, {"kind": kind, "url": bot.url, "extension": extension}, *rest)
    return [from_json(each) for each in bot.messages]


def sounds(messages: list[Json], track: str | None = None) -> list[bytes]:
    """Return the sound of the chunks of a track."""
    media = [each["media"] for each in messages if each["event"] == "media"]
    return [b64decode(each["payload"]) for each in media if each.get("track") == track]


async def test_left_out_parameters_have_the_defaults_of_the_page(voice: Voice) -> None:
    """Mu-law, both tracks, silences after two seconds, and keys as events, flat and nested."""
    await follow(voice, {"say": 0.2}, {"press": "5"}, {"wait": 2.5}, {"hang_up": True})

    messages = await talk(voice, keeper())

    assert messages[0] == {"event": "connected"}
    media_format = {"encoding": "audio/x-mulaw", "sample_rate": "8000", "bit_rate": "64"}
    assert messages[1]["start"]["media_format"] == media_format
    media = [each for each in messages if each["event"] == "media"]
    assert [each["media"]["track"] for each in media[:4]] == ["inbound", "outbound"] * 2
    assert [each["media"]["chunk"] for each in media[:4]] == ["1", "1", "2", "2"]
    numbers = [int(each["sequence_number"]) for each in messages[1:]]
    assert all(after == before + 1 for before, after in pairwise(numbers))
    assert {len(each) for each in sounds(messages, "inbound")} == {800}
    assert from_mulaw(sounds(messages, "inbound")[0])[:400] == from_mulaw(
        to_mulaw(tone(Speaker.PERSON, 8000, 0, 200))
    )
    (key,) = [each for each in messages if each["event"] == "dtmf"]
    assert (key["digit"], key["dtmf"]) == ("5", {"digit": "5", "duration": "100"})
    (silence,) = [each for each in messages if each["event"] == "silence"]
    assert silence["silence"] == {"duration": "2000"}
    (stream,) = await streams(voice)
    assert stream["extension"]["MediaFormat"] == MULAW
    assert (stream["sent"]["silence"], stream["status"]) == (1, "cancelled")


async def test_bot_sends_the_same_format_and_gets_itself_back_on_the_outbound_track(
    voice: Voice,
) -> None:
    """Mu-law lasts as long as half as many bytes; what the person hears is sent back."""
    await follow(voice, {"wait": 1}, {"hang_up": True})
    loud = tone(Speaker.BOT, 8000, 0, 3200)
    media = {"event": "media", "media": {"payload": b64encode(to_mulaw(loud)).decode()}}

    messages = await talk(voice, answering("start", media), Track="outbound")

    (stream,) = await streams(voice)
    assert (stream["played_seconds"], stream["findings"]) == (0.4, [])
    heard = from_mulaw(b"".join(sounds(messages)))
    assert decibels(heard[1600:3200]) == pytest.approx(decibels(loud), abs=0.5)
    assert not any(heard[-1600:])


@pytest.mark.parametrize(
    ("media_format", "rate", "bits", "size"),
    [("audio/L16;rate=8000", "8000", "128", 1600), (L16, "16000", "256", 3200)],
)
async def test_linear_sound_is_as_long_as_its_rate_makes_it(
    voice: Voice, media_format: str, rate: str, bits: str, size: int
) -> None:
    """The format decides the rate, also against the address; one track needs no name."""
    await follow(voice, {"say": 0.3}, {"hang_up": True})

    messages = await talk(voice, keeper(), MediaFormat=media_format, Track="inbound")

    about = {"encoding": "audio/L16", "sample_rate": rate, "bit_rate": bits}
    assert messages[1]["start"]["media_format"] == about
    assert [len(each) for each in sounds(messages)] == [size] * 3


async def test_parameters_come_with_connected(voice: Voice) -> None:
    """Those of the address stay where they are."""
    await follow(voice, {"hang_up": True})
    bot = keeper()
    async with serving(bot):
        extension = {"WebSocketUrl": f"{bot.url}?a=1", "CustomParameters": "name=Jane,plan=gold=1"}
        await run_flow(voice, {"kind": "voicebot", "extension": extension})

    connected, start = (from_json(each) for each in bot.messages[:2])
    assert connected["connected"]["custom_parameters"] == {"name": "Jane", "plan": "gold=1"}
    assert start["start"]["custom_parameters"] == {"a": "1"}
    (stream,) = await streams(voice)
    assert "WebSocketUrl" not in stream["extension"]


async def test_silence_may_end_the_call(voice: Voice) -> None:
    """The bot gets stop with callended, and the stream says why."""
    await follow(voice, {"say": 0.5}, {"wait": 60})
    silence: Json = {"SilenceTimeout": 1500, "SilenceAction": "hangup"}

    messages = await talk(voice, keeper(), Track="inbound", **silence)

    assert (messages[-1]["event"], messages[-1]["stop"]["reason"]) == ("stop", "callended")
    (stream,) = await streams(voice)
    assert (stream["status"], stream["disconnected_by"]) == ("completed", "NA")
    assert stream["duration"] == 2.0
    assert stream["notes"] == ["a silence has ended the call: SilenceAction is hangup"]


async def test_silence_is_reported_once_until_something_is_heard(voice: Voice) -> None:
    """The next silence is another one."""
    await follow(voice, {"wait": 3}, {"say": 0.3}, {"wait": 1.2}, {"hang_up": True})

    messages = await talk(voice, keeper(), Track="inbound", SilenceTimeout=1000)

    events = [each["event"] for each in messages[2:]]
    assert [number for number, each in enumerate(events) if each == "silence"] == [10, 44]


@pytest.mark.parametrize("handling", ["suppress", "passthrough"])
async def test_keys_may_be_left_out_or_be_tones(voice: Voice, handling: str) -> None:
    """No event is sent; a tone is heard if it passes."""
    await follow(voice, {"press": "7", "ms": 200}, {"hang_up": True})
    extension = {"MediaFormat": L16, "Track": "inbound", "DtmfHandling": handling}

    messages = await talk(voice, keeper(), **extension)

    assert "dtmf" not in [each["event"] for each in messages]
    wanted = key_tone("7", 16_000, 0, 3200) if handling == "passthrough" else bytes(6400)
    assert b"".join(sounds(messages)) == wanted


async def test_one_way_stream_carries_the_sound_of_the_other_stream(voice: Voice) -> None:
    """Its outbound track has the sound of the bot on the call's other stream."""
    await follow(voice, {"wait": 1}, {"hang_up": True})
    loud = b64encode(tone(Speaker.BOT, 8000, 0, 3200)).decode()
    listener = keeper()
    talker = answering("start", {"event": "media", "media": {"payload": loud}})
    async with serving(listener), serving(talker):
        extension = {"MediaFormat": L16}
        await run_flow(
            voice,
            {"kind": "stream", "url": listener.url, "extension": extension},
            {"kind": "voicebot", "url": talker.url},
        )

    messages = [from_json(each) for each in listener.messages]
    heard = b"".join(sounds(messages, "outbound"))
    assert decibels(heard[6400:9600]) > -40
    assert {len(each) for each in sounds(messages, "outbound")} == {3200}


async def test_extension_waits_for_the_address_of_a_bot(voice: Voice) -> None:
    """A dynamic address is asked first; the flow may have changed meanwhile."""
    await follow(voice, {"say": 0.2}, {"hang_up": True})
    bot = keeper()
    async with serving(bot):
        answer = {"answers": [{"json": {"url": bot.url}}]}
        await voice.world.control("PUT", "/inboxes/address", json=answer)
        url = f"{voice.world.inbox_url}address"
        await run_flow(voice, {"kind": "voicebot", "url": url, "extension": {"MediaFormat": L16}})

    (stream,) = await streams(voice)
    assert (stream["sample_rate"], stream["extension"]["MediaFormat"]) == (16000, L16)


@pytest.mark.parametrize(
    ("kind", "extension", "words"),
    [
        pytest.param("voicebot", {"MediaFormat": "audio/L16"}, "MediaFormat must be", id="format"),
        pytest.param("stream", {"Track": "left"}, "Track must be", id="track"),
        pytest.param("voicebot", {"SilenceTimeout": 0}, "at least 1", id="no time"),
        pytest.param("voicebot", {"SilenceTimeout": "2000"}, "whole number", id="text"),
        pytest.param("voicebot", {"SilenceAction": "beep"}, "SilenceAction must be", id="action"),
        pytest.param("voicebot", {"DtmfHandling": "no"}, "DtmfHandling must be", id="keys"),
        pytest.param("stream", {"DtmfHandling": "stream"}, "DtmfHandling is not", id="one way"),
        pytest.param("voicebot", {"CustomParameters": "a"}, "'a' is not a pair", id="no pair"),
        pytest.param("voicebot", {"CustomParameters": "a=1,a=2"}, "twice", id="twice"),
        pytest.param("voicebot", {"WebSocketUrl": "ws://b/"}, "in place of url", id="both"),
        pytest.param("voicebot", {"mediaFormat": MULAW}, "mediaFormat is not", id="case"),
        pytest.param("voicebot", [], "must be an object", id="list"),
    ],
)
async def test_wrong_extension_is_refused(
    voice: Voice, kind: str, extension: Any, words: str
) -> None:
    """The error names the field and what it may be; the flow stays as it was."""
    await set_flow(voice, "1", {"kind": "hangup"})
    body = {"kind": kind, "url": "ws://127.0.0.1:1/", "extension": extension}

    response = await voice.world.control("PUT", "/exotel/flows/1", json=body)

    assert response.status_code == 400, response.text
    assert words in response.json()["detail"]
    kept = (await voice.world.control("GET", "/exotel/flows/1")).json()
    assert kept["applets"] == [{"kind": "hangup"}]


async def test_extension_is_copied_with_its_world(voice: Voice) -> None:
    """Flows and streams have it in forks and files."""
    await follow(voice, {"say": 0.2}, {"hang_up": True})
    await talk(voice, keeper(), MediaFormat=L16)
    made = {"name": "fork", "from": voice.world.name}
    response = await voice.world.http.post("/_emulator/worlds", json=made)
    assert response.status_code == 201, response.text
    fork = {"X-Emulator-World": "fork"}
    copied = await voice.world.http.get("/_emulator/exotel/streams", headers=fork)
    flows = await voice.world.http.get("/_emulator/exotel/flows", headers=fork)

    assert copied.json() == await streams(voice)
    assert flows.json()[0]["applets"][0]["extension"]["SilenceTimeout"] == 2000
