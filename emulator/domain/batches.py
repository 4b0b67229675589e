"""Batches: many calls placed by one request, and their counts."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final

from emulator.domain.calls import COMPLETED, IN_PROGRESS, TERMINAL, Call, CallStatus, Plan
from emulator.domain.ticks import SECOND


class BatchStatus(StrEnum):
    """The status of a batch: none of its calls dialed, some open, or all ended."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"


HOUR: Final = 3600 * SECOND
"""The ticks of an hour."""
STATUS: Final = attrgetter("status")
MAX_UNSORTED: Final = 1000
"""So many calls are counted without looking for their order."""
NONE_YET: Final = dict.fromkeys(CallStatus, 0)
"""No call of any status; copied, as going through an enumeration takes longer."""


@dataclass(slots=True)
class Tally:
    """Counts of many calls, updated at each step so that reading them costs nothing."""

    total: int = 0
    ended: int = 0
    answered: int = 0
    """Ended calls that the callee answered."""
    replied: int = 0
    """Completed calls whose callee pressed a key."""
    talk: int = 0
    """Talk time of the completed calls, in ticks."""
    by_status: dict[CallStatus, int] = field(default_factory=NONE_YET.copy)
    by_keys: dict[str, int] = field(default_factory=dict)
    by_outcome: dict[str, int] = field(default_factory=dict)
    """The completed calls with an outcome."""
    by_hour: dict[int, tuple[int, int]] = field(default_factory=dict)
    """The calls that were dialed in an hour, counted since 1970, and those of them answered."""

    def count_ends(self, calls: Sequence[Call]) -> None:
        """Count the calls among these that have just ended."""
        rangs = [call.rang for call in calls]
        self._count_ends([*map(STATUS, calls)], [call.plan for call in calls], rangs)

    def count_dialled(
        self,
        statuses: Sequence[CallStatus],
        plans: Sequence[Plan],
        rangs: range | list[int | None],
    ) -> None:
        """Count calls that were dialled at these ticks, as ``count_ends`` would."""
        self._count_ends(statuses, plans, rangs)

    def _count_ends(
        self,
        statuses: Sequence[CallStatus],
        plans: Sequence[Plan | None],
        rangs: range | list[int | None],
    ) -> None:
        ordered = rangs if isinstance(rangs, range) else _in_order(rangs)
        if ordered is not None:
            start = 0
            while start < len(ordered):  # hour by hour
                hour = ordered[start] // HOUR
                stop = bisect_left(ordered, (hour + 1) * HOUR, start)
                self._count_of_hour(hour, statuses[start:stop], plans[start:stop])
                start = stop
            return
        by_hour: dict[int | None, tuple[list[CallStatus], list[Plan | None]]] = {}
        for status, plan, rang in zip(statuses, plans, rangs, strict=True):
            if plan is not None:  # else it waits
                those = by_hour.setdefault(None if rang is None else rang // HOUR, ([], []))
                those[0].append(status)
                those[1].append(plan)
        for of_hour, (some, their_plans) in by_hour.items():
            self._count_of_hour(of_hour, some, their_plans)

    def _count_of_hour(
        self, hour: int | None, statuses: Sequence[CallStatus], plans: Sequence[Any]
    ) -> None:
        """Count calls that were dialed within an hour (None: never), each with its plan.

        Many calls share a plan.
        """
        dialed = answered = 0
        for (status, plan), count in Counter(zip(statuses, plans, strict=True)).items():
            if status not in TERMINAL:
                continue
            _, following, talk, keys, outcome, _, _ = plan
            self.by_status[status] += count
            dialed += count
            answered += count if following is IN_PROGRESS else 0
            if status is not COMPLETED:
                continue
            self.talk += talk * count
            if keys is not None:
                self.replied += count
                self.by_keys[keys] = self.by_keys.get(keys, 0) + count
            if outcome is not None:
                self.by_outcome[outcome] = self.by_outcome.get(outcome, 0) + count
        self.ended += dialed
        if dialed and hour is not None:
            self._count_hour(hour, dialed, answered)

    def _count_hour(self, hour: int, dialed: int, answered: int) -> None:
        before = self.by_hour.get(hour, (0, 0))
        self.by_hour[hour] = before[0] + dialed, before[1] + answered
        self.answered += answered

    def copy(self) -> "Tally":
        """Return another tally with the same counts."""
        made = replace(self, by_status=dict(self.by_status), by_keys=dict(self.by_keys))
        made.by_outcome, made.by_hour = dict(self.by_outcome), dict(self.by_hour)
        return made

    def add(self, other: "Tally") -> None:
        """Add the ended calls of another tally."""
        self.ended += other.ended
        self.replied += other.replied
        self.talk += other.talk
        for status, count in other.by_status.items():
            self.by_status[status] += count
        for keys, count in other.by_keys.items():
            self.by_keys[keys] = self.by_keys.get(keys, 0) + count
        for outcome, count in other.by_outcome.items():
            self.by_outcome[outcome] = self.by_outcome.get(outcome, 0) + count
        for hour, (dialed, answered) in other.by_hour.items():
            self._count_hour(hour, dialed, answered)

    @property
    def completed(self) -> int:
        """The number of completed calls."""
        return self.by_status[CallStatus.COMPLETED]

    @property
    def average_talk_seconds(self) -> float:
        """Mean talk time of the completed calls, in seconds; 0.0 when there are none."""
        return self.talk / SECOND / self.completed if self.completed else 0.0

    @property
    def success_rate(self) -> float:
        """The percentage of completed calls; 0.0 when there are no calls."""
        return 100.0 * self.completed / self.total if self.total else 0.0


@dataclass(slots=True, kw_only=True, eq=False)
class Batch:
    """Calls placed together and dialled one after another. Only the engine changes it.

    Its calls differ only in the number called and in what happens to them.
    """

    id: str
    platform: str
    workflow_id: str
    created_at: datetime
    calls: list[Call]
    """In the order of the request; they are neighbors among the calls of their workflow."""
    status: BatchStatus = BatchStatus.PENDING
    dialled: int = 0
    open: int = 0
    """The number of its calls that have not ended."""
    due: int | None = None
    """The tick when its next call is dialled; None when all are dialled."""
    ended_at: datetime | None = None
    tally: Tally = field(default_factory=Tally)
    changed: int = 0
    """The tick when one of its calls last changed."""

    @property
    def places(self) -> tuple[int, int]:
        """The range of its calls among those of their workflow: first, and one past the last."""
        first = self.calls[0].place
        return first, first + len(self.calls)


def _in_order(rangs: list[int | None]) -> list[int] | None:
    """Return the ticks of many calls that were dialed in order, as those of a batch are."""
    ordered = [rang for rang in rangs if rang is not None] if len(rangs) > MAX_UNSORTED else []
    return ordered if len(ordered) == len(rangs) and ordered == sorted(ordered) else None
