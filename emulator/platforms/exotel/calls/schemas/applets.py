"""Applets of flows, as the control API takes them."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from emulator.kit.fields import HttpUrl, Text
from emulator.kit.scenarios import Language, VoiceName
from emulator.platforms.exotel.calls.schemas.extensions import StreamExtension, VoicebotExtension
from emulator.platforms.exotel.calls.schemas.requests import PhoneText

CLOSED: Final = ConfigDict(extra="forbid", defer_build=True)
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False, strict=True)]
BotAddress = Annotated[
    str, Field(max_length=2048, pattern=r"^(wss?|https?)://[^\s/?#]+([/?#]\S*)?$")
]


class GreetingApplet(BaseModel):
    """Plays a greeting, for some seconds or for as long as the text takes to say."""

    model_config = CLOSED

    kind: Literal["greeting"]
    seconds: Seconds | None = None
    text: Annotated[str, Field(max_length=10_000)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "GreetingApplet":
        if (self.seconds is None) == (self.text is None):
            raise ValueError("must have seconds or text")
        return self


class WaitApplet(BaseModel):
    """Lets time pass."""

    model_config = CLOSED

    kind: Literal["wait"]
    seconds: Seconds


class ConnectApplet(BaseModel):
    """Dials a second person."""

    model_config = CLOSED

    kind: Literal["connect"]
    to: PhoneText


class HangupApplet(BaseModel):
    """Ends the call."""

    model_config = CLOSED

    kind: Literal["hangup"]


class Branches(BaseModel):
    """The flow to continue with, by the status of the response."""

    model_config = CLOSED

    on_200: Annotated[Text | None, Field(alias="200")] = None
    on_302: Annotated[Text | None, Field(alias="302")] = None


class PassthruApplet(BaseModel):
    """Sends a GET request that describes the call, and branches by the status of the response."""

    model_config = CLOSED

    kind: Literal["passthru"]
    url: HttpUrl
    is_async: Annotated[bool, Field(alias="async", strict=True)] = False
    branches: Branches | None = None


class VoicebotApplet(BaseModel):
    """A bot of the Voicebot API, or a stream to a WebSocket URL."""

    model_config = CLOSED

    kind: Literal["voicebot"]
    url: BotAddress | None = None
    bot_id: Text | None = None
    record: Annotated[bool, Field(strict=True)] = False
    extension: VoicebotExtension | None = None
    """The vendor's Beta extension, for this stream alone."""
    language: Language | None = None
    """The language in which persons speak to the bot, unless their scenario says."""
    voice: VoiceName | None = None
    """The voice with which persons speak to the bot, unless their scenario says."""

    @model_validator(mode="after")
    def _one_of_both(self) -> "VoicebotApplet":
        extension = self.extension
        for field in ("extension", "language", "voice"):
            if self.bot_id is not None and getattr(self, field) is not None:
                raise ValueError(
                    f"has {field}, which needs url: bot_id names a bot that has its own"
                )
        addresses = (self.url, self.bot_id, extension and extension.WebSocketUrl)
        if sum(each is not None for each in addresses) != 1:
            raise ValueError("must have url or bot_id, or extension.WebSocketUrl in place of url")
        return self


class StreamApplet(BaseModel):
    """Starts or stops streaming the audio to a WebSocket URL."""

    model_config = CLOSED

    kind: Literal["stream"]
    url: BotAddress | None = None
    action: Literal["start", "stop"] = "start"
    extension: StreamExtension | None = None
    """The vendor's Beta extension, for this stream alone."""

    @model_validator(mode="after")
    def _one_address(self) -> "StreamApplet":
        if self.extension is not None and self.action == "stop":
            raise ValueError("has extension, which is allowed only with the action start")
        if self.extension is not None and (self.url is None) == (
            self.extension.WebSocketUrl is None
        ):
            raise ValueError("must have url, or extension.WebSocketUrl in its place")
        return self


Applet = Annotated[
    GreetingApplet
    | WaitApplet
    | ConnectApplet
    | HangupApplet
    | PassthruApplet
    | VoicebotApplet
    | StreamApplet,
    Field(discriminator="kind"),
]
