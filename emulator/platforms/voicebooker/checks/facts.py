"""What the checks have found out about a backend."""

from dataclasses import dataclass, field
from datetime import datetime

from emulator.platforms.voicebooker.bot.conversations import Option


@dataclass(slots=True, kw_only=True)
class BackendFacts:
    """What the checks have found out about a backend so far."""

    sip_id: str
    timezone: str
    persona: dict[str, str]
    days: int
    entity: str | None = None
    types: list[Option] = field(default_factory=list[Option])
    type: Option | None = None
    agents: list[Option] = field(default_factory=list[Option])
    product: Option | None = None
    day: str | None = None
    info: dict[str, list[str]] | None = None
    booked: Option | None = None
    """The slot that the first booking took."""
    users: list[Option] = field(default_factory=list[Option])
    """The users with the name of the person who has booked."""
    booking: Option | None = None
    user_id: str | None = None
    taken: Option | None = None
    """A slot that is booked and not offered any more; None if a slot takes several bookings."""
    agreed: str | None = None
    """The start of the appointment that the bot has booked or moved, as the backend writes it."""
    working_actions: set[str] = field(default_factory=set[str])
    """The actions that have passed their required checks."""
    used: set[str] = field(default_factory=set[str])
    """The ids of the slots that the checks have booked."""
    starts: set[datetime] = field(default_factory=set[datetime])
    """The starts of these slots."""
