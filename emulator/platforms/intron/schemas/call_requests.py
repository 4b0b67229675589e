"""What the control API places calls with."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from emulator.kit.call_request import BOT, CALLBACK, VARIABLES, Phones, entries_field, number_field
from emulator.kit.fields import HttpUrl, Text
from emulator.kit.scenarios import OwnScenario
from emulator.platforms.intron.schemas.requests import (
    Gender,
    Maybe,
    UpdateIntronWorkflow,
    WorkflowParamList,
)


class IntronCallRequest(UpdateIntronWorkflow):
    """The body of ``POST /_emulator/calls`` for Intron: a batch.

    It uses the workflow ``workflow_id``, or creates one from the other fields.
    """

    model_config = ConfigDict(extra="forbid", strict=False, defer_build=True)

    platform: Literal["intron"]
    workflow_id: Annotated[Text | None, BOT] = None
    call_back_url: Annotated[Maybe[HttpUrl], CALLBACK] = None
    to: Annotated[Phones, number_field("+23480555")] = Field(default_factory=list)
    """A number or a list of numbers; ``variables`` and ``user_tag_identifiers`` apply to each."""
    variables: Annotated[dict[str, Any] | None, VARIABLES] = None
    user_tag_identifiers: dict[str, Any] | None = None
    workflow_params: Annotated[
        WorkflowParamList, entries_field(number="phone_number", variables="workflow_variables")
    ] = Field(default_factory=list)
    """Replaces ``to``: entries with a number and its own variables, as in Intron's API."""
    scenario: str | OwnScenario | None = None
    """The scenario of every call in the batch."""
    tts_voice_accent: str | None = None
    tts_voice_gender: Gender | None = None
