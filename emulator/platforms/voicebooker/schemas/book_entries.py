"""What the control API returns of the book."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict


class UserView(BaseModel):
    """A user with the fields that the bot or a request has set."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    id: str


class BookEntryView(BaseModel):
    """A booking with its participant."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: str
    bookingId: str
    slotId: str
    start: str
    end: str
    appointmentTypeId: str
    productId: str
    agentId: str
    business_id: str
    status: str
    participant: UserView
    booker: dict[str, Any] | None
    created_at: AwareDatetime
    changed_at: AwareDatetime | None
