"""Places calls and takes them through their statuses: the one writer of calls and batches."""

from collections.abc import Callable, Collection, Iterable
from heapq import heappop, heappush

from emulator.clock import Clock
from emulator.domain.batches import Batch, BatchStatus
from emulator.domain.calls import (
    ALLOWED,
    COMPLETED,
    IN_PROGRESS,
    OPEN,
    QUEUED,
    RINGING,
    TERMINAL,
    Call,
    CallStatus,
)
from emulator.domain.errors import IllegalTransitionError
from emulator.domain.events import Event
from emulator.domain.ticks import LAST_TICK, SECOND, ticks
from emulator.engine.forecasts import amended_plan, coming_steps, dial_tick
from emulator.engine.line_queue import LineQueue
from emulator.engine.records import CallRecords
from emulator.engine.scenarios import Scenarios
from emulator.engine.subscriptions import Subscriptions
from emulator.engine.sweeps import Sweeps
from emulator.engine.timeline import Timeline, rank_of
from emulator.engine.transitions import Transitions
from emulator.faults.calls import faulty
from emulator.faults.rules import Faults
from emulator.history.entries import History
from emulator.store.coming_calls import ComingCalls
from emulator.store.links import weakly


class CallEngine:
    """Places calls and takes them through their statuses.

    A call is dialled at once, or when its platform moves it on; the calls of a batch one after
    another at the world's pace. The timeline holds a single step for each call that was dialled
    and one for each batch still dialling.
    """

    def __init__(
        self,
        *,
        calls: CallRecords,
        clock: Clock,
        timeline: Timeline,
        scenarios: Scenarios,
        history: History,
        faults: Faults,
        event_types: Callable[[str], Collection[type[Event]]],
        publish: Callable[[Event], None],
        calls_per_second: float,
    ) -> None:
        """``event_types``: those that a platform's vendor handles; ``publish`` lets it do so."""
        self._calls = self.calls = calls
        self._stepped, self._dirty = calls.stepped, calls.dirty
        self._batches = calls.batches
        self._clock = clock
        self._timeline = timeline
        self._scenarios = scenarios
        self._history = history
        self._note = history.add
        self._faults = faults
        self._subscriptions = Subscriptions(event_types, faults)
        self._step_by_step = self._subscriptions.step_by_step
        self._transitions = Transitions(history, self._batches, self._subscriptions, publish)
        self._lines = LineQueue(
            faults=faults,
            timeline=timeline,
            calls=calls,
            dial=weakly(self._dial),
            now=weakly(self._now),
        )
        self._sweeps = Sweeps(timeline, calls, scenarios.plan_each, self._step_by_step)
        faults.on_change = weakly(self._change_lines)
        faults.on_lift = weakly(self._lines.release)
        self.all_dialled: Batch | None = None  # the batch whose last call was dialled just now
        self.set_pace(calls_per_second)

    def set_pace(self, calls_per_second: float) -> None:
        """Set how fast each batch is dialled."""
        self._interval = self._lines.interval = max(1, round(SECOND / calls_per_second))

    def _now(self) -> int:
        return ticks(self._clock.now())

    def _change_lines(self) -> None:
        self._lines.recount()
        self._subscriptions.refresh()

    def place(self, call: Call) -> Call:
        """Accept a single call and dial it at once."""
        self.accept(call)
        self._dial_or_hold(call, ticks(call.created_at))
        return call

    def dial(self, call_id: str) -> None:
        """Dial a call that was accepted, unless it was moved by hand meanwhile."""
        call = self._calls.get(call_id)
        if call.status is QUEUED:
            self._dial_or_hold(call, self._now())

    def accept(self, call: Call) -> Call:
        """Accept a single call, which stays queued until its platform moves it on."""
        self._subscriptions.add(call.platform)
        if self._scenarios.reasons or self._scenarios.usual:
            self._scenarios.take_reasons([call])
        self._calls.append(call)
        self._dirty.is_set = True
        self._transitions.call_placed(call)
        return call

    def place_batch(self, batch: Batch, delay: int = 0, coming: ComingCalls | None = None) -> Batch:
        """Accept calls of a workflow (``coming``: prepared), dialled at the pace after a delay."""
        self._subscriptions.add(batch.platform)
        if coming is None:
            self._scenarios.take_reasons(batch.calls)
        self._batches.add(batch)
        self._calls.extend(batch.calls, coming)
        self._dirty.is_set = True
        self._transitions.batch_placed(batch)
        batch.due = ticks(batch.created_at) + delay
        self._timeline.expect(batch)
        return batch

    def load(self, pieces: Iterable[list[Call]]) -> None:
        """Continue with calls in any status, in order, some at a time; batches hold theirs."""
        self._resume(self._calls.load(pieces))

    def fork(self, source: CallRecords) -> None:
        """Continue with the calls and batches of another world, which continues by itself."""
        self._resume(self._calls.fork(source))

    def _resume(self, under_way: Iterable[Call]) -> None:
        """Expect the steps of these calls and of all batches."""
        for platform in self._calls.platforms():
            self._subscriptions.add(platform)
        for call in under_way:
            self._timeline.expect(call)
        for batch in self._batches.by_id.values():
            self._timeline.expect(batch)

    def resume_lines(self) -> None:
        """Continue with the calls that waited for lines in an earlier run."""
        self._lines.resume()

    def run(self, until: int | None, limit: int) -> int:
        """Take the steps of calls that are due by that tick, and return how many.

        Stops at the first step that is not a call's, and once it has taken that many; it may take
        more, where many can be taken at once.
        """
        heap, clock = self._timeline.heap, self._clock
        last = LAST_TICK if until is None else until
        taken = 0
        while taken < limit and heap and heap[0][0] <= last:
            due, _, action = heap[0]
            if type(action) is Call:
                heappop(heap)
                if action.due == due:  # for what is void, no time passes
                    clock.pinned = due
                    self._take_step(action, due)
                    taken += 1
            elif type(action) is Batch:
                if swept := self._sweep(last):
                    taken += swept
                    continue
                heappop(heap)
                if action.due == due:
                    clock.pinned = due
                    self._dial_next(action, due)
                    taken += 1
                    if self.all_dialled is action:
                        break
            else:
                break
        return taken

    def _sweep(self, last: int) -> int:
        """Take many steps at once, if that is possible, and return how many."""
        if self._faults.capacities or self._faults.calls:
            return 0
        swept = self._sweeps.take(last, self._interval, self._calls.shared)
        if swept is None:
            return 0
        self._clock.pinned, taken, sweep = swept
        self._history.sweep(sweep)
        return taken

    def _take_step(self, call: Call, due: int) -> None:
        """Take the next step of a call as planned."""
        plan, previous = call.plan, call.status
        if plan is None:
            return
        status = call.status = COMPLETED if previous is IN_PROGRESS else plan.status
        self._record(call, previous, due)
        if status is IN_PROGRESS and plan.talk != OPEN:
            heappush(self._timeline.heap, (due + plan.talk, rank_of(call), call))
        if call.platform in self._step_by_step:
            self._report(call, previous, due)
        if status is not IN_PROGRESS and call.batch_id is not None:
            self._transitions.call_of_batch_ended(self._batches.by_id[call.batch_id], due)

    def _dial_next(self, batch: Batch, now: int) -> None:
        """Dial the next call of a batch, and come back for the one after it."""
        calls, dialled = batch.calls, batch.dialled
        if batch.status is BatchStatus.PENDING:
            self._transitions.begin_batch(batch, now)
        if self._faults.capacities and self._lines.holds_batch(batch):
            return
        batch.dialled = dialled + 1
        if dialled + 1 < len(calls):
            batch.due = now + self._interval
            heappush(self._timeline.heap, (batch.due, rank_of(batch), batch))
        else:
            batch.due, self.all_dialled = None, batch
        call = calls[dialled]
        if call.status is not QUEUED:
            self._batches.note(batch.id)
            return
        self._dial(call, now)

    def _dial_or_hold(self, call: Call, now: int) -> None:
        if not (self._faults.capacities and self._lines.holds_call(call)):
            self._dial(call, now)

    def _dial(self, call: Call, now: int) -> None:
        if call.order < self._calls.shared:
            call = self._calls.own(call)
        plan = call.plan = call.plan or self._scenarios.plan(call)
        if self._faults.calls and (fault := self._faults.on_call(call)) is not None:
            plan = call.plan = faulty(plan, fault)
        call.rang = now
        call.status = RINGING
        self._dirty.is_set = True
        self._timeline.expect(call)
        self._record(call, QUEUED, now)
        if call.platform in self._step_by_step:
            self._report(call, QUEUED, now)

    def _record(self, call: Call, previous: CallStatus, now: int) -> None:
        # a bare tuple: making a CallTransition costs ten times as much, and most go unread
        self._note((now, call, previous, call.status))
        self._stepped.append(call)
        if call.batch_id is not None:
            self._batches.by_id[call.batch_id].changed = now

    def _report(self, call: Call, previous: CallStatus, now: int) -> None:
        """Publish a step that a call has just taken, and count it where lines are limited."""
        self._transitions.publish_step(call, previous, now)
        if self._faults.capacities:
            self._lines.step_taken(call, previous, now)

    def hold(self, call: Call) -> None:
        """Let a call that is connected last until its platform ends it, whatever was planned."""
        if call.plan is not None and call.plan.talk != OPEN:
            call.plan = call.plan._replace(talk=OPEN)

    def move(
        self, call_id: str, status: CallStatus, keys: str | None = None, outcome: str | None = None
    ) -> Call:
        """Force a legal step now; what remains of the plan follows from there."""
        call = self._calls.get(call_id)
        if status not in ALLOWED[call.status]:
            raise IllegalTransitionError(call.id, call.status, status, ALLOWED[call.status])
        if call.status is QUEUED and call.order < self._calls.shared:
            call = self._calls.own(call)
        now, expected = self._now(), call.due
        batch = None if call.batch_id is None else self._batches.by_id[call.batch_id]
        if batch is not None and batch.status is BatchStatus.PENDING:
            self._transitions.begin_batch(batch, now)
        call.plan = amended_plan(self._scenarios, call, status, now, keys=keys, outcome=outcome)
        if status is RINGING:
            call.rang = now
        previous, call.status = call.status, status
        self._dirty.is_set = True
        if call.due != expected:  # else the timeline has it already
            self._timeline.expect(call)
        self._record(call, previous, now)
        if call.platform in self._step_by_step:
            self._report(call, previous, now)
        if batch is not None and status in TERMINAL:
            self._transitions.call_of_batch_ended(batch, now)
        return call

    def dialled_at(self, call: Call) -> int | None:
        """Return the tick when a queued call of a batch is dialled, at the present pace."""
        if call.batch_id is None or call.status is not QUEUED:
            return None
        return dial_tick(call, self._batches.by_id[call.batch_id], self._interval)

    def planned(self, call: Call) -> list[tuple[CallStatus, int]]:
        """Return the steps that a call is still going to take, with their ticks."""
        return coming_steps(call, call.plan or self._scenarios.plan(call), self.dialled_at(call))
