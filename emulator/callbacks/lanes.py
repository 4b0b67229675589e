"""How many requests are under way at once: in all, and to one endpoint.

An endpoint that hangs keeps busy what is its own; the callbacks of others do not wait for it.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Final

EACH: Final = 200
"""Requests under way to one endpoint."""
ALWAYS: Final = 8
"""Requests to one endpoint that go however many are under way to others."""
MOST: Final = 4096
"""Requests under way in all, where the system allows twice as many open files."""
FILES: Final = 1024
"""Open files where nobody says how many there may be."""


@dataclass(slots=True, eq=False)
class Lane:
    """One endpoint: how many requests are under way to it, and who waits."""

    busy: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque[asyncio.Future[None]])

    @property
    def is_awaited(self) -> bool:
        """Somebody waits, who has not given up meanwhile."""
        while self.waiting and self.waiting[0].done():
            self.waiting.popleft()
        return bool(self.waiting)


class Lanes:
    """Lets requests go in turn, endpoint by endpoint.

    Half of what there may be in all is for whoever comes first, the other half for endpoints to
    which hardly anything is under way.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most or min(MOST, _open_files() // 2)
        self._total = 0
        self._lanes: dict[str, Lane] = {}
        self._held: dict[str, None] = {}
        """The endpoints for which somebody waits, in the order of their turns."""

    async def enter(self, endpoint: str) -> None:
        """Wait for the turn of one more request to this endpoint; ``leave`` when it is over."""
        lane = self._lanes.get(endpoint)
        if lane is None:
            lane = self._lanes[endpoint] = Lane()
        if not lane.is_awaited and self._may_go(lane):
            self._go(lane)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lane.waiting.append(turn)
        self._held.setdefault(endpoint)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # its turn had just come
                self.leave(endpoint)
            raise

    def leave(self, endpoint: str) -> None:
        """Let the next go."""
        was_full = self._total >= self._most // 2
        lane = self._lanes[endpoint]
        lane.busy -= 1
        self._total -= 1
        if self._held:
            # while there is room for all, only its own endpoint's limit can keep one waiting
            for held in list(self._held) if was_full else [endpoint]:
                if held in self._held and self._let_go(held):
                    break
        if not lane.is_awaited:
            self._forget(endpoint, lane)

    def _may_go(self, lane: Lane) -> bool:
        if lane.busy < ALWAYS:
            return self._total < self._most
        return lane.busy < EACH and self._total < self._most // 2

    def _go(self, lane: Lane) -> None:
        lane.busy += 1
        self._total += 1

    def _let_go(self, endpoint: str) -> bool:
        """Give an endpoint its next request, if somebody waits and may go."""
        lane = self._lanes[endpoint]
        if not lane.is_awaited:
            self._forget(endpoint, lane)
            return False
        if not self._may_go(lane):
            return False
        del self._held[endpoint]
        self._go(lane)
        lane.waiting.popleft().set_result(None)
        if lane.waiting:
            self._held[endpoint] = None
        return True

    def _forget(self, endpoint: str, lane: Lane) -> None:
        self._held.pop(endpoint, None)
        if not lane.busy:
            self._lanes.pop(endpoint, None)


def _open_files() -> int:
    try:
        import resource  # noqa: PLC0415  # not on every system
    except ImportError:
        return FILES
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return FILES if soft == resource.RLIM_INFINITY else soft
