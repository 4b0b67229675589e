"""Calls with their legs, as the Calls API knows them; the engine's call has the same id."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from emulator.domain.ticks import SECOND, ticks

CallWord = Literal["in-progress", "completed", "failed", "busy", "no-answer"]
"""The statuses of a call. Documented too, and never sent: queued."""
LegWord = Literal["in-progress", "completed", "failed", "busy", "no-answer", "canceled"]
MAX_NOTES: Final = 20
PLAIN_CALL_BYTES: Final = 768
"""What a call takes, with legs and numbers, besides what its request may make longer."""


@dataclass(slots=True, kw_only=True)
class Leg:
    """One person's side of a call; without a status it was not tried."""

    number: str
    status: LegWord | None = None
    began_at: datetime | None = None
    """When its phone began to ring."""
    answered_at: datetime | None = None
    ended_at: datetime | None = None

    def seconds(self) -> int:
        """Return how long it was on the line, in whole seconds."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return round((ticks(self.ended_at) - ticks(self.answered_at)) / SECOND)

    def answer(self, at: datetime) -> None:
        """Have the person be on the line."""
        self.status, self.answered_at = "in-progress", at

    def end(self, status: LegWord, at: datetime) -> None:
        """Have it end, unless it has ended."""
        if self.ended_at is None:
            self.status, self.ended_at = status, at


@dataclass(slots=True, kw_only=True)
class StatusCallback:
    """Where the vendor reports a call, and which events of it."""

    url: str
    events: tuple[str, ...] = ()
    """None asked for: the end of the call, in the short body."""
    content_type: str = "multipart/form-data"


@dataclass(slots=True, kw_only=True)
class FlowProgress:
    """How far a call has come in its flow."""

    flow_id: str
    position: int = 0
    """The applet that is run next."""
    run: int = 0
    """How many applets were run in all."""
    waits: int = 0
    """Counts waits, so that a step that comes late is known to be void."""
    dialled: str = ""
    """The scenario of the person that a Connect applet dials."""
    digits: str = ""
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By the ids of requests for the address of a bot: the applets that wait for the response."""
    stream: dict[str, str] = field(default_factory=dict)
    """How its last stream ended, in the words of Passthru."""


@dataclass(slots=True, kw_only=True)
class VoiceCall:
    """A call, with its numbers as they were sent."""

    id: str
    account: str
    kind: Literal["numbers", "flow", "stream"]
    is_inbound: bool = False
    from_number: str
    to_number: str | None
    exophone: str
    created_at: datetime
    updated_at: datetime
    status: CallWord = "in-progress"
    legs: list[Leg]
    ring_ticks: int | None = None
    """How long the first phone rings in a call of two numbers, if that person answers."""
    ended_at: datetime | None = None
    is_billed: bool = False
    """Duration, Price and EndTime are shown."""
    place: int = 0
    """Its place among the calls of its account."""
    order: tuple[int, ...] = ()
    """Its places in the lists of its numbers."""
    custom_field: str = ""
    is_recorded: bool = False
    channels: str = "single"
    time_limit: int = 0
    status_callback: StatusCallback | None = None
    stream: dict[str, str] = field(default_factory=dict)
    """What was asked for of a stream."""
    streams: list[str] = field(default_factory=list)
    """The ids of its streams, the latest last."""
    flow: FlowProgress | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def first_leg(self) -> Leg:
        """The leg of the person who is dialled first, or who calls."""
        return self.legs[0]

    def size(self) -> int:
        """Return about how many bytes it takes; this is on the way of every request that dials."""
        size = PLAIN_CALL_BYTES + len(self.custom_field)
        if self.status_callback is not None:
            size += 128 + len(self.status_callback.url)
        size += 40 * len(self.streams)
        for text in self.notes:
            size += 64 + len(text)
        for texts in (self.stream, *(() if self.flow is None else (self.flow.stream,))):
            for name, text in texts.items():
                size += 128 + len(name) + len(text)
        return size

    def note(self, text: str) -> None:
        """Keep a note, unless there are many already."""
        if len(self.notes) < MAX_NOTES:
            self.notes.append(text)
