"""Bodies of responses, in the plain shape and in the order of the page's samples.

https://developer.exotel.com/docs/voicebot-tools/voicebot-api
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.basis import assumed

REASON: Final = assumed("only the page with enveloped responses has it")
ASSUMED: Final = ConfigDict(json_schema_extra={"x-basis": "assumed"})
"""For bodies that no page shows."""


class VoicebotApiResource(BaseModel):
    """A record in a response."""

    model_config = ConfigDict(defer_build=True)


class GenerationJobContent(VoicebotApiResource):
    """The request that started the job."""

    text_content: str


class CreatedGenerationJob(VoicebotApiResource):
    """The response of ``POST bot-generation``."""

    id: str
    content: GenerationJobContent
    status: Literal["pending", "in_progress", "completed", "failed"]
    account_id: str


class GenerationJobResource(VoicebotApiResource):
    """The response of ``GET bot-generation/{generation_id}``."""

    id: str
    status: Literal["pending", "in_progress", "completed", "failed"]
    reason: Annotated[str | None, REASON] = None
    bot_id: str | None = None
    account_id: str


class CreatedVoicebotVersion(VoicebotApiResource):
    """The response of ``POST voicebots/{botId}/versions``."""

    bot_id: str
    version: str
    date_created: str
    name: str


class VoicebotSummary(VoicebotApiResource):
    """A bot in a list."""

    bot_id: str
    name: str
    version: str
    date_created: str


class VoicebotResource(VoicebotApiResource):
    """The response of ``GET voicebots/{botId}``."""

    bot_id: str
    name: str
    version: str
    enable_greeting_interruption: bool
    supported_languages: list[str]
    date_created: str


class PageMetadata(VoicebotApiResource):
    """The position of a page in its list."""

    total: int
    count: int
    offset: int
    limit: int


class VoicebotsPage(VoicebotApiResource):
    """The response of ``GET voicebots``."""

    metadata: PageMetadata
    data: list[VoicebotSummary]


class CallMetadata(VoicebotApiResource):
    """The call of a conversation."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    duration_seconds: int
    recording_url: str


class TranscriptTurnResource(VoicebotApiResource):
    """One turn of a transcript."""

    speaker: Literal["bot", "user"]
    text: str
    timestamp: Annotated[str, Field(pattern=r"^[0-9]{2}:[0-9]{2}:[0-9]{2}$")]


class InsightsResource(VoicebotApiResource):
    """The insights of a conversation."""

    sentiment: str
    intent: str
    outcome: str


class VoicebotConversationResource(VoicebotApiResource):
    """The response of ``GET voicebot-conversations/{conversation_id}``."""

    conversation_id: str
    bot_id: str
    call_metadata: CallMetadata
    transcript: list[TranscriptTurnResource] | None = None
    insights: InsightsResource | None = None


class VoicebotConversationsPage(VoicebotApiResource):
    """The response of ``GET voicebot-conversations``."""

    model_config = ASSUMED

    metadata: PageMetadata
    data: list[VoicebotConversationResource]


class CreatedAssistantVersion(VoicebotApiResource):
    """The response of ``POST assistants/{assistant_id}/versions``."""

    assistant_id: str
    version: str
    mark_as_stable: bool
    date_created: str


class DeletedVoicebot(VoicebotApiResource):
    """The response of ``DELETE voicebots/{botId}``. Assumed: the client reads only the status."""

    model_config = ASSUMED

    bot_id: str
    status: Literal["deleted"]


class StreamEndpointResource(VoicebotApiResource):
    """The response of ``GET bots/{botId}/dp-endpoint``, with the field that the client reads."""

    stream_url: Annotated[str, Field(pattern="^wss://")]


class VersionResource(VoicebotApiResource):
    """A version in the list of a bot's versions."""

    model_config = ASSUMED

    version: str
    version_description: str | None
    source_version: str | None
    is_active: bool
    date_created: str


class VoicebotConfigResource(VoicebotResource):
    """The full configuration of a bot. The page describes its parts, but has no sample."""

    status: Literal["active", "inactive"]
    greeting_message: Annotated[Any, assumed()]
    intents: Annotated[Any, assumed()]
    assistant_config: Annotated[Any, assumed("no page shows its content")]
    voice_config: Annotated[Any, assumed("no page shows its content")]
    asr_config: Annotated[Any, assumed("no page shows its content")]
    versions: Annotated[list[VersionResource], assumed("no page shows its content")]


class CreatedAssistant(VoicebotApiResource):
    """The response of ``POST assistants``."""

    model_config = ASSUMED

    assistant_id: str
    name: str
    version: str
    date_created: str


class AssistantVersionResource(VoicebotApiResource):
    """A version of an assistant; the fields of its configuration follow on the same level."""

    agents: list[Any] | None
    version_description: Annotated[str | None, assumed()]
    source_version: Annotated[str | None, assumed()]
    date_created: Annotated[str, assumed()]


class AssistantResource(VoicebotApiResource):
    """The response of ``GET assistants/{id}``."""

    stable_version: str
    latest_version: str
    versions: dict[str, AssistantVersionResource]
    assistant_id: Annotated[str, assumed()]
    name: Annotated[str, assumed()]
    description: Annotated[str | None, assumed()]
    date_created: Annotated[str, assumed()]


class TranscriptResource(VoicebotApiResource):
    """The response of ``GET sessions/{session_id}/transcript``."""

    model_config = ASSUMED

    session_id: str
    conversation_id: str
    transcript: list[TranscriptTurnResource]


class VoiceResource(VoicebotApiResource):
    """A voice provider, or one of its voices."""

    model_config = ASSUMED

    id: str
    name: str


class ProfileResource(VoicebotApiResource):
    """A persona or a specialization; its own fields follow on the same level."""

    model_config = ASSUMED

    id: str
    date_created: str
