"""What was heard in a stream and when: the events that its quality is computed from."""

from dataclasses import dataclass, field
from typing import Final, Literal

from emulator.domain.transcripts import Speaker
from emulator.voice.pcm import BYTES_PER_SAMPLE, loudest

EventKind = Literal["person", "bot", "mark", "clear", "key"]
"""``person`` and ``bot`` are stretches of sound, as they were heard; the others are moments."""
MAX_EVENTS: Final = 5_000
"""Events that a timeline keeps; what comes later is counted only."""
WINDOWS_PER_SECOND: Final = 100
PAUSE_SECONDS: Final = 0.6
"""A silence that is shorter is a pause within a stretch."""
WINDOWS_PER_PIECE: Final = 50
"""Shorter than a pause."""
AUDIBLE: Final = 300
"""A sample as loud as this can be heard: about -41 dBFS."""


@dataclass(slots=True, kw_only=True)
class SoundEvent:
    """One stretch of sound, or one moment. Offsets are seconds since the stream began."""

    kind: EventKind
    start: float
    stop: float
    """The end of a stretch so far; of a moment the same as its start."""
    text: str = ""
    """The key that is pressed, or the name of a mark."""
    dropped: float = 0.0
    """Seconds of the bot's sound that a ``clear`` has dropped."""


@dataclass(slots=True, kw_only=True)
class SoundTimeline:
    """The events of one stream, in the order in which they began."""

    seconds: float = 0.0
    """How long the stream has lasted so far."""
    events: list[SoundEvent] = field(default_factory=list[SoundEvent])
    left_out: int = 0
    """Events that came when the list was full."""
    _last: dict[EventKind, SoundEvent] = field(default_factory=dict[EventKind, SoundEvent])
    """The latest stretch of each side."""

    def add(self, kind: EventKind, at: float, text: str = "", dropped: float = 0.0) -> None:
        """Add a moment, unless there are many events already."""
        self._keep(SoundEvent(kind=kind, start=at, stop=at, text=text, dropped=dropped))

    def hear(self, speaker: Speaker, samples: bytes, rate: int, start: float) -> None:
        """Note where there is sound in samples that begin at an offset."""
        window = rate // WINDOWS_PER_SECOND * BYTES_PER_SAMPLE
        piece = window * WINDOWS_PER_PIECE
        if len(samples) > piece:
            for number, at in enumerate(range(0, len(samples), piece)):
                begins = start + number * WINDOWS_PER_PIECE / WINDOWS_PER_SECOND
                self.hear(speaker, samples[at : at + piece], rate, begins)
            return
        if loudest(samples) < AUDIBLE:
            return
        # the silence between two audible windows is a pause, so only the outer ones matter
        count = -(-len(samples) // window)
        loud = (loudest(samples[at * window : (at + 1) * window]) >= AUDIBLE for at in range(count))
        first = next(number for number, is_loud in enumerate(loud) if is_loud)
        last = next(
            number
            for number in reversed(range(first, count))
            if loudest(samples[number * window : (number + 1) * window]) >= AUDIBLE
        )
        begins, ends = start + first / WINDOWS_PER_SECOND, start + last / WINDOWS_PER_SECOND
        self._extend(speaker.value, begins, ends + 1 / WINDOWS_PER_SECOND)

    def _extend(self, kind: EventKind, start: float, stop: float) -> None:
        last = self._last.get(kind)
        if last is not None and start - last.stop < PAUSE_SECONDS:
            last.stop = round(stop, 3)
        else:
            heard = SoundEvent(kind=kind, start=round(start, 3), stop=round(stop, 3))
            self._last[kind] = heard
            self._keep(heard)

    def _keep(self, event: SoundEvent) -> None:
        if len(self.events) < MAX_EVENTS:
            self.events.append(event)
        else:
            self.left_out += 1

    def stretches(self, speaker: Speaker) -> list[tuple[float, float]]:
        """Return the stretches of sound of one side."""
        return [(each.start, each.stop) for each in self.events if each.kind == speaker.value]

    def moments(self, kind: EventKind) -> list[SoundEvent]:
        """Return the events of a kind."""
        return [each for each in self.events if each.kind == kind]
