"""Lets time pass in a world: takes what is due in order and sends the callbacks it causes."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from emulator.callbacks.courier import Courier
from emulator.clock import Clock, ClockMode
from emulator.domain.actions import Action, Deliver, Wake
from emulator.domain.batches import Batch
from emulator.domain.calls import Call
from emulator.domain.errors import BusyError, ClockError, EndedError, StorageFullError
from emulator.domain.faults import Fault
from emulator.domain.ticks import ticks
from emulator.engine.calls import CallEngine
from emulator.engine.timeline import Timeline
from emulator.faults.rules import Faults
from emulator.history.entries import History
from emulator.world.advance import Advance
from emulator.world.attempts import Attempts
from emulator.world.dispatch import Dispatch

STEPS_PER_TURN: Final = 500
"""Steps taken before other requests get their turn; more where the engine takes many at once."""
WRITE_RETRY_SECONDS: Final = 1.0
"""Real seconds until a live clock tries again to write changes that the disk had no room for."""


class TimeLoop:
    """The only code that moves a world's time. It ends with the parts it was made with."""

    def __init__(
        self,
        *,
        clock: Clock,
        timeline: Timeline,
        history: History,
        faults: Faults,
        engine: CallEngine,
        courier: Courier,
        dispatch: Dispatch,
        attempts: Attempts,
        commit: Callable[[], None],
        is_quiet: Callable[[], bool],
    ) -> None:
        """``is_quiet``: no request is in flight, so that an ``auto`` clock may advance."""
        self._clock = clock
        self._timeline = timeline
        self._history = history
        self._faults = faults
        self._engine = engine
        self._courier = courier
        self._dispatch = dispatch
        self._attempts = attempts
        self._commit = commit
        self._is_quiet = is_quiet
        self._advance: Advance | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._settling: asyncio.Task[None] | None = None
        self._end_of_advance: asyncio.Future[None] | None = None
        """Done when the present advance ends; None as long as nobody waits for that."""
        self._is_stopped = False
        self._is_closed = False
        timeline.on_earlier = self.rearm

    @property
    def is_advancing(self) -> bool:
        """Time is passing just now, other than by a live clock."""
        return self._advance is not None

    async def advance(self, to: datetime | None, *, one_callback: bool = False) -> Advance:
        """Let time pass up to a moment, or (None) until nothing is due, and send every callback.

        With ``one_callback``: at most until one was sent.
        Raises BusyError while another advance is under way, ClockError for a moment in the past.
        """
        if self._advance is not None:
            raise BusyError("this world's clock is already being advanced")
        if to is not None and to < self._clock.now():
            shown = self._clock.now().isoformat().replace("+00:00", "Z")
            raise ClockError(f"the clock shows {shown} and never goes back")
        done = await self._pass_time(to, one_callback=one_callback)
        if self._is_closed:
            raise EndedError("the world has ended")
        return done

    async def settle(self) -> None:
        """After a request: advance an ``auto`` clock until idle, arm the timer of a live one."""
        if self._is_stopped:
            return
        if self._clock.mode is ClockMode.AUTO and self._advance is None:
            with suppress(StorageFullError):
                await self._pass_time(None, only_while_quiet=True)
                self._commit()
        elif self._timer is None or self._faults.capacities:
            self.rearm()

    def start(self) -> None:
        """Run in the present event loop: a live clock by its timer, an ``auto`` one until idle."""
        self.rearm()
        if self._clock.mode is ClockMode.AUTO:
            self._settling = asyncio.get_running_loop().create_task(self.settle())

    def stop(self, *, closed: bool) -> None:
        """Stop whatever would still happen; ``closed``: an advance under way is told so."""
        self._is_stopped = True
        self._is_closed = self._is_closed or closed
        self._advance = None
        self._timeline.on_earlier = None
        self._cancel_timer()
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None

    async def wait_for_end(self) -> None:
        """Wait for the end of the present advance."""
        if self._end_of_advance is None:
            self._end_of_advance = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._end_of_advance)

    async def _pass_time(
        self,
        to: datetime | None,
        *,
        only_while_quiet: bool = False,
        one_callback: bool = False,
    ) -> Advance:
        timeline, courier, history = self._timeline, self._courier, self._history
        done = self._advance = Advance(last_seen=history.last)
        start, others_before = history.last, history.exchanges + history.faults
        until = None if to is None else ticks(to)
        self._attempts.subscribe(done.count_attempt)
        try:
            if self._faults.capacities:
                self._faults.forget_expired()
            if courier.has_post:  # left by an advance that was broken off
                await courier.flush()
            while self._advance is done and not (only_while_quiet and not self._is_quiet()):
                taken = self._engine.run(until, STEPS_PER_TURN)
                done.steps += taken
                done.collect_events(history)
                history.trim()
                if taken >= STEPS_PER_TURN:
                    await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
                    continue
                if timeline.shed():
                    continue
                step = timeline.pop_due(until)
                if step is None:
                    break
                self._take(*step)
                done.steps += 1
                done.collect_events(history)
                if courier.has_post and not timeline.next_is(Deliver, step[0]):
                    await courier.flush()
                    if one_callback:
                        break
        finally:
            self._end(done, to)
        others = history.exchanges + history.faults - others_before
        done.events = history.last - start - done.attempts - others
        return done

    def _end(self, done: Advance, to: datetime | None) -> None:
        """Let the time stand still again, and wake whoever waits for that."""
        self._attempts.unsubscribe(done.count_attempt)
        self._clock.unpin(to)
        if self._advance is done:
            self._advance = None
            self.rearm()
        if self._end_of_advance is not None:
            self._end_of_advance.set_result(None)
            self._end_of_advance = None

    def _take(self, due: int, action: Action) -> None:
        """Take a step that is not a call's: the engine has taken all of those before it."""
        self._clock.pinned = due
        match action:
            case Deliver():
                self._courier.take(action)
            case Wake():
                self._dispatch.run_step(action)
            case Fault():
                self._faults.remove(action.id)
            case Call() | Batch():
                pass

    def rearm(self) -> None:
        """Set the timer of a live clock to the moment when its next step is due."""
        self._cancel_timer()
        if self._is_stopped or self._clock.mode is not ClockMode.LIVE or self._advance is not None:
            return
        due, held = self._timeline.next_due, None
        if self._faults.capacities:
            held = self._faults.seconds_held()
        waits = [] if due is None else [self._clock.seconds_until(due)]
        waits += [] if held is None else [held]
        if not waits:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # no event loop runs yet: the first request or the server's start sets the timer
        self._timer = loop.call_later(min(waits), self._tick)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        """Take what is due on a live clock, and start the attempts at callbacks."""
        self._timer = None
        self._timeline.on_earlier = None
        if self._faults.capacities:
            self._faults.forget_expired()
        now = ticks(self._clock.now())
        left = STEPS_PER_TURN
        while left > 0:
            left -= self._engine.run(now, left) + 1
            if self._timeline.shed():
                continue
            step = self._timeline.pop_due(now) if left > 0 else None
            if step is None:
                break
            self._take(*step)
        self._history.trim()
        self._clock.unpin()
        self._timeline.on_earlier = self.rearm
        try:
            self._courier.dispatch()
        except StorageFullError:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(WRITE_RETRY_SECONDS, self._tick)
        else:
            self.rearm()
