"""Requests and responses, spelt as Acme spells them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from emulator.domain.calls import Call, CallStatus
from emulator.kit.call_request import CALLBACK, number_field
from emulator.kit.fields import HttpUrl, PhoneNumber
from emulator.kit.scenarios import OwnScenario


class NewCall(BaseModel):
    """The form of ``POST Calls.json``."""

    To: Annotated[PhoneNumber, number_field("+1555019")]
    From: PhoneNumber = "+15550100000"
    StatusCallback: Annotated[HttpUrl | None, CALLBACK] = None
    StatusCallbackEvent: list[Literal["ringing", "answered", "completed"]] = ["completed"]


class CallRequest(NewCall):
    """``POST /_emulator/calls`` for Acme."""

    platform: Literal["acme"]
    To: Annotated[PhoneNumber, number_field("+1555019")] = "+15550199010"
    scenario: str | OwnScenario | None = None


class CallShown(BaseModel):
    """A call in responses."""

    sid: str
    account_sid: str
    to: str
    from_: Annotated[str, Field(alias="from")]
    status: str
    duration: str | None


def status_word(status: CallStatus) -> str:
    """Translate a status into Acme's word for it."""
    return status.value.replace("_", "-")


def show(call: Call) -> dict[str, Any]:
    """Show a call in a response."""
    return {
        "sid": call.id,
        "account_sid": call.workflow_id,
        "to": call.to_number,
        "from": call.from_number,
        "status": status_word(call.status),
        "duration": str(round(call.talk_seconds)) if call.status.is_terminal else None,
    }
