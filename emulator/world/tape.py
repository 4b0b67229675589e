"""What bots have sent to a world in lockstep, and when: what a replay needs in place of them.

In lockstep bots have their turn between two steps. So it is enough to know in which round of such
turns something came: no clock is needed to say when.
"""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from emulator.store.meter import Meter

REAL_PACE: Final = (
    "a bot was dialed in real pace, so times depended on the wall clock; the option"
    " stream_pace: lockstep makes runs that can be replayed"
)
OWN_TIME: Final = "a bot sent something on its own time, not when it was its turn"
MAX_TAPE_BYTES: Final = 64 * 1024 * 1024
EVENT_BYTES: Final = 200
"""What an event counts besides its message."""


class TapeEvent(NamedTuple):
    """A socket opened, or ended by itself; or a message came on it."""

    round: int
    socket: int
    """The number of the socket: how many were opened before."""
    kind: Literal["open", "end", "text", "bytes"]
    content: str | bytes = ""
    """A message, or what went wrong at the end."""
    code: int | None = None
    """The close code of an end."""
    is_late: bool = False
    """A message came after the bot had got its last one."""


class BotTape:
    """The events of a world since it began, unless there were too many."""

    def __init__(self, meter: Meter, limit: int = MAX_TAPE_BYTES) -> None:
        """``limit``: the most bytes that are kept."""
        self._meter, self._limit = meter, limit
        self._size = 0
        self.events: list[TapeEvent] = []
        self.problem: str | None = None
        """Why a replay cannot go by the events; then there are none."""
        self.round = 0
        """How often bots have had their turn."""
        self.sockets = 0
        """How many sockets were opened."""
        self._is_turn = False

    def begin_turn(self) -> None:
        """Time stands still, and bots have their turn."""
        self.round += 1
        self._is_turn = True

    def end_turn(self) -> None:
        """Time continues."""
        self._is_turn = False

    def number(self, *, in_lockstep: bool) -> int:
        """Return the number of a socket that is being opened."""
        if not in_lockstep:
            self.give_up(REAL_PACE)
        self.sockets += 1
        return self.sockets - 1

    def add(self, event: TapeEvent) -> None:
        """Keep what has come."""
        if self.problem is not None:
            return
        if not self._is_turn:
            self.give_up(OWN_TIME)
            return
        size = EVENT_BYTES + len(event.content)
        if self._size + size > self._limit:
            self.give_up(f"bots sent more than the {self._limit:,} bytes that are recorded")
            return
        self._count(size)
        self.events.append(event)

    def receiver(
        self, socket: int, is_late: Callable[[], bool], take: Callable[[str | bytes], None]
    ) -> Callable[[str | bytes], None]:
        """Return what keeps each message of a socket, then has it taken."""

        def receive(message: str | bytes) -> None:
            kind: Literal["text", "bytes"] = "text" if isinstance(message, str) else "bytes"
            self.add(TapeEvent(self.round, socket, kind, message, is_late=is_late()))
            take(message)

        return receive

    def give_up(self, problem: str) -> None:
        """Keep nothing: it would not be enough."""
        self.problem = self.problem or problem
        self.events.clear()
        self._count(-self._size)

    def copy(self, other: "BotTape") -> None:
        """Continue from what another world has."""
        self.events = other.events[:]
        self.problem, self.round, self.sockets = other.problem, other.round, other.sockets
        self._count(other._size - self._size)  # noqa: SLF001  # of its own kind

    def _count(self, size: int) -> None:
        self._size += size
        self._meter.add(size)
