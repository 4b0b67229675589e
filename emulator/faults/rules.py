"""The fault rules of a world: which of them applies, counted and drawn by key."""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from emulator.clock import Clock
from emulator.domain.callbacks import Callback
from emulator.domain.calls import Call
from emulator.domain.faults import (
    CallbackShape,
    Effect,
    Fault,
    Faulted,
    FaultMatch,
    Tampering,
    Target,
    Wait,
)
from emulator.faults.callbacks import Outgoing, altered, can_apply, outgoing
from emulator.faults.catalogue import CATALOGUE
from emulator.faults.scope import RouteRequest, fits_call, fits_callback, fits_request, is_due
from emulator.faults.unused_rules import (
    MAX_PAST_RULES,
    Came,
    PastRule,
    missed,
    overtaken,
    past_rules,
)
from emulator.ids import Ids
from emulator.store.collection import Collection

Subject = tuple[tuple[str, ...], str | None]
"""The numbers and the workflow of what a callback is about."""


class Faults:
    """Rules in the order they were added; of several that fit, the first that is due applies.

    A world without rules pays for one look at an empty list.
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
        """``real``: returns real seconds. ``timed_out``: called when a rule expires by these."""
        self.rules = Collection(Fault, "fault")
        self.waits = Collection(Wait, "wait")
        self.routes: list[Fault] = []
        self.calls: list[Fault] = []
        self.callbacks: list[Fault] = []
        self.capacities: list[Fault] = []
        self.queues: dict[str, deque[str]] = {}
        """The calls and batches that wait for a line, by the id of the fault."""
        self.on_change: Callable[[], None] = lambda: None
        """Called when capacity rules were added or removed."""
        self.on_lift: Callable[[list[str]], None] = lambda _: None
        """Called with the calls and batches that waited for the lines of a removed rule."""
        self.unused: deque[PastRule] = deque(maxlen=MAX_PAST_RULES)
        """The rules that were deleted or expired before they were applied."""
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
        """Add a rule after the others."""
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
        self._start(fault)
        return fault

    def _start(self, fault: Fault) -> None:
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
        """Rebuild the lists from loaded or copied rules; their real-time expiry starts again."""
        for rules in (self.routes, self.calls, self.callbacks, self.capacities):
            rules.clear()
        self.queues.clear()
        for fault in self.rules:
            self._start(fault)

    def requeue(self) -> None:
        """Rebuild the queues from loaded or copied waits."""
        for wait in sorted(self.waits, key=lambda each: each.number):
            self.queues[wait.fault_id].append(wait.id)

    def remove(self, fault_id: str, *, how: str = "was deleted") -> None:
        """Remove a rule, or raise UnknownError; the calls that it held back resume."""
        fault = self.rules.remove(fault_id)
        self.unused.extend(past_rules(fault, self._clock.now(), how))
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
        """Return the rules that have not expired, in the order they were added."""
        now = self._clock.now()
        return [fault for fault in self.rules if not self._is_expired(fault, now)]

    def forget_expired(self) -> None:
        """Remove the rules that have expired by either clock."""
        now = self._clock.now()
        for fault in list(self.rules):
            if self._is_expired(fault, now):
                self._expire(fault, now)

    def seconds_held(self) -> float | None:
        """Return the real seconds until a rule that calls wait for expires by these, or None."""
        ends = (self._deadlines.get(each.id) for each in self.capacities if each.waiting)
        first = min((end for end in ends if end is not None), default=None)
        return None if first is None else max(first - self._real(), 0.0)

    def _is_expired(self, fault: Fault, now: datetime) -> bool:
        if fault.ends_at is not None and now >= fault.ends_at:
            return True
        deadline = self._deadlines.get(fault.id)
        return deadline is not None and self._real() >= deadline

    def _expire(self, fault: Fault, now: datetime) -> None:
        """Remove an expired rule; if only by real time, a replay may differ from here on."""
        if fault.ends_at is None or now < fault.ends_at:
            self._timed_out()
        self.remove(fault.id, how="expired")

    def _apply(self, rules: list[Fault], fits: Callable[[Fault], bool], came: Came) -> Fault | None:
        """Return the first rule that is due; each rule that fits counts it as seen."""
        now, current = self._clock.now(), tuple(rules)
        for place, fault in enumerate(current, 1):
            if self._is_expired(fault, now):
                self._expire(fault, now)
            elif fault.starts_at > now:
                continue
            elif fits(fault):
                self.see(fault)
                if is_due(fault, self._ids):
                    for each in current[place:]:
                        if not each.hits and fits(each):
                            self.rules.save(overtaken(each, fault))
                    self.hit(fault)
                    return fault
            elif not fault.hits:
                self.rules.save(missed(fault, came))
        return None

    def see(self, fault: Fault) -> None:
        """Count something that the rule is for."""
        fault.seen += 1
        self.rules.save(fault)

    def hit(self, fault: Fault) -> None:
        """Count that the rule applies."""
        fault.hits += 1
        self.rules.save(fault)
        if fault.is_used_up:
            self._list_of(fault).remove(fault)

    def on_route(
        self, platform: str, operation: str, target: str, content: bytes, **more: Any
    ) -> Fault | None:
        """Return the fault of a request; ``more`` are further fields of a ``RouteRequest``."""
        shape = self._shape_of(platform)
        request = RouteRequest(
            platform=platform, operation=operation, target=target, content=content, **more
        )
        came = Came(platform, operation, request.names)
        return self._apply(self.routes, lambda fault: fits_request(fault, request, shape), came)

    def on_call(self, call: Call) -> Fault | None:
        """Return the fault of a call that is dialled, and write it into the history."""
        came = Came(call.platform)
        fault = self._apply(self.calls, lambda each: fits_call(each.match, call), came)
        if fault is not None:
            self.note(fault, call.platform, call_id=call.id, batch_id=call.batch_id)
        return fault

    def capacity_of(self, call: Call) -> Fault | None:
        """Return the first capacity rule that is for a call, or None."""
        now = self._clock.now()
        for fault in tuple(self.capacities):
            if self._is_expired(fault, now):
                self._expire(fault, now)
            elif fits_call(fault.match, call):
                return fault
        return None

    def wait(self, fault: Fault, call: Call, subject: str) -> None:
        """Queue a batch or a single call until a line is free for this call."""
        fault.waiting += 1
        self.hit(fault)
        self.queues[fault.id].append(subject)
        self.waits.add(Wait(id=subject, fault_id=fault.id, number=fault.hits))
        self.note(fault, call.platform, call_id=call.id, batch_id=call.batch_id)

    def next_waiting(self, fault: Fault) -> str:
        """Remove the call or batch that has waited longest, and return its id."""
        subject = self.queues[fault.id].popleft()
        self.waits.remove(subject)
        fault.waiting -= 1
        self.rules.save(fault)
        return subject

    def on_callback(self, callback: Callback) -> Tampering | None:
        """Return what a fault does to a due callback, and write it into the history."""
        numbers, workflow_id = self._subject_of(callback)
        shape, sent = self._shape_of(callback.platform), outgoing(callback)
        fault = self._apply(
            self.callbacks,
            lambda each: (
                fits_callback(each.match, callback.platform, callback.event, numbers, workflow_id)
                and can_apply(each.effect, each.fields, sent, shape)
            ),
            Came(callback.platform, callback.event),
        )
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
        """Return what is sent of a callback, changed by its fault if it has one."""
        made, sent = callback.fault, outgoing(callback)
        if made is None:
            return sent
        return altered(made.effect, made.fields, sent, self._shape_of(callback.platform))

    def note(self, fault: Fault, platform: str, **about: str | None) -> None:
        """Write into the history that a fault applied."""
        self._note(Faulted(self._clock.now(), platform, fault.id, fault.effect, **about))
