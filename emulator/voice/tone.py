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


def _swelling(at: float) -> float:
    turn = 2 * pi * at
    swell = (1 - cos(turn * SWELLS_PER_SECOND)) / 2
    return swell * (sin(turn * PERSON_HERTZ) + sin(2 * turn * PERSON_HERTZ) / 2)


def _samples(values: list[float]) -> bytes:
    samples = array("h", (round(each * FULL_SCALE / 2) for each in values))
    if byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
