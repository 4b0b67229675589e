"""Limits on concurrent requests: in total, and to one endpoint.

An endpoint that hangs uses up its own share only; callbacks to other endpoints do not wait for it.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Final

MAX_PER_ENDPOINT: Final = 200
"""Concurrent requests to one endpoint."""
RESERVED_PER_ENDPOINT: Final = 8
"""Concurrent requests to one endpoint that are admitted however busy the others are."""
MAX_REQUESTS: Final = 4096
"""Concurrent requests in total, where the system allows twice as many open files."""
DEFAULT_OPEN_FILES: Final = 1024
"""The limit on open files where the system states none."""


@dataclass(slots=True, eq=False)
class Lane:
    """One endpoint: the number of requests under way, and the queue of those that wait."""

    busy: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    @property
    def has_waiting(self) -> bool:
        """A request waits that was not cancelled meanwhile."""
        while self.waiting and self.waiting[0].done():
            self.waiting.popleft()
        return bool(self.waiting)


class Lanes:
    """Admits requests in turn, endpoint by endpoint.

    Half of the total is first come, first served; the other half is for endpoints with few
    requests under way.
    """

    def __init__(self, max_requests: int | None = None) -> None:
        self._max_requests = max_requests or min(MAX_REQUESTS, _max_open_files() // 2)
        self._total = 0
        self._lanes: dict[str, Lane] = {}
        self._queue: dict[str, None] = {}
        """The endpoints with waiting requests, in the order of their turns."""

    async def enter(self, endpoint: str) -> None:
        """Wait until a request to this endpoint may start; call ``leave`` when it has ended."""
        lane = self._lanes.get(endpoint)
        if lane is None:
            lane = self._lanes[endpoint] = Lane()
        if not lane.has_waiting and self._has_room(lane):
            self._admit(lane)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lane.waiting.append(turn)
        self._queue.setdefault(endpoint)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was admitted at the same time
                self.leave(endpoint)
            raise

    def leave(self, endpoint: str) -> None:
        """Count a request as ended, and admit the next."""
        was_full = self._total >= self._max_requests // 2
        lane = self._lanes[endpoint]
        lane.busy -= 1
        self._total -= 1
        if self._queue:
            # below half of the total, a request waits only because of its own endpoint's limit
            for waiting in list(self._queue) if was_full else [endpoint]:
                if waiting in self._queue and self._admit_next(waiting):
                    break
        if not lane.has_waiting:
            self._remove_if_idle(endpoint, lane)

    def _has_room(self, lane: Lane) -> bool:
        if lane.busy < RESERVED_PER_ENDPOINT:
            return self._total < self._max_requests
        return lane.busy < MAX_PER_ENDPOINT and self._total < self._max_requests // 2

    def _admit(self, lane: Lane) -> None:
        lane.busy += 1
        self._total += 1

    def _admit_next(self, endpoint: str) -> bool:
        """Admit the next request of an endpoint, if one waits and there is room."""
        lane = self._lanes[endpoint]
        if not lane.has_waiting:
            self._remove_if_idle(endpoint, lane)
            return False
        if not self._has_room(lane):
            return False
        del self._queue[endpoint]
        self._admit(lane)
        lane.waiting.popleft().set_result(None)
        if lane.waiting:
            self._queue[endpoint] = None
        return True

    def _remove_if_idle(self, endpoint: str, lane: Lane) -> None:
        self._queue.pop(endpoint, None)
        if not lane.busy:
            self._lanes.pop(endpoint, None)


def _max_open_files() -> int:
    try:
        import resource  # noqa: PLC0415  # not on every system
    except ImportError:
        return DEFAULT_OPEN_FILES
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return DEFAULT_OPEN_FILES if soft == resource.RLIM_INFINITY else soft
