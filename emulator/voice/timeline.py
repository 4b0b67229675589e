"""What was heard in a stream and when: the events that quality figures are computed from."""

from dataclasses import dataclass, field
from typing import Final, Literal

EventKind = Literal["person", "bot", "mark", "clear", "key", "noise"]
"""``person`` and ``bot`` are stretches of sound, as they were heard; the others are moments."""
MAX_EVENTS: Final = 5_000
"""Events that a timeline keeps; what comes later is counted only."""


@dataclass(slots=True, kw_only=True)
class SoundEvent:
    """One stretch of sound, or one moment. Offsets are seconds since the stream began."""

    kind: EventKind
    start: float
    stop: float | None = None
    """The end of a stretch; None for a moment, and for a stretch that goes on."""
    text: str = ""
    """What the person says, the key that is pressed, the name of a mark, or the level of noise."""
    dropped: float = 0.0
    """Seconds of the bot's sound that a ``clear`` has dropped."""


@dataclass(slots=True, kw_only=True)
class SoundTimeline:
    """The events of one stream, in the order in which they began."""

    rate: int
    """Samples per second of both tracks."""
    seconds: float = 0.0
    """How long the stream has lasted so far."""
    events: list[SoundEvent] = field(default_factory=list[SoundEvent])
    left_out: int = 0
    """Events that came when the list was full."""

    def add(
        self,
        kind: EventKind,
        start: float,
        *,
        stop: float | None = None,
        text: str = "",
        dropped: float = 0.0,
    ) -> SoundEvent:
        """Add an event, unless there are many already, and return it."""
        event = SoundEvent(kind=kind, start=start, stop=stop, text=text, dropped=dropped)
        if len(self.events) < MAX_EVENTS:
            self.events.append(event)
        else:
            self.left_out += 1
        return event

    def stretches(self, kind: EventKind) -> list[tuple[float, float]]:
        """Return the stretches of sound of one side; one that goes on ends now."""
        return [
            (each.start, self.seconds if each.stop is None else each.stop)
            for each in self.events
            if each.kind == kind
        ]
