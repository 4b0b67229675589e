"""The sound of a person whose words are not spoken: a tone that swells, and noise."""

from array import array
from functools import lru_cache
from math import pi, sin
from typing import Final

PITCH: Final = 330
SWELLS_PER_SECOND: Final = 4
LEVEL: Final = 6_000
"""The highest sample: about -18 dBFS on average."""
FULL_SCALE: Final = 32_767


@lru_cache(maxsize=3)
def _tone_of(rate: int) -> bytes:
    """Return a second of the tone, which then begins anew."""
    samples = array("h")
    for number in range(rate):
        turn = 2 * pi * number / rate
        swell = 0.5 - 0.5 * sin(SWELLS_PER_SECOND * turn + pi / 2)
        wave = (sin(PITCH * turn) + 0.5 * sin(2 * PITCH * turn)) / 1.5
        samples.append(round(LEVEL * swell * wave))
    return samples.tobytes()


@lru_cache(maxsize=16)
def _noise_of(rate: int, decibels: float) -> bytes:
    """Return a second of noise, which then begins anew."""
    peak, state = FULL_SCALE * 10 ** (decibels / 20), 1
    samples = array("h")
    for _ in range(rate):
        state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        samples.append(round(peak * (state / 0x40000000 - 1)))
    return samples.tobytes()


def tone(rate: int, start: int, count: int) -> bytes:
    """Return samples of the tone, from one on."""
    return _repeated(_tone_of(rate), start, count)


def noise(rate: int, decibels: float, start: int, count: int) -> bytes:
    """Return samples of noise at so many dBFS, from one on."""
    return _repeated(_noise_of(rate, decibels), start, count)


def mixed(one: bytes, other: bytes) -> bytes:
    """Return both at once, clipped."""
    pairs = zip(array("h", one), array("h", other), strict=True)
    limit = FULL_SCALE
    return array("h", [max(-limit, min(limit, a + b)) for a, b in pairs]).tobytes()


def _repeated(second: bytes, start: int, count: int) -> bytes:
    start = 2 * start % len(second)
    times = (start + 2 * count) // len(second) + 1
    return (second * times)[start : start + 2 * count]
