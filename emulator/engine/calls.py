"""The one writer of calls and batches."""

from collections.abc import Callable, Iterable
from datetime import datetime
from heapq import heappop, heapreplace

from emulator.clock import Clock
from emulator.domain.actions import DialNext, MoveCall
from emulator.domain.batches import Batch, BatchStatus, Tally
from emulator.domain.calls import (
    ALLOWED,
    COMPLETED,
    IN_PROGRESS,
    QUEUED,
    RINGING,
    TERMINAL,
    Call,
    CallStatus,
    Plan,
)
from emulator.domain.errors import IllegalTransitionError, UnknownError
from emulator.domain.events import BatchMoved, CallMoved, Event
from emulator.domain.ticks import SECOND, moment, ticks
from emulator.engine.scenarios import Scenarios
from emulator.engine.timeline import Timeline
from emulator.journal import Journal
from emulator.store.calls import Calls


class CallEngine:
    """Places calls and takes them through their statuses.

    A call is dialled at once, the calls of a batch one after another at the world's pace; the
    timeline holds a single step for each open call and one for each batch still dialling.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        timeline: Timeline,
        scenarios: Scenarios,
        journal: Journal,
        publish: Callable[[Event], None],
        heard: frozenset[str],
        calls_per_second: float,
    ) -> None:
        self.calls = Calls()
        self.batches: dict[str, Batch] = {}
        self._clock = clock
        self._timeline = timeline
        self._scenarios = scenarios
        self._journal = journal
        self._publish = publish
        self._note = journal.add
        self._moved: list[Call] = []
        self._note_moved = self._moved.append
        self._ended: list[Call] = []
        self._heard = heard
        """The platforms that owe something for the step of a single call."""
        self.set_pace(calls_per_second)

    def set_pace(self, calls_per_second: float) -> None:
        """Say how fast each batch is dialled."""
        self._interval = max(1, round(SECOND / calls_per_second))

    def batch(self, batch_id: str) -> Batch:
        """Find a batch, or raise UnknownError."""
        batch = self.batches.get(batch_id)
        if batch is None:
            raise UnknownError("batch", batch_id)
        return batch

    def place(self, call: Call) -> Call:
        """Accept a single call and dial it at once."""
        self.calls.extend([call])
        event = CallMoved(call.created_at, call.platform, call.id, None, None, QUEUED)
        self._journal.add(event)
        self._publish(event)
        self._dial(call, ticks(call.created_at))
        self._catch_up()
        return call

    def place_batch(self, batch: Batch) -> Batch:
        """Accept many calls of one workflow, to be dialled from now on at the world's pace."""
        self.batches[batch.id] = batch
        batch.tally.total = batch.open = len(batch.calls)
        self.calls.extend(batch.calls)
        self._tell_batch(batch, None, batch.created_at)
        self._timeline.add(ticks(batch.created_at), DialNext(batch.id))
        return batch

    def run(self, until: int | None, limit: int) -> int:
        """Take the steps of calls that are due by that tick, and return how many.

        Stops at the first step that is not a call's, and at the limit. A campaign spends its time
        in this loop, so it works on the heap itself: a step is first on it while it is taken
        (nothing is ever scheduled before the present), and what follows takes its place.
        """
        timeline, clock = self._timeline, self._clock
        heap = timeline.heap
        find = self.calls.by_id.get
        taken = 0
        while heap and taken < limit:
            due, order, action = heap[0]
            if until is not None and due > until:
                break
            clock.pinned = due
            then = None
            call = None
            if type(action) is MoveCall:
                call = find(action.call_id)
                if call is None or call.step != order:
                    call = None
                else:
                    then = self._take(call, due)
            elif type(action) is DialNext:
                then = self._dial_next(self.batches[action.batch_id], due)
            else:
                break
            if then is None:
                heappop(heap)
                following = 0
            else:
                following = timeline.order = timeline.order + 1
                heapreplace(heap, (then, following, action))
            if call is not None:
                call.step = following
            taken += 1
        self._catch_up()
        return taken

    def _take(self, call: Call, now: int) -> int | None:
        """Take the planned step of a call; return when the one after it is due."""
        plan = call.plan or self._scenarios.plan(call)
        if call.status is IN_PROGRESS:
            self._enter(call, COMPLETED, now)
            return None
        self._enter(call, plan.status, now)
        return now + plan.talk if plan.status is IN_PROGRESS and not call.held else None

    def _dial_next(self, batch: Batch, now: int) -> int | None:
        """Dial the next call of a batch; return when the one after it is due."""
        self._begin(batch, now)
        call = batch.calls[batch.dialled]
        batch.dialled += 1
        if call.status is QUEUED:
            self._dial(call, now)
        return now + self._interval if batch.dialled < len(batch.calls) else None

    def _dial(self, call: Call, now: int) -> None:
        plan = call.plan = self._scenarios.plan(call)
        call.rang = now
        call.step = self._timeline.add(now + plan.ring, MoveCall(call.id))
        self._enter(call, RINGING, now)

    def move(
        self,
        call_id: str,
        status: CallStatus,
        keys: str | None = None,
        outcome: str | None = None,
    ) -> Call:
        """Force a legal step now; whatever the plan still has in store follows from there."""
        call = self.calls.get(call_id)
        if status not in ALLOWED[call.status]:
            raise IllegalTransitionError(call.id, call.status, status, ALLOWED[call.status])
        now = ticks(self._clock.now())
        if call.batch_id is not None:
            self._begin(self.batches[call.batch_id], now)
        call.plan = plan = self._amended(call, status, keys, outcome, now)
        call.step = 0
        if status is RINGING:
            call.rang = now
        self._enter(call, status, now)
        self._catch_up()
        if status is RINGING or (status is IN_PROGRESS and not call.held):
            wait = plan.ring if status is RINGING else plan.talk
            call.step = self._timeline.add(now + wait, MoveCall(call.id))
        return call

    def _amended(
        self, call: Call, status: CallStatus, keys: str | None, outcome: str | None, now: int
    ) -> Plan:
        """The plan of a call that is moved by hand: what has happened, then as it was."""
        plan = call.plan or self._scenarios.plan(call)
        since = now - ticks(call.answered_at or call.ringing_at or call.created_at)
        if status is RINGING:
            return plan
        if status is IN_PROGRESS:
            answered = plan.status is IN_PROGRESS
            return (plan if answered else self._scenarios.plan(call, "answered"))._replace(
                ring=since
            )
        if call.status is not IN_PROGRESS:
            return Plan(since, status, 0, None, None)
        if outcome is None and call.held:
            outcome = "hung_up"  # its platform had not come to an end
        elif outcome is None:
            outcome = "listened" if keys is None else "replied"
        return plan._replace(talk=since, keys=keys, outcome=outcome)

    def _enter(self, call: Call, status: CallStatus, now: int) -> None:
        """Take one step: the only place where a call changes its status."""
        previous = call.status
        if status not in ALLOWED[previous]:
            raise IllegalTransitionError(call.id, previous, status, ALLOWED[previous])
        call.status = status
        self._note_moved(call)
        # a bare tuple: making a CallMoved costs ten times as much, and most are never read
        self._note((now, call.platform, call.id, call.batch_id, previous, status))
        if call.platform in self._heard:
            self._catch_up()
            at = moment(now)
            self._publish(CallMoved(at, call.platform, call.id, call.batch_id, previous, status))
        if status in TERMINAL:
            self._ended.append(call)
            if call.batch_id is not None:
                batch = self.batches[call.batch_id]
                batch.open -= 1
                if batch.open == 0:
                    batch.ended_at = moment(now)
                    self._move_batch(batch, BatchStatus.COMPLETED, now)

    def _catch_up(self) -> None:
        """Bring lists and tallies up to date; done before anybody can look at them."""
        moved, ended = self._moved[:], self._ended[:]
        self._moved.clear()
        self._ended.clear()
        self.calls.refresh(moved)
        for calls in _by_batch(ended):
            counted = Tally()
            counted.count_ends(calls)
            self.calls.tally_of(calls[0]).add(counted)
            if (batch_id := calls[0].batch_id) is not None:
                self.batches[batch_id].tally.add(counted)

    def _begin(self, batch: Batch, now: int) -> None:
        if batch.status is BatchStatus.PENDING:
            self._move_batch(batch, BatchStatus.PROCESSING, now)

    def _move_batch(self, batch: Batch, status: BatchStatus, now: int) -> None:
        previous = batch.status
        batch.status = status
        self._tell_batch(batch, previous, moment(now))

    def _tell_batch(self, batch: Batch, previous: BatchStatus | None, now: datetime) -> None:
        self._catch_up()
        event = BatchMoved(now, batch.platform, batch.id, previous, batch.status)
        self._journal.add(event)
        self._publish(event)


def _by_batch(calls: Iterable[Call]) -> Iterable[list[Call]]:
    """Sort calls by their batch; those of none stay alone."""
    found: dict[str, list[Call]] = {}
    for call in calls:
        found.setdefault(call.batch_id or call.id, []).append(call)
    return found.values()
