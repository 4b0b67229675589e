"""Sessions: what a simulated call says to a bot, and the conversation it leaves behind."""

from dataclasses import dataclass, field
from datetime import datetime

from emulator.domain.transcripts import Line
from emulator.platforms.exotel.voicebots.bots import Bot, Version
from emulator.platforms.exotel.voicebots.hooks import Hook

MOST_NOTES = 20


@dataclass(slots=True, kw_only=True, eq=False)
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
    bot: Bot
    version: Version
    """The bot as it was when the call was answered."""
    given: tuple[Line, ...] = ()
    """What is said, when whoever placed the call has said so."""
    custom_parameters: dict[str, str] = field(default_factory=dict[str, str])
    overrides: dict[str, Hook] = field(default_factory=dict[str, Hook])
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
    has_insights: bool = False

    def hook(self, kind: str) -> Hook | None:
        """Where a webhook goes: as its session was told, else as its bot is configured."""
        return self.overrides.get(kind) or self.bot.hooks.get(kind)

    def note(self, text: str) -> None:
        """Remember what was wrong; the first few are enough."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(text)
