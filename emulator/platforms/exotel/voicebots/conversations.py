"""Sessions: what a simulated call says to a bot, and the conversation it leaves behind."""

from dataclasses import dataclass, field
from datetime import datetime

from emulator.domain.transcripts import Line
from emulator.platforms.exotel.voicebots.hooks import Hook

MOST_NOTES = 20


@dataclass(slots=True, kw_only=True)
class Session:
    """One call between a person and a bot; a conversation once it was answered and has ended.

    What was said is worked out from this whenever somebody asks; there may be millions.
    """

    id: str
    """The conversation's id."""
    session_id: str
    stream_id: str
    call_id: str
    account_id: str
    bot_id: str
    version: int
    """The number of the bot's version when the call was answered."""
    custom_parameters: dict[str, str] = field(default_factory=dict[str, str])
    overrides: dict[str, Hook] = field(default_factory=dict[str, Hook])
    """Where this session's webhooks go instead."""
    greeting: str | None = None
    constants: dict[str, str] = field(default_factory=dict[str, str])
    assistant_id: str | None = None
    transfer_message: str | None = None
    notes: list[str] = field(default_factory=list[str])
    """What was wrong with the answers to webhooks."""
    planned: int | None = None
    """Ticks it was to last, as it stood when the call was answered; None before that."""
    reported: int | None = None
    """How many turns the webhooks have told of; None while nobody is told."""
    is_timed: bool = False
    """Insights go out on a timer."""
    ended_at: datetime | None = None
    place: int | None = None
    """Its place among the conversations, in the order their calls ended."""
    has_insights: bool = False

    def note(self, text: str) -> None:
        """Remember what was wrong; the first few are enough."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(text)


@dataclass(slots=True, kw_only=True)
class Script:
    """What is said in a session, when whoever placed the call has said so.

    It may be long and never changes, so it is kept apart from its session, which often does.
    """

    id: str
    """The session's."""
    lines: tuple[Line, ...]
