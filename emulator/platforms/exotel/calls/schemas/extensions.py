"""The Beta extension of streams: what an applet may ask of its messages.

https://developer.exotel.com/docs/agentstream/stream-voicebot-extension
"""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from emulator.kit.fields import WHOLE_NUMBER

MAX_TIMEOUT_MILLISECONDS: Final = 3_600_000
"""As long as a session."""
MAX_CHARACTERS: Final = 1_024


def read_parameters(text: str) -> dict[str, str]:
    """Return the pairs of ``key=value,key=value``; ValueError for anything else."""
    found: dict[str, str] = {}
    for pair in text.split(","):
        name, equals, value = pair.strip().partition("=")
        if not equals or not name.strip():
            raise ValueError(f"must be key=value,key=value; {pair[:40]!r} is not a pair")
        if name in found:
            raise ValueError(f"has the key {name[:40]!r} twice")
        found[name] = value
    return found


def _pairs(text: str) -> str:
    read_parameters(text)
    return text


class StreamExtension(BaseModel):
    """The Beta extension of a one-way stream; what is left out has the page's default."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    MediaFormat: Literal[
        "audio/x-mulaw;rate=8000", "audio/L16;rate=8000", "audio/L16;rate=16000"
    ] = "audio/x-mulaw;rate=8000"
    """The format of the sound in both directions. Assumed: L16 is little-endian."""
    Track: Literal["inbound", "outbound", "both"] = "both"
    """Whose sound is sent: the person's, what the person hears, or both, each with its track."""
    CustomParameters: (
        Annotated[str, Field(max_length=MAX_CHARACTERS), AfterValidator(_pairs)] | None
    ) = None
    """``key=value,key=value``. Assumed: they arrive as ``connected.custom_parameters``."""
    WebSocketUrl: (
        Annotated[str, Field(max_length=2048, pattern=r"^wss?://[^\s/?#]+([/?#]\S*)?$")] | None
    ) = None
    """The address of the bot, in place of the applet's ``url``."""


class VoicebotExtension(StreamExtension):
    """The Beta extension of a bot's stream; what is left out has the page's default."""

    SilenceTimeout: Annotated[
        int, Field(ge=1, le=MAX_TIMEOUT_MILLISECONDS, strict=True), WHOLE_NUMBER
    ] = 2_000
    """Milliseconds. Assumed: both sides are silent."""
    SilenceAction: Literal["notify", "hangup"] = "notify"
    """Send ``silence`` to the bot, or end the call."""
    DtmfHandling: Literal["stream", "suppress", "passthrough"] = "stream"
    """Send keys as ``dtmf``, not at all, or as tones in the sound."""
