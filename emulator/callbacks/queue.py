"""Callbacks that are due: each attempt is a step of the timeline, retries and faults included."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from emulator.callbacks.log import CallbackLog
from emulator.clock import Clock
from emulator.domain.actions import Deliver
from emulator.domain.callbacks import Callback, CallbackStatus
from emulator.domain.faults import Effect, Tampering
from emulator.domain.ticks import ticks
from emulator.faults.rules import Faults

SWAPPED_GAP: Final = timedelta(seconds=1)
"""The time between two callbacks that a reorder fault has swapped."""


class CallbackQueue:
    """Schedules attempts at callbacks, and knows which of them a reorder fault holds back."""

    def __init__(
        self,
        *,
        clock: Clock,
        schedule: Callable[[datetime, Deliver], int],
        resume: Callable[[int, int, Deliver], None],
        log: CallbackLog,
        faults: Faults,
    ) -> None:
        """``schedule`` and ``resume`` are the timeline's."""
        self._clock = clock
        self._schedule = schedule
        self._resume = resume
        self._log = log
        self._faults = faults
        self._held: dict[str, Callback] = {}
        """Callbacks that a reorder fault holds until the next one about the same, by subject."""

    def enqueue(self, callback: Callback) -> None:
        """Add a callback that is due: its first attempt is the next step of this moment."""
        due = callback.created_at = self._clock.now()
        released = None
        if self._held:
            released = self._held.pop(_subject(callback), None)
        if self._faults.callbacks and released is None:
            due = self._apply_fault(callback, due)
        self._log.add(callback)
        self._plan(callback, due)
        if released is not None:
            self.postpone(released, due + SWAPPED_GAP)

    def _apply_fault(self, callback: Callback, due: datetime) -> datetime:
        """Mark a callback with the fault that it meets, if any; return when it leaves."""
        fault = callback.fault = self._faults.on_callback(callback)
        if fault is None or fault.effect not in {Effect.DELAY, Effect.REORDER}:
            return due
        if fault.effect is Effect.REORDER:
            self._held[_subject(callback)] = callback
        return due + timedelta(seconds=fault.fields["seconds"])

    def resume(self, callback: Callback) -> None:
        """Add a callback of an earlier run; an attempt that was in flight is made again."""
        self._log.add(callback)
        if callback.status is not CallbackStatus.PENDING or callback.due_at is None:
            self._log.settle(callback)
            return
        if callback.is_held:
            self._held[_subject(callback)] = callback
        due = max(callback.due_at, self._clock.now())
        self._resume(ticks(due), callback.step, Deliver(callback.id, not callback.is_held))

    def _plan(self, callback: Callback, due: datetime) -> None:
        callback.due_at = due
        callback.step = self._schedule(due, Deliver(callback.id, not self._is_held(callback)))
        self._log.mark_changed(callback)

    def postpone(self, callback: Callback, due: datetime) -> None:
        """Schedule another attempt; never for the moment that says which callbacks are held."""
        is_swapped = callback.fault is not None and callback.fault.effect is Effect.REORDER
        if is_swapped and due == callback.latest:
            due += timedelta.resolution
        self._plan(callback, due)

    def _is_held(self, callback: Callback) -> bool:
        return bool(self._held) and self._held.get(_subject(callback)) is callback

    def take(self, step: Deliver) -> Callback | None:
        """Return the callback of a step that is due; None if it was postponed or attempted."""
        callback = self._log.find(step.callback_id)
        if callback is None or callback.due_at is None or callback.due_at > self._clock.now():
            return None
        if not step.is_rescheduled:
            if not self._is_held(callback):
                return None  # the next callback about the same has postponed it
            del self._held[_subject(callback)]  # there was no next one
        return callback

    def add_echoes(self, callback: Callback, fault: Tampering, now: datetime) -> None:
        """Add the callbacks that a fault sends after one that is settled.

        No hook acts on the responses to them.
        """
        for number in range(1, fault.fields.get("copies", 1) + 1):
            echo = replace(
                callback,
                id=f"{callback.id}.{number}",
                retries=(),
                on_response=None,
                created_at=now,
                status=CallbackStatus.PENDING,
                attempts=[],
                response=None,
                echo_of=callback.id,
            )
            self._log.add(echo)
            self._plan(echo, now + number * timedelta(seconds=fault.fields["seconds"]))


def _subject(callback: Callback) -> str:
    """Return what a callback is about: its call, or else everything sent to its address."""
    return callback.call_id or callback.url
