"""The options of the Voicebot API; the defaults follow the page with the plain responses.

https://developer.exotel.com/docs/voicebot-tools/voicebot-api
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.operation import Operation
from emulator.kit.rate_limit import RateLimit
from emulator.kit.world import World

Delay = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]


class VoicebotOptions(BaseModel):
    """How a world's Voicebot API responds, and what its webhooks say."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    voicebot_shape: Literal["plain", "enveloped", "enveloped-list"] = "plain"
    """Data as it is, in ``response.data``, or so with conversations as a bare list."""
    bot_dates: Literal["created", "version"] = "created"
    """What ``date_created``, ``startDate`` and ``endDate`` mean: the bot's creation, or that of the
    version that is shown, as the page's sample of a bot can be read."""
    unknown_fields: Literal["keep", "refuse"] = "keep"
    """Fields of a configuration that no page names: kept and shown again, or refused with 400."""
    llm_config: Literal["merge", "replace"] = "merge"
    """What an ``llm_config`` that is sent in part does to that of the source version. assumed: no
    page says; of configurations in general one says that partial updates are supported."""
    insights_seconds: Delay = 30
    """Seconds from the end of a call until its insights. assumed: integrators say some time."""
    requests_per_minute: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """Requests after this many are answered with 429; 0 sets no limit."""
    webhook_speakers: Literal["bot/customer", "assistant/user", "bot/user"] = "bot/customer"
    """The words for the two speakers in webhooks."""
    webhook_retries: Annotated[tuple[Delay, ...], Field(max_length=10)] = (1.0, 2.0, 4.0)
    """Seconds before each further attempt. assumed: the page says only that it is configured."""


options: Final = VoicebotOptions


def options_of(world: World) -> VoicebotOptions:
    """Return the options that this world follows."""
    options: VoicebotOptions = world.contexts.options["exotel"]
    return options


def rate_limit(world: World, operation: Operation, credential: str) -> RateLimit | None:  # noqa: ARG001  # one limit for all
    """Return the limit of a world's account: documented as 429, without a number."""
    limit = options_of(world).requests_per_minute
    if not limit:
        return None
    message = f"Rate limit exceeded: {limit} requests per minute"
    return RateLimit(platform="exotel", limit=limit, message=message)
