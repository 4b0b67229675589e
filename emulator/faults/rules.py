"""The fault rules of a world: which of them meets what happens, counted and drawn by key."""

import re
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

from emulator.clock import Clock
from emulator.domain.callbacks import Callback
from emulator.domain.calls import Call
from emulator.domain.faults import (
    WRITE_EFFECTS,
    CallbackShape,
    Effect,
    Fault,
    Faulted,
    FaultMatch,
    Tampering,
    Target,
    Wait,
)
from emulator.faults.callbacks import Outgoing, altered, can_meet
from emulator.faults.catalogue import CATALOGUE
from emulator.ids import SCALE, Ids
from emulator.store.collection import Collection

Subject = tuple[tuple[str, ...], str | None]
"""The numbers and the workflow of what a callback is about."""

_WORD: Final = rb"(?<![0-9A-Za-z_-])%s(?![0-9A-Za-z_-])"


class Faults:
    """Rules in the order they were made; of several that fit, the first that is due happens.

    A world without any asks for no more than whether a list is empty.
    """

    def __init__(
        self,
        *,
        ids: Ids,
        clock: Clock,
        note: Callable[[Faulted], None],
        shape_of: Callable[[str], CallbackShape],
        subject_of: Callable[[Callback], Subject],
        real: Callable[[], float],
        timed_out: Callable[[], None],
    ) -> None:
        """``real``: seconds that pass on the wall, whatever the world's clock does.

        ``timed_out`` is called when a rule is over by these.
        """
        self.rules = Collection(Fault, "fault")
        self.waits = Collection(Wait, "wait")
        self.routes: list[Fault] = []
        self.calls: list[Fault] = []
        self.callbacks: list[Fault] = []
        self.capacities: list[Fault] = []
        self.queues: dict[str, deque[str]] = {}
        """What waits for a line, by the id of the fault."""
        self.on_change: Callable[[], None] = lambda: None
        """Called when there are other capacities than before."""
        self.on_lift: Callable[[list[str]], None] = lambda _: None
        """Called with what waits for a line no longer, as there is no such fault any more."""
        self._ids = ids
        self._clock = clock
        self._note = note
        self._shape_of = shape_of
        self._subject_of = subject_of
        self._real = real
        self._timed_out = timed_out
        self._deadlines: dict[str, float] = {}

    def add(
        self,
        effect: Effect,
        fields: dict[str, object],
        match: FaultMatch,
        *,
        times: int | None,
        starts_at: datetime,
        ends_at: datetime | None,
        expires_in_real: float | None,
    ) -> Fault:
        """Make a rule; it goes after those there are."""
        fault = Fault(
            id=f"fault_{self._ids.hex('fault', 12)}",
            effect=effect,
            fields=fields,
            match=match,
            times=times,
            starts_at=starts_at,
            ends_at=ends_at,
            expires_in_real=expires_in_real,
        )
        self.rules.add(fault)
        self._begin(fault)
        return fault

    def _begin(self, fault: Fault) -> None:
        if fault.expires_in_real is not None:
            self._deadlines[fault.id] = self._real() + fault.expires_in_real
        if not fault.is_used_up:
            self._list_of(fault).append(fault)
        if fault.effect is Effect.CAPACITY:
            self.queues[fault.id] = deque()
            self.on_change()

    def _list_of(self, fault: Fault) -> list[Fault]:
        if fault.effect is Effect.CAPACITY:
            return self.capacities
        match CATALOGUE[fault.effect].target:
            case Target.ROUTE:
                return self.routes
            case Target.CALL:
                return self.calls
            case Target.CALLBACK:
                return self.callbacks

    def reindex(self) -> None:
        """Go on with rules that were loaded or copied; their real time begins anew."""
        for rules in (self.routes, self.calls, self.callbacks, self.capacities):
            rules.clear()
        self.queues.clear()
        for fault in self.rules:
            self._begin(fault)

    def requeue(self) -> None:
        """Go on with what waited for lines."""
        for wait in sorted(self.waits, key=lambda each: each.number):
            self.queues[wait.fault_id].append(wait.id)

    def remove(self, fault_id: str) -> None:
        """Have a rule be no more, or raise UnknownError; what it held back goes on."""
        fault = self.rules.remove(fault_id)
        self._deadlines.pop(fault_id, None)
        rules = self._list_of(fault)
        if fault in rules:
            rules.remove(fault)
        queue = list(self.queues.pop(fault_id, ()))
        fault.waiting = 0
        for subject in queue:
            self.waits.remove(subject)
        if fault.effect is Effect.CAPACITY:
            self.on_change()
            self.on_lift(queue)

    def current(self) -> list[Fault]:
        """The rules that have not expired, in the order they were made."""
        now = self._clock.now()
        return [fault for fault in self.rules if not self._is_over(fault, now)]

    def forget_expired(self) -> None:
        """Let go of what is over by either clock."""
        now = self._clock.now()
        for fault in list(self.rules):
            if self._is_over(fault, now):
                self._let_go(fault, now)

    def seconds_held(self) -> float | None:
        """Real seconds until a fault is over by these that something waits for; None if none is."""
        ends = (self._deadlines.get(each.id) for each in self.capacities if each.waiting)
        first = min((end for end in ends if end is not None), default=None)
        return None if first is None else max(first - self._real(), 0.0)

    def _is_over(self, fault: Fault, now: datetime) -> bool:
        if fault.ends_at is not None and now >= fault.ends_at:
            return True
        deadline = self._deadlines.get(fault.id)
        return deadline is not None and self._real() >= deadline

    def _let_go(self, fault: Fault, now: datetime) -> None:
        """Remove what is over; if only by real time, another run may differ from here on."""
        if fault.ends_at is None or now < fault.ends_at:
            self._timed_out()
        self.remove(fault.id)

    def _meet(self, rules: list[Fault], fits: Callable[[Fault], bool]) -> Fault | None:
        """The first rule that is due for something; each that fits has seen it."""
        now = self._clock.now()
        for fault in tuple(rules):
            if self._is_over(fault, now):
                self._let_go(fault, now)
            elif fault.starts_at <= now and fits(fault):
                self.see(fault)
                if self._is_due(fault):
                    self.hit(fault)
                    return fault
        return None

    def _is_due(self, fault: Fault) -> bool:
        match = fault.match
        if match.nth is not None:
            return fault.seen == match.nth
        if match.every is not None:
            return fault.seen % match.every == 0
        if match.probability is not None:
            drawn = self._ids.draw("fault", f"{fault.id} {fault.seen}")
            return drawn < match.probability * SCALE
        return True

    def see(self, fault: Fault) -> None:
        """Count something that it is for."""
        fault.seen += 1
        self.rules.save(fault)

    def hit(self, fault: Fault) -> None:
        """Count that it happens."""
        fault.hits += 1
        self.rules.save(fault)
        if fault.is_used_up:
            self._list_of(fault).remove(fault)

    def on_route(
        self, platform: str, operation: str, target: str, content: bytes, *, reads: bool = False
    ) -> Fault | None:
        """The fault that a request meets; a number or workflow counts wherever it is named.

        ``reads``: it changes nothing.
        """

        def fits(fault: Fault) -> bool:
            match = fault.match
            return (
                match.platform in (None, platform)
                and match.operation in (None, operation)
                and not (reads and fault.effect in WRITE_EFFECTS)
                and (
                    fault.effect is not Effect.EARLY
                    or operation in self._shape_of(platform).follows
                )
                and (match.number is None or _names(match.number.lstrip("+"), target, content))
                and (match.workflow_id is None or _names(match.workflow_id, target, content))
            )

        return self._meet(self.routes, fits)

    def on_call(self, call: Call) -> Fault | None:
        """The fault that a call meets when it is dialled; the journal tells of it."""
        fault = self._meet(self.calls, lambda each: _fits_call(each.match, call))
        if fault is not None:
            self.note(fault, call.platform, call_id=call.id, batch_id=call.batch_id)
        return fault

    def capacity_of(self, call: Call) -> Fault | None:
        """The fault whose lines a call needs: the first there is."""
        now = self._clock.now()
        for fault in tuple(self.capacities):
            if self._is_over(fault, now):
                self._let_go(fault, now)
            elif _fits_call(fault.match, call):
                return fault
        return None

    def wait(self, fault: Fault, call: Call, subject: str) -> None:
        """Have a batch or a single call wait for a line, for this call to be dialled."""
        fault.waiting += 1
        self.hit(fault)
        self.queues[fault.id].append(subject)
        self.waits.add(Wait(id=subject, fault_id=fault.id, number=fault.hits))
        self.note(fault, call.platform, call_id=call.id, batch_id=call.batch_id)

    def next_waiting(self, fault: Fault) -> str:
        """Take what has waited longest."""
        subject = self.queues[fault.id].popleft()
        self.waits.remove(subject)
        fault.waiting -= 1
        self.rules.save(fault)
        return subject

    def on_callback(self, callback: Callback) -> Tampering | None:
        """What is done to a callback that is owed; the journal tells of it."""
        numbers, workflow_id = self._subject_of(callback)
        shape, sent = self._shape_of(callback.platform), outgoing(callback)

        def fits(fault: Fault) -> bool:
            match = fault.match
            return (
                match.platform in (None, callback.platform)
                and match.event in (None, callback.event)
                and match.workflow_id in (None, workflow_id)
                and (match.number is None or match.number.lstrip("+") in numbers)
                and can_meet(fault.effect, fault.fields, sent, shape)
            )

        fault = self._meet(self.callbacks, fits)
        if fault is None:
            return None
        self.note(
            fault,
            callback.platform,
            callback_id=callback.id,
            call_id=callback.call_id,
            batch_id=callback.batch_id,
        )
        return Tampering(fault_id=fault.id, effect=fault.effect, fields=fault.fields)

    def sent(self, callback: Callback) -> Outgoing:
        """What leaves of a callback: as its fault has it, if it has one."""
        made, sent = callback.fault, outgoing(callback)
        if made is None:
            return sent
        return altered(made.effect, made.fields, sent, self._shape_of(callback.platform))

    def note(self, fault: Fault, platform: str, **about: str | None) -> None:
        """Have the journal tell that it happened."""
        self._note(Faulted(self._clock.now(), platform, fault.id, fault.effect, **about))


def outgoing(callback: Callback) -> Outgoing:
    """What a callback sends by itself."""
    return Outgoing(
        content=callback.content or b"",
        content_type=callback.content_type,
        headers=callback.headers,
    )


def _fits_call(match: FaultMatch, call: Call) -> bool:
    if match.platform not in (None, call.platform):
        return False
    if match.workflow_id not in (None, call.workflow_id):
        return False
    if match.number is None:
        return True
    return match.number.lstrip("+") in (call.to_number.lstrip("+"), call.from_number.lstrip("+"))


def _names(word: str, target: str, content: bytes) -> bool:
    """Whether a request names this, as a word of its own, in its path, query or body."""
    pattern = _WORD % re.escape(word.encode())
    return any(re.search(pattern, where) for where in (target.encode(), content))
