"""What the Voicebot API answers, in the plain shape and in the order of its page's samples.

https://developer.exotel.com/docs/voicebot-tools/voicebot-api
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.basis import assumed

ASSUMED: Final = ConfigDict(json_schema_extra={"x-basis": "assumed"})
"""The configuration of what nobody shows."""


class Shown(BaseModel):
    """Something in an answer."""

    model_config = ConfigDict(defer_build=True)


class JobContent(Shown):
    """What a job was asked with."""

    text_content: str


class JobCreated(Shown):
    """The answer to ``POST bot-generation``."""

    id: str
    content: JobContent
    status: Literal["pending", "in_progress", "completed", "failed"]
    account_id: str


class JobShown(Shown):
    """The answer to ``GET bot-generation/{generation_id}``."""

    id: str
    status: Literal["pending", "in_progress", "completed", "failed"]
    reason: str | None = None
    bot_id: str | None = None
    account_id: str


class VersionCreated(Shown):
    """The answer to ``POST voicebots/{botId}/versions``."""

    bot_id: str
    version: str
    date_created: str
    name: str


class BotListed(Shown):
    """A bot in a list."""

    bot_id: str
    name: str
    version: str
    date_created: str


class BotShown(Shown):
    """The answer to ``GET voicebots/{botId}``."""

    bot_id: str
    name: str
    version: str
    enable_greeting_interruption: bool
    supported_languages: list[str]
    date_created: str


class Metadata(Shown):
    """Where a page of a list stands."""

    total: int
    count: int
    offset: int
    limit: int


class BotsPage(Shown):
    """The answer to ``GET voicebots``."""

    metadata: Metadata
    data: list[BotListed]


class CallMetadata(Shown):
    """The call of a conversation."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    duration_seconds: int
    recording_url: str


class TurnShown(Shown):
    """One turn of a transcript."""

    speaker: Literal["bot", "user"]
    text: str
    timestamp: Annotated[str, Field(pattern=r"^[0-9]{2}:[0-9]{2}:[0-9]{2}$")]


class InsightsShown(Shown):
    """What was concluded."""

    sentiment: str
    intent: str
    outcome: str


class ConversationShown(Shown):
    """The answer to ``GET voicebot-conversations/{conversation_id}``."""

    conversation_id: str
    bot_id: str
    call_metadata: CallMetadata
    transcript: list[TurnShown] | None = None
    insights: InsightsShown | None = None


class ConversationsPage(Shown):
    """The answer to ``GET voicebot-conversations``."""

    model_config = ASSUMED

    metadata: Metadata
    data: list[ConversationShown]


class AssistantVersionCreated(Shown):
    """The answer to ``POST assistants/{assistant_id}/versions``."""

    assistant_id: str
    version: str
    mark_as_stable: bool
    date_created: str


class BotDeleted(Shown):
    """The answer to ``DELETE voicebots/{botId}``. assumed: the client reads the status alone."""

    model_config = ASSUMED

    bot_id: str
    status: Literal["deleted"]


class StreamShown(Shown):
    """The answer to ``GET bots/{botId}/dp-endpoint``: what the client looks for first."""

    stream_url: Annotated[str, Field(pattern="^wss://")]


class HistoryShown(Shown):
    """A version in a bot's history."""

    model_config = ASSUMED

    version: str
    version_description: str | None
    source_version: str | None
    is_active: bool
    date_created: str


class BotWhole(BotShown):
    """A bot's whole configuration: its parts are described, never shown."""

    status: Literal["active", "inactive"]
    greeting_message: Annotated[Any, assumed()]
    intents: Annotated[Any, assumed()]
    assistant_config: Annotated[Any, assumed("its form")]
    voice_config: Annotated[Any, assumed("its form")]
    asr_config: Annotated[Any, assumed("its form")]
    versions: Annotated[list[HistoryShown], assumed("its form")]


class AssistantMade(Shown):
    """The answer to ``POST assistants``."""

    model_config = ASSUMED

    assistant_id: str
    name: str
    version: str
    date_created: str


class AssistantVersionShown(Shown):
    """A version of an assistant; whatever it was configured with stands beside these."""

    agents: list[Any] | None
    version_description: Annotated[str | None, assumed()]
    source_version: Annotated[str | None, assumed()]
    date_created: Annotated[str, assumed()]


class AssistantShown(Shown):
    """The answer to ``GET assistants/{id}``."""

    stable_version: str
    latest_version: str
    versions: dict[str, AssistantVersionShown]
    assistant_id: Annotated[str, assumed()]
    name: Annotated[str, assumed()]
    description: Annotated[str | None, assumed()]
    date_created: Annotated[str, assumed()]


class TranscriptShown(Shown):
    """The answer to ``GET sessions/{session_id}/transcript``."""

    model_config = ASSUMED

    session_id: str
    conversation_id: str
    transcript: list[TurnShown]


class NamedShown(Shown):
    """A voice provider, or one of its voices."""

    model_config = ASSUMED

    id: str
    name: str


class EntryShown(Shown):
    """A persona or a specialisation: the fields it was given stand beside these."""

    model_config = ASSUMED

    id: str
    date_created: str
