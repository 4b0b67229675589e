"""What webhooks carry, and what is read of their answers.

https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks
"""

from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.basis import Known, assumed
from emulator.kit.fields import HttpUrl

T = TypeVar("T")

SENT: Final = ConfigDict(extra="forbid", defer_build=True)
OBSERVED: Final = SENT | ConfigDict(json_schema_extra={"x-basis": "observed"})
ASSUMED: Final = SENT | ConfigDict(json_schema_extra={"x-basis": "assumed"})
SEEN: Final = Known("observed", "in integrators' code")


class Carried(BaseModel):
    """The identifiers of the call."""

    model_config = SENT

    call_sid: str
    stream_sid: str


class Webhook(BaseModel):
    """What all webhooks have in common."""

    model_config = SENT

    session_id: str
    conversation_id: str
    start_time: str | None
    end_time: str | None
    landing_number: str
    contact_uri: str
    network_type: Annotated[str, assumed("its value")]
    external_id: str
    session_state: Literal["session_start", "session_in_progress", "session_end"]
    trigger_reason: Literal["timer", "turn_complete", "pre_agent_transfer", "start", "end"]
    bot_id: Annotated[str, SEEN]
    bot_name: Annotated[str, SEEN]
    account_id: Annotated[str, SEEN]
    request_id: Annotated[str, SEEN]
    metadata: Annotated[Carried, SEEN]
    custom_parameters: Annotated[dict[str, Any], SEEN]


class SessionEvents(Webhook):
    """``session_start``, ``session_end`` and ``pre_agent_transfer``: there is nothing to tell."""

    events: Annotated[list[Any], SEEN]


class Segment(BaseModel):
    """What was said in a turn."""

    model_config = OBSERVED

    speaker: Annotated[str, Known("observed", "the option webhook_speakers says which words")]
    text: str
    is_final: Literal[True]
    sequence: int
    start_timestamp: str
    end_timestamp: str


class Segments(BaseModel):
    """The turns that an event tells of: one."""

    model_config = OBSERVED

    transcript_segments: list[Segment]


class TranscriptEvent(BaseModel):
    """Somebody has finished a turn."""

    model_config = OBSERVED

    event_type: Literal["transcript"]
    event_id: str
    event_data: Segments


class TranscriptEvents(Webhook):
    """``transcript_events``."""

    events: Annotated[list[TranscriptEvent], SEEN]


class Sentiment(BaseModel):
    """How the person feels."""

    model_config = ASSUMED

    value: str


class Concluded(BaseModel):
    """What is concluded so far; the outcome once the call has ended."""

    model_config = ASSUMED

    sentiment: Sentiment
    intents: str
    outcome: str | None


class InsightsEvent(BaseModel):
    """What insights_events carry; nobody shows it."""

    model_config = ASSUMED

    event_type: Literal["insights"]
    event_id: str
    event_data: Concluded


class InsightsEvents(Webhook):
    """``insights_events``."""

    events: Annotated[list[InsightsEvent], assumed("its entries")]


class Said(BaseModel):
    """A text; a bare string is read too."""

    text: str


class OtherHook(BaseModel):
    """Where a webhook of this session goes instead."""

    url: HttpUrl


class OtherInsightsHook(OtherHook):
    """The same for insights, with when they are sent."""

    trigger_type: Literal["timer", "end"] = "end"
    trigger_interval_sec: Annotated[float, Field(ge=1, le=86_400)] = 30


class OtherHooks(BaseModel):
    """What the answer to session_start can set for its session."""

    session_end: OtherHook | None = None
    transcript_events: OtherHook | None = None
    insights_events: OtherInsightsHook | None = None
    pre_agent_transfer: OtherHook | None = None


class SessionSettings(BaseModel):
    """What a session starts with."""

    greeting_message: Said | str | None = None
    session_constants: dict[str, str] | None = None
    conversation_assistant_id: str | None = None
    webhook_config: OtherHooks | None = None


class TransferSettings(BaseModel):
    """What is said before a human takes over."""

    agent_transfer_message: Said | str | None = None


class Answered(BaseModel, Generic[T]):
    """What an answer carries."""

    data: T | None = None


class Answer(BaseModel, Generic[T]):
    """The answer to a webhook; an empty one says nothing, and that is fine."""

    http_code: int = 200
    response: Answered[T] | None = None
