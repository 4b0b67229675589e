"""Waits for what happens in a world: an attempt at a callback, the end of an automatic advance."""

import asyncio

from emulator.clock import Clock, ClockMode
from emulator.domain.callbacks import Callback
from emulator.domain.errors import BusyError, EndedError
from emulator.domain.events import BatchTransition, CallTransition
from emulator.engine.timeline import Timeline
from emulator.history.entries import History, whole
from emulator.world.attempts import Attempts
from emulator.world.time_loop import TimeLoop


class Waiting:
    """What requests wait for; on a clock that does not run by itself, waiting lets time pass."""

    def __init__(
        self,
        *,
        clock: Clock,
        timeline: Timeline,
        history: History,
        attempts: Attempts,
        time_loop: TimeLoop,
    ) -> None:
        self._clock = clock
        self._timeline = timeline
        self._history = history
        self._attempts = attempts
        self._time_loop = time_loop

    def placed_since(self, number: int) -> frozenset[str]:
        """Return the ids of the calls and batches placed since this entry of the history."""
        entries = (whole(entry) for _, entry in self._history.after(number))
        return frozenset(
            entry.batch_id if isinstance(entry, BatchTransition) else entry.call_id
            for entry in entries
            if isinstance(entry, CallTransition | BatchTransition) and entry.previous is None
        )

    async def wait_for_attempt(self, subjects: frozenset[str]) -> None:
        """Wait for an attempt at a callback about one of these calls and batches.

        Unless the clock is live, time passes up to then; returns when nothing more is due.
        """
        made = asyncio.Event()

        def see(callback: Callback) -> None:
            if callback.call_id in subjects or callback.batch_id in subjects:
                made.set()

        self._attempts.subscribe(see)
        try:
            while not made.is_set() and self._clock.mode is not ClockMode.LIVE:
                due = self._timeline.next_due
                if due is None:
                    return
                try:
                    await self._time_loop.advance(max(due, self._clock.now()))
                except BusyError:
                    break  # another request lets time pass
            await made.wait()
        finally:
            self._attempts.unsubscribe(see)

    async def wait_until_idle(self) -> None:
        """Wait until an ``auto`` clock has advanced as far as it does by itself."""
        while self._clock.mode is ClockMode.AUTO and self._time_loop.present_advance is not None:
            await self._time_loop.wait_for_end()

    async def wait_while_settling(self) -> None:
        """Wait while an ``auto`` clock advances by itself, but for no endpoint's response.

        An endpoint may be what asks, and would wait for itself.
        """
        while self._time_loop.is_settling:
            await self._time_loop.wait_for_end()


def check_present(ended: asyncio.Event) -> None:
    """Raise EndedError when the parts that a request began with have ended.

    The world was deleted or reset meanwhile; another may have its name.
    """
    if ended.is_set():
        raise EndedError("the world of this request was deleted or reset meanwhile")
