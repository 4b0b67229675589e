"""Many steps of calls taken at once, which is what a campaign spends its time on."""

from collections.abc import Callable, Iterable, Sequence, Set as AbstractSet
from heapq import heappop, heappush
from typing import Final

from emulator.domain.batches import Batch, BatchStatus
from emulator.domain.calls import (
    COMPLETED,
    IN_PROGRESS,
    OPEN,
    QUEUED,
    RINGING,
    Call,
    CallStatus,
    Plan,
)
from emulator.domain.sweeps import Sweep
from emulator.engine.records import CallRecords
from emulator.engine.timeline import Step, Timeline, rank_of

MAX_CALLS_PER_SWEEP: Final = 4096
"""Calls that one sweep dials; other requests wait until it is over."""
MIN_CALLS_PER_SWEEP: Final = 64
"""For fewer calls, single steps are faster."""


class Sweeps:
    """Takes all steps of calls up to a tick at once.

    The status of a call at any tick follows from when it was dialled and from its plan, so its
    single steps need not be taken. That holds as long as no event handler needs single steps, no
    batch begins or ends, and nothing else is due; a sweep ends before that.
    """

    def __init__(
        self,
        timeline: Timeline,
        calls: CallRecords,
        plans: Callable[[Sequence[Call]], list[Plan]],
        step_by_step: AbstractSet[str],
    ) -> None:
        """``step_by_step``: the platforms whose single steps matter, so that none is swept."""
        self._heap = timeline.heap
        self._calls = calls
        self._batches = calls.batches
        self._plans = plans
        self._step_by_step = step_by_step
        self._not_before = 0
        """The earliest tick at which the next sweep is tried."""

    def take(self, last: int, interval: int, shared: int) -> tuple[int, int, Sweep] | None:
        """Sweep up to that tick at most; return None if single steps are faster.

        The next step is a batch's. Calls below the order ``shared`` are shared with other worlds.
        Returns the tick that was reached, the number of steps, and the entry for the history.
        """
        due = self._heap[0][0]
        if due < self._not_before or last - due < MIN_CALLS_PER_SWEEP * interval:
            return None
        steps, end = self._reach(
            min(last, due + (MAX_CALLS_PER_SWEEP - 1) * interval), interval, shared
        )
        end -= (end - due) % interval  # a moment at which something happens: a call is dialled
        dialled = {
            action: _dialled_by(action, end, interval)
            for tick, _, action in steps
            if type(action) is Batch and tick <= end
        }
        if sum(map(len, dialled.values())) < MIN_CALLS_PER_SWEEP:
            self._not_before = max(end, due + MIN_CALLS_PER_SWEEP * interval)
            for step in steps:
                heappush(self._heap, step)
            return None
        sweep = Sweep()
        taken = self._continue_calls(steps, end, sweep)
        for batch, calls in dialled.items():
            taken += self._dial(batch, calls, interval, end, sweep)
        return end, taken, sweep

    def _reach(self, end: int, interval: int, shared: int) -> tuple[list[Step], int]:
        """Take from the timeline what is due up to the first thing that is in the way."""
        heap, start, dialling = self._heap, self._heap[0][0], 0
        steps: list[Step] = []
        plain = set[str]()
        while heap and heap[0][0] <= end:
            due, _, action = step = heappop(heap)
            if type(action) is not Call and type(action) is not Batch:
                heappush(heap, step)
                return steps, due  # at one tick, calls come first
            if action.due != due:
                continue
            steps.append(step)
            if isinstance(action, Call) and (action.batch_id or action.platform) in plain:
                continue
            if not self._is_plain(action, shared):
                return steps, due - 1
            if isinstance(action, Call):
                plain.add(action.batch_id or action.platform)
            else:
                dialling += 1
                fair = start + max(0, MAX_CALLS_PER_SWEEP // dialling - 1) * interval
                # with its last call a batch may come to its end
                end = min(end, fair, due + (len(action.calls) - 2 - action.dialled) * interval)
        return steps, end

    def _is_plain(self, action: Call | Batch, shared: int) -> bool:
        """Return whether no event handler needs its steps, and no batch begins or ends by them."""
        if action.platform in self._step_by_step:
            return False
        if isinstance(action, Batch):
            is_under_way = action.status is BatchStatus.PROCESSING
            is_own = action.calls[action.dialled].order >= shared
            return is_under_way and is_own and action.calls[-1].status is QUEUED
        batch = self._batches.by_id.get(action.batch_id or "")
        return batch is None or (batch.due is not None and batch.calls[-1].status is QUEUED)

    def _continue_calls(self, steps: Iterable[Step], end: int, sweep: Sweep) -> int:
        """Take the steps of calls that were dialled before; return how many.

        What is due after the end goes back to the timeline.
        """
        heap, batches = self._heap, self._batches.by_id
        calls, before, reached = list[Call](), list[CallStatus](), list[CallStatus]()
        taken = 0
        for step in steps:
            due, rank, call = step
            if due > end:
                heappush(heap, step)
                continue
            if type(call) is not Call or (plan := call.plan) is None:
                continue
            previous = status = call.status
            _, following, talk, _, _, _, _ = plan
            taken += 1
            if previous is IN_PROGRESS:
                status = COMPLETED
            elif following is not IN_PROGRESS or talk == OPEN:
                status = following
            elif due + talk > end:
                status = IN_PROGRESS
                heappush(heap, (due + talk, rank, call))
            else:
                status, taken, due = COMPLETED, taken + 1, due + talk
            call.status = status
            calls.append(call)
            before.append(previous)
            reached.append(status)
            if call.batch_id is not None:
                batch = batches[call.batch_id]
                if due > batch.changed:  # noqa: PLR1730  # max() takes three times as long
                    batch.changed = due
                if status is not IN_PROGRESS:
                    batch.open -= 1
        self._calls.stepped += calls
        sweep.add(calls, before, reached, taken)
        return taken

    def _dial(self, batch: Batch, calls: list[Call], interval: int, end: int, sweep: Sweep) -> int:
        """Dial calls of a batch, take them as far as they come, and say how many steps it took."""
        first = batch.due or 0
        rangs = range(first, first + len(calls) * interval, interval)
        batch.due = rangs.stop
        batch.dialled += len(calls)
        heappush(self._heap, (batch.due, rank_of(batch), batch))
        plans, passed_over = self._plans(calls), set[Call]()
        dialled = zip(calls, plans, rangs, strict=True)
        reached, taken = self._take_steps(batch, dialled, end, passed_over)
        if passed_over:
            calls = [call for call in calls if call not in passed_over]
            self._calls.stepped += calls
        else:
            self._calls.list_dialled(calls, plans, reached, rangs)
        self._batches.note(batch.id)
        sweep.add(calls, [QUEUED] * len(calls), reached, taken)
        return taken + len(passed_over)

    def _take_steps(
        self,
        batch: Batch,
        dialled: Iterable[tuple[Call, Plan, int]],
        end: int,
        passed_over: set[Call],
    ) -> tuple[list[CallStatus], int]:
        """Take calls from their dialling as far as they come; return where, and in how many steps.

        Calls that were moved by hand are passed over.
        """
        heap, taken, reached = self._heap, 0, list[CallStatus]()
        for call, plan, tick in dialled:
            if call.status is not QUEUED:
                passed_over.add(call)
                continue
            ring, status, talk, _, _, _, _ = plan
            at = tick + ring
            if at > end:
                taken += 1
                status = RINGING
                heappush(heap, (at, rank_of(call), call))
                at = tick
            elif status is not IN_PROGRESS:
                taken += 2
                batch.open -= 1
            elif talk == OPEN or at + talk > end:
                taken += 2
                if talk != OPEN:
                    heappush(heap, (at + talk, rank_of(call), call))
            else:
                taken += 3
                batch.open -= 1
                status = COMPLETED
                at += talk
            if at > batch.changed:  # noqa: PLR1730  # max() takes three times as long
                batch.changed = at
            call.plan, call.rang, call.status = plan, tick, status
            reached.append(status)
        return reached, taken


def _dialled_by(batch: Batch, end: int, interval: int) -> list[Call]:
    count = (end - (batch.due or 0)) // interval + 1
    return batch.calls[batch.dialled : batch.dialled + count]
