"""The options of a world, where Bimpe's pages and clients disagree or are silent."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.operation import Operation
from emulator.kit.rate_limit import RateLimit
from emulator.kit.world import World

Count = Annotated[int, Field(ge=0, le=1_000_000)]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]


class BimpeOptions(BaseModel):
    """The options of a world; defaults follow the documented sample and the newest reference."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    error_shape: Literal["current", "with_errors", "older"] = "current"
    """Where problems of fields are: ``message``, also ``errors``, or as in the older guide."""
    system_prompt: Literal["required", "optional"] = "required"
    """The older pages create a workflow from its name alone."""
    default_role: Literal["user", "assistant"] = "user"
    """Who writes a message that is sent without ``role``."""
    message_response: Literal["reply", "message"] = "reply"
    """What the response to a user's message has: the assistant's reply, which is then written at
    once, or the message itself, which is replied to ``reply_seconds`` later."""
    success_message: Literal["documented", "observed"] = "documented"
    """The ``message`` beside the data: "Success" as on the pages, or what integrators saw live,
    where that is known."""
    configure_answer: Literal["documented", "onboarding_url"] = "documented"
    """The response to connecting by keys: as documented, or what bimpeai 0.4.1 requires."""
    rate_limit: Literal["show", "enforce"] = "show"
    """Only send limit headers, or also refuse requests beyond the limit with 429."""
    reads_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 120
    writes_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 60
    agent_limit: Count = 0
    """The agents of the plan; 0 for no limit."""
    integration_limit: Count = 0
    """The integrations of an agent in the plan; 0 for no limit."""
    test_calls_at_once: Count = 5
    """How many test calls can be open at once; one more is busy."""
    queue_seconds: Seconds = 1
    """Seconds of the world's time until a call is dialed."""
    streams_per_conversation: Annotated[int, Field(ge=1, le=10_000)] = 5
    ticket_seconds: Annotated[int, Field(ge=1, le=86_400)] = 60
    heartbeat_seconds: Annotated[float, Field(ge=0.01, le=86_400, allow_inf_nan=False)] = 20
    """Real seconds between the heartbeats of a stream."""
    reply_seconds: Seconds = 2
    """Seconds of the world's time until the assistant replies, plus up to one second, where the
    reply is not in the response."""


options: Final = BimpeOptions


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
