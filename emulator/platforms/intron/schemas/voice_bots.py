"""Bodies of the voice-bot API, which other copies of the newest pages show.

They contradict every other edition, so a world has this API only with the option ``voice_bot_api``.
"""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from emulator.kit.basis import assumed
from emulator.kit.fields import WHOLE_NUMBER, HttpUrl, Text
from emulator.kit.patterns import PHONE
from emulator.platforms.intron.schemas.requests import STRICT

MAX_NODES = 1000
Phone = Annotated[str, Field(pattern=PHONE)]
Variables = dict[str, Any]
NodeType = Literal[
    "start", "speak", "listen", "dtmf", "condition", "api_call", "set_variable", "transfer", "end"
]


class PlaceVoiceBotCall(BaseModel):
    """The body of ``POST voice-bot/call``: a message, or the URL of a recorded one."""

    model_config = STRICT

    phone_number: Phone
    message: Text | None = None
    audio_url: HttpUrl | None = None
    voice: str = "en-female-1"
    caller_id: str | None = None
    language: str = "en"
    retry_count: Annotated[int, Field(ge=0, le=3), WHOLE_NUMBER] = 0
    retry_delay: Annotated[int, Field(ge=0), WHOLE_NUMBER] = 5
    """Minutes."""
    callback_url: HttpUrl | None = None
    schedule_at: Annotated[AwareDatetime | None, Field(strict=False)] = None
    variables: Variables = {}


class PlaceVoiceBotConversation(BaseModel):
    """The body of ``POST voice-bot/conversation``."""

    model_config = STRICT

    phone_number: Phone
    bot_id: Text
    context: Variables = {}
    caller_id: str | None = None
    language: str = "en"
    max_duration: Annotated[int, Field(ge=1), WHOLE_NUMBER] = 600
    """Seconds."""
    callback_url: HttpUrl | None = None
    recording: bool = False


class VoiceBotNode(BaseModel):
    """A node of a bot: what it says or does, and the node that follows."""

    model_config = STRICT

    id: Text
    type: NodeType
    next: str | None = None
    content: str | None = None
    timeout: float | None = None
    intents: Any = None


class CreateVoiceBot(BaseModel):
    """The body of ``POST voice-bot/workflow``."""

    model_config = STRICT

    name: Text
    description: str | None = None
    language: str = "en"
    voice: str = "en-female-1"
    nodes: Annotated[list[VoiceBotNode], Field(min_length=1, max_length=MAX_NODES)]


class ExecuteVoiceBot(BaseModel):
    """The body of ``POST voice-bot/workflow/{workflow_id}/execute``, of which no page has fields.

    assumed: the number and the variables of ``POST voice-bot/call``.
    """

    model_config = STRICT

    phone_number: Phone
    variables: Variables = {}


class PlacedVoiceBotCall(BaseModel):
    """The response to a placed call, as the page about conversations shows it."""

    model_config = ConfigDict(defer_build=True)

    status: Literal["success"]
    call_id: str
    message: Literal["Call initiated"]
    call_status: Literal["dialing"]
    estimated_wait: int
    """Seconds until the number is dialed."""


class CreatedVoiceBot(BaseModel):
    """The response to a created bot. No page shows one."""

    model_config = ConfigDict(defer_build=True)

    status: Annotated[Literal["success"], assumed()]
    workflow_id: Annotated[str, assumed()]
    message: Annotated[str, assumed()]
