"""Recordings of transcripts: made while they are sent, any part of them alone."""

from collections.abc import Sequence

import pytest

from emulator.domain.recordings import Recording
from emulator.domain.ticks import SECOND
from emulator.domain.transcripts import Line, Speaker, Turn, spoken
from emulator.voice.espeak import Espeak
from emulator.voice.pcm import decibels
from emulator.voice.recordings import RecordingFile
from emulator.voice.speech import Speech
from tests.cases import each_case

TURNS = spoken(
    [Line(Speaker.BOT, "Good morning! How can I help?"), Line(Speaker.PERSON, "I want to book.")],
    talk=7 * SECOND,
)


def speech() -> Speech:
    espeak = Espeak.find()
    assert espeak is not None
    return Speech(espeak)


async def made(file: RecordingFile, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([each async for each in file.part(start, file.size if stop is None else stop)])


def recorded(turns: Sequence[Turn] = TURNS, *, is_dual: bool) -> Recording:
    return Recording(turns=turns, talk=15 * SECOND // 2, is_dual=is_dual)


@each_case("channels", [pytest.param(1, id="single"), pytest.param(2, id="dual")])
@each_case("sound", [pytest.param("tones", id="tones"), pytest.param("spoken", id="spoken")])
async def test_part_is_a_part_of_the_whole(channels: int, sound: str) -> None:
    """Wherever a part begins and ends, it has the bytes that the whole file has there."""
    file = RecordingFile(recorded(is_dual=channels == 2), speech() if sound == "spoken" else None)
    whole = await made(file)
    data = whole.index(b"data") + 8

    assert len(whole) == file.size == data + 60_000 * 2 * channels
    for start, stop in ((0, 10), (10, data + 1), (data, data + 16_000), (31_111, 70_001)):
        assert await made(file, start, stop) == whole[start:stop]
    assert await made(file, file.size - 7) == whole[-7:]


async def test_each_side_is_heard_while_it_speaks_and_on_its_own_channel() -> None:
    """The person is on the left, the bot on the right; there is silence before and after."""
    file = RecordingFile(recorded(is_dual=True), speech())
    samples = (await made(file))[-240_000:]
    person, bot = (
        b"".join(samples[at : at + 2] for at in range(side, len(samples), 4)) for side in (0, 2)
    )
    heard = [
        (decibels(person[at : at + 16_000]) > -60, decibels(bot[at : at + 16_000]) > -60)
        for at in range(0, len(person), 16_000)
    ]

    assert heard[0] == heard[-1] == (False, False)
    assert heard[1] == (False, True)
    assert heard[3] == (True, False)


async def test_no_more_than_a_second_is_in_memory() -> None:
    """However long a call and its turns, it is made a second at a time."""
    hour = Turn(Speaker.BOT, "Hello!", SECOND, 3600 * SECOND)
    for sound in (None, speech()):
        file = RecordingFile(Recording(turns=[hour], talk=3600 * SECOND), sound)
        sizes = [len(chunk) async for chunk in file.part(0, file.size)]

        assert max(sizes) == 16_000
        assert sum(sizes[1:]) == 3600 * 16_000


async def test_turns_that_overlap_are_both_heard() -> None:
    """Two who talk at once are added."""
    both = [Turn(Speaker.BOT, "a", 0, SECOND), Turn(Speaker.PERSON, "b", 0, SECOND)]
    levels = [
        decibels((await made(RecordingFile(Recording(turns=turns, talk=SECOND), None)))[-16_000:])
        for turns in (both[:1], both[1:], both)
    ]

    assert levels[2] > max(levels[:2])
