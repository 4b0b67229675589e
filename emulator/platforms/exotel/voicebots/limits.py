"""The rate limit: documented as 429, without a number; an option, and off by default."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import ApiError
from emulator.kit.operation import Handler, Operation
from emulator.kit.world import World, world_of
from emulator.platforms.exotel.voicebots.options import options_of
from emulator.platforms.exotel.voicebots.state import state_of

WINDOW = timedelta(minutes=1)


def limited(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Have each of these operations count as one request."""
    for operation in operations:
        yield replace(operation, handler=_counted(operation.handler))


def _counted(handler: Handler) -> Handler:
    @wraps(handler)
    async def counted(request: Request) -> Response:
        hold_to_rate(world_of(request))
        return await handler(request)

    return counted


def hold_to_rate(world: World) -> None:
    """Note a request; ApiError 429 if there were as many as are allowed in the last minute."""
    limit = options_of(world).requests_per_minute
    if not limit:
        return
    recent, now = state_of(world).recent, world.clock.now()
    while recent and (recent[0] <= now - WINDOW or len(recent) > limit):
        recent.popleft()
    if len(recent) >= limit:
        wait = recent[0] + WINDOW - now
        headers = {"Retry-After": str(-(-wait // timedelta(seconds=1)))}
        message = f"Rate limit exceeded: {limit} requests per minute"
        raise ApiError(429, "rate_limited", message, headers=headers)
    recent.append(now)
