"""The bots of a run: their sockets open, receive and end when as many turns have passed as then."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from emulator.callbacks.dialer import StreamDialer
from emulator.callbacks.pings import Pings
from emulator.callbacks.streams import NORMAL, SocketEnd, StreamSocket
from emulator.world.tape import TapeEvent


class RecordedSocket(StreamSocket):
    """A socket without a connection: what a bot has sent comes from a tape."""

    def __init__(
        self,
        received: Callable[[str | bytes], None],
        changed: Callable[[], None],
        play: Callable[[], Awaitable[None]],
    ) -> None:
        self._received, self._changed, self._play = received, changed, play
        self.is_open = False
        self.end: SocketEnd | None = None
        self.pings = Pings(lambda: 0.0, 1.0)
        self._closing: int | None = None
        self._is_late = False

    @property
    def has_sent_last(self) -> bool:
        """The message that comes now came after the bot had got its last one."""
        return self._is_late

    def send(self, text: str) -> None:
        """Send nothing."""

    def ping(self) -> None:
        """Send nothing."""

    def close(
        self,
        code: int = NORMAL,
        *,
        last: str | None = None,  # noqa: ARG002  # as a real one has it
        linger: float | None = 0,  # noqa: ARG002
    ) -> None:
        """Close it with the next turn, or give up its handshake at once."""
        if self.end is None and self._closing is None:
            self._closing = code
            if not self.is_open:
                self._finish(SocketEnd(is_ours=True))

    def abort(self) -> None:
        """End it at once."""
        self._finish(SocketEnd(is_ours=True))

    async def settle(self) -> None:
        """Play what came while a handshake or a close was waited for."""
        await self._play()
        if self._closing is not None:
            self._finish(SocketEnd(self._closing, is_ours=True))

    async def pass_barrier(self) -> None:
        """Play what came while the bot had its turn."""
        await self._play()

    def take(self, event: TapeEvent) -> None:
        """Have happen what happened then."""
        match event.kind:
            case "open":
                self.is_open = True
                self._changed()
            case "end":
                self._finish(SocketEnd(event.code, str(event.content) or None))
            case "text" | "bytes":
                self._is_late = event.is_late
                self._received(event.content)

    def _finish(self, end: SocketEnd) -> None:
        if self.end is None:
            self.end, self.is_open = end, False
            self._changed()


class RecordedBots(StreamDialer):
    """Opens sockets that a tape plays on."""

    def __init__(
        self,
        events: Iterable[TapeEvent],
        turn: Callable[[], int],
        meanwhile: Callable[[], Awaitable[None]],
    ) -> None:
        """``turn`` returns how often bots have had theirs; ``meanwhile`` sends requests then."""
        self._left, self._turn, self._meanwhile = deque(events), turn, meanwhile
        self._opened: list[RecordedSocket] = []

    def open(
        self,
        url: str,  # noqa: ARG002  # as a real one has it
        received: Callable[[str | bytes], None],
        changed: Callable[[], None],
    ) -> RecordedSocket:
        """Open the next socket of the tape."""
        made = RecordedSocket(received, changed, self._play)
        self._opened.append(made)
        return made

    async def _play(self) -> None:
        """Have happen on all sockets what came in this turn."""
        await self._meanwhile()
        while self._left and self._left[0].round <= self._turn():
            event = self._left.popleft()
            if event.socket < len(self._opened):
                self._opened[event.socket].take(event)

    async def close(self) -> None:
        """There are no connections."""
