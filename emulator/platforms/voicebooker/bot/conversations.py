"""Conversations: what a caller wants, what was said, and what the webhook was asked."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from emulator.domain.transcripts import Speaker
from emulator.platforms.voicebooker.schemas.words import Action, Language

MAX_DEVIATIONS: Final = 20


class Intent(StrEnum):
    """What the caller wants to do."""

    BOOK = "book"
    MODIFY = "modify"
    CANCEL = "cancel"


class ConversationOutcome(StrEnum):
    """How a conversation ended."""

    BOOKED = "booked"
    MODIFIED = "modified"
    CANCELLED = "cancelled"
    NO_SLOT = "no_slot"
    NOT_FOUND = "not_found"
    TRANSFERRED = "transferred"
    WEBHOOK_FAILED = "webhook_failed"
    HUNG_UP = "hung_up"


@dataclass(slots=True, kw_only=True)
class SpokenTurn:
    """A turn of a conversation; ``start`` and ``stop`` are ticks since the call was answered."""

    speaker: Speaker
    text: str
    start: int
    stop: int


@dataclass(slots=True, kw_only=True)
class Question:
    """A request to the webhook or a function, and how the bot read the response."""

    action: str
    """An ``Action``, or the name of a function."""
    callback_id: str
    asked_at: datetime
    answered_at: datetime | None = None
    status: int | None = None
    failure: str | None = None
    """Why the bot could not use the response."""
    deviations: list[str] = field(default_factory=list)
    """What was not as expected but could be used."""

    def note(self, text: str) -> None:
        """Record a deviation, up to a maximum number."""
        if len(self.deviations) < MAX_DEVIATIONS and text not in self.deviations:
            self.deviations.append(text[:300])


@dataclass(slots=True, kw_only=True)
class Option:
    """An entry of a response: a type, an agent, a product, a slot, a user or a booking."""

    id: str
    name: str
    raw: dict[str, Any]
    """The entry with all its fields."""


@dataclass(slots=True, kw_only=True)
class Conversation:
    """A call between a caller and the bot; its id is the call's."""

    id: str
    intent: Intent
    sip_id: str
    webhook_url: str | None
    """None for the reference backend of the world, which may be a fork."""
    headers: list[tuple[str, str]]
    timezone: str
    language: Language = Language.ENGLISH
    persona: dict[str, str]
    booker: dict[str, str] | None
    """The person who books, if that is not the participant."""
    wishes: dict[str, str]
    types_with_products: bool
    hangs_up_at: int | None = None
    """The number of the reply at which the caller hangs up instead."""
    hangs_up_after: int | None = None
    """Ticks from the answer until the caller hangs up."""
    is_silent: bool = False

    turns: list[SpokenTurn] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    cursor: int = 0
    """Ticks from the answer to the end of the last turn."""
    replies: int = 0
    """The number of the caller's replies."""
    next_action: Action | None = None
    """What the bot asks after the last turn; None to end the call."""
    next_fields: dict[str, Any] = field(default_factory=dict)
    functions_called: int = 0
    """How many of the bot's functions were called."""
    calls_function: bool = False
    """After the last turn, the bot calls its next function."""
    stack: list[str] = field(default_factory=list)
    """The names of the active stages, the most recent last."""
    transferred_to: str | None = None
    """The number that the call was transferred to."""
    outcome: ConversationOutcome | None = None

    entity_id: str | None = None
    business: str | None = None
    chosen: dict[str, str | None] = field(default_factory=dict)
    """The chosen ids: ``appointmentTypeId``, ``agentId``, ``productId``."""
    products: list[Option] = field(default_factory=list)
    day: str | None = None
    """The day that slots were asked for (YYYY-MM-DD)."""
    rounds: int = 0
    """The number of requests for slots."""
    slot: Option | None = None
    info: dict[str, dict[str, str]] | None = None
    """``booker`` and ``participant`` of ``bookAppointment``, when they are known."""
    participant: dict[str, str] = field(default_factory=dict)
    """The fields of ``findExistingUser``."""
    tried: list[str] = field(default_factory=list)
    """The attributes that the caller was asked for, to tell users apart."""
    user: Option | None = None
    booking: Option | None = None

    @property
    def asked(self) -> Question:
        """Return the latest request."""
        return self.questions[-1]


def spoken_turns(conversation: Conversation, passed: int) -> list[SpokenTurn]:
    """Return the turns, or their beginnings, of the first ``passed`` ticks."""
    return [
        SpokenTurn(
            speaker=turn.speaker, text=turn.text, start=turn.start, stop=min(turn.stop, passed)
        )
        for turn in conversation.turns
        if turn.start < passed
    ]
