"""Conversations: what a caller wants, what was said, and what was asked of the webhook."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from emulator.domain.transcripts import Speaker
from emulator.platforms.voicebooker.schemas import Action

MOST_NOTES: Final = 20


class Intent(StrEnum):
    """What the caller wants to do."""

    BOOK = "book"
    MODIFY = "modify"
    CANCEL = "cancel"


class Outcome(StrEnum):
    """What came of a conversation."""

    BOOKED = "booked"
    MODIFIED = "modified"
    CANCELLED = "cancelled"
    NO_SLOT = "no_slot"
    NOT_FOUND = "not_found"
    WEBHOOK_FAILED = "webhook_failed"
    HUNG_UP = "hung_up"


@dataclass(slots=True, kw_only=True)
class Said:
    """A turn: from ``start`` up to ``stop``, in ticks since the call was answered."""

    speaker: Speaker
    text: str
    start: int
    stop: int


@dataclass(slots=True, kw_only=True)
class Question:
    """One request to the webhook, and how its answer was read."""

    action: Action
    callback_id: str
    asked_at: datetime
    answered_at: datetime | None = None
    status: int | None = None
    failure: str | None = None
    """Why the bot could not go on with the answer."""
    deviations: list[str] = field(default_factory=list[str])
    """What was otherwise than the bot expected, and was let pass."""

    def note(self, text: str) -> None:
        """Remember a deviation; the first few are enough."""
        if len(self.deviations) < MOST_NOTES and text not in self.deviations:
            self.deviations.append(text[:300])


@dataclass(slots=True, kw_only=True)
class Option:
    """Something a webhook has named: a type, an agent, a product, a slot, a user, a booking."""

    id: str
    name: str
    raw: dict[str, Any]
    """As it was named, with all its fields."""


@dataclass(slots=True, kw_only=True)
class Conversation:
    """A call between a caller and the bot; its id is the call's."""

    id: str
    intent: Intent
    sip_id: str
    webhook_url: str | None
    """None: the reference backend of whichever world this is, as a world may be copied."""
    headers: list[tuple[str, str]]
    timezone: str
    persona: dict[str, str]
    booker: dict[str, str] | None
    """Who books, when that is not the participant."""
    wishes: dict[str, str]
    types_with_products: bool
    hangs_up_at: int | None = None
    """At which of its turns the caller hangs up instead."""
    hangs_up_after: int | None = None
    """Ticks after the answer at which the caller hangs up."""
    is_silent: bool = False

    turns: list[Said] = field(default_factory=list[Said])
    questions: list[Question] = field(default_factory=list[Question])
    cursor: int = 0
    """Ticks since the answer up to which there is something said."""
    replies: int = 0
    """How often the caller has spoken."""
    next_action: Action | None = None
    """What the bot asks as soon as all is said; None: it ends the call."""
    next_fields: dict[str, Any] = field(default_factory=dict[str, Any])
    outcome: Outcome | None = None

    entity_id: str | None = None
    business: str | None = None
    chosen: dict[str, str | None] = field(default_factory=dict[str, str | None])
    """The ids settled on: ``appointmentTypeId``, ``agentId``, ``productId``."""
    products: list[Option] = field(default_factory=list[Option])
    day: str | None = None
    """The day asked about (YYYY-MM-DD)."""
    rounds: int = 0
    """How often slots were asked for."""
    slot: Option | None = None
    info: dict[str, dict[str, str]] | None = None
    """What ``bookAppointment`` carries as ``booker`` and ``participant``, once it is asked for."""
    participant: dict[str, str] = field(default_factory=dict[str, str])
    """What ``findExistingUser`` was told."""
    tried: list[str] = field(default_factory=list[str])
    """The attributes that the caller was asked for, to tell users apart."""
    user: Option | None = None
    booking: Option | None = None

    @property
    def asked(self) -> Question:
        """The latest request."""
        return self.questions[-1]
