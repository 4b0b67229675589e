"""Recordings: a WAV as long as the call, with a quiet tone where somebody speaks.

Nothing is stored: the sound is made while it is sent, a second at a time.
"""

from array import array
from collections.abc import AsyncIterator, Sequence
from functools import cache
from math import pi, sin
from struct import pack
from sys import byteorder
from typing import Final

from emulator.domain.ticks import SECOND
from emulator.domain.transcripts import Speaker, Turn

RATE: Final = 8000
WIDTH: Final = 2
LOUDNESS: Final = 900
PITCHES: Final = {Speaker.BOT: 440, Speaker.PERSON: 330}
"""Whole numbers of waves a second, so that a second of it can be repeated."""
LABEL: Final = b"Synthetic: tones made by voicebot-emulator, nobody's voice"


def frames_of(talk: int) -> int:
    """Samples in so many ticks."""
    return talk * RATE // SECOND


def header(frames: int) -> bytes:
    """Everything before the samples; says that the sound is synthetic."""
    label = _chunk(b"ICMT", LABEL + b"\0") + _chunk(b"ISFT", b"voicebot-emulator\0")
    form = pack("<HHIIHH", 1, 1, RATE, RATE * WIDTH, WIDTH, 8 * WIDTH)
    head = b"WAVE" + _chunk(b"fmt ", form) + _chunk(b"LIST", b"INFO" + label)
    size = frames * WIDTH
    return pack("<4sI", b"RIFF", len(head) + 8 + size) + head + pack("<4sI", b"data", size)


def _chunk(name: bytes, content: bytes) -> bytes:
    return pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)


async def wav(turns: Sequence[Turn], frames: int) -> AsyncIterator[bytes]:
    """Make the file, a second at a time."""
    yield header(frames)
    waiting = [(frames_of(turn.start), frames_of(turn.stop), turn.speaker) for turn in turns]
    first = 0
    for start in range(0, frames, RATE):
        stop = min(start + RATE, frames)
        while first < len(waiting) and waiting[first][1] <= start:
            first += 1
        yield _samples(waiting[first:], start, stop)


def _samples(turns: Sequence[tuple[int, int, Speaker]], start: int, stop: int) -> bytes:
    """The samples from ``start`` up to ``stop``, which lie within one second."""
    samples = bytearray((stop - start) * WIDTH)
    for begins, ends, speaker in turns:
        if begins >= stop:
            break
        low, high = max(begins, start) - start, min(ends, stop) - start
        samples[low * WIDTH : high * WIDTH] = _tone(speaker)[low * WIDTH : high * WIDTH]
    return bytes(samples)


@cache
def _tone(speaker: Speaker) -> bytes:
    step = 2 * pi * PITCHES[speaker] / RATE
    samples = array("h", (round(LOUDNESS * sin(step * each)) for each in range(RATE)))
    if byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
