"""Both tracks of a stream in a file that is deleted with them: left the person, right the bot.

An hour of 24 kHz takes 330 MiB, so it is not kept in memory.
"""

import tempfile
from collections.abc import Iterator
from typing import IO, Final

BYTES_PER_SAMPLE: Final = 2
FRAME_BYTES: Final = 2 * BYTES_PER_SAMPLE
"""A sample of each track."""
MEMORY_BYTES: Final = 256 * 1024
"""A shorter conversation needs no file."""
BLOCK_FRAMES: Final = 16_384


class Tracks:
    """Interleaved 16-bit samples of both sides, written while they are heard."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.frames = 0
        """How long it is, in samples of each track."""
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115  # as long as the object

    def write(self, person: bytes, bot: bytes) -> None:
        """Append what both sides were heard to say in the same time: equally many samples."""
        frames = len(person) // BYTES_PER_SAMPLE
        both = bytearray(frames * FRAME_BYTES)
        both[0::4], both[1::4] = person[0::2], person[1::2]
        both[2::4], both[3::4] = bot[0::2], bot[1::2]
        self._file.seek(self.frames * FRAME_BYTES)
        self._file.write(both)
        self.frames += frames

    def blocks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Read the interleaved samples from one frame up to another, a block at a time."""
        stop = self.frames if stop is None else min(stop, self.frames)
        while start < stop:
            self._file.seek(start * FRAME_BYTES)
            block = self._file.read(min(BLOCK_FRAMES, stop - start) * FRAME_BYTES)
            yield block
            start += len(block) // FRAME_BYTES

    def close(self) -> None:
        """Delete the sound."""
        self._file.close()
        self.frames = 0


def sides_of(block: bytes) -> tuple[bytes, bytes]:
    """Return the person's and the bot's samples of a block."""
    person, bot = bytearray(len(block) // 2), bytearray(len(block) // 2)
    person[0::2], person[1::2] = block[0::4], block[1::4]
    bot[0::2], bot[1::2] = block[2::4], block[3::4]
    return bytes(person), bytes(bot)
