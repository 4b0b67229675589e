"""Both sides of a stream as they were heard, and the recording that is made of them.

An hour at 24 kHz takes 330 MiB, so it is not in memory but in a file that has no name.
"""

import tempfile
import weakref
from collections.abc import AsyncIterator
from typing import IO, Final, NamedTuple

from emulator.voice.pcm import BYTES_PER_SAMPLE, interleave, mixed_channels, second_channel
from emulator.voice.wav import header

FRAME_BYTES: Final = 2 * BYTES_PER_SAMPLE
"""A sample of each side."""
MEMORY_BYTES: Final = 256 * 1024
"""A shorter conversation needs no file."""
BLOCK_FRAMES: Final = 16_384
LABEL: Final = "Synthetic: the person's sound made by voicebot-emulator, the bot's as it was played"


class Tracks:
    """Samples of both sides, written while they are heard: left the person, right the bot."""

    def __init__(self, rate: int, file: IO[bytes] | None = None) -> None:
        """``file``: by default a new one without a name."""
        self.rate = rate
        self.frames = 0
        """How long it is, in samples of each side."""
        self._file: IO[bytes] = file or tempfile.SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115  # as long as the object
        self._is_at_end = True
        self.close = weakref.finalize(self, self._file.close)
        """Delete the sound."""

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return self.frames * FRAME_BYTES if self.close.alive else 0

    def write(self, person: bytes, bot: bytes) -> None:
        """Append what both sides were heard to say in the same time: equally many samples."""
        if self.close.alive:
            if not self._is_at_end:  # a seek would flush what the file has buffered
                self._file.seek(self.frames * FRAME_BYTES)
                self._is_at_end = True
            self._file.write(interleave(person, bot))
            self.frames += len(person) // BYTES_PER_SAMPLE

    def bot(self) -> bytes:
        """Return the samples of the bot alone."""
        return second_channel(self.read(0, self.frames))

    def read(self, start: int, stop: int) -> bytes:
        """Return the frames from one up to another, as two channels; silence once deleted."""
        size = (stop - start) * FRAME_BYTES
        if not self.close.alive:
            return bytes(size)
        self._is_at_end = False
        self._file.seek(start * FRAME_BYTES)
        return self._file.read(size).ljust(size, b"\0")


class StreamRecording(NamedTuple):
    """The recording of a stream."""

    tracks: Tracks
    is_dual: bool = False
    """The person is on the left, the bot on the right; otherwise both are on one channel."""


class TracksFile:
    """The WAV file of a stream, of which any part can be made."""

    def __init__(self, recording: StreamRecording) -> None:
        tracks, is_dual = recording.tracks, recording.is_dual
        self._tracks, self._is_dual = tracks, is_dual
        channels = 2 if is_dual else 1
        self._frame_bytes = channels * BYTES_PER_SAMPLE
        self._head = header(tracks.frames, tracks.rate, channels, LABEL)
        self.size = len(self._head) + tracks.frames * self._frame_bytes

    async def part(self, start: int, stop: int) -> AsyncIterator[bytes]:
        """Make the bytes from ``start`` up to ``stop``, a block at a time."""
        head = len(self._head)
        if start < head:
            yield self._head[start:stop]
        at, end = max(start - head, 0), stop - head
        while at < end:
            first = at // self._frame_bytes
            begin = first * self._frame_bytes
            last = min(first + BLOCK_FRAMES, -(-end // self._frame_bytes))
            frames = self._tracks.read(first, last)
            block = frames if self._is_dual else mixed_channels(frames)
            yield block[at - begin : end - begin]
            at = begin + len(block)
