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
    """Whether workflows have ``option_one`` and ``option_two``, or the newer
    ``response_options``."""
    missing_variable: Literal["keep", "refuse"] = "keep"
    """If a variable has no value: keep its placeholder in the message, or refuse the batch."""
    show_status: bool = False
    """Add ``status`` to workflows; no sample on the pages has it."""
    counts_shape: Literal["total", "by_option"] = "total"
    """The callback's ``response_options_counts``: one total as in the sample, or counts by
    option."""
    queue_seconds: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 5.0
    """Seconds of the world's time from the request to the first dialing; 5 in the page's sample."""
    long_conversation: Literal["warn", "refuse"] = "warn"
    """If a conversation's message is over 4,000 characters (the limit of robocalls): warn or
    refuse."""
    created_status: Literal[200, 201] = 200
    """The status of the response when a workflow or a batch is created."""
    unauthorized_status: Literal[403, 401] = 403
    """The status of the response when the key is missing or wrong."""
    not_found_status: Literal[404, 500] = 404
    """The status of the response when a record does not exist."""
    requests_per_second: Annotated[int, Field(ge=0, le=1000)] = 0
    """The maximum of requests per second that place calls (5 on the conversation page); 0: no
    limit."""
    max_batch: Annotated[int, Field(ge=1, le=1_000_000)] = 100_000
    """The maximum number of entries in ``workflow_params``."""


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
