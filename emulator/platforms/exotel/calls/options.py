"""The options of the Calls API.

https://developer.exotel.com/docs/voice-v1/api-reference/connect-two-numbers
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.lazy_model import LazyModel
from emulator.kit.operation import Operation
from emulator.kit.rate_limit import RateLimit
from emulator.kit.world import World

with on_first_use():
    import pydantic

    from emulator.kit import fields, scenarios


class CallsOptions(LazyModel):
    """How a world's Calls API responds, and how its StatusCallbacks are sent."""

    calls_per_minute: Annotated[int, pydantic.Field(ge=0, le=1_000_000), fields.WHOLE_NUMBER] = 0
    """The maximum of requests per minute and account to the Calls API; 0: no limit."""
    call_dates: Literal["ist", "utc"] = "ist"
    """The time zone of dates, which have no offset. Assumed: Indian Standard Time."""
    unowned_exophone: Literal["note", "refuse"] = "note"
    """If the account does not own the ``CallerId``: note it in the call's details, or refuse."""
    flow_to: Literal["null", "exophone"] = "null"
    """The ``To`` of a call to a flow: null or the ExoPhone; two pages disagree."""
    passthru_stream: Literal["brackets", "json"] = "brackets"
    """How a Passthru sends the stream: as ``Stream[Status]`` etc., or as one JSON string."""
    stream_shape: Literal["snake", "applet", "live", "camel"] = "snake"
    """How messages to a bot are written: as the protocol page, as the applet's page, as seen live,
    or in camelCase."""
    stream_chunk_ms: Literal[20, 100, 200] = 100
    """The milliseconds of sound in each message to a bot: pages and integrators disagree."""
    stream_pace: Literal["real", "lockstep"] = "real"
    """Whether streams keep to the wall clock, or a frozen clock waits for bots at each chunk."""
    stream_hold_ms: Annotated[int, pydantic.Field(ge=0, le=5_000), fields.WHOLE_NUMBER] = 0
    """The milliseconds for which messages are held back in both directions, to pass together, as
    over a slow network; 0: none."""
    stream_pings: bool = False
    """Whether pings are sent, to find bots that do not read while they send. Assumed: the vendor
    sends none."""
    person_language: scenarios.Language | Literal[""] = ""
    """The language in which persons speak to bots, such as sw, unless their scenario or the applet
    says; texts in a script of their own are spoken in its language."""
    person_voice: scenarios.VoiceName | Literal[""] = ""
    """The voice with which persons speak to bots, such as f4, unless their scenario or the applet
    says."""
    max_streams: Annotated[int, pydantic.Field(ge=0, le=10_000), fields.WHOLE_NUMBER] = 100
    """The streams that an account may have open at once; one more is throttled."""
    status_callback_retries: Annotated[tuple[fields.Delay, ...], pydantic.Field(max_length=10)] = (
        15.0,
        30.0,
    )
    """Seconds before each retry. Two retries are documented; the delays are assumed."""


options: Final = CallsOptions


def options_of(world: World) -> CallsOptions:
    """Return the options that this world follows."""
    options: CallsOptions = world.contexts.options["exotel"]
    return options


def rate_limit(world: World, operation: Operation, credential: str) -> RateLimit | None:  # noqa: ARG001  # one limit for all
    """Return the limit of an account: documented as 200 a minute."""
    limit = options_of(world).calls_per_minute
    if not limit:
        return None
    message = f"Rate limit exceeded. Max {limit} requests per minute."
    return RateLimit(platform="exotel", limit=limit, message=message, bucket=("calls", credential))
