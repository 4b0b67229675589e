"""Sounds in place of speech: for each speaker a tone, a second long, which is repeated.

They wake what measures energy, not what recognizes speech. The two differ in pitch and in level.
"""

from array import array
from functools import lru_cache
from math import cos, pi, sin
from sys import byteorder
from typing import Final

from emulator.domain.transcripts import Speaker
from emulator.voice.pcm import BYTES_PER_SAMPLE, FULL_SCALE, at_level

PERSON_HERTZ: Final = 330
BOT_HERTZ: Final = 440
SWELLS_PER_SECOND: Final = 4
"""Whole numbers, so that a second of the tone can be repeated."""
KEY_HERTZ: Final = dict(
    zip(
        "123456789*0#",
        [(low, high) for low in (697, 770, 852, 941) for high in (1209, 1336, 1477)],
        strict=True,
    )
)
"""The two tones of a key on a telephone (ITU-T Q.23)."""
KEY_DECIBELS: Final = -12.0
PERSON_DECIBELS: Final = -18.0
BOT_DECIBELS: Final = -26.0


@lru_cache(maxsize=8)
def tone_second(speaker: Speaker, rate: int) -> bytes:
    """Return a second of a speaker's tone: the person's has an octave, and swells."""
    if speaker is Speaker.PERSON:
        return at_level(_samples([_swelling(n / rate) for n in range(rate)]), PERSON_DECIBELS)
    turn = 2 * pi * BOT_HERTZ
    return at_level(_samples([sin(turn * n / rate) for n in range(rate)]), BOT_DECIBELS)


def tone(speaker: Speaker, rate: int, start: int, count: int) -> bytes:
    """Return so many samples of a speaker's tone, at most a second's, from the given one on."""
    at = start % rate * BYTES_PER_SAMPLE
    return (tone_second(speaker, rate) * 2)[at : at + count * BYTES_PER_SAMPLE]


@lru_cache(maxsize=16)
def _key_second(key: str, rate: int) -> bytes:
    low, high = (2 * pi * each for each in KEY_HERTZ[key])
    values = [(sin(low * n / rate) + sin(high * n / rate)) / 2 for n in range(rate)]
    return at_level(_samples(values), KEY_DECIBELS)


def key_tone(key: str, rate: int, start: int, count: int) -> bytes:
    """Return so many samples of a key's tone, at most a second's, from the given one on."""
    at = start % rate * BYTES_PER_SAMPLE
    return (_key_second(key, rate) * 2)[at : at + count * BYTES_PER_SAMPLE]


def _swelling(at: float) -> float:
    turn = 2 * pi * at
    swell = (1 - cos(turn * SWELLS_PER_SECOND)) / 2
    return swell * (sin(turn * PERSON_HERTZ) + sin(2 * turn * PERSON_HERTZ) / 2)


def _samples(values: list[float]) -> bytes:
    samples = array("h", (round(each * FULL_SCALE / 2) for each in values))
    if byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
