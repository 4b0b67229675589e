"""Samples: resampled, mixed, split into channels and measured."""

from array import array
from itertools import pairwise
from math import pi, sin

import pytest

from emulator.domain.transcripts import Speaker
from emulator.voice.pcm import (
    at_level,
    decibels,
    interleave,
    is_mulaw,
    mix,
    resample,
    to_mulaw,
)
from emulator.voice.tone import tone, tone_second


def sine(hertz: int, rate: int, amplitude: int = 8000) -> bytes:
    return array(
        "h", (round(amplitude * sin(2 * pi * hertz * n / rate)) for n in range(rate))
    ).tobytes()


def crossings(samples: bytes) -> int:
    """Count how often a sound goes up through zero, about its frequency in a second of it."""
    values = array("h", samples)
    return sum(before < 0 <= after for before, after in pairwise(values))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param(22050, 8000, id="down"),
        pytest.param(8000, 24000, id="up"),
        pytest.param(16000, 16000, id="same"),
    ],
)
def test_resampled_sound_has_its_pitch_and_length(source: int, target: int) -> None:
    """A second stays a second, and a tone the same tone."""
    found = resample(sine(400, source), source, target)

    assert abs(len(found) // 2 - target) <= 3
    assert abs(crossings(found) - 400) <= 1


def test_mix_clips_what_is_too_loud() -> None:
    """Two loud sounds do not wrap around into noise."""
    loud, quiet = array("h", [30000, -30000, 100]), array("h", [30000, -30000, 1])

    assert list(array("h", mix(loud.tobytes(), quiet.tobytes()))) == [32767, -32768, 101]


def test_left_and_right_alternate() -> None:
    """The first sound is the left channel."""
    left, right = array("h", [1, 2]).tobytes(), array("h", [-1, -2]).tobytes()

    assert list(array("h", interleave(left, right))) == [1, -1, 2, -2]


def test_level_is_what_was_asked_for() -> None:
    """Levels are the root mean square, against full scale."""
    assert decibels(at_level(sine(400, 8000), -20)) == pytest.approx(-20, abs=0.1)
    assert decibels(bytes(1600)) == -96
    assert at_level(bytes(1600), -20) == bytes(1600)


@pytest.mark.parametrize(
    "rate", [pytest.param(rate, id=str(rate)) for rate in (8000, 16000, 24000)]
)
def test_tones_of_the_speakers_differ_in_pitch_and_level(rate: int) -> None:
    """The person's tone is at -18 dBFS and swells; the bot's is steady and quieter."""
    person, bot = tone_second(Speaker.PERSON, rate), tone_second(Speaker.BOT, rate)
    quarter = len(person) // 8
    swelling = [decibels(person[at : at + quarter]) for at in (0, quarter)]

    assert decibels(person) == pytest.approx(-18, abs=0.1)
    assert decibels(bot) == pytest.approx(-26, abs=0.1)
    assert crossings(bot) in (439, 440)
    assert crossings(person) in range(325, 335)
    assert max(swelling) > -20


def test_tone_goes_on_where_it_was() -> None:
    """A tone that is made in pieces is the tone that is made at once."""
    whole = tone_second(Speaker.PERSON, 8000) * 2

    pieces = b"".join(tone(Speaker.PERSON, 8000, at, 700) for at in range(0, 14000, 700))

    assert pieces == whole[:28000]


@pytest.mark.parametrize("speaker", [pytest.param(each, id=each) for each in Speaker])
def test_mulaw_is_not_taken_for_linear_samples(speaker: Speaker) -> None:
    """Mu-law that is played as linear samples is rough and loud."""
    sound = tone_second(speaker, 8000) * 2

    assert is_mulaw(to_mulaw(sound))
    assert not is_mulaw(sound)
    assert not is_mulaw(bytes(8000))
