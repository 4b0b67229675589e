"""Lets time pass in a world: takes what is due in order and sends the callbacks it causes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from emulator.callbacks.courier import Courier
from emulator.clock import Clock, ClockMode
from emulator.domain.actions import Action, Deliver
from emulator.domain.errors import BusyError, ClockError, EndedError, StorageFullError
from emulator.domain.ticks import ticks
from emulator.engine.calls import CallEngine
from emulator.engine.timeline import Timeline
from emulator.faults.rules import Faults
from emulator.history.entries import History
from emulator.store.dirty import DirtyFlag
from emulator.world.advance import Advance
from emulator.world.attempts import Attempts
from emulator.world.bot_sockets import BotSockets
from emulator.world.dispatch import Dispatch
from emulator.world.large_bodies import LargeBodies
from emulator.world.steps import StepTaker, log_failure
from emulator.world.turns import end_turn

WRITE_RETRY_SECONDS: Final = 1.0
"""Real seconds until a live clock tries again to write changes that the disk had no room for."""
OTHER_ADVANCE: Final = "another request is already advancing this world's clock"
OWN_ADVANCE: Final = (
    "this world's clock is auto: it is advancing, and waits for a response to a callback"
)


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
        sockets: BotSockets,
        attempts: Attempts,
        dirty: DirtyFlag,
        commit: Callable[[], None],
        bodies: LargeBodies,
        is_quiet: Callable[[], bool],
        between_steps: Callable[[], Awaitable[bool]] | None,
    ) -> None:
        """``is_quiet``: no request is in flight, so that an ``auto`` clock may advance.

        ``dirty``: the flag of the world, as time that has passed is a change too;
        ``between_steps``: sends what arrived in the middle of a recorded advance, and says whether
        an ``auto`` clock then continued by itself.
        """
        self._clock, self._timeline, self._history = clock, timeline, history
        self._faults, self._courier = faults, courier
        self._sockets, self._bodies = sockets, bodies
        self.steps = StepTaker(clock, timeline, faults, engine, courier, dispatch, dirty)
        self._attempts, self._dirty, self._commit = attempts, dirty, commit
        self._is_quiet, self._between_steps = is_quiet, between_steps
        self.present_advance: Advance | None = None
        """What has happened so far in it; None while no time passes but by a live clock."""
        self._timer: asyncio.TimerHandle | None = None
        self._settling: asyncio.Task[None] | None = None
        self._end_of_advance: asyncio.Future[None] | None = None
        """Done when the present advance ends; None as long as no request waits for it."""
        self._is_stopped = self._is_closed = False
        self.rearm()

    async def advance(self, to: datetime | None, *, one_callback: bool = False) -> Advance:
        """Let time pass up to a moment, or (None) until nothing is due, and send every callback.

        With ``one_callback``: at most until one was sent.
        Raises BusyError while another advance is under way, ClockError for a moment in the past.
        """
        if self.present_advance is not None:
            raise BusyError(OWN_ADVANCE if self.present_advance.is_own else OTHER_ADVANCE)
        if to is not None and to < self._clock.now():
            shown = self._clock.now().isoformat().replace("+00:00", "Z")
            raise ClockError(f"the clock shows {shown} and cannot go back")
        done = await self._pass_time(to, one_callback=one_callback)
        if self._is_closed:
            raise EndedError("the world was deleted or reset")
        return done

    @property
    def is_settling(self) -> bool:
        """An ``auto`` clock advances by itself, and waits for no endpoint just now."""
        done = self.present_advance
        is_own = done is not None and done.is_own and not done.is_paused
        return is_own and not self._courier.is_sending

    def stop_advance(self) -> bool:
        """Stop the present advance at the time that the clock shows; return whether there is one.

        What is due at that time still happens, as if it had been the target from the start.
        """
        done = self.present_advance
        if done is None:
            return False
        done.until, done.is_stopped = ticks(self._clock.now()), True
        self._sockets.wake()
        return True

    async def settle(self) -> None:
        """After a request: advance an ``auto`` clock until idle, arm the timer of a live one."""
        if self._is_stopped:
            return
        if self._clock.mode is ClockMode.AUTO and self.present_advance is None:
            try:
                await self._pass_time(None, only_while_quiet=True)
                self._commit()
            except StorageFullError:
                pass  # the next request tries again
            except Exception:  # noqa: BLE001  # no request waits for this: it is logged
                log_failure(self._clock)
        elif self._timer is None or self._faults.capacities:
            self.rearm()

    def start(self) -> None:
        """Run in the present event loop: a live clock by its timer, an ``auto`` one until idle."""
        self.rearm()
        if self._clock.mode is ClockMode.AUTO:
            self._settling = asyncio.get_running_loop().create_task(self.settle())

    def stop(self, *, closed: bool) -> None:
        """Stop whatever would still happen; ``closed``: an advance under way raises EndedError."""
        self._is_stopped = True
        self._bodies.stop()
        self._is_closed = self._is_closed or closed
        self.present_advance = None
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
        before, last = self._history.steps_and_attempts, self._history.last
        done = self.present_advance = Advance(last_seen=last, is_own=only_while_quiet)
        done.until = None if to is None else ticks(to)
        self._attempts.subscribe(done.count_attempt)
        self._sockets.begin()
        try:
            if self._faults.capacities:
                self._faults.forget_expired()
            if self._courier.outbox:  # left by an advance that was broken off
                await self._courier.deliver()
                self._collect(done)
            while await self._continues(done, only_while_quiet=only_while_quiet):
                if len(self._sockets) and not await self._keep_to_sockets(done):
                    continue
                action = self._timeline.peek(done.until)
                if action is None:
                    break
                if type(action) is Deliver:
                    if await self._bodies.write():
                        continue
                    if await self.steps.deliver(done) and one_callback:
                        break
                else:
                    await self._take_step(action, done)
                self._collect(done)
        finally:
            self._end(done, None if done.is_stopped else to)
        done.events = self._history.steps_and_attempts - before - done.attempts
        return done

    async def _continues(self, done: Advance, *, only_while_quiet: bool) -> bool:
        """Return whether the present advance takes another step."""
        if self._between_steps is not None:
            done.is_paused = True
            if not await self._between_steps() and done.is_own:
                return False
            done.is_paused = False
        return self.present_advance is done and (not only_while_quiet or self._is_quiet())

    async def _take_step(self, action: Action, done: Advance) -> None:
        """Take the next step, or many of calls.

        After much work others have a turn, before what it caused is written and sent.
        """
        is_short = self.steps.take(action, done, self._until(done))
        for _ in self.steps.preparing():
            await end_turn()
            if self.present_advance is not done:
                return
        if not is_short:
            await end_turn()  # what follows from many steps takes a turn of its own
            self.steps.end_work()
            self._collect(done)
            await end_turn()
            await self._bodies.write()
            if self.present_advance is done and self.steps.are_many_unwritten:
                self._commit()
                await end_turn()  # to write them takes a turn of its own

    async def _keep_to_sockets(self, done: Advance) -> bool:
        """Wait for bots, and for the wall clock, as the pace of their streams has it.

        False when something may be due before what was waited for.
        """
        await self._sockets.settle()
        if not self._sockets.is_paced:
            return True
        self._timeline.peek(done.until)  # removes what is void
        due = self._timeline.heap[0][0] if self._timeline.heap else None
        if due is None or (done.until is not None and due > done.until):
            due = done.until
        return await self._sockets.wait_until(due)

    def _until(self, done: Advance) -> int | None:
        """Return how far steps are taken at once: with open sockets, no further than the next."""
        return self._timeline.heap[0][0] if len(self._sockets) else done.until

    def _collect(self, done: Advance) -> None:
        done.collect_events(self._history)
        self._history.trim()

    def _end(self, done: Advance, to: datetime | None) -> None:
        """Let the time stand still again, and wake the requests that wait for it."""
        self._attempts.unsubscribe(done.count_attempt)
        self._sockets.end()
        self._clock.unpin(to)
        self._dirty.is_set = True
        if self.present_advance is done:
            self.present_advance = None
            self.rearm()
        if self._end_of_advance is not None:
            self._end_of_advance.set_result(None)
            self._end_of_advance = None

    def rearm(self) -> None:
        """Set the timer of a live clock to the moment when its next step is due."""
        self._cancel_timer()
        self._timeline.on_earlier = None
        if (
            self._is_stopped
            or self._clock.mode is not ClockMode.LIVE
            or self.present_advance is not None
        ):
            return
        self._timeline.on_earlier = self.rearm
        due = self._timeline.next_due
        held = self._faults.seconds_held() if self._faults.capacities else None
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
        self.steps.take_due(now)
        self._history.trim()
        self._clock.unpin()
        self._dirty.is_set = True
        if self._bodies.write_piece():
            self._timer = asyncio.get_running_loop().call_later(0, self._tick)
            return
        try:
            self._courier.dispatch()
        except StorageFullError:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(WRITE_RETRY_SECONDS, self._tick)
            self._timeline.on_earlier = self.rearm
        else:
            self.rearm()
