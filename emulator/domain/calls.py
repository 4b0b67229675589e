"""Calls and the one table of the steps a call may take."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple, assert_never

from emulator.domain.ticks import SECOND, moment, ticks


class CallStatus(StrEnum):
    """Where a call is. Nobody's wire format: each vendor translates it."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_terminal(self) -> bool:
        """Nothing follows this status."""
        return self in TERMINAL


# Looking a member up on its enum costs more than what it is compared for.
QUEUED: Final = CallStatus.QUEUED
RINGING: Final = CallStatus.RINGING
IN_PROGRESS: Final = CallStatus.IN_PROGRESS
COMPLETED: Final = CallStatus.COMPLETED


class Direction(StrEnum):
    """Who dialled, seen from the platform's customer."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


TERMINAL: Final = frozenset(
    {
        CallStatus.COMPLETED,
        CallStatus.BUSY,
        CallStatus.NO_ANSWER,
        CallStatus.FAILED,
        CallStatus.CANCELED,
    }
)

ALLOWED: Final[dict[CallStatus, frozenset[CallStatus]]] = {
    CallStatus.QUEUED: frozenset({CallStatus.RINGING, CallStatus.FAILED, CallStatus.CANCELED}),
    CallStatus.RINGING: frozenset(
        {
            CallStatus.IN_PROGRESS,
            CallStatus.BUSY,
            CallStatus.NO_ANSWER,
            CallStatus.FAILED,
            CallStatus.CANCELED,
        }
    ),
    CallStatus.IN_PROGRESS: frozenset({CallStatus.COMPLETED, CallStatus.FAILED}),
} | dict.fromkeys(TERMINAL, frozenset[CallStatus]())


OPEN: Final = -1
"""A talk time that lasts until the platform ends the call."""


class Plan(NamedTuple):
    """What one callee does: a pure function of seed, call id and scenario.

    When a call is moved by hand its plan is changed to what really happened.
    """

    ring: int
    """Ticks it rings (or, never dialled, waits) before the next status."""
    status: CallStatus
    """What follows the ringing."""
    talk: int
    """Ticks it is connected, or OPEN."""
    keys: str | None
    outcome: str | None
    fault: str | None = None
    """The fault that has made it so."""


@dataclass(slots=True, eq=False)
class Call:
    """One attempt to connect two numbers. Only the engine changes it.

    There may be millions: what follows from the plan is worked out, not stored.
    """

    id: str
    platform: str
    workflow_id: str
    direction: Direction
    from_number: str
    to_number: str
    status: CallStatus
    scenario: str
    created_at: datetime
    options: tuple[str, ...] = ()
    """The keys the callee is offered."""
    batch_id: str | None = None
    order: int = 0
    """Its place among all calls of the world."""
    place: int = 0
    """Its place among the calls of its workflow."""
    plan: Plan | None = None
    """Known from the moment it is dialled."""
    rang: int | None = None
    """The tick when it was dialled."""
    chosen: str | None = None
    """What chose its scenario, if that does not follow from its number."""

    @property
    def due(self) -> int | None:
        """The tick of its next step; None when nothing is to come by itself."""
        if self.plan is None or self.rang is None:
            return None
        if self.status is RINGING:
            return self.rang + self.plan.ring
        if self.status is IN_PROGRESS and self.plan.talk != OPEN:
            return self.rang + self.plan.ring + self.plan.talk
        return None

    @property
    def ringing_at(self) -> datetime | None:
        """When it was dialled."""
        return None if self.rang is None else moment(self.rang)

    @property
    def answered_at(self) -> datetime | None:
        """When the callee picked up."""
        if self.plan is None or self.rang is None or self.status in {QUEUED, RINGING}:
            return None
        return moment(self.rang + self.plan.ring) if self.plan.status is IN_PROGRESS else None

    @property
    def ended_at(self) -> datetime | None:
        """When the call reached its last status."""
        if self.plan is None or self.status not in TERMINAL:
            return None
        began = ticks(self.created_at) if self.rang is None else self.rang
        return moment(began + self.plan.ring + self.plan.talk)

    @property
    def talk_seconds(self) -> float:
        """Connected time; zero for a call that was never answered or goes on."""
        return self.plan.talk / SECOND if self.plan and self.status in TERMINAL else 0.0

    @property
    def keys(self) -> str | None:
        """What the callee pressed, once the call is completed."""
        return self.plan.keys if self.plan and self.status is COMPLETED else None

    @property
    def outcome(self) -> str | None:
        """What came of the conversation, once the call is completed."""
        return self.plan.outcome if self.plan and self.status is COMPLETED else None

    @property
    def hangup_cause(self) -> str | None:
        """Why the call ended, in the words of Q.850; None before it has."""
        match self.status:
            case CallStatus.QUEUED | CallStatus.RINGING | CallStatus.IN_PROGRESS:
                return None
            case CallStatus.COMPLETED:
                return "normal_clearing"
            case CallStatus.BUSY:
                return "user_busy"
            case CallStatus.NO_ANSWER:
                return "no_answer_from_user"
            case CallStatus.FAILED:
                return "network_out_of_order"
            case CallStatus.CANCELED:
                return "originator_cancel"
        assert_never(self.status)
