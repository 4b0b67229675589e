"""Intron's options, where its pages disagree or are silent."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Final, Literal

from emulator.domain.profiles import PlatformProfile
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.lazy_model import LazyModel
from emulator.kit.operation import PLACE_CALLS, Operation
from emulator.kit.rate_limit import RateLimit
from emulator.kit.world import World

with on_first_use():
    import pydantic

    from emulator.kit import fields


class IntronOptions(LazyModel):
    """How a world's Intron responds; the defaults follow the oldest pages."""

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
    queue_seconds: fields.Delay = 5.0
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
    requests_per_second: Annotated[int, pydantic.Field(ge=0, le=1000), fields.WHOLE_NUMBER] = 0
    """The maximum of requests per second that place calls (5 on the conversation page); 0: no
    limit."""
    workflow_type: Literal["optional", "required"] = "optional"
    """Whether a new workflow needs ``workflow_type``: required on all pages, which also name a
    default."""
    callback_retries: Annotated[tuple[fields.Delay, ...], pydantic.Field(max_length=10)] = (
        30.0,
        120.0,
    )
    """Seconds before each retry of a callback. Assumed: no page says whether there are retries."""
    callback_headers: Annotated[fields.SentHeaders, pydantic.Field(max_length=50)] = {}  # noqa: RUF012  # never changed
    """Headers added to callbacks, such as a token. No page documents one."""
    voice_bot_api: bool = False
    """Serve ``/api/v1/voice-bot`` too, which some copies of the newest pages show."""
    max_batch: Annotated[int, pydantic.Field(ge=1, le=1_000_000), fields.WHOLE_NUMBER] = 100_000
    """The maximum number of entries in ``workflow_params``."""


options: Final = IntronOptions
G4: Final = {"reply_shape": "response_options", "requests_per_second": 5}
profiles: Final = {
    "g2": PlatformProfile(
        "voice.intron.io/docs and transcribe.intron.health/docs: option_one and option_two", {}
    ),
    "g1": PlatformProfile(
        "the oldest pages: a workflow needs its type", {"workflow_type": "required"}
    ),
    "g4": PlatformProfile(
        "docs.voice.intron.io: response_options, and 5 requests per second that place calls", G4
    ),
    "gx": PlatformProfile(
        "other copies of docs.voice.intron.io: as g4, and also the API at /api/v1/voice-bot",
        G4 | {"voice_bot_api": True},
    ),
}
"""The editions of the pages. The edition between g2 and g4 differs only in a path, which is
always served."""


def rate_limit(world: World, operation: Operation, credential: str) -> RateLimit | None:  # noqa: ARG001  # one limit for all
    """Return the limit of the operations that place calls; no page names one of the others."""
    is_limited = operation.alias == PLACE_CALLS
    return placing_limit(world.contexts.options["intron"]) if is_limited else None


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
