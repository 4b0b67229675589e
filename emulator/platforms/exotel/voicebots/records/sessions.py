"""Sessions: what a call to a bot keeps, and the conversation that it becomes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from emulator.domain.transcripts import Line
from emulator.platforms.exotel.voicebots.records.endpoints import WebhookEndpoint

MAX_NOTES: Final = 20


@dataclass(slots=True, kw_only=True)
class Session:
    """One call between a person and a bot; a conversation once it was answered and has ended.

    The transcript is derived from this whenever it is read, as there may be millions.
    """

    id: str
    """The conversation's id."""
    session_id: str
    stream_id: str
    call_id: str
    account: str = ""
    bot_id: str
    version: int
    """The number of the bot's version when the call was answered."""
    custom_parameters: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, WebhookEndpoint] = field(default_factory=dict)
    """The endpoints of this session's webhooks that differ from the bot's."""
    greeting: str | None = None
    constants: dict[str, str] = field(default_factory=dict)
    assistant_id: str | None = None
    transfer_message: str | None = None
    notes: list[str] = field(default_factory=list)
    """What was wrong with the responses to webhooks."""
    planned: int | None = None
    """The ticks that the talk was planned to last when the call was answered; None before that."""
    reported: int | None = None
    """How many turns webhooks have reported; None while none are sent."""
    is_timed: bool = False
    """Insights are sent on a timer."""
    ended_at: datetime | None = None
    place: int | None = None
    """Its place among the conversations of its account, in the order their calls ended."""
    has_insights: bool = False

    def note(self, text: str) -> None:
        """Keep a note, unless there are many already."""
        if len(self.notes) < MAX_NOTES:
            self.notes.append(text)


class SpokenReply(NamedTuple):
    """Something that the bot says besides its dialogue, such as the result of a tool."""

    at: int
    """Ticks from the answer of the call until it is about to be said."""
    text: str


@dataclass(slots=True, kw_only=True)
class SpokenReplies:
    """What the bot of a session says besides its dialogue; most sessions have none."""

    id: str
    """The session's id."""
    replies: list[SpokenReply]


@dataclass(slots=True, kw_only=True)
class Script:
    """The lines of a session whose call was placed with a transcript.

    It may be long and never changes, so it is not part of its session, which often does.
    """

    id: str
    """The session's id."""
    lines: tuple[Line, ...]
