"""Intron's reference besides its operations.

https://docs.voice.intron.io/docs/voicebot/robocall-call
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, WithJsonSchema

from emulator.kit.operation import Operation
from emulator.kit.reference import ErrorResponse, Notice, Reference
from emulator.platforms.intron.routes import ROBOCALL_PAGE, place_conversations
from emulator.platforms.intron.schemas.requests import (
    CONVERSATION_ACCENTS,
    ROBOCALL_ACCENTS,
    Gender,
    PlaceCalls,
)
from emulator.platforms.intron.schemas.responses import BatchCompleted
from emulator.platforms.intron.voice_bots import PATH as VOICE_BOTS

ERRORS: Final = "https://docs.voice.intron.io/docs/tts/tts-queue"
"""The page of the sibling API; the voicebot's pages show no error."""

INTEGRATOR: Final = "https://github.com/OkeyAmy/volt-intron"
OWN_ADDRESS: Final = "{$request.body#/call_back_url}"
WORKFLOWS_ADDRESS: Final = (
    "https://your.server/the-call_back_url-of-workflow/{$request.body#/workflow_id}"
)
"""No expression can refer to the request that created the workflow."""

T = TypeVar("T")


class EmptyObject(BaseModel):
    """An empty object."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class IntronSuccess(BaseModel, Generic[T]):
    """The envelope of a success."""

    model_config = ConfigDict(defer_build=True)

    status: Literal["Ok"]
    message: str
    data: T


class PlaceRobocalls(PlaceCalls):
    """The body of ``POST call`` and ``POST robocall/call``."""

    tts_voice_accent: Annotated[
        str | None, WithJsonSchema({"enum": [*sorted(ROBOCALL_ACCENTS), None]})
    ] = None


class PlaceConversations(PlaceCalls):
    """The body of ``POST convobot/call``."""

    tts_voice_accent: Annotated[
        str | None, WithJsonSchema({"enum": [*CONVERSATION_ACCENTS, None]})
    ] = "pidgin"
    tts_voice_gender: Gender | None = "female"


class IntronErrorBody(BaseModel):
    """The body of an error; its shape is that of Intron's text-to-speech API."""

    model_config = ConfigDict(
        json_schema_extra={"x-basis": "assumed", "x-source": ERRORS},
        extra="forbid",
        defer_build=True,
    )

    data: EmptyObject
    message: str
    status: Literal["Error"]


def _answer(operation: Operation) -> Any:
    shown: Any = operation.response_model or EmptyObject
    if operation.path.startswith(VOICE_BOTS):
        return shown
    return IntronSuccess[list[shown]] if operation.many else IntronSuccess[shown]


def _takes(operation: Operation) -> Any:
    if operation.body_model is not PlaceCalls:
        return operation.body_model
    return PlaceConversations if operation.handler is place_conversations else PlaceRobocalls


def _requires(_: Operation) -> list[dict[str, list[str]]]:
    return [{"accessKey": []}]


def _refusals(operation: Operation) -> Mapping[int, ErrorResponse]:
    found = {
        401: ErrorResponse(
            when="sent instead of 403 if the option unauthorized_status is 401", basis="assumed"
        ),
        403: ErrorResponse(when="the key is missing or wrong", basis="observed", source=INTEGRATOR),
    }
    if operation.names:
        found[404] = ErrorResponse(when="there is no such record", basis="assumed")
    if operation.body_model is not None or operation.query is not None:
        found[400] = ErrorResponse(
            when="fields of the request are wrong", basis="assumed", source=ERRORS
        )
    if operation.path.startswith(VOICE_BOTS):
        text = "there is no such bot, or the option voice_bot_api is not set"
        found[404] = ErrorResponse(when=text, basis="assumed")
    if operation.body_model is PlaceCalls:
        found[404] = ErrorResponse(when="there is no such workflow", basis="assumed")
        found[429] = ErrorResponse(
            when="too many requests placed calls within a second", basis="assumed", source=ERRORS
        )
    return found


COMPLETED: Final = Notice(
    name="requestCompleted",
    summary="Sent once per batch, when its last call has ended.",
    body=BatchCompleted,
    docs=ROBOCALL_PAGE,
    note="sent again unless the response is 200; the number of attempts is assumed",
    callback_of={
        "create_workflow": OWN_ADDRESS,
        "update_workflow": OWN_ADDRESS,
        "place_calls": WORKFLOWS_ADDRESS,
        "place_robocalls": WORKFLOWS_ADDRESS,
        "place_conversations": WORKFLOWS_ADDRESS,
    },
)

reference: Final = Reference(
    hosts=("https://voicebot.intron.health", "https://convobot.intron.health"),
    security={
        "accessKey": {
            "type": "http",
            "scheme": "bearer",
            "description": "`Authorization: Bearer [access-key]`.",
        }
    },
    requires=_requires,
    takes=_takes,
    response=_answer,
    error_body=IntronErrorBody,
    errors=_refusals,
    notices=(COMPLETED,),
    creates={"create_workflow": ("workflow_id", "/data/id")},
)
