"""Callbacks: the HTTP requests a vendor owes the user, and what came of each attempt."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from emulator.domain.faults import ECHOES, Effect, Tampering

OK: Final = range(200, 300)


class CallbackStatus(StrEnum):
    """Where a callback is: still owed, acknowledged, given up, or never allowed to leave.

    One that was dropped never left because of a fault.
    """

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    REFUSED = "refused"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackResponse:
    """What an endpoint said, or why nothing was heard (``error`` is set and ``status`` None)."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    error: str | None = None
    refused: bool = False
    """The emulator's own rules stopped the request; trying again would not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at delivering a callback; times are the world's."""

    number: int
    started_at: datetime
    ended_at: datetime
    answer: CallbackResponse
    fault: str | None = None
    """The fault without which it would not have been made, or would have sent something else."""


@dataclass(slots=True, kw_only=True, eq=False)
class Callback:
    """One HTTP request owed to the user's endpoint. Only the courier changes it."""

    id: str
    platform: str
    event: str
    url: str
    content: bytes | None
    """None once it was let go of to make room: see Settings.keep_bytes."""
    content_type: str
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()
    call_id: str | None = None
    batch_id: str | None = None
    accepts: range = OK
    """The status codes that count as acknowledged."""
    retries: tuple[timedelta, ...] = ()
    """The delays before the attempts that are left after the next one."""
    answer_to: str | None = None
    """The vendor's function that acts on the answer."""
    created_at: datetime | None = None
    due_at: datetime | None = None
    """When the next attempt is made; None when there will be none."""
    step: int = 0
    """The timeline's number of that attempt."""
    status: CallbackStatus = CallbackStatus.PENDING
    copy_of: str | None = None
    """The callback that this is an edited copy of."""
    attempts: list[Attempt] = field(default_factory=list[Attempt])
    fault: Tampering | None = None
    """What is done to it on its way; its content stays what is true."""
    echo_of: str | None = None
    """The callback that this was sent after, by a fault."""

    @property
    def is_falsified(self) -> bool:
        """A fault makes its attempts other than they would be."""
        if self.fault is None:
            return False
        return self.echo_of is not None or self.fault.effect not in ECHOES

    @property
    def is_held(self) -> bool:
        """It waits for the next one about the same to go before it."""
        made = self.fault
        return made is not None and made.effect is Effect.REORDER and self.due_at == self.latest

    @property
    def latest(self) -> datetime | None:
        """When it leaves at the latest, if a fault has put it off."""
        if self.fault is None or self.created_at is None:
            return None
        return self.created_at + timedelta(seconds=self.fault.fields.get("seconds", 0))
