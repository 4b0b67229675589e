"""Sounds of any rate as mono samples of another, made a part at a time while they are played."""

from typing import Any, Final

from emulator.voice.pcm import BYTES_PER_SAMPLE, average_channels, resample_part
from emulator.voice.wav_reader import WavSound

BLOCK_FRAMES: Final = 4_096


class Conversion:
    """Gives the samples of a sound in order; the same however many are taken at a time."""

    def __init__(self, sound: WavSound, rate: int) -> None:
        self._sound, self._rate = sound, rate
        self.left = -(-sound.frames * rate // sound.rate)
        """Samples that have not been taken."""
        self._at = 0
        """The next frame of the sound."""
        self._ready = b""
        self._state: Any = None
        """Where the resampler stands between two samples."""

    def take(self, count: int) -> bytes:
        """Return so many samples, or as many as are left."""
        count = min(count, self.left)
        size = count * BYTES_PER_SAMPLE
        while len(self._ready) < size and self._at < self._sound.frames:
            self._ready += self._convert_block()
        taken, self._ready = self._ready[:size], self._ready[size:]
        self.left -= count
        return taken.ljust(size, b"\0")

    def _convert_block(self) -> bytes:
        sound = self._sound
        block = sound.part(self._at, self._at + BLOCK_FRAMES)
        self._at += BLOCK_FRAMES
        if sound.channels == 2:  # noqa: PLR2004  # stereo
            block = average_channels(block)
        if sound.rate == self._rate:
            return block
        found, self._state = resample_part(block, sound.rate, self._rate, self._state)
        return found
