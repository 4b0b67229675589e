"""The figures of a stream, from what was heard and when."""

import pytest

from emulator.domain.transcripts import Speaker
from emulator.voice.quality import quality_of
from emulator.voice.timeline import MAX_EVENTS, SoundTimeline
from emulator.voice.tone import tone

RATE = 8000
CHUNK = 0.1


def heard(seconds: float, *, person: str = "", bot: str = "") -> SoundTimeline:
    """Return a timeline in which both are heard in these stretches: ``1-2 4-5.5``."""
    timeline = SoundTimeline()
    spoken = {Speaker.PERSON: _stretches(person), Speaker.BOT: _stretches(bot)}
    chunks = round(seconds / CHUNK)
    for number in range(chunks):
        start, samples = number * CHUNK, round(CHUNK * RATE)
        for speaker, stretches in spoken.items():
            chunk = bytearray(2 * samples)
            for begins, ends in stretches:
                low = min(max(round((begins - start) * RATE), 0), samples)
                high = min(max(round((ends - start) * RATE), 0), samples)
                chunk[2 * low : 2 * high] = tone(Speaker.BOT, RATE, 0, max(0, high - low))
            timeline.hear(speaker, bytes(chunk), RATE, start)
    timeline.seconds = seconds
    return timeline


def _stretches(text: str) -> list[tuple[float, float]]:
    pairs = (each.split("-") for each in text.split())
    return [(float(start), float(stop)) for start, stop in pairs]


def test_stretches_are_exact_to_ten_milliseconds_whatever_the_chunks() -> None:
    """Where sound begins and ends is found within a chunk; a short pause belongs to it."""
    timeline = heard(6, person="0.25-1.53", bot="2.01-3 3.3-4.17 4.9-5")

    assert timeline.stretches(Speaker.PERSON) == [(0.25, 1.53)]
    assert timeline.stretches(Speaker.BOT) == [(2.01, 4.17), (4.9, 5.0)]


def test_response_times_are_from_the_end_of_a_sentence_to_the_next_sound() -> None:
    """Each sentence has its own; one without an answer has none."""
    found = quality_of(heard(20, person="1-2 5-6 9-10 15-16", bot="0.5-0.8 2.4-4 6.9-8 10.3-12"))

    assert found.first_sound == 0.5
    assert found.response.each == (0.4, 0.9, 0.3)
    assert (found.response.median, found.response.p95, found.response.worst) == (0.4, 0.9, 0.9)
    assert found.response.unanswered == 1


def test_p95_is_one_of_the_times_that_were_measured() -> None:
    """Of twenty times the second worst is the 95th percentile."""
    person = " ".join(f"{3 * n}.5-{3 * n + 1}" for n in range(20))
    bot = " ".join(f"{3 * n + 1 + (n + 1) / 20:.2f}-{3 * n + 2.2}" for n in range(20))
    found = quality_of(heard(61, person=person, bot=bot)).response

    assert (found.median, found.p95, found.worst) == (0.5, 0.95, 1.0)


@pytest.mark.parametrize(
    ("clear", "to_clear"), [pytest.param(3.2, 0.2, id="clear"), pytest.param(None, None, id="none")]
)
def test_barge_in_is_measured_to_clear_and_to_silence(
    clear: float | None, to_clear: float | None
) -> None:
    """The person begins at 3 s into the bot's sound, which ends at 3.5 s."""
    timeline = heard(8, person="3-4", bot="1-3.5 4.4-5")
    if clear is not None:
        timeline.add("clear", clear, dropped=2.5)
    found = quality_of(timeline)

    (barge_in,) = found.barge_ins
    assert (barge_in.at, barge_in.to_clear, barge_in.to_silence) == (3.0, to_clear, 0.5)
    assert found.talk_over == 0.5
    assert found.dropped == (0 if clear is None else 2.5)
    assert found.response.each == (0.4,)


def test_dead_air_is_long_silence_of_both() -> None:
    """Short silences are none; the one at the end is."""
    found = quality_of(heard(12, person="1-2", bot="2.5-4 7-8"))

    assert found.longest_silence == 4.0
    assert found.dead_air == 7.0
    assert found.talk_ratio == pytest.approx(2.5 / 3.5, abs=0.001)


def test_stream_without_sound_has_no_figures() -> None:
    """Nothing is divided by nothing."""
    found = quality_of(SoundTimeline()).shown()

    assert found["first_sound"] is found["talk_ratio"] is found["response"]["median"] is None
    assert (found["barge_ins"], found["dead_air"]) == ([], 0)


def test_timeline_is_bounded() -> None:
    """What comes later is counted, so that a bot that floods takes no memory."""
    timeline = SoundTimeline()
    for number in range(MAX_EVENTS + 7):
        timeline.add("mark", float(number))

    assert (len(timeline.events), timeline.left_out) == (MAX_EVENTS, 7)
