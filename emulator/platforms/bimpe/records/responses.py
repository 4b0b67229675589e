"""The responses saved for idempotency keys."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True, kw_only=True)
class SavedResponse:
    """The first response to a request with an idempotency key."""

    id: str
    digest: str
    """The digest of the request's body."""
    status: int
    answer: str
    created_at: datetime
