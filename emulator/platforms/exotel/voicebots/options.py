"""The variants of the Voicebot API; the defaults follow the page with the plain answers.

https://developer.exotel.com/docs/voicebot-tools/voicebot-api
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.world import World

Delay = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]


class VoicebotOptions(BaseModel):
    """How a world's Voicebot API answers, and how its webhooks speak."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    voicebot_shape: Literal["plain", "enveloped", "enveloped-list"] = "plain"
    """Answers as they are, in ``response.data``, or that with conversations as a bare list."""
    unknown_fields: Literal["keep", "refuse"] = "keep"
    """Fields of a configuration that no page names: kept and shown again, or a 400."""
    requests_per_minute: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """More requests than this are answered 429; 0 sets no limit."""
    webhook_speakers: Literal["bot/customer", "assistant/user", "bot/user"] = "bot/customer"
    """What transcripts in webhooks call the two ends."""
    webhook_retries: Annotated[tuple[Delay, ...], Field(max_length=10)] = (1.0, 2.0, 4.0)
    """Seconds before each further attempt. assumed: the page says only that it is configured."""


def options_of(world: World) -> VoicebotOptions:
    """The variants this world follows."""
    return world.options("exotel", VoicebotOptions)
