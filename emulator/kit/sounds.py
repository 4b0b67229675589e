"""Sounds that users give: WAV files, and how they are played."""

from emulator.voice.conversion import Conversion
from emulator.voice.wav import MEDIA_TYPE
from emulator.voice.wav_reader import CONVERT, MAX_WAV_BYTES, WavError, WavSound, read_wav

__all__ = [
    "CONVERT",
    "MAX_WAV_BYTES",
    "MEDIA_TYPE",
    "Conversion",
    "WavError",
    "WavSound",
    "read_wav",
]
