"""WAV files that users give: what is read, and what is refused with what is allowed."""

from array import array
from math import pi, sin
from struct import pack

import pytest

from emulator.voice.conversion import Conversion
from emulator.voice.pcm import decibels
from emulator.voice.wav import header
from emulator.voice.wav_reader import MAX_WAV_BYTES, WavError, read_wav
from tests.cases import each_case

GUID = bytes.fromhex("000000001000800000aa00389b71")


def form(kind: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16) -> bytes:
    """Return the content of a fmt chunk."""
    frame = channels * bits // 8
    return pack("<HHIIHH", kind, channels, rate, rate * frame, frame, bits)


def extensible(kind: int, guid: bytes = GUID) -> bytes:
    return form(0xFFFE, rate=96_000) + pack("<HHIH", 22, 16, 4, kind) + guid


def riff(*chunks: tuple[bytes, bytes], size: int | None = None) -> bytes:
    """Return a file of these chunks; ``size``: what it says that it has."""
    body = b"WAVE" + b"".join(
        pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in chunks
    )
    return pack("<4sI", b"RIFF", len(body) if size is None else size) + body


def wav(content: bytes = b"\1\0" * 80, fmt: bytes | None = None) -> bytes:
    return riff((b"fmt ", form() if fmt is None else fmt), (b"data", content))


BIG = bytes(MAX_WAV_BYTES)


@each_case(
    ("content", "problem"),
    [
        pytest.param(b"", "is not a WAV file", id="empty"),
        pytest.param(b"RIFF", "is not a WAV file", id="four bytes"),
        pytest.param(b"ID3\x04" + bytes(100), "is not a WAV file", id="mp3"),
        pytest.param(b"RIFX" + wav()[4:], "is not a WAV file", id="big-endian"),
        pytest.param(wav()[:-1], "was cut off or extended", id="truncated"),
        pytest.param(wav() + b"\0\0", "was cut off or extended", id="extended"),
        pytest.param(riff((b"fmt ", form()), size=2**32 - 1), "was cut off", id="never finished"),
        pytest.param(riff(), "has no data chunk", id="no chunks"),
        pytest.param(riff((b"fmt ", form())), "has no data chunk", id="no data"),
        pytest.param(riff((b"data", b"\0\0")), "before its fmt chunk", id="no fmt"),
        pytest.param(riff((b"fmt ", form()), (b"fmt ", form())), "two chunks", id="two fmt"),
        pytest.param(
            pack("<4sI", b"RIFF", 12) + b"WAVEdata" + pack("<I", 2**31), "ends after", id="lies"
        ),
        pytest.param(pack("<4sI", b"RIFF", 9) + b"WAVEfmt\1\1", "not a chunk", id="half a chunk"),
        pytest.param(wav(fmt=form()[:14]), "a fmt chunk of 14 bytes", id="short fmt"),
        pytest.param(wav(fmt=form(bits=8)), "samples of 8 bits", id="8 bits"),
        pytest.param(wav(fmt=form(bits=24)), "samples of 24 bits", id="24 bits"),
        pytest.param(wav(fmt=form(3, bits=32)), "format 3 (floating point)", id="float"),
        pytest.param(wav(fmt=form(7, bits=8)), "format 7 (mu-law)", id="mu-law"),
        pytest.param(wav(fmt=form(99)), "the format 99;", id="unknown format"),
        pytest.param(wav(fmt=extensible(3)), "format 3 (floating point)", id="extensible float"),
        pytest.param(wav(fmt=extensible(1)[:-1]), "an extensible format", id="extensible short"),
        pytest.param(wav(fmt=extensible(1, b"x" * 14)), "extensible format", id="extensible other"),
        pytest.param(wav(fmt=form(channels=3)), "3 channels", id="3 channels"),
        pytest.param(wav(fmt=form(channels=0)), "0 channels", id="0 channels"),
        pytest.param(wav(fmt=form(rate=0)), "0 samples per second", id="no rate"),
        pytest.param(wav(fmt=form(rate=10**9)), "1,000,000,000 samples", id="high rate"),
        pytest.param(wav(fmt=form()[:12] + pack("<HH", 4, 16)), "contradicts", id="frame size"),
        pytest.param(
            wav(fmt=form()[:8] + pack("<IHH", 1, 2, 16)), "contradicts", id="bytes per second"
        ),
        pytest.param(wav(b""), "has no samples", id="zero frames"),
        pytest.param(wav(b"\0" * 3), "not a multiple of 2", id="odd size"),
        pytest.param(
            wav(b"\0" * 6, form(channels=2)), "not a multiple of 4", id="half a stereo frame"
        ),
        pytest.param(wav(BIG), f"has {MAX_WAV_BYTES + 44:,} bytes", id="too large"),
    ],
)
def test_what_is_no_sound_is_refused_with_what_is_allowed(content: bytes, problem: str) -> None:
    """Whatever is wrong, the message says it, and names what is taken."""
    with pytest.raises(WavError) as caught:
        read_wav(content)

    assert problem in str(caught.value)
    assert "16-bit PCM, mono or stereo" in str(caught.value)


@each_case(
    "content",
    [
        pytest.param(wav(), id="plain"),
        pytest.param(wav(fmt=extensible(1)), id="extensible PCM, as for high rates"),
        pytest.param(
            riff((b"LIST", b"odd"), (b"fmt ", form()), (b"data", b"\1\0" * 80), (b"cue ", b"")),
            id="other chunks",
        ),
        pytest.param(header(80, 8000, 1, "our own") + b"\1\0" * 80, id="a recording of ours"),
    ],
)
def test_plain_files_are_read(content: bytes) -> None:
    """Chunks besides fmt and data are passed over."""
    sound = read_wav(content)

    assert (sound.frames, sound.channels) == (80, 1)
    assert bytes(sound.samples) == b"\1\0" * 80


@each_case("channels", [1, 2])
@each_case("source", [1_000, 8_000, 22_050, 44_100, 96_000])
@each_case("target", [8_000, 24_000])
def test_sound_is_as_long_and_as_loud_at_another_rate(
    channels: int, source: int, target: int
) -> None:
    """However much is taken at a time, the samples are the same; none is missing."""
    wave = (round(8_000 * sin(2 * pi * 200 * n / source)) for n in range(source))
    frames = array("h", (each for each in wave for _ in range(channels))).tobytes()
    content = header(source, source, channels, "") + frames
    whole = Conversion(read_wav(content), target)
    parts = Conversion(read_wav(content), target)

    found = whole.take(10**9)

    assert len(found) == 2 * target
    assert whole.take(100) == b""
    taken = [parts.take(80 * number) for number in range(1, 1_000) if parts.left]
    assert b"".join(taken) == found
    assert decibels(found) == pytest.approx(decibels(frames), abs=1.5)
