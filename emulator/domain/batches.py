"""Batches: many calls placed by one request, and the tally kept of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from emulator.domain.calls import COMPLETED, TERMINAL, Call, CallStatus
from emulator.domain.ticks import SECOND


class BatchStatus(StrEnum):
    """Where a batch is: nothing dialled, some calls open, every call ended."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"


@dataclass(slots=True)
class Tally:
    """Counts of many calls, kept as they happen so that reading them costs nothing."""

    total: int = 0
    ended: int = 0
    replied: int = 0
    talk: int = 0
    """Ticks that the completed calls were connected."""
    by_status: dict[CallStatus, int] = field(default_factory=lambda: dict.fromkeys(CallStatus, 0))
    by_keys: dict[str, int] = field(default_factory=dict[str, int])

    def count_ends(self, calls: Iterable[Call]) -> None:
        """Count those of these calls that have ended, which they have just done."""
        by_status, by_keys = self.by_status, self.by_keys
        # calls share their plans, so that many end alike
        for (status, plan), count in Counter([(call.status, call.plan) for call in calls]).items():
            if status not in TERMINAL:
                continue
            self.ended += count
            by_status[status] += count
            if status is COMPLETED and plan is not None:
                self.talk += count * plan.talk
                if (keys := plan.keys) is not None:
                    self.replied += count
                    by_keys[keys] = by_keys.get(keys, 0) + count

    def copy(self) -> "Tally":
        """Make another with the same counts."""
        by_status, by_keys = dict(self.by_status), dict(self.by_keys)
        return Tally(self.total, self.ended, self.replied, self.talk, by_status, by_keys)

    def add(self, other: "Tally") -> None:
        """Count all that another tally has counted as ended."""
        self.ended += other.ended
        self.replied += other.replied
        self.talk += other.talk
        for status, count in other.by_status.items():
            self.by_status[status] += count
        for keys, count in other.by_keys.items():
            self.by_keys[keys] = self.by_keys.get(keys, 0) + count

    @property
    def completed(self) -> int:
        """How many calls were answered and ran to their end."""
        return self.by_status[CallStatus.COMPLETED]

    @property
    def average_talk_seconds(self) -> float:
        """Mean talk time of the completed calls, in seconds; 0.0 when there are none."""
        return self.talk / SECOND / self.completed if self.completed else 0.0

    @property
    def success_rate(self) -> float:
        """Completed calls in a hundred; 0.0 when there are no calls."""
        return 100.0 * self.completed / self.total if self.total else 0.0


@dataclass(slots=True, kw_only=True, eq=False)
class Batch:
    """Calls placed together and dialled one after another. Only the engine changes it.

    They have all in common but whom they call, and what comes of it.
    """

    id: str
    platform: str
    workflow_id: str
    created_at: datetime
    calls: list[Call]
    """In the order they were asked for; they stand together among those of their workflow."""
    status: BatchStatus = BatchStatus.PENDING
    dialled: int = 0
    open: int = 0
    """How many of its calls have not ended."""
    due: int | None = None
    """The tick when its next call is dialled; None when all have been."""
    ended_at: datetime | None = None
    tally: Tally = field(default_factory=Tally)

    @property
    def places(self) -> tuple[int, int]:
        """Where its calls stand among those of their workflow: from, and up to."""
        first = self.calls[0].place
        return first, first + len(self.calls)
