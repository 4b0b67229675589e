"""Sweeps: the steps that many calls take in one bulk step of the engine."""

from operator import itemgetter

from emulator.domain.calls import COMPLETED, IN_PROGRESS, QUEUED, RINGING, Call, CallStatus

CallStep = tuple[int, Call, CallStatus, CallStatus]
"""A step of a call: its tick, the call, the previous status, and the new one."""


class Sweep:
    """The steps of many calls; the single steps are computed when a reader asks for them.

    They follow from the status of each call before and after, because the time at which it was
    dialled and the times of steps it has taken never change again.
    """

    __slots__ = ("_calls", "_previous", "_reached", "first", "size")

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._previous: list[CallStatus] = []
        self._reached: list[CallStatus] = []
        self.size = 0
        """The number of history entries it stands for."""
        self.first = 0
        """The number of the first of these entries."""

    def add(
        self,
        calls: list[Call],
        previous: list[CallStatus],
        reached: list[CallStatus],
        steps: int,
    ) -> None:
        """Add calls, the status of each before and now, and their steps in total."""
        self._calls += calls
        self._previous += previous
        self._reached += reached
        self.size += steps

    @property
    def calls(self) -> list[Call]:
        """The calls that took steps."""
        return self._calls

    def steps(self) -> list[CallStep]:
        """Return the single steps, in the order in which they were taken."""
        found: list[CallStep] = []
        each = zip(self._calls, self._previous, self._reached, strict=True)
        for call, previous, reached in sorted(each, key=lambda entry: entry[0].order):
            plan, tick = call.plan, call.rang
            if plan is None or tick is None:
                continue
            if previous is QUEUED:
                found.append((tick, call, QUEUED, RINGING))
            tick += plan.ring
            if previous is not IN_PROGRESS and reached is not RINGING:
                status = IN_PROGRESS if reached is COMPLETED else reached
                found.append((tick, call, RINGING, status))
            if reached is COMPLETED:
                found.append((tick + plan.talk, call, IN_PROGRESS, COMPLETED))
        found.sort(key=itemgetter(0))
        return found
