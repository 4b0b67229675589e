"""Bodies of webhooks, and of the responses to them.

https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks
"""

from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.basis import BasisMark, assumed
from emulator.kit.fields import HttpUrl

T = TypeVar("T")

SENT: Final = ConfigDict(extra="forbid", defer_build=True)
OBSERVED: Final = SENT | ConfigDict(json_schema_extra={"x-basis": "observed"})
ASSUMED: Final = SENT | ConfigDict(json_schema_extra={"x-basis": "assumed"})
SEEN: Final = BasisMark("observed", "integrators' code reads it")


class WebhookMetadata(BaseModel):
    """The identifiers of the call."""

    model_config = OBSERVED

    call_sid: str
    stream_sid: str


class WebhookBody(BaseModel):
    """The fields of all webhooks."""

    model_config = SENT

    session_id: str
    conversation_id: str
    start_time: str | None
    end_time: str | None
    landing_number: str
    contact_uri: str
    network_type: Annotated[str, assumed("no page shows its value")]
    external_id: str
    session_state: Literal["session_start", "session_in_progress", "session_end"]
    trigger_reason: Literal["timer", "turn_complete", "pre_agent_transfer", "start", "end"]
    bot_id: Annotated[str, SEEN]
    bot_name: Annotated[str, SEEN]
    account_id: Annotated[str, SEEN]
    request_id: Annotated[str, SEEN]
    metadata: Annotated[WebhookMetadata, SEEN]
    custom_parameters: Annotated[dict[str, Any], SEEN]


class SessionWebhook(WebhookBody):
    """The body of ``session_start``, ``session_end`` and ``pre_agent_transfer``."""

    events: Annotated[list[Any], SEEN]


class TranscriptSegment(BaseModel):
    """A turn of the transcript."""

    model_config = OBSERVED

    speaker: Annotated[str, BasisMark("observed", "the option webhook_speakers selects the words")]
    text: str
    is_final: Literal[True]
    sequence: int
    start_timestamp: str
    end_timestamp: str


class TranscriptEventData(BaseModel):
    """The turn of an event, as a list of one."""

    model_config = OBSERVED

    transcript_segments: list[TranscriptSegment]


class TranscriptEvent(BaseModel):
    """A turn of the conversation, sent when it has ended."""

    model_config = OBSERVED

    event_type: Literal["transcript"]
    event_id: str
    event_data: TranscriptEventData


class TranscriptWebhook(WebhookBody):
    """The body of the webhook ``transcript_events``."""

    events: Annotated[list[TranscriptEvent], SEEN]


class Sentiment(BaseModel):
    """The sentiment of the caller or callee."""

    model_config = ASSUMED

    value: str


class InsightsEventData(BaseModel):
    """The insights so far; the outcome only after the call has ended."""

    model_config = ASSUMED

    sentiment: Sentiment
    intents: str
    outcome: str | None


class InsightsEvent(BaseModel):
    """An entry of ``events`` in ``insights_events``; no page shows one."""

    model_config = ASSUMED

    event_type: Literal["insights"]
    event_id: str
    event_data: InsightsEventData


class InsightsWebhook(WebhookBody):
    """The body of the webhook ``insights_events``."""

    events: Annotated[list[InsightsEvent], assumed("no page shows an entry")]


class SpokenText(BaseModel):
    """A text that the bot says; a plain string is accepted too."""

    model_config = ConfigDict(defer_build=True)

    text: str


class SessionEndpoint(BaseModel):
    """The endpoint of a webhook in this session."""

    model_config = ConfigDict(defer_build=True)

    url: HttpUrl


class SessionInsightsEndpoint(SessionEndpoint):
    """The endpoint of insights in this session, and when insights are sent."""

    trigger_type: Literal["timer", "end"] = "end"
    trigger_interval_sec: Annotated[float, Field(ge=1, le=86_400)] = 30


class SessionEndpoints(BaseModel):
    """The endpoints that the response to session_start can set for its session."""

    model_config = ConfigDict(defer_build=True)

    session_end: SessionEndpoint | None = None
    transcript_events: SessionEndpoint | None = None
    insights_events: SessionInsightsEndpoint | None = None
    pre_agent_transfer: SessionEndpoint | None = None


class SessionSettings(BaseModel):
    """The settings that a session starts with."""

    model_config = ConfigDict(defer_build=True)

    greeting_message: SpokenText | str | None = None
    session_constants: dict[str, str] | None = None
    conversation_assistant_id: str | None = None
    webhook_config: SessionEndpoints | None = None


class TransferSettings(BaseModel):
    """The message that is played before a transfer to a human."""

    model_config = ConfigDict(defer_build=True)

    agent_transfer_message: SpokenText | str | None = None


class WebhookResponseData(BaseModel, Generic[T]):
    """The data of a response."""

    model_config = ConfigDict(defer_build=True)

    data: T | None = None


class WebhookResponse(BaseModel, Generic[T]):
    """The response to a webhook; it may be empty."""

    model_config = ConfigDict(defer_build=True)

    http_code: int = 200
    response: WebhookResponseData[T] | None = None
