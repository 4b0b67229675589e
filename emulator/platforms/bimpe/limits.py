"""Rate limits: told of in the headers of every answer, and enforced if asked for.

Documented: 120 requests a minute and key for listing conversations. assumed: the same for all
reading, half of it for all writing, counted by the minute of the clock.
https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/listConversations/
"""

from collections import OrderedDict
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import ApiError
from emulator.kit.world import World
from emulator.platforms.bimpe.auth import key_of
from emulator.platforms.bimpe.team import options_of, state_of

MINUTE: Final = 60
MOST_KEYS: Final = 10_000
"""Keys that are counted in one minute; an open world takes any."""

Counted = tuple[str, bool]
"""A key, and whether its requests read."""


def hold_to_rate(world: World, request: Request) -> None:
    """Count a request; ApiError 429 if there were as many as are allowed this minute."""
    if options_of(world).rate_limit != "enforce":
        return
    used, counted = _used(world), _counted(request)
    count = used.get(counted, 0)
    if count >= _limit(world, counted):
        wait = {"Retry-After": str(_reset(world) - _seconds(world))}
        raise ApiError(429, "rate_limited", "Rate limit exceeded.", headers=wait)
    used[counted] = count + 1
    used.move_to_end(counted)
    if len(used) > MOST_KEYS:
        used.popitem(last=False)


def tell_rate(world: World, request: Request, response: Response) -> None:
    """Say how many requests are left; all of them as long as the limits are only shown."""
    counted = _counted(request)
    limit = _limit(world, counted)
    enforced = options_of(world).rate_limit == "enforce"
    left = limit - _used(world).get(counted, 0) if enforced else limit
    response.headers["X-RateLimit-Limit"] = str(limit)
    response.headers["X-RateLimit-Remaining"] = str(max(0, left))
    response.headers["X-RateLimit-Reset"] = str(_reset(world))


def _counted(request: Request) -> Counted:
    return key_of(request.headers) or "", request.method in {"GET", "HEAD"}


def _limit(world: World, counted: Counted) -> int:
    options = options_of(world)
    return options.reads_per_minute if counted[1] else options.writes_per_minute


def _used(world: World) -> OrderedDict[Counted, int]:
    state, minute = state_of(world), _seconds(world) // MINUTE
    if state.minute != minute:
        state.minute = minute
        state.used.clear()
    return state.used


def _seconds(world: World) -> int:
    return int(world.clock.now().timestamp())


def _reset(world: World) -> int:
    return (_seconds(world) // MINUTE + 1) * MINUTE
