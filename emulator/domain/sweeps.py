"""Sweeps: steps of many calls taken together."""

from operator import itemgetter

from emulator.domain.calls import COMPLETED, IN_PROGRESS, QUEUED, RINGING, Call, CallStatus

Bare = tuple[int, Call, CallStatus, CallStatus]
"""The step of a call: its tick, whose, from where, and where to."""


class Sweep:
    """Steps of many calls taken together, which are told one by one once somebody reads them.

    They follow from where each call was and where it came to: when it was dialled, and how long
    it took up to a step that it has taken, never changes again.
    """

    __slots__ = ("_calls", "_previous", "_reached", "first", "size")

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._previous: list[CallStatus] = []
        self._reached: list[CallStatus] = []
        self.size = 0
        """How many entries it stands for."""
        self.first = 0
        """The number of the first of them."""

    def add(self, call: Call, previous: CallStatus, status: CallStatus, steps: int) -> None:
        """Tell that a call has come from one status to another in so many steps."""
        self._calls.append(call)
        self._previous.append(previous)
        self._reached.append(status)
        self.size += steps

    def dialled(self, calls: list[Call], reached: list[CallStatus], steps: int) -> None:
        """Tell that calls were dialled, and where each has come to in so many steps in all."""
        self._calls += calls
        self._previous += [QUEUED] * len(calls)
        self._reached += reached
        self.size += steps

    @property
    def calls(self) -> list[Call]:
        """Those that it tells of."""
        return self._calls

    def told(self) -> list[Bare]:
        """The steps, each by itself, in the order they were taken."""
        found: list[Bare] = []
        each = zip(self._calls, self._previous, self._reached, strict=True)
        for call, previous, reached in sorted(each, key=lambda told: told[0].order):
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
