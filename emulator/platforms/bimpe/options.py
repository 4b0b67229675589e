"""The options of a world, where Bimpe's pages and clients disagree or are silent."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

from emulator.domain.profiles import PlatformProfile
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.lazy_model import LazyModel
from emulator.kit.operation import Operation
from emulator.kit.rate_limit import RateLimit
from emulator.kit.world import World

with on_first_use():
    import pydantic

    from emulator.kit import fields


class BimpeOptions(LazyModel):
    """The options of a world; the defaults follow the newest reference and its samples."""

    strict: ClassVar[bool] = True

    error_shape: Literal["current", "with_errors", "older"] = "current"
    """Where invalid fields are listed: in ``message``, also in ``errors``, or as in the older
    guide."""
    system_prompt: Literal["required", "optional"] = "required"
    """Whether a new workflow needs ``system_prompt``; on the older pages, a name is enough."""
    create_agent: Literal["current", "older"] = "current"
    """What a new agent needs: a workflow, a name and a description; or as on the older pages a
    name, with ``agent_workflow_id``, or with ``system_prompt`` and ``rules``."""
    default_role: Literal["user", "assistant"] = "user"
    """The sender of a message without ``role``."""
    message_response: Literal["reply", "message"] = "reply"
    """The response to a user's message: the assistant's reply, written at once, or the message
    itself, with the reply following after ``reply_seconds``."""
    success_message: Literal["documented", "observed"] = "documented"
    """The ``message`` beside the data: "Success" as on the pages, or the texts that integrators saw
    from the live API."""
    configure_answer: Literal["documented", "onboarding_url"] = "documented"
    """The response when keys connect an integration: as documented, or as bimpeai 0.4.1
    requires."""
    rate_limit: Literal["show", "enforce"] = "show"
    """Only send limit headers, or also refuse requests beyond the limit with 429."""
    reads_per_minute: Annotated[int, pydantic.Field(ge=1, le=1_000_000), fields.WHOLE_NUMBER] = 120
    """The limit of GET requests per minute and API key."""
    writes_per_minute: Annotated[int, pydantic.Field(ge=1, le=1_000_000), fields.WHOLE_NUMBER] = 60
    """The limit of all other requests per minute and API key."""
    agent_limit: Annotated[int, pydantic.Field(ge=0, le=1_000_000), fields.WHOLE_NUMBER] = 0
    """The maximum number of agents in the plan; 0: no limit."""
    integration_limit: Annotated[int, pydantic.Field(ge=0, le=1_000_000), fields.WHOLE_NUMBER] = 0
    """The maximum number of integrations per agent in the plan; 0: no limit."""
    test_calls_at_once: Annotated[int, pydantic.Field(ge=0, le=1_000_000), fields.WHOLE_NUMBER] = 5
    """The maximum number of open test calls; the next one ends as busy."""
    queue_seconds: fields.Delay = 1.0
    """Seconds of the world's time from the request to the dialing."""
    streams_per_conversation: Annotated[
        int, pydantic.Field(ge=1, le=10_000), fields.WHOLE_NUMBER
    ] = 5
    """The maximum number of open streams per conversation; the next one is refused with 429."""
    ticket_seconds: Annotated[int, pydantic.Field(ge=1, le=86_400), fields.WHOLE_NUMBER] = 60
    """Seconds of the world's time for which a stream ticket is valid."""
    heartbeat_seconds: Annotated[float, pydantic.Field(ge=0.01, le=86_400, allow_inf_nan=False)] = (
        20.0
    )
    """Real seconds between the heartbeats of a stream."""
    reply_seconds: fields.Delay = 2.0
    """Seconds of the world's time until the assistant replies, plus up to one second. Used if the
    reply is not in the response."""


options: Final = BimpeOptions
profiles: Final = {
    "current": PlatformProfile("the newest reference, with what integrators saw of messages", {}),
    "older": PlatformProfile(
        "the pages before: errors in fields, agents and workflows that need only a name",
        {"error_shape": "older", "system_prompt": "optional", "create_agent": "older"},
    ),
    "observed": PlatformProfile(
        "as current, with the messages beside the data that integrators saw",
        {"success_message": "observed"},
    ),
}
"""The editions of the pages."""


def options_of(world: World) -> BimpeOptions:
    """Return the options of this world."""
    options: BimpeOptions = world.contexts.options["bimpe"]
    return options


def rate_limit(world: World, operation: Operation, credential: str) -> RateLimit | None:
    """Return the limit of reads or of writes for a key; requests with a ticket have none."""
    if operation.ticket:
        return None
    return rate_limit_of(world, credential, reads=operation.method == "GET")


def rate_limit_of(world: World, key: str, *, reads: bool) -> RateLimit:
    """Return the limit of a key for a minute of the clock.

    Documented: 120 requests a minute and key for listing conversations. assumed: the same for all
    reading, half of it for all writing, counted by the minute of the clock.
    https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/listConversations/
    """
    chosen = options_of(world)
    return RateLimit(
        platform="bimpe",
        limit=chosen.reads_per_minute if reads else chosen.writes_per_minute,
        message="Rate limit exceeded.",
        window="fixed",
        bucket=(key, reads),
        is_enforced=chosen.rate_limit == "enforce",
        checked_by="handler",  # a key that was revoked is refused before its requests are counted
    )
