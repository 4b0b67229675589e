"""Intron's options, where its pages disagree or are silent."""

from functools import cache
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from emulator.kit.operation import Operation
from emulator.kit.rate_limit import RateLimit
from emulator.kit.world import World
from emulator.platforms.intron.schemas.requests import PlaceCalls


class IntronOptions(BaseModel):
    """How a world's Intron responds; the defaults follow the oldest pages."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    reply_shape: Literal["option_one_two", "response_options"] = "option_one_two"
    """Workflows show ``option_one`` and ``option_two``, or replies as docs.voice.intron.io does."""
    missing_variable: Literal["keep", "refuse"] = "keep"
    """A placeholder without a value stays in the message, or the batch is refused."""
    show_status: bool = False
    """Workflows are shown with their ``status``, which no sample has."""
    counts_shape: Literal["total", "by_option"] = "total"
    """``response_options_counts`` of the callback: a number as in the sample, or a map."""
    queue_seconds: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 0
    """Seconds of the world's time until the first call of a batch is dialed; 5 in the sample."""
    long_conversation: Literal["warn", "refuse"] = "warn"
    """What happens to a conversation's message of over 4,000 characters, the limit of robocalls."""
    created_status: Literal[200, 201] = 200
    unauthorized_status: Literal[403, 401] = 403
    not_found_status: Literal[404, 500] = 404
    requests_per_second: Annotated[int, Field(ge=0, le=1000)] = 0
    """Requests that may place calls in a second; the conversation page says 5, 0 sets no limit."""
    max_batch: Annotated[int, Field(ge=1, le=1_000_000)] = 100_000
    """The most entries that ``workflow_params`` may have."""


options: Final = IntronOptions


def rate_limit(world: World, operation: Operation, credential: str) -> RateLimit | None:  # noqa: ARG001  # one limit for all
    """Return the limit of the operations that place calls; no page names one of the others."""
    return (
        placing_limit(world.contexts.options["intron"]) if operation.takes is PlaceCalls else None
    )


def placing_limit(options: IntronOptions) -> RateLimit:
    """Return how many requests of a second may place calls, whatever their credential."""
    return _limit(options.requests_per_second)


@cache
def _limit(limit: int) -> RateLimit:
    return RateLimit(
        platform="intron",
        limit=limit or None,
        message=f"rate limit exceeded, {limit} requests per second",
        window_seconds=1,
        checked_by="handler",  # only requests that place calls are counted
    )
