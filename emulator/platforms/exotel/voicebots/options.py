"""The options of the Voicebot API; the defaults follow the page with the plain responses.

https://developer.exotel.com/docs/voicebot-tools/voicebot-api
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from emulator.domain.profiles import PlatformProfile
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.lazy_model import LazyModel
from emulator.kit.operation import Operation
from emulator.kit.rate_limit import RateLimit
from emulator.kit.world import World

with on_first_use():
    import pydantic

    from emulator.kit import fields


class VoicebotOptions(LazyModel):
    """How a world's Voicebot API responds, and what its webhooks say."""

    voicebot_shape: Literal["plain", "enveloped", "enveloped-list"] = "plain"
    """The shape of responses: plain data; data within ``response.data``; or enveloped with the
    conversations as a bare list."""
    bot_dates: Literal["created", "version"] = "created"
    """The date in ``date_created``, ``startDate`` and ``endDate``: that of the bot's creation, or
    that of its current version, as in the page's sample."""
    unknown_fields: Literal["keep", "refuse"] = "keep"
    """Unknown fields of a configuration: keep and return them, or refuse with 400."""
    llm_config: Literal["merge", "replace"] = "merge"
    """Whether a partial ``llm_config`` is merged into that of the source version, or replaces it.
    Assumed: one page says of configurations in general that partial updates are supported."""
    insights_seconds: fields.Delay = 30.0
    """Seconds from the end of a call until its insights. Assumed: integrators report a delay."""
    requests_per_minute: Annotated[int, pydantic.Field(ge=0, le=1_000_000), fields.WHOLE_NUMBER] = 0
    """The maximum of requests per minute; 0: no limit."""
    webhook_speakers: Literal["bot/customer", "assistant/user", "bot/user"] = "bot/customer"
    """The words for the two speakers in webhooks."""
    session_end_body: Literal["events", "outcome"] = "events"
    """The body of the session_end webhook: as the webhooks' page describes all of them, or
    ``CallSid``, ``Status``, ``CustomField``, ``BotSessionId`` and ``BotOutcome``."""
    webhook_signature: Literal["none", "hmac-sha256"] = "none"
    """Whether webhooks have ``X-Exotel-Signature``, the hexadecimal HMAC-SHA256 of the body with
    the account's API token. One page claims it; the key and the form are assumed."""
    webhook_retries: Annotated[tuple[fields.Delay, ...], pydantic.Field(max_length=10)] = (
        1.0,
        2.0,
        4.0,
    )
    """Seconds before each retry. Assumed: the page says only that retries can be configured."""


options: Final = VoicebotOptions
profiles: Final = {
    "plain": PlatformProfile("the page with plain responses", {}),
    "enveloped": PlatformProfile(
        "the page with responses in an envelope", {"voicebot_shape": "enveloped"}
    ),
    "enveloped-list": PlatformProfile(
        "as enveloped, with conversations as a bare list", {"voicebot_shape": "enveloped-list"}
    ),
    "lifecycle": PlatformProfile(
        "the page about the lifecycle of an account: signed webhooks, and an outcome at the end",
        {"session_end_body": "outcome", "webhook_signature": "hmac-sha256"},
    ),
}
"""The editions of the pages."""


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
