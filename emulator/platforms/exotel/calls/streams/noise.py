"""Background noise: a second of it, which is repeated."""

from array import array
from functools import lru_cache
from typing import Final

FULL_SCALE: Final = 32_767


@lru_cache(maxsize=16)
def _noise_of(rate: int, decibels: float) -> bytes:
    """Return a second of noise, which then begins anew."""
    peak, state = FULL_SCALE * 10 ** (decibels / 20), 1
    samples = array("h")
    for _ in range(rate):
        state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        samples.append(round(peak * (state / 0x40000000 - 1)))
    return samples.tobytes()


def noise(rate: int, decibels: float, start: int, count: int) -> bytes:
    """Return so many samples of noise, at most a second's, from the given one on."""
    at = 2 * (start % rate)
    return (_noise_of(rate, decibels) * 2)[at : at + 2 * count]
