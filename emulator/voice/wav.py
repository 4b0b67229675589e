"""WAV files of 16-bit samples: the beginning of one that is sent while it is made."""

from struct import pack
from typing import Final

from emulator.voice.pcm import BYTES_PER_SAMPLE

MEDIA_TYPE: Final = "audio/wav"
PCM: Final = 1


def header(frames: int, rate: int, channels: int, comment: str) -> bytes:
    """Return everything before the samples; a frame is a sample of each channel."""
    label = _chunk(b"ICMT", comment.encode() + b"\0") + _chunk(b"ISFT", b"voicebot-emulator\0")
    frame_bytes = channels * BYTES_PER_SAMPLE
    form = pack(
        "<HHIIHH", PCM, channels, rate, rate * frame_bytes, frame_bytes, 8 * BYTES_PER_SAMPLE
    )
    head = b"WAVE" + _chunk(b"fmt ", form) + _chunk(b"LIST", b"INFO" + label)
    size = frames * frame_bytes
    return pack("<4sI", b"RIFF", len(head) + 8 + size) + head + pack("<4sI", b"data", size)


def _chunk(name: bytes, content: bytes) -> bytes:
    return pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)
