"""Streams, as the control API and Passthru describe them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

StreamKind = Literal["voicebot", "voice_ai", "stream"]
StreamWord = Literal["open", "completed", "cancelled", "failed"]
MAX_FINDING_CHARACTERS: Final = 200
MAX_NOTES: Final = 20


@dataclass(slots=True, kw_only=True)
class StreamFinding:
    """A fault of a bot's, how often it was seen, and the first time."""

    code: str
    text: str
    first_at: datetime
    count: int = 1


@dataclass(slots=True, kw_only=True)
class BotStream:
    """One stream of a call: a WebSocket to a bot of the user's."""

    id: str
    call_id: str
    account: str
    kind: StreamKind
    url: str
    """Without user and password."""
    sample_rate: int
    opened_at: datetime
    status: StreamWord = "open"
    disconnected_by: Literal["bot", "user", "NA"] = "NA"
    detailed_status: str = ""
    error: str = ""
    close_code: int | None = None
    attempts: int = 0
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    seconds: float = 0.0
    """How long it lasted, by the sound that was sent."""
    sent: dict[str, int] = field(default_factory=dict)
    """Messages to the bot, by event."""
    received: dict[str, int] = field(default_factory=dict)
    """Messages of the bot, by event."""
    played_seconds: float = 0.0
    dropped_seconds: float = 0.0
    quality: dict[str, Any] = field(default_factory=dict)
    """Figures of what was heard, once it has ended."""
    findings: list[StreamFinding] = field(default_factory=list)
    is_recorded: bool = False
    notes: list[str] = field(default_factory=list)
    """What the emulator could not do."""
    extension: dict[str, Any] = field(default_factory=dict)
    """What its applet asks of its messages, without the address."""
    fault_id: str | None = None
    """The fault that changed the response with its address."""
    fault_kind: str | None = None

    def note(self, text: str) -> None:
        """Keep a note, once, unless there are many already."""
        if text not in self.notes and len(self.notes) < MAX_NOTES:
            self.notes.append(text)
