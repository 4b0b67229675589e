"""What the control API places calls with."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.call_request import BOT, CallEnds, Phone, number_field
from emulator.kit.scenarios import OwnScenario
from emulator.platforms.bimpe.schemas.fields import NonBlank, NonBlank2000
from emulator.platforms.bimpe.schemas.words import Role


class BimpeTranscriptTurn(BaseModel):
    """A turn of the transcript that the request gives; the talk time decides when it is spoken."""

    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)

    role: Role
    message: NonBlank2000


class BimpeCallRequest(CallEnds):
    """The body of ``POST /_emulator/calls`` for Bimpe."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    platform: Literal["bimpe"]
    agent_id: Annotated[NonBlank | None, BOT] = None
    """The agent; default: the first one."""
    number: Annotated[Phone | None, number_field("+23480123")] = None
    is_test_call: Annotated[bool, Field(strict=True)] | None = None
    scenario: str | OwnScenario | None = None
    transcript: Annotated[list[BimpeTranscriptTurn], Field(min_length=1, max_length=500)] | None = (
        None
    )
