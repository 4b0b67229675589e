"""What the Voicebot API answers, in the plain shape and in the order of its page's samples.

https://developer.exotel.com/docs/voicebot-tools/voicebot-api
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field


class JobContent(BaseModel):
    """What a job was asked with."""

    text_content: str


class JobCreated(BaseModel):
    """The answer to ``POST bot-generation``."""

    id: str
    content: JobContent
    status: Literal["pending", "in_progress", "completed", "failed"]
    account_id: str


class JobShown(BaseModel):
    """The answer to ``GET bot-generation/{generation_id}``."""

    id: str
    status: Literal["pending", "in_progress", "completed", "failed"]
    reason: str | None = None
    bot_id: str | None = None
    account_id: str


class VersionCreated(BaseModel):
    """The answer to ``POST voicebots/{botId}/versions``."""

    bot_id: str
    version: str
    date_created: str
    name: str


class BotListed(BaseModel):
    """A bot in a list."""

    bot_id: str
    name: str
    version: str
    date_created: str


class BotShown(BaseModel):
    """The answer to ``GET voicebots/{botId}``."""

    bot_id: str
    name: str
    version: str
    enable_greeting_interruption: bool
    supported_languages: list[str]
    date_created: str


class Metadata(BaseModel):
    """Where a page of a list stands."""

    total: int
    count: int
    offset: int
    limit: int


class BotsPage(BaseModel):
    """The answer to ``GET voicebots``."""

    metadata: Metadata
    data: list[BotListed]


class CallMetadata(BaseModel):
    """The call of a conversation."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    duration_seconds: int
    recording_url: str


class TurnShown(BaseModel):
    """One turn of a transcript."""

    speaker: Literal["bot", "user"]
    text: str
    timestamp: Annotated[str, Field(pattern=r"^[0-9]{2}:[0-9]{2}:[0-9]{2}$")]


class InsightsShown(BaseModel):
    """What was concluded."""

    sentiment: str
    intent: str
    outcome: str


class ConversationShown(BaseModel):
    """The answer to ``GET voicebot-conversations/{conversation_id}``."""

    conversation_id: str
    bot_id: str
    call_metadata: CallMetadata
    transcript: list[TurnShown] | None = None
    insights: InsightsShown | None = None


class ConversationsPage(BaseModel):
    """The answer to ``GET voicebot-conversations``."""

    metadata: Metadata
    data: list[ConversationShown]


class AssistantVersionCreated(BaseModel):
    """The answer to ``POST assistants/{assistant_id}/versions``."""

    assistant_id: str
    version: str
    mark_as_stable: bool
    date_created: str
