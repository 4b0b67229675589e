"""Callbacks: HTTP requests from a vendor to the user's endpoint, with their attempts."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from emulator.domain.faults import FOLLOW_UP_EFFECTS, Effect, Tampering

SUCCESS_STATUSES: Final = range(200, 300)


class CallbackStatus(StrEnum):
    """The status of a callback."""

    PENDING = "pending"
    """An attempt is scheduled or under way."""
    DELIVERED = "delivered"
    """The endpoint acknowledged it."""
    FAILED = "failed"
    """The last attempt failed."""
    REFUSED = "refused"
    """The emulator's own rules stopped it."""
    DROPPED = "dropped"
    """A fault kept it from leaving."""


class CallbackResponse(NamedTuple):
    """An endpoint's response, or the reason why there is none (``error``; ``status`` is None)."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    error: str | None = None
    refused: bool = False
    """The emulator's own rules stopped the request; a retry would not help."""


class Attempt(NamedTuple):
    """One try at delivering a callback; times are those of the world's clock."""

    number: int
    started_at: datetime
    ended_at: datetime
    response: CallbackResponse
    fault: str | None = None
    """The id of the fault that caused this attempt or changed what it sent."""


@dataclass(slots=True, kw_only=True, eq=False)
class Callback:
    """One HTTP request to the user's endpoint. Only the courier changes it."""

    id: str
    platform: str
    event: str
    url: str
    content: bytes | None
    """None once it was evicted: see Settings.keep_bytes."""
    content_type: str
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()
    call_id: str | None = None
    batch_id: str | None = None
    accepts: range = SUCCESS_STATUSES
    """The status codes that acknowledge it."""
    retries: tuple[timedelta, ...] = ()
    """The delays before the retries that are left after the next attempt."""
    on_response: str | None = None
    """The name of the vendor's function that acts on the response."""
    timeout: timedelta | None = None
    """The real time that an attempt may take, if that is less than ``--callback-timeout``."""
    created_at: datetime | None = None
    due_at: datetime | None = None
    """When the next attempt is made; None when none is scheduled."""
    step: int = 0
    """The number of that attempt's step on the timeline."""
    status: CallbackStatus = CallbackStatus.PENDING
    copy_of: str | None = None
    """The id of the callback that this is an edited copy of."""
    attempts: list[Attempt] = field(default_factory=list)
    response: CallbackResponse | None = None
    """The response to an attempt that has ended and is recorded once its turn comes."""
    fault: Tampering | None = None
    """What a fault does to it on its way; ``content`` stays unchanged."""
    echo_of: str | None = None
    """The id of the callback that a fault sent this one after."""

    def seconds_allowed(self, timeout: float) -> float:
        """Return the real seconds that an attempt may take; ``timeout``: what any may take."""
        return timeout if self.timeout is None else min(timeout, self.timeout.total_seconds())

    @property
    def is_falsified(self) -> bool:
        """A fault changes what its attempts send."""
        if self.fault is None:
            return False
        return self.echo_of is not None or self.fault.effect not in FOLLOW_UP_EFFECTS

    @property
    def is_held(self) -> bool:
        """A reorder fault holds it until the next callback about the same subject."""
        fault = self.fault
        return fault is not None and fault.effect is Effect.REORDER and self.due_at == self.latest

    @property
    def latest(self) -> datetime | None:
        """The latest time at which it leaves, if a fault delays it."""
        if self.fault is None or self.created_at is None:
            return None
        return self.created_at + timedelta(seconds=self.fault.fields.get("seconds", 0))
