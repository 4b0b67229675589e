"""Recordings: a WAV file as long as the call, with a quiet tone for each turn.

No recording is stored: the sound is generated while it is sent, second by second.
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

SAMPLES_PER_SECOND: Final = 8000
BYTES_PER_SAMPLE: Final = 2
AMPLITUDE: Final = 900
TONE_HERTZ: Final = {Speaker.BOT: 440, Speaker.PERSON: 330}
"""Whole numbers, so that one second of the tone can be repeated."""
LABEL: Final = b"Synthetic: tones made by voicebot-emulator, nobody's voice"


def frames_of(talk: int) -> int:
    """Return the samples in so many ticks."""
    return talk * SAMPLES_PER_SECOND // SECOND


def header(frames: int) -> bytes:
    """Return everything before the samples; it says that the sound is synthetic."""
    label = _chunk(b"ICMT", LABEL + b"\0") + _chunk(b"ISFT", b"voicebot-emulator\0")
    form = pack(
        "<HHIIHH",
        1,
        1,
        SAMPLES_PER_SECOND,
        SAMPLES_PER_SECOND * BYTES_PER_SAMPLE,
        BYTES_PER_SAMPLE,
        8 * BYTES_PER_SAMPLE,
    )
    head = b"WAVE" + _chunk(b"fmt ", form) + _chunk(b"LIST", b"INFO" + label)
    size = frames * BYTES_PER_SAMPLE
    return pack("<4sI", b"RIFF", len(head) + 8 + size) + head + pack("<4sI", b"data", size)


def _chunk(name: bytes, content: bytes) -> bytes:
    return pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)


async def wav(turns: Sequence[Turn], frames: int) -> AsyncIterator[bytes]:
    """Generate the file, second by second."""
    yield header(frames)
    spoken = [(frames_of(turn.start), frames_of(turn.stop), turn.speaker) for turn in turns]
    first = 0
    for start in range(0, frames, SAMPLES_PER_SECOND):
        stop = min(start + SAMPLES_PER_SECOND, frames)
        while first < len(spoken) and spoken[first][1] <= start:
            first += 1
        yield _samples(spoken[first:], start, stop)


def _samples(turns: Sequence[tuple[int, int, Speaker]], start: int, stop: int) -> bytes:
    """Return the samples from ``start`` up to ``stop``, which lie within one second."""
    samples = bytearray((stop - start) * BYTES_PER_SAMPLE)
    for begins, ends, speaker in turns:
        if begins >= stop:
            break
        low, high = max(begins, start) - start, min(ends, stop) - start
        samples[low * BYTES_PER_SAMPLE : high * BYTES_PER_SAMPLE] = _tone(speaker)[
            low * BYTES_PER_SAMPLE : high * BYTES_PER_SAMPLE
        ]
    return bytes(samples)


@cache
def _tone(speaker: Speaker) -> bytes:
    step = 2 * pi * TONE_HERTZ[speaker] / SAMPLES_PER_SECOND
    samples = array(
        "h", (round(AMPLITUDE * sin(step * each)) for each in range(SAMPLES_PER_SECOND))
    )
    if byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
