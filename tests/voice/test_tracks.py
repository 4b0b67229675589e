"""The recording of a stream: both sides as they were heard."""

import io
import wave
from array import array

import pytest

from emulator.voice.tracks import StreamRecording, Tracks, TracksFile


def written(chunks: int = 300) -> tuple[Tracks, bytes, bytes]:
    """Return tracks that were written in chunks of 100 ms, and what was written of each side."""
    tracks, sides = Tracks(8000), (bytearray(), bytearray())
    for number in range(chunks):
        person, bot = (array("h", [number * sign]) * 800 for sign in (1, -2))
        tracks.write(person.tobytes(), bot.tobytes())
        sides[0].extend(person.tobytes())
        sides[1].extend(bot.tobytes())
    return tracks, bytes(sides[0]), bytes(sides[1])


@pytest.mark.parametrize(
    "is_dual", [pytest.param(True, id="dual"), pytest.param(False, id="single")]
)
async def test_file_is_as_long_as_the_stream_and_has_both_sides(*, is_dual: bool) -> None:
    """Left is the person, right the bot; on one channel both are added."""
    tracks, person, bot = written()
    file = TracksFile(StreamRecording(tracks, is_dual))

    whole = b"".join([each async for each in file.part(0, file.size)])

    assert len(whole) == file.size
    with wave.open(io.BytesIO(whole)) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (8000, 240_000)
        samples = array("h", sound.readframes(240_000))
    if is_dual:
        assert (samples[0::2].tobytes(), samples[1::2].tobytes()) == (person, bot)
    else:
        added = [
            one + other for one, other in zip(array("h", person), array("h", bot), strict=True)
        ]
        assert list(samples) == added
    for start, stop in ((0, 20), (100, 301), (70_003, 270_007)):
        assert b"".join([each async for each in file.part(start, stop)]) == whole[start:stop]


def test_sound_is_deleted_with_its_stream() -> None:
    """A stream that is dropped keeps no file, and what comes later is not written."""
    tracks, person, bot = written(3)
    tracks.close()

    tracks.write(person, bot)

    assert tracks.frames == 2400
    assert not tracks.close.alive
