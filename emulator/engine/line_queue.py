"""Calls and batches that wait for a line, where a fault limits how many there are."""

from collections.abc import Callable

from emulator.domain.batches import Batch
from emulator.domain.calls import QUEUED, Call, CallStatus
from emulator.domain.faults import Fault
from emulator.domain.ticks import ticks
from emulator.engine.lines import Lines
from emulator.engine.records import CallRecords
from emulator.engine.timeline import Timeline
from emulator.faults.rules import Faults


class LineQueue:
    """Holds back what finds no free line, and dials it when one becomes free.

    A batch waits as a whole: its next call is the one that needs the line.
    """

    def __init__(
        self,
        *,
        faults: Faults,
        timeline: Timeline,
        calls: CallRecords,
        dial: Callable[[Call, int], None],
        now: Callable[[], int],
    ) -> None:
        self._faults = faults
        self._timeline = timeline
        self._calls = calls
        self._batches = calls.batches
        self._dial = dial
        self._now = now
        self._lines = Lines(faults, calls.under_way)
        self._is_dialing = False
        self.interval = 1
        """Ticks between two calls of a batch."""

    def holds_call(self, call: Call) -> bool:
        """Return whether a single call has to wait; then it is queued."""
        return self._holds(call, call.id)

    def holds_batch(self, batch: Batch) -> bool:
        """Return whether a batch has to wait before it dials its next call; then it is queued."""
        call = batch.calls[batch.dialled]
        if call.status is not QUEUED or not self._holds(call, batch.id):
            return False
        batch.due = None
        self._batches.note(batch.id)
        return True

    def _holds(self, call: Call, subject: str) -> bool:
        fault = self._lines.refuse(call, subject)
        if fault is None:
            return False
        if fault.ends_at is not None and not fault.step:
            fault.step = self._timeline.schedule(fault.ends_at, fault)
        return True

    def step_taken(self, call: Call, previous: CallStatus, now: int) -> None:
        """Count a step that a call has just taken, and dial what waited for its line."""
        self._lines.moved(call, previous)
        if self._is_dialing:
            return  # the loop below sees the line that is free
        self._is_dialing = True
        while (found := self._lines.next_through()) is not None:
            subject, fault = found
            batch = self._batches.by_id.get(subject)
            if batch is not None:
                waiting = batch.calls[batch.dialled]
                self._count_dialled(batch, now + self.interval)
            else:
                waiting = self._calls.get(subject)
            if waiting.status is QUEUED:
                self._dial(waiting, now)
                _mark(self._calls.get(waiting.id), fault)
        self._is_dialing = False

    def _count_dialled(self, batch: Batch, due: int) -> None:
        """Count a call of a batch that waited as dialled; the next one follows at that tick."""
        batch.dialled += 1
        if batch.dialled < len(batch.calls):
            batch.due = due
            self._timeline.expect(batch)
        self._batches.note(batch.id)

    def release(self, subjects: list[str]) -> None:
        """Resume the calls and batches that waited under a fault which was removed."""
        now = self._now()
        for subject in subjects:
            batch = self._batches.by_id.get(subject)
            if batch is not None:
                batch.due = now
                self._timeline.expect(batch)
                self._batches.note(batch.id)
            elif (call := self._calls.get(subject)).status is QUEUED and not (
                self._faults.capacities and self.holds_call(call)
            ):
                self._dial(call, now)

    def recount(self) -> None:
        """Count the calls on the lines anew: capacities have come or gone."""
        self._lines.recount()

    def resume(self) -> None:
        """Go on with what waited for lines in an earlier run."""
        self._faults.requeue()
        for fault in self._faults.capacities:
            if fault.step and fault.ends_at is not None:
                self._timeline.resume(ticks(fault.ends_at), fault.step, fault)


def _mark(call: Call, fault: Fault) -> None:
    """Mark a call that has waited for a line, unless another fault changed its plan."""
    if call.plan is not None and call.plan.fault is None:
        call.plan = call.plan._replace(fault=fault.id, fault_kind=fault.effect)
