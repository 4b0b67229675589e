"""What the control API takes of flows, accounts and streams."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from emulator.kit.scenarios import Script
from emulator.platforms.exotel.calls.records.flows import AccountStatus
from emulator.platforms.exotel.calls.schemas.applets import CLOSED, Applet
from emulator.platforms.exotel.calls.schemas.requests import PhoneText


class StreamsQuery(BaseModel):
    """How many streams to list."""

    model_config = CLOSED

    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class StepsChange(BaseModel):
    """``POST /streams/{stream_sid}/steps``: what the person does from now on."""

    model_config = CLOSED

    steps: Script


def _several(value: Any) -> Any:
    """Read one applet as a list of one."""
    return {"applets": [value]} if isinstance(value, dict) and "kind" in value else value


class FlowChange(BaseModel):
    """The body of ``PUT /flows/{flow_id}``: one applet, or several in order."""

    model_config = CLOSED

    applets: Annotated[list[Applet], Field(max_length=100)]

    @model_validator(mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        return _several(value)


class AccountChange(BaseModel):
    """The body of ``PUT /accounts/{account_id}``: fields that are left out keep their values."""

    model_config = CLOSED

    status: AccountStatus | None = None
    exophones: Annotated[list[PhoneText], Field(min_length=1, max_length=100)] | None = None
