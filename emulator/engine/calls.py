"""The one writer of calls and batches."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from heapq import heappop, heappush
from itertools import groupby
from operator import attrgetter
from typing import Final

from emulator.clock import Clock
from emulator.domain.batches import Batch, BatchStatus, Tally
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
    Plan,
)
from emulator.domain.errors import IllegalTransitionError, UnknownError
from emulator.domain.events import BatchTransition, CallTransition, Event
from emulator.domain.faults import Fault
from emulator.domain.ticks import SECOND, moment, ticks
from emulator.engine.lines import Lines
from emulator.engine.scenarios import Scenarios
from emulator.engine.sweeps import Sweeps
from emulator.engine.timeline import Timeline, rank_of
from emulator.faults.calls import faulty
from emulator.faults.rules import Faults
from emulator.history.entries import History
from emulator.store.calls import Calls

FOREVER: Final = 1 << 62
"""A tick that never comes."""
UNSEEN: Final = 100_000
"""So many steps are taken at most before lists and tallies follow."""


class CallEngine:
    """Places calls and takes them through their statuses.

    A call is dialled at once, or when its platform moves it on; the calls of a batch one after
    another at the world's pace. The timeline holds a single step for each call that was dialled
    and one for each batch still dialling.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        timeline: Timeline,
        scenarios: Scenarios,
        history: History,
        publish: Callable[[Event], None],
        hears: Callable[[str], bool],
        calls_per_second: float,
        faults: Faults,
    ) -> None:
        self._calls = Calls()
        self.batches: dict[str, Batch] = {}
        self._changed: dict[str, None] | None = None
        self._clock = clock
        self._timeline = timeline
        self._scenarios = scenarios
        self._history = history
        self._publish = publish
        self._note = history.add
        self._moved: list[Call] = []
        """The calls that took steps which lists and tallies do not know of."""
        self._hears = hears
        self._asked: set[str] = set()
        self._heard: set[str] = set()
        """The platforms whose single steps somebody has to be told of."""
        self._faults = faults
        self._lines = Lines(faults, self._on_lines)
        self._letting = False
        self._sweeps = Sweeps(
            timeline, self.batches, scenarios.plan_each, self._heard, self._note_batch
        )
        faults.on_change, faults.on_lift = self._change_lines, self._lift
        self.set_pace(calls_per_second)

    def set_pace(self, calls_per_second: float) -> None:
        """Say how fast each batch is dialled."""
        self._interval = max(1, round(SECOND / calls_per_second))

    def _meet(self, platform: str) -> None:
        """Ask a platform that places its first call whether it owes something for each step."""
        if platform not in self._asked:
            self._asked.add(platform)
            if self._faults.capacities or self._hears(platform):
                self._heard.add(platform)

    @property
    def calls(self) -> Calls:
        """Every call, in lists that are up to date."""
        self.catch_up()
        return self._calls

    @property
    def changed(self) -> dict[str, None] | None:
        """The batches that changed since the last look; None as long as nobody follows."""
        self.catch_up()
        return self._changed

    @changed.setter
    def changed(self, changed: dict[str, None] | None) -> None:
        self._changed = changed

    def call(self, call_id: str) -> Call:
        """Find a call, or raise UnknownError."""
        return self._calls.get(call_id)

    def batch(self, batch_id: str) -> Batch:
        """Find a batch with its tally, or raise UnknownError."""
        self.catch_up()
        batch = self.batches.get(batch_id)
        if batch is None:
            raise UnknownError("batch", batch_id)
        return batch

    def place(self, call: Call) -> Call:
        """Accept a single call and dial it at once."""
        self.accept(call)
        self._dial_or_wait(call, ticks(call.created_at))
        return call

    def dial(self, call_id: str) -> None:
        """Dial a call that was accepted, unless it was moved by hand meanwhile."""
        call = self._calls.get(call_id)
        if call.status is QUEUED:
            self._dial_or_wait(call, ticks(self._clock.now()))

    def accept(self, call: Call) -> Call:
        """Accept a single call, which stays queued until its platform moves it on."""
        self._meet(call.platform)
        if self._scenarios.reasons or self._scenarios.usual:
            self._scenarios.take_reasons([call])
        self._calls.extend([call])
        event = CallTransition(call.created_at, call.platform, call.id, None, None, QUEUED)
        self._history.add(event)
        self._publish(event)
        return call

    def place_batch(self, batch: Batch) -> Batch:
        """Accept many calls of one workflow, to be dialled from now on at the world's pace."""
        self._meet(batch.platform)
        if self._scenarios.reasons or self._scenarios.usual:
            self._scenarios.take_reasons(batch.calls)
        self.batches[batch.id] = batch
        batch.tally.total = batch.open = len(batch.calls)
        self._calls.extend(batch.calls)
        self._tell_batch(batch, None, batch.created_at)
        batch.due = ticks(batch.created_at)
        self._timeline.expect(batch)
        self._note_batch(batch)
        return batch

    def dialled_at(self, call: Call) -> int | None:
        """The tick when a queued call of a batch is dialled, at the present pace."""
        if call.batch_id is None or call.status is not QUEUED:
            return None
        batch = self.batches[call.batch_id]
        ahead = call.place - batch.places[0] - batch.dialled
        return None if batch.due is None or ahead < 0 else batch.due + ahead * self._interval

    def load(self, calls: list[Call]) -> None:
        """Go on with calls of every kind, in the order they were placed; batches have theirs."""
        for (platform, _), some in groupby(calls, attrgetter("platform", "workflow_id")):
            self._meet(platform)
            self._calls.extend(list(some))
        for batch in self.batches.values():
            batch.tally.total = batch.open = len(batch.calls)
        for group in self._calls.refresh(calls):
            ended = self._count(group)
            if (batch_id := group[0].batch_id) is not None:
                self.batches[batch_id].open -= ended
        for call in calls:
            self._timeline.expect(call)
        for batch in self.batches.values():
            self._timeline.expect(batch)

    def fork(self, other: "CallEngine") -> None:
        """Go on from where another engine stands, which goes on by itself."""
        self._calls = other.calls.fork()
        self._asked.update(other._asked)  # noqa: SLF001  # of its own kind
        self._heard.update(other._heard)  # noqa: SLF001
        self.batches.update(
            (batch.id, batch)
            if batch.status is BatchStatus.COMPLETED
            else (batch.id, replace(batch, calls=batch.calls[:], tally=batch.tally.copy()))
            for batch in other.batches.values()
        )
        for call in self._on_lines():
            self._timeline.expect(self._own(call))
        for batch in self.batches.values():
            self._timeline.expect(batch)

    def _own(self, call: Call) -> Call:
        """Take a copy of a call that other worlds have too."""
        mine = self._calls.own(call)
        if mine.batch_id is not None:
            calls = self.batches[mine.batch_id].calls
            calls[mine.place - calls[0].place] = mine
        return mine

    def run(self, until: int | None, limit: int) -> int:
        """Take the steps of calls that are due by that tick, and return how many.

        Stops at the first step that is not a call's, and once it has taken that many; it may take
        more, where many can be taken at once.
        """
        heap, clock = self._timeline.heap, self._clock
        last = FOREVER if until is None else until
        taken = 0
        while taken < limit and heap and heap[0][0] <= last:
            due, _, action = heap[0]
            if type(action) is Call:
                heappop(heap)
                if action.due == due:  # for what is void, no time passes
                    clock.pinned = due
                    self._go_on(action, due)
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
            else:
                break
        if len(self._moved) > UNSEEN:
            self.catch_up()
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
        self._moved += sweep.calls
        return taken

    def _go_on(self, call: Call, due: int) -> None:
        """Take the next step of a call as planned."""
        plan, previous = call.plan, call.status
        if plan is None:
            return
        status = call.status = COMPLETED if previous is IN_PROGRESS else plan.status
        # a bare tuple: making a CallTransition costs ten times as much, and most go unread
        self._note((due, call, previous, status))
        self._moved.append(call)
        if status is IN_PROGRESS and plan.talk != OPEN:
            heappush(self._timeline.heap, (due + plan.talk, rank_of(call), call))
        if call.platform in self._heard:
            self._tell(call, previous, due)
        if status is not IN_PROGRESS and call.batch_id is not None:
            batch = self.batches[call.batch_id]
            batch.open -= 1
            if batch.open == 0:
                self._end_batch(batch, due)

    def _dial_next(self, batch: Batch, now: int) -> None:
        """Dial the next call of a batch, and come back for the one after it."""
        calls, dialled = batch.calls, batch.dialled
        if batch.status is BatchStatus.PENDING:
            self._move_batch(batch, BatchStatus.PROCESSING, now)
        if self._faults.capacities and self._holds(batch):
            return
        batch.dialled = dialled + 1
        if dialled + 1 < len(calls):
            batch.due = now + self._interval
            heappush(self._timeline.heap, (batch.due, rank_of(batch), batch))
        else:
            batch.due = None
        call = calls[dialled]
        if call.status is not QUEUED:
            self._note_batch(batch)
            return
        self._dial(call, now)

    def _holds(self, batch: Batch) -> bool:
        """Whether a batch waits for a line before it goes on."""
        call = batch.calls[batch.dialled]
        if call.status is not QUEUED or not self._waits(call, batch.id):
            return False
        batch.due = None
        self._note_batch(batch)
        return True

    def _waits(self, call: Call, subject: str) -> bool:
        """Whether no line is free for a call; then its batch, or the call, is queued for one."""
        fault = self._lines.refuse(call, subject)
        if fault is None:
            return False
        if fault.ends_at is not None and not fault.step:
            fault.step = self._timeline.schedule(fault.ends_at, fault)
        return True

    def _dial_or_wait(self, call: Call, now: int) -> None:
        if not (self._faults.capacities and self._waits(call, call.id)):
            self._dial(call, now)

    def _let_through(self, now: int) -> None:
        """Dial for whoever has waited for a line that is free."""
        if self._letting:
            return  # further up somebody is at it
        self._letting = True
        while (subject := self._lines.next_through()) is not None:
            batch = self.batches.get(subject)
            if batch is not None:
                call = batch.calls[batch.dialled]
                self._await_next(batch, now + self._interval)
            else:
                call = self._calls.get(subject)
            if call.status is QUEUED:
                self._dial(call, now)
        self._letting = False

    def _await_next(self, batch: Batch, due: int) -> None:
        """Count a call of a batch that waited as dialled, and have the next dialled then."""
        batch.dialled += 1
        if batch.dialled < len(batch.calls):
            batch.due = due
            self._timeline.expect(batch)
        self._note_batch(batch)

    def end(self, fault: Fault) -> None:
        """A fault is over that calls wait for."""
        self._faults.remove(fault.id)

    def _lift(self, subjects: list[str]) -> None:
        """Have go on what no longer waits for a line of a certain fault."""
        now = ticks(self._clock.now())
        for subject in subjects:
            batch = self.batches.get(subject)
            if batch is not None:
                batch.due = now
                self._timeline.expect(batch)
                self._note_batch(batch)
            elif (call := self._calls.get(subject)).status is QUEUED:
                self._dial_or_wait(call, now)

    def _on_lines(self) -> list[Call]:
        calls = self.calls
        pages = (calls.page(0, len(calls), status=each)[0] for each in (RINGING, IN_PROGRESS))
        return [call for page in pages for call in page]

    def _change_lines(self) -> None:
        """There are other capacities: listen to every step as long as there are any."""
        self._lines.recount()
        if self._faults.capacities:
            self._heard.update(self._asked)
        else:
            self._heard.intersection_update([*filter(self._hears, self._asked)])

    def resume_lines(self) -> None:
        """Go on with the calls that waited for lines in an earlier run."""
        self._faults.requeue()
        for fault in self._faults.capacities:
            if fault.step and fault.ends_at is not None:
                self._timeline.resume(ticks(fault.ends_at), fault.step, fault)

    def _dial(self, call: Call, now: int) -> None:
        if call.order < self._calls.shared:
            call = self._own(call)
        plan = call.plan
        if plan is None:
            plan = call.plan = self._scenarios.plan(call)
        if self._faults.calls and (fault := self._faults.on_call(call)) is not None:
            plan = call.plan = faulty(plan, fault)
        call.rang = now
        call.status = RINGING
        self._timeline.expect(call)
        self._note((now, call, QUEUED, RINGING))
        self._moved.append(call)
        if call.platform in self._heard:
            self._tell(call, QUEUED, now)

    def planned(self, call: Call) -> list[tuple[CallStatus, int]]:
        """The steps a call is still going to take, with their ticks, as things stand."""
        if call.status in TERMINAL:
            return []
        plan = call.plan or self._scenarios.plan(call)
        found: list[tuple[CallStatus, int]] = []
        began = call.rang
        if began is None:
            began = self.dialled_at(call)
            if began is None:
                return []
            found.append((RINGING, began))
        if call.status is not IN_PROGRESS:
            found.append((plan.status, began + plan.ring))
        if plan.status is IN_PROGRESS and plan.talk != OPEN:
            found.append((COMPLETED, began + plan.ring + plan.talk))
        return found

    def hold(self, call: Call) -> None:
        """Have a call that is up last until its platform ends it, whatever was planned."""
        if call.plan is not None and call.plan.talk != OPEN:
            call.plan = call.plan._replace(talk=OPEN)

    def move(
        self,
        call_id: str,
        status: CallStatus,
        keys: str | None = None,
        outcome: str | None = None,
    ) -> Call:
        """Force a legal step now; whatever the plan still has in store follows from there."""
        call = self._calls.get(call_id)
        if status not in ALLOWED[call.status]:
            raise IllegalTransitionError(call.id, call.status, status, ALLOWED[call.status])
        if call.status is QUEUED and call.order < self._calls.shared:
            call = self._own(call)
        now, expected = ticks(self._clock.now()), call.due
        batch = None if call.batch_id is None else self.batches[call.batch_id]
        if batch is not None and batch.status is BatchStatus.PENDING:
            self._move_batch(batch, BatchStatus.PROCESSING, now)
        call.plan = self._amended(call, status, keys, outcome, now)
        if status is RINGING:
            call.rang = now
        previous, call.status = call.status, status
        if call.due != expected:  # else it is waited for already
            self._timeline.expect(call)
        self._note((now, call, previous, status))
        self._moved.append(call)
        if call.platform in self._heard:
            self._tell(call, previous, now)
        if batch is not None and status in TERMINAL:
            batch.open -= 1
            if batch.open == 0:
                self._end_batch(batch, now)
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
        if outcome is None and plan.talk == OPEN:
            outcome = "hung_up"  # its platform had not come to the end of it
        elif outcome is None:
            outcome = "listened" if keys is None else "replied"
        return plan._replace(talk=since, keys=keys, outcome=outcome)

    def _tell(self, call: Call, previous: CallStatus, now: int) -> None:
        """Let its vendor know of a step that a call has just taken."""
        at = moment(now)
        self._publish(
            CallTransition(at, call.platform, call.id, call.batch_id, previous, call.status)
        )
        if self._faults.capacities:
            self._lines.moved(call, previous)
            self._let_through(now)

    def catch_up(self) -> None:
        """Bring lists and tallies up to date; done before anybody looks at them.

        A call that took several steps since the last look costs no more than one that took one.
        """
        if not self._moved:
            return
        moved = dict.fromkeys(self._moved)
        self._moved.clear()
        for calls in self._calls.refresh(moved):
            self._count(calls)
            if self._changed is not None and (batch_id := calls[0].batch_id) is not None:
                self._changed[batch_id] = None

    def _count(self, calls: list[Call]) -> int:
        """Count those that have ended among calls of one batch, or of none, and say how many."""
        counted = Tally()
        counted.count_ends(calls)
        self._calls.tally_of(calls[0]).add(counted)
        if (batch_id := calls[0].batch_id) is not None:
            self.batches[batch_id].tally.add(counted)
        return counted.ended

    def _note_batch(self, batch: Batch) -> None:
        if self._changed is not None:
            self._changed[batch.id] = None

    def _end_batch(self, batch: Batch, now: int) -> None:
        batch.ended_at = moment(now)
        self._move_batch(batch, BatchStatus.COMPLETED, now)

    def _move_batch(self, batch: Batch, status: BatchStatus, now: int) -> None:
        previous = batch.status
        batch.status = status
        self._note_batch(batch)
        self._tell_batch(batch, previous, moment(now))

    def _tell_batch(self, batch: Batch, previous: BatchStatus | None, now: datetime) -> None:
        event = BatchTransition(now, batch.platform, batch.id, previous, batch.status)
        self._history.add(event)
        self._publish(event)
