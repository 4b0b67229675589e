"""Samples of 16 bits, little-endian: resampled, mixed, split into channels and measured.

The standard library has ``audioop`` up to Python 3.12; from 3.13 PyPI's ``audioop-lts`` has it.
"""

import warnings
from math import log10
from typing import Any, Final

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

BYTES_PER_SAMPLE: Final = 2
FULL_SCALE: Final = 1 << 15
SILENT_DECIBELS: Final = -96.0
"""The level of digital silence: below it there is nothing in 16 bits."""

SMOOTHER: Final = 0.1
LOUDER_DECIBELS: Final = 6
"""Mu-law that is taken for linear samples is rougher and louder than it should be."""


def resample(samples: bytes, source: int, target: int) -> bytes:
    """Return the same sound with another number of samples per second."""
    if source == target:
        return samples
    return audioop.ratecv(samples, BYTES_PER_SAMPLE, 1, source, target, None)[0]


def resample_part(samples: bytes, source: int, target: int, state: Any) -> tuple[bytes, Any]:
    """Return the next part of a sound at another rate, and the state for the part after it."""
    return audioop.ratecv(samples, BYTES_PER_SAMPLE, 1, source, target, state)


def average_channels(frames: bytes) -> bytes:
    """Return both channels of a sound as one, neither louder than it was."""
    return audioop.tomono(frames, BYTES_PER_SAMPLE, 0.5, 0.5)


def mix(first: bytes, second: bytes) -> bytes:
    """Add two sounds of equal length, and clip what is too loud."""
    return audioop.add(first, second, BYTES_PER_SAMPLE)


def interleave(left: bytes, right: bytes) -> bytes:
    """Return two sounds of equal length as the channels of one."""
    return audioop.add(
        audioop.tostereo(left, BYTES_PER_SAMPLE, 1, 0),
        audioop.tostereo(right, BYTES_PER_SAMPLE, 0, 1),
        BYTES_PER_SAMPLE,
    )


def mixed_channels(frames: bytes) -> bytes:
    """Add the two channels of a sound, and clip what is too loud."""
    return audioop.tomono(frames, BYTES_PER_SAMPLE, 1, 1)


def second_channel(frames: bytes) -> bytes:
    """Return the right one of two channels."""
    return audioop.tomono(frames, BYTES_PER_SAMPLE, 0, 1)


def to_mulaw(samples: bytes) -> bytes:
    """Return samples of 8 bits, as telephone networks have them."""
    return audioop.lin2ulaw(samples, BYTES_PER_SAMPLE)


def from_mulaw(samples: bytes) -> bytes:
    """Return samples of 16 bits of those that telephone networks have."""
    return audioop.ulaw2lin(samples, BYTES_PER_SAMPLE)


def is_mulaw(samples: bytes) -> bool:
    """Return whether samples are mu-law, taken for linear ones: as such they are noise."""
    window = 640
    pieces = (samples[at : at + window] for at in range(0, len(samples), window))
    heard = b"".join(piece for piece in pieces if any(piece))
    if len(heard) < window:
        return False
    decoded = audioop.ulaw2lin(heard, BYTES_PER_SAMPLE)
    is_smoother = _smoothness(decoded) > _smoothness(heard) + SMOOTHER
    return is_smoother and decibels(decoded) < decibels(heard) - LOUDER_DECIBELS


def _smoothness(samples: bytes) -> float:
    """Return how much a sample is like the one before it: sound is near 1, noise near 0."""
    return audioop.findfactor(samples[2:], samples[:-2])


def decibels(samples: bytes) -> float:
    """Return the level of a sound in dBFS, by its root mean square."""
    level = audioop.rms(samples, BYTES_PER_SAMPLE)
    return 20 * log10(level / FULL_SCALE) if level else SILENT_DECIBELS


def loudest(samples: bytes) -> int:
    """Return the largest sample of a sound, whatever its sign."""
    return audioop.max(samples, BYTES_PER_SAMPLE)


def audible_seconds(samples: bytes, rate: int, threshold: int) -> float:
    """Return for how long a sound is at least so loud, in hundredths of a second."""
    window = rate // 100 * BYTES_PER_SAMPLE
    pieces = (samples[at : at + window] for at in range(0, len(samples), window))
    return sum(loudest(piece) >= threshold for piece in pieces) / 100


def at_level(samples: bytes, wanted: float) -> bytes:
    """Return a sound at a level in dBFS; its loudest moments are clipped."""
    level = audioop.rms(samples, BYTES_PER_SAMPLE)
    if not level:
        return samples
    return audioop.mul(samples, BYTES_PER_SAMPLE, 10 ** (wanted / 20) * FULL_SCALE / level)
