"""Streams of a world: who listens, and how it ends."""

import asyncio

from emulator.world.streams import MAX_WAITING_BYTES, MAX_WAITING_CHUNKS, Streams

HOUR = 3600.0


def quiet() -> bytes:
    return b"beat"


async def test_streams_of_a_topic_hear_the_same() -> None:
    """A message of a topic reaches each of its streams, and no other."""
    streams = Streams()
    one, two, other = (streams.open(topic, beat=quiet, every=HOUR) for topic in ("a", "a", "b"))

    streams.tell("a", b"x")
    streams.tell("a", b"y")
    streams.end()

    assert [await each.take() for each in (one, two, other)] == [b"xy", b"xy", None]
    assert [await each.take() for each in (one, two)] == [None, None]


async def test_stream_that_has_ended_is_forgotten() -> None:
    """A stream ends for good, whichever side ends it, and however often."""
    streams = Streams()
    one, two = (streams.open("a", beat=quiet, every=HOUR) for _ in range(2))
    waiting = asyncio.ensure_future(two.take())

    one.end()
    one.end()
    one.put(b"late")
    before = streams.counts(), streams.count("a")
    streams.close("a")

    assert before == ({"a": 1}, 1)
    assert (streams.counts(), streams.count("a")) == ({}, 0)
    assert await waiting is None
    assert await one.take() is None


async def test_slow_reader_is_cut_off_in_the_end() -> None:
    """So much may wait, and no more."""
    stream = Streams().open("a", beat=quiet, every=HOUR)

    for _ in range(MAX_WAITING_CHUNKS):
        stream.put(b"x")
    patient = stream.is_over
    stream.put(b"x")

    assert (patient, stream.is_over, stream.is_cut) == (False, True, True)
    await stream.until_over()


async def test_much_at_once_is_taken_but_not_hoarded() -> None:
    """One chunk may be as large as it is; no more is put on top of it."""
    stream = Streams().open("a", beat=quiet, every=HOUR)
    large = bytes(MAX_WAITING_BYTES + 1)

    stream.put(large)
    taken = await stream.take()
    stream.put(large)
    stream.put(b"x")

    assert taken == large
    assert stream.is_cut


async def test_heart_beats_until_the_end() -> None:
    """Again and again, in the event loop's time."""
    stream = Streams().open("a", beat=quiet, every=0.001)

    beats = [await stream.take() for _ in range(3)]
    stream.end()

    assert b"".join(beat or b"" for beat in beats).startswith(b"beatbeatbeat")
    assert await stream.take() in {None, b"beat"}
