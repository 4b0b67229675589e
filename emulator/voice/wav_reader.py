"""WAV files that users give: read strictly, and refused with what is allowed."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import unpack_from
from typing import Final

from emulator.voice.pcm import BYTES_PER_SAMPLE
from emulator.voice.wav import PCM

MAX_WAV_BYTES: Final = 10 * 1024 * 1024
MIN_RATE: Final = 1_000
MAX_RATE: Final = 384_000
ALLOWED: Final = (
    f"allowed are WAV files of 16-bit PCM, mono or stereo, of {MIN_RATE:,} to {MAX_RATE:,} samples"
    f" per second, and of at most {MAX_WAV_BYTES // 1024 // 1024} MiB"
)
CONVERT: Final = "ffmpeg -i FILE -c:a pcm_s16le -ac 1 -ar 16000 sound.wav converts a file"
EXTENSIBLE: Final = 0xFFFE
"""The format that some programs write for high rates: what it is stands at its end."""
EXTENSIBLE_BYTES: Final = 40
SUBFORMAT: Final = bytes.fromhex("000000001000800000aa00389b71")
"""The rest of the GUID that names a format of two bytes."""
FORM_BYTES: Final = 16
FORMATS: Final = {3: "floating point", 6: "A-law", 7: "mu-law", 17: "ADPCM", 85: "MP3"}
"""What is often found in place of PCM."""


class WavError(ValueError):
    """A file is no sound that can be played; the message says why, and what is allowed."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem}; {ALLOWED}")


@dataclass(frozen=True, slots=True)
class WavSound:
    """The sound of a WAV file."""

    rate: int
    channels: int
    samples: memoryview

    @property
    def frames(self) -> int:
        """How long it is; a frame is a sample of each channel."""
        return len(self.samples) // (self.channels * BYTES_PER_SAMPLE)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.frames / self.rate

    def part(self, start: int, stop: int) -> bytes:
        """Return the frames from one up to another."""
        size = self.channels * BYTES_PER_SAMPLE
        return bytes(self.samples[start * size : stop * size])


def read_wav(content: bytes) -> WavSound:
    """Read a whole file; WavError for anything but 16-bit PCM whose sizes are true."""
    if len(content) > MAX_WAV_BYTES:
        raise WavError(f"has {len(content):,} bytes")
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise WavError("is not a WAV file: it does not begin with RIFF and WAVE")
    said = unpack_from("<I", content, 4)[0] + 8
    if said != len(content):
        raise WavError(
            f"says that it has {said:,} bytes, and has {len(content):,}: it was cut off or extended"
        )
    form, samples = _parts(content)
    rate, channels = _read_form(form)
    size = channels * BYTES_PER_SAMPLE
    if not samples:
        raise WavError("has no samples")
    if len(samples) % size:
        raise WavError(f"has {len(samples):,} bytes of sound, not a multiple of {size}")
    return WavSound(rate, channels, samples)


def _parts(content: bytes) -> tuple[memoryview, memoryview]:
    """Return the chunks that say what the sound is, and that have it."""
    found: dict[bytes, memoryview] = {}
    for name, chunk in _chunks(content):
        if name in found and name in {b"fmt ", b"data"}:
            raise WavError(f"has two chunks named {name.decode().strip()}")
        if name == b"data" and b"fmt " not in found:
            raise WavError("has a data chunk before its fmt chunk, or has no fmt chunk")
        found[name] = chunk
    if b"data" not in found:
        raise WavError("has no data chunk")
    return found[b"fmt "], found[b"data"]


def _chunks(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    at, whole = 12, memoryview(content)
    while at < len(content):
        if at + 8 > len(content):
            raise WavError(f"ends with {len(content) - at} bytes that are not a chunk")
        name, size = bytes(whole[at : at + 4]), unpack_from("<I", content, at + 4)[0]
        stop = at + 8 + size
        if stop > len(content):
            shown = name.decode("ascii", "replace").strip()
            raise WavError(f"has a chunk {shown!r} of {size:,} bytes that ends after the file")
        yield name, whole[at + 8 : stop]
        at = stop + size % 2


def _read_form(form: memoryview) -> tuple[int, int]:
    """Return the rate and the number of channels."""
    if len(form) < FORM_BYTES:
        raise WavError(f"has a fmt chunk of {len(form)} bytes")
    kind, channels, rate, bytes_per_second, frame_bytes, bits = unpack_from("<HHIIHH", form)
    if kind == EXTENSIBLE:
        kind = _extended_kind(form)
    if kind != PCM:
        named = f" ({FORMATS[kind]})" if kind in FORMATS else ""
        raise WavError(f"has the format {kind}{named}")
    if bits != 8 * BYTES_PER_SAMPLE:
        raise WavError(f"has samples of {bits} bits")
    if channels not in {1, 2}:
        raise WavError(f"has {channels} channels")
    if not MIN_RATE <= rate <= MAX_RATE:
        raise WavError(f"has {rate:,} samples per second")
    if frame_bytes != channels * BYTES_PER_SAMPLE or bytes_per_second != rate * frame_bytes:
        raise WavError("has a fmt chunk that contradicts itself")
    return rate, channels


def _extended_kind(form: memoryview) -> int:
    """Return the format that an extensible one stands for."""
    if len(form) < EXTENSIBLE_BYTES or bytes(form[26:EXTENSIBLE_BYTES]) != SUBFORMAT:
        raise WavError("has an extensible format that stands for no format of two bytes")
    kind: int = unpack_from("<H", form, 24)[0]
    return kind
