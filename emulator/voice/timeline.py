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
        if loudest(samples) < AUDIBLE:
            return
        for number, at in enumerate(range(0, len(samples), window)):
            if loudest(samples[at : at + window]) >= AUDIBLE:
                begins = start + number / WINDOWS_PER_SECOND
                self._extend(speaker.value, begins, begins + 1 / WINDOWS_PER_SECOND)

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
