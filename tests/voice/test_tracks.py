"""Both sides of a stream, as they were heard."""

from emulator.voice.timeline import MAX_EVENTS, SoundTimeline
from emulator.voice.tracks import Tracks, sides_of


def test_tracks_are_read_as_they_were_written() -> None:
    """Left is the person, right the bot, however the reading is cut up."""
    tracks = Tracks(8000)
    for number in range(300):
        tracks.write(bytes([number % 256, 1]) * 800, bytes([2, number % 256]) * 800)

    whole = b"".join(tracks.blocks())
    person, bot = sides_of(whole)

    assert tracks.frames == 240_000
    assert person[:1602] == bytes([0, 1]) * 800 + bytes([1, 1])
    assert bot[1598:1602] == bytes([2, 0, 2, 1])
    assert b"".join(tracks.blocks(100, 120_000)) == whole[400:480_000]
    tracks.close()


def test_timeline_stops_to_keep_events_when_it_is_full() -> None:
    """What comes later is counted, so that a bot that floods takes no memory."""
    timeline = SoundTimeline(rate=8000)
    for number in range(MAX_EVENTS + 7):
        timeline.add("mark", float(number))

    assert (len(timeline.events), timeline.left_out) == (MAX_EVENTS, 7)


def test_stretch_that_goes_on_ends_with_the_stream_so_far() -> None:
    """A figure can be read while a call runs."""
    timeline = SoundTimeline(rate=8000, seconds=9.0)
    timeline.add("bot", 1.0, stop=2.0)
    timeline.add("bot", 5.5)

    assert timeline.stretches("bot") == [(1.0, 2.0), (5.5, 9.0)]
