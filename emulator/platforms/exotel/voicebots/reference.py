"""The reference of the Voicebot API besides its operations, with its five webhooks.

https://developer.exotel.com/docs/voicebot-tools/voicebot-api
https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks
"""

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from emulator.kit.basis import Basis
from emulator.kit.operation import Operation
from emulator.kit.reference import ErrorResponse, Notice, Reference
from emulator.platforms.exotel.voicebots.records.endpoints import (
    INSIGHTS,
    SESSION_END,
    SESSION_START,
    TRANSCRIPT,
    TRANSFER,
)
from emulator.platforms.exotel.voicebots.routes.documented import DOCS
from emulator.platforms.exotel.voicebots.schemas.requests import SliceQuery
from emulator.platforms.exotel.voicebots.schemas.responses import (
    PageMetadata,
    VoicebotConversationsPage,
    VoicebotsPage,
)
from emulator.platforms.exotel.voicebots.schemas.webhooks import (
    InsightsWebhook,
    SessionSettings,
    SessionWebhook,
    TranscriptWebhook,
    TransferSettings,
    WebhookResponse,
)
from emulator.platforms.exotel.voicebots.schemas.words import CLIENT

HOOKS: Final = "https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks"
ENVELOPES: Final = "https://developer.exotel.com/api/voicebot-api"
WAV: Final = "audio/wav"
PAGES: Final = (VoicebotsPage, VoicebotConversationsPage)

WITH_SAMPLE: Final = {
    "create_job",
    "get_job",
    "create_version",
    "list_bots",
    "get_bot",
    "get_conversation",
    "create_assistant_version",
}
"""The operations whose page shows a response with its status."""
ENVELOPED: Final = {"get_bot_config", "put_bot_config", "get_assistant"}
"""The operations whose response is enveloped in every world."""

T = TypeVar("T")


class EnvelopeContent(BaseModel, Generic[T]):
    """The inner part of the envelope."""

    model_config = ConfigDict(json_schema_extra={"x-source": ENVELOPES}, defer_build=True)

    http_code: int | None = None
    data: T
    error_data: None = None


class VoicebotEnvelope(BaseModel, Generic[T]):
    """The envelope of the operations whose only client reads ``response.data``."""

    model_config = ConfigDict(json_schema_extra={"x-source": ENVELOPES}, defer_build=True)

    http_code: int
    method: str
    request_id: str
    response: EnvelopeContent[T]


class AssumedPage(BaseModel, Generic[T]):
    """A list that the vendor's page does not show; assumed to look like that of voicebots."""

    model_config = ConfigDict(json_schema_extra={"x-basis": "assumed"}, defer_build=True)

    metadata: PageMetadata
    data: list[T]


class ErrorReason(BaseModel):
    """The reason of an error."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"x-basis": "assumed"}, defer_build=True
    )

    code: int
    message: str


class VoicebotErrorBody(BaseModel):
    """The body of an error; no page shows one."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"x-basis": "assumed"}, defer_build=True
    )

    error: ErrorReason


def _answer(operation: Operation) -> Any:
    shown: Any = operation.response_model
    if operation.gives_as == WAV or shown in PAGES:
        return shown
    if operation.query_model is not None and issubclass(operation.query_model, SliceQuery):
        return AssumedPage[shown]
    return VoicebotEnvelope[shown] if operation.id in ENVELOPED else shown


def _requires(_: Operation) -> list[dict[str, list[str]]]:
    return [{"keyAndToken": []}]


def _refusals(operation: Operation) -> Mapping[int, ErrorResponse]:
    found = {
        401: _error(operation, "the key and the token do not belong to the account"),
        429: _error(operation, "there were too many requests per minute"),
        500: _error(operation, "an internal error at the vendor"),
    }
    if operation.takes is not None or operation.query is not None:
        found[400] = _error(operation, "fields of the request are wrong")
    if len(operation.names) > 1:
        found[404] = _error(operation, "there is no such record")
    return found


def _error(operation: Operation, when: str) -> ErrorResponse:
    """Return an error; the page's table of statuses is about the operations of that page."""
    if operation.basis == "documented":
        return ErrorResponse(when=when, source=DOCS)
    return ErrorResponse(when=f"{when}, as documented for other operations", basis="assumed")


def _status_basis(operation: Operation) -> Basis:
    """Return how the status of a success is known: the page prints it beside its samples."""
    return "documented" if operation.id in WITH_SAMPLE else "assumed"


def _webhook(kind: str, body: Any, summary: str, answer: Any = None) -> Notice:
    return Notice(name=kind, summary=summary, body=body, docs=HOOKS, response=answer)


reference: Final = Reference(
    hosts=("https://voicebot.in.exotel.com",),
    security={
        "keyAndToken": {
            "type": "http",
            "scheme": "basic",
            "description": (
                "An account's API key and token, as the vendor's own client sends them; the page"
                " leaves authentication to the vendor's gateway. Worlds with open authentication"
                " accept requests without them."
            ),
            "x-basis": "observed",
            "x-source": CLIENT,
        }
    },
    requires=_requires,
    response=_answer,
    error_body=VoicebotErrorBody,
    status_basis=_status_basis,
    errors=_refusals,
    notices=(
        _webhook(
            SESSION_START,
            SessionWebhook,
            "Sent when a session starts.",
            WebhookResponse[SessionSettings],
        ),
        _webhook(SESSION_END, SessionWebhook, "Sent when a session has ended."),
        _webhook(TRANSCRIPT, TranscriptWebhook, "Sent after each turn of the conversation."),
        _webhook(
            INSIGHTS,
            InsightsWebhook,
            "Sent when the call has ended, and during the call if a timer is set.",
        ),
        _webhook(
            TRANSFER,
            SessionWebhook,
            "Sent before the call is transferred to a human.",
            WebhookResponse[TransferSettings],
        ),
    ),
    creates={
        "create_job": ("generation_id", "/id"),
        "create_assistant": ("assistant_id", "/assistant_id"),
        "create_persona": ("persona_id", "/id"),
        "create_specialization": ("specialization_id", "/id"),
    },
    note="Set the URLs of a bot's webhooks with `PUT /_emulator/exotel/bots/{bot_id}/webhooks`.",
)
