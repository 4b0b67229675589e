"""The WebSockets that a world's calls have open, and how its time keeps to theirs.

Bots live in real time. In ``real`` pace an advance moves time no faster than the wall clock while
a socket is open; in ``lockstep`` time stands still until the bots have had their turn.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from emulator.callbacks.streams import GOING_AWAY, StreamSocket
from emulator.callbacks.transport import Transports
from emulator.clock import Clock, ClockMode
from emulator.domain.actions import Beat
from emulator.domain.ticks import SECOND, ticks
from emulator.engine.timeline import Timeline
from emulator.store.meter import Meter
from emulator.world.tape import BotTape, TapeEvent

SOON: Final = 0.001
"""Real seconds that are not worth waiting for."""


@dataclass(slots=True, eq=False)
class BotSocket:
    """A socket of a call. ``step`` is run when it opens, when it ends and when it is asked to."""

    socket: StreamSocket
    step: Beat
    number: int
    """Its place among what is due at the same tick."""
    is_lockstep: bool
    place: int
    """Its number on the tape."""
    has_sent: bool = False
    """Something has left since the bot last had its turn."""

    @property
    def is_over(self) -> bool:
        """It has ended."""
        return self.socket.end is not None

    def send(self, text: str) -> None:
        """Send a message."""
        self.has_sent = True
        self.socket.send(text)


class BotSockets:
    """Opens sockets and steps the calls that use them; ends with the world's other parts."""

    def __init__(
        self, transports: Transports, clock: Clock, timeline: Timeline, meter: Meter
    ) -> None:
        self._dialer = transports.dialer
        self.tape = BotTape(meter)
        """What bots have sent, for a replay."""
        self._clock, self._timeline = clock, timeline
        self._open: set[BotSocket] = set()
        self._news = asyncio.Event()
        """Set when there may be something to do before what an advance waits for."""
        self._anchor: tuple[float, int] | None = None
        """A moment of the wall clock, and the tick that the world showed at it."""
        self._is_stopped = False

    @property
    def can_dial(self) -> bool:
        """There is a way out of this emulator."""
        return self._dialer is not None

    def __len__(self) -> int:
        return len(self._open)

    @property
    def is_paced(self) -> bool:
        """An advance may be no faster than the wall clock."""
        return any(not each.is_lockstep for each in self._open)

    def open(
        self, url: str, step: Beat, received: Callable[[str | bytes], None], *, is_lockstep: bool
    ) -> BotSocket:
        """Begin to dial a bot; ``step`` is run when it opens and when it ends."""
        if self._dialer is None:
            raise RuntimeError("this emulator has no way to dial bots")
        number = self._timeline.number()
        made: BotSocket | None = None

        def changed() -> None:
            if made is not None:
                self._note(made)

        live = self._clock.mode is ClockMode.LIVE
        in_lockstep = is_lockstep and not live
        place = self.tape.number(in_lockstep=in_lockstep)

        def is_late() -> bool:
            return made is not None and made.socket.has_sent_last

        socket = self._dialer.open(url, self.tape.receiver(place, is_late, received), changed)
        made = BotSocket(socket, step, number, in_lockstep, place)
        self._open.add(made)
        if self._anchor is None and not live:
            self.begin()
        return made

    def schedule(self, socket: BotSocket, due: int) -> None:
        """Run the step of a socket at that tick."""
        self._timeline.repeat(due, socket.number, socket.step)

    def begin(self) -> None:
        """Keep an advance to the wall clock from now on."""
        self._anchor = (self._clock.real(), ticks(self._clock.now())) if self._open else None

    def end(self) -> None:
        """No advance is under way any more."""
        self._anchor = None

    async def settle(self) -> None:
        """In lockstep, wait for handshakes, and give bots that were sent something their turn."""
        self.tape.begin_turn()
        try:
            for each in self._in_lockstep():
                if not each.socket.is_open or each.socket.is_closing:
                    await each.socket.settle()
                elif each.has_sent:
                    each.has_sent = False
                    await each.socket.pass_barrier()
        finally:
            self.tape.end_turn()

    def _in_lockstep(self) -> list[BotSocket]:
        """Return the sockets whose bots have turns, in the order in which they were opened."""
        found = [each for each in self._open if each.is_lockstep]
        return sorted(found, key=attrgetter("place"))

    async def wait_until(self, due: int | None) -> bool:
        """Wait until the wall clock has come to a tick; False if something may come before it."""
        self._news.clear()
        if due is None:
            await self._news.wait()
            return False
        left = self._seconds_until(due)
        if left <= SOON:
            return True
        try:
            async with asyncio.timeout(left):
                await self._news.wait()
        except TimeoutError:
            return True
        return False

    def wake(self) -> None:
        """Have an advance look again at what is due."""
        self._news.set()

    def _seconds_until(self, due: int) -> float:
        if self._anchor is None:
            self.begin()
        if self._anchor is None:
            return 0.0
        real, tick = self._anchor
        return real + (due - tick) / SECOND - self._clock.real()

    def _now(self) -> int:
        """Return the tick of a change: with a paced advance, what the wall clock says."""
        shown = ticks(self._clock.now())
        if self._anchor is None or not self.is_paced:
            return shown
        real, tick = self._anchor
        return max(shown, tick + round((self._clock.real() - real) * SECOND))

    def _note(self, socket: BotSocket) -> None:
        """Have the call of a socket act on its opening or its end."""
        if self._is_stopped:
            return
        self._keep(socket)
        self.schedule(socket, self._now())
        if socket.is_over:
            self._open.discard(socket)
            if not self._open:
                self._anchor = None
        self.wake()

    def _keep(self, socket: BotSocket) -> None:
        """Keep on the tape that a socket has opened, or that its bot has ended it."""
        tape, end = self.tape, socket.socket.end
        if end is None:
            tape.add(TapeEvent(tape.round, socket.place, "open"))
        elif not end.is_ours:
            tape.add(TapeEvent(tape.round, socket.place, "end", end.error or "", end.code))

    def close(self) -> None:
        """Close every socket: the world ends, or is reset."""
        self._is_stopped = True
        for each in list(self._open):
            each.socket.close(GOING_AWAY)
        self._open.clear()
        self.wake()
