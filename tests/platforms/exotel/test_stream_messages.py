"""The wire of AgentStream: messages in four shapes, what bots send, and what is played of it."""

from base64 import b64encode
from typing import Any, Final

import pytest

from emulator.kit.json import from_json, to_json
from emulator.kit.voice import PersonVoice
from emulator.platforms.exotel.calls.streams.addresses import read_address
from emulator.platforms.exotel.calls.streams.bot_messages import read_bot_message
from emulator.platforms.exotel.calls.streams.messages import (
    MessageWriter,
    StreamIds,
    StreamShape,
)
from emulator.platforms.exotel.calls.streams.person import Person
from emulator.platforms.exotel.calls.streams.playback import MAX_QUEUED_SECONDS, Playback
from tests.cases import each_case

IDS: Final = StreamIds(
    stream_sid="s1",
    call_sid="c1",
    account_sid="acct",
    person="+919876543210",
    line="08047112233",
    leg_sid="l1",
)
LOUD: Final = b"\x00\x20" * 160


def writer(shape: StreamShape, rate: int = 8000) -> MessageWriter:
    return MessageWriter(shape, IDS, rate, {"first_name": "Jane"})


def start_of(shape: StreamShape, rate: int = 8000) -> dict[str, Any]:
    found: dict[str, Any] = from_json(writer(shape, rate).start())
    return found


@each_case(
    ("shape", "media_format"),
    [
        ("snake", {"encoding": "audio/x-raw", "sample_rate": "16000", "bit_rate": "16"}),
        ("applet", {"encoding": "raw", "sample_rate": "16000", "bit_rate": "256"}),
        ("live", {"encoding": "base64", "sample_rate": 16000, "bit_rate": "256kbps"}),
        ("camel", {"encoding": "audio/x-raw", "sampleRate": "16000", "bitRate": "16"}),
    ],
)
def test_shape_decides_the_words_of_the_format(
    shape: StreamShape, media_format: dict[str, Any]
) -> None:
    """Each copy of the vendor's pages has other words for the same sound."""
    start = start_of(shape, 16000)["start"]

    assert start["mediaFormat" if shape == "camel" else "media_format"] == media_format
    assert ("leg_sid" in start) is (shape == "live")


@each_case("shape", ["snake", "applet", "live", "camel"])
def test_names_are_of_one_case_in_every_message(shape: StreamShape) -> None:
    """A start with names of both cases is taken for another vendor's; parameters keep theirs."""
    made = writer(shape)
    texts = [
        made.start(),
        made.media(1, 100, b"\0\0"),
        made.dtmf("5", 100),
        made.mark("m"),
        made.stop("stopped"),
    ]

    names = {name for text in texts for name in _names(from_json(text))} - {"first_name"}
    assert not [
        name for name in names if ("_" in name if shape == "camel" else name != name.lower())
    ]
    numbers = [
        from_json(text)["sequenceNumber" if shape == "camel" else "sequence_number"]
        for text in texts
    ]
    assert numbers == (["1", "2", "3", "4", "5"] if shape == "snake" else [1, 2, 3, 4, 5])
    assert made.counts == {"start": 1, "media": 1, "dtmf": 1, "mark": 1, "stop": 1}


def _names(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return []
    return [*value, *(name for each in value.values() for name in _names(each))]


@each_case(
    ("query", "rate", "parameters", "notes"),
    [
        pytest.param("", 8000, {}, 0, id="default"),
        pytest.param("?sample-rate=16000", 16000, {}, 0, id="rate"),
        pytest.param("?sample_rate=24000&a=1", 24000, {"a": "1"}, 0, id="other spelling"),
        pytest.param("?sample-rate=44100", 8000, {}, 1, id="no such rate"),
        pytest.param("?a&b=&c=x%20y", 8000, {"a": "", "b": "", "c": "x y"}, 0, id="empty"),
        pytest.param("?a=1&b=2&c=3&d=4", 8000, {"a": "1", "b": "2", "c": "3"}, 1, id="four"),
        pytest.param("?a=" + "x" * 256, 8000, {}, 1, id="long"),
    ],
)
def test_address_says_rate_and_parameters(
    query: str, rate: int, parameters: dict[str, str], notes: int
) -> None:
    """What the vendor would not pass on is noted."""
    found = read_address(f"wss://key:token@bot.example/s{query}")

    assert (found.rate, found.parameters, len(found.notes)) == (rate, parameters, notes)
    assert found.shown == f"wss://bot.example/s{query}"


def sent(payload: bytes | str, **more: Any) -> str:
    text = payload if isinstance(payload, str) else b64encode(payload).decode()
    return to_json(
        {"event": "media", "stream_sid": "s1", "media": {"payload": text}} | more
    ).decode()


@each_case(
    ("message", "event", "size", "codes"),
    [
        pytest.param(sent(bytes(3200)), "media", 3200, [], id="good"),
        pytest.param(
            sent(bytes(3200), stream_sid=None, streamSid="s1"),
            "media",
            3200,
            ["missing_stream_sid"],
            id="null sid",
        ),
        pytest.param('{"event":"clear","streamSid":"s1"}', "clear", 0, [], id="camel"),
        pytest.param(
            '{"event":"clear","stream_sid":"x"}', "clear", 0, ["wrong_stream_sid"], id="sid"
        ),
        pytest.param("{", "", 0, ["bad_json"], id="no json"),
        pytest.param("[1]", "", 0, ["bad_json"], id="no object"),
        pytest.param("[" * 1000, "", 0, ["bad_json"], id="deep"),
        pytest.param('{"event":"\ud800"}', "", 0, ["bad_json"], id="surrogate"),
        pytest.param(b"\0\0", "", 0, ["binary_frame"], id="binary"),
        pytest.param('{"event":["x"]}', "", 0, ["unknown_event"], id="no event"),
        pytest.param(
            sent(bytes(3201)), "media", 3200, ["odd_bytes", "chunk_not_multiple_of_320"], id="odd"
        ),
        pytest.param(sent(bytes(3300)), "media", 3520, ["chunk_not_multiple_of_320"], id="padded"),
        pytest.param(sent(bytes(640)), "media", 640, ["chunk_below_minimum"], id="small"),
        pytest.param(sent(bytes(100_160)), "media", 100_160, ["chunk_above_maximum"], id="big"),
        pytest.param(
            sent("AAAA\nAAA="),
            "media",
            320,
            ["bad_base64", "odd_bytes", "chunk_not_multiple_of_320", "chunk_below_minimum"],
            id="nearly base64",
        ),
        pytest.param(sent("\u00e9"), "media", 0, ["bad_base64"], id="no base64"),
        pytest.param(
            '{"event":"media","stream_sid":"s1"}', "media", 0, ["empty_payload"], id="none"
        ),
        pytest.param(
            '{"event":"mark","stream_sid":"s1","mark":{"name":7}}',
            "mark",
            0,
            ["mark_without_name"],
            id="mark",
        ),
    ],
)
def test_bot_message_is_read_as_far_as_it_can_be(
    message: str | bytes, event: str, size: int, codes: list[str]
) -> None:
    """Nothing that a bot sends is an error here: what is wrong is found, and the rest is used."""
    found = read_bot_message(message, "s1")

    assert (found.event, len(found.sound)) == (event, size)
    assert [code for code, _ in found.findings] == codes


def test_sound_is_played_after_one_another_with_its_marks() -> None:
    """A mark falls with the stretch at whose end, or within which, its place is."""
    playback = Playback(8000)
    playback.add(LOUD * 3, 0)
    assert playback.mark("one")
    playback.add(LOUD, 0)
    assert playback.mark("two")

    first, second, third = (playback.play(320) for _ in "123")

    assert first == (LOUD * 2, [])
    assert second == (LOUD * 2, ["one", "two"])
    assert third == (bytes(640), [])
    assert not playback.mark("three")
    assert (playback.played, playback.queued, playback.last_audible) == (640, 0, 640)


def test_sound_that_comes_late_leaves_a_gap() -> None:
    """It is not played before it was there."""
    playback = Playback(8000)
    playback.play(160)
    playback.add(LOUD, 200)

    heard, _ = playback.play(320)

    assert heard == bytes(80) + LOUD + bytes(240)


def test_queue_has_a_limit() -> None:
    """What is over is dropped, and counted."""
    playback = Playback(8000)
    second = bytes(16_000)
    taken = [playback.add(second, 0) for _ in range(MAX_QUEUED_SECONDS + 2)]

    assert taken == [True] * MAX_QUEUED_SECONDS + [False] * 2
    assert playback.dropped == 16_000
    assert playback.clear() == []
    assert playback.dropped == (MAX_QUEUED_SECONDS + 2) * 8000


def act(person: Person, playback: Playback, chunks: int) -> str:
    """Return what a person does, a letter for each tenth of a second."""
    found = ""
    for _ in range(chunks):
        playback.play(800)
        spoken = person.act(800)
        assert len(spoken.sound) == 1600
        letter = "S" if spoken.is_speaking else "."
        keys = "".join(digit for digit, _ in spoken.keys)
        found += (keys or letter) + ("!" if spoken.hangs_up else "")
        if spoken.hangs_up:
            break
    return found


@each_case(
    ("script", "done"),
    [
        pytest.param([{"say": 0.2}, {"wait": 0.2}, {"say": "x" * 3}], "SS..SS....", id="say"),
        pytest.param(
            [{"wait": 0.1}, {"press": "5", "ms": 200}, {"say": 0.1}], ".5.S......", id="press"
        ),
        pytest.param([{"say": 0.2}, {"hang_up": True}], "SS!", id="hang up"),
        pytest.param([{"hang_up": True}], ".!", id="at once"),
        pytest.param([{"wait_for": "speech"}, {"say": 0.1}], "...S......", id="speech"),
        pytest.param(
            [{"wait_for": "speech"}, {"wait_for": "quiet"}, {"say": 9}], "........SS", id="quiet"
        ),
        pytest.param([{"wait_for": "mark", "timeout": 0.3}, {"say": 0.2}], "...SS.....", id="time"),
        pytest.param([{"noise": -40}, {"say": 0.1}], "S.........", id="noise"),
    ],
)
def test_person_follows_the_script(script: list[dict[str, Any]], done: str) -> None:
    """The bot is heard in the fourth tenth of a second, and then no more."""
    playback = Playback(8000)
    playback.add(b"\x00\x20" * 160, 3 * 800)

    voice = PersonVoice(8000, is_spoken=False)
    person = Person(script, 8000, playback, voice, lambda _: None)
    assert act(person, playback, 10) == done
