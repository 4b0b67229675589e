"""Rate limits: how many requests a vendor answers in a window of time, and the 429 after that.

``options.py: rate_limit`` of a vendor says which limit a request counts against. The counts follow
the world's clock; they are not written to files, so that a restart or a fork begins without any.
"""

from collections import OrderedDict, deque
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple, Protocol

from emulator.kit.errors import ApiError
from emulator.kit.world import World

MAX_BUCKETS: Final = 10_000
"""Buckets that are counted for one vendor; a world that is open takes any credential."""
MAX_TIMES_WITHOUT_LIMIT: Final = 1000
"""Requests that are remembered while there is no limit, should one be set within the window."""
SECOND: Final = timedelta(seconds=1)


class RateLimit(NamedTuple):
    """The limit that a request counts against."""

    platform: str
    limit: int | None
    """Requests in a window; None counts requests and refuses none."""
    message: str
    """What the vendor says to a request too many."""
    window_seconds: int = 60
    window: Literal["sliding", "fixed"] = "sliding"
    """The last seconds before the request; or those since the clock showed a multiple of them."""
    bucket: Hashable = None
    """What is counted apart, such as each credential."""
    is_enforced: bool = True
    """Whether requests are counted at all."""
    checked_by: Literal["pipeline", "handler"] = "pipeline"
    """The pipeline checks before the handler; or the handler does, among other checks."""


class Usage(NamedTuple):
    """What is left of a limit."""

    remaining: int
    resets_at: int
    """The Unix time in seconds at which a fixed window ends."""


class _Counter(Protocol):
    """The counts of one vendor's windows of one length."""

    def count(self, limit: RateLimit, now: datetime) -> int | None:
        """Count a request, or return the seconds until there is room for one."""


class FixedWindowCounter:
    """Counts by bucket, forgotten when the clock shows the next multiple of the window."""

    def __init__(self) -> None:
        self._window = 0
        self._counts: OrderedDict[Hashable, int] = OrderedDict()

    def count(self, limit: RateLimit, now: datetime) -> int | None:
        """Count a request, or return the seconds until the window ends."""
        count = self.used(limit, now)
        if limit.limit is not None and count >= limit.limit:
            return _window_end(limit, now) - int(now.timestamp())
        self._counts[limit.bucket] = count + 1
        self._counts.move_to_end(limit.bucket)
        if len(self._counts) > MAX_BUCKETS:
            self._counts.popitem(last=False)
        return None

    def used(self, limit: RateLimit, now: datetime) -> int:
        """Return how many requests were counted in the present window."""
        window = int(now.timestamp()) // limit.window_seconds
        if window != self._window:
            self._window = window
            self._counts.clear()
        return self._counts.get(limit.bucket, 0)


class SlidingWindowCounter:
    """The times of the latest requests by bucket, as many as the limit needs."""

    def __init__(self) -> None:
        self._times: OrderedDict[Hashable, deque[datetime]] = OrderedDict()

    def count(self, limit: RateLimit, now: datetime) -> int | None:
        """Count a request, or return the seconds until the oldest one leaves the window."""
        times = self._times.setdefault(limit.bucket, deque())
        self._times.move_to_end(limit.bucket)
        if len(self._times) > MAX_BUCKETS:
            self._times.popitem(last=False)
        window = timedelta(seconds=limit.window_seconds)
        most = MAX_TIMES_WITHOUT_LIMIT if limit.limit is None else limit.limit
        while times and (times[0] <= now - window or len(times) > most):
            times.popleft()
        if limit.limit is not None and len(times) >= limit.limit:
            oldest = times[0] if times else now
            return -(-(oldest + window - now) // SECOND)
        times.append(now)
        return None


def check_rate_limit(world: World, limit: RateLimit | None) -> None:
    """Count a request; ApiError 429 with ``Retry-After`` if its window is full."""
    if limit is None or not limit.is_enforced:
        return
    wait = _counter(world, limit).count(limit, world.clock.now())
    if wait is not None:
        headers = {"Retry-After": str(wait)}
        raise ApiError(429, "rate_limited", limit.message, headers=headers)


def usage_of(world: World, limit: RateLimit) -> Usage:
    """Return what is left of a fixed window: all of it if the limit is not enforced."""
    now, most = world.clock.now(), limit.limit or 0
    counter = _counter(world, limit) if limit.is_enforced else None
    used = counter.used(limit, now) if isinstance(counter, FixedWindowCounter) else 0
    return Usage(max(0, most - used), _window_end(limit, now))


def _counter(world: World, limit: RateLimit) -> _Counter:
    key = limit.platform, limit.window, limit.window_seconds
    counter: _Counter | None = world.rate_counters.get(key)
    if counter is None:
        kind = FixedWindowCounter if limit.window == "fixed" else SlidingWindowCounter
        counter = world.rate_counters[key] = kind()
    return counter


def _window_end(limit: RateLimit, now: datetime) -> int:
    return (int(now.timestamp()) // limit.window_seconds + 1) * limit.window_seconds
