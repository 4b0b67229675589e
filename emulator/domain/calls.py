"""Calls and the one table of the steps a call may take."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple, assert_never

from emulator.domain.ticks import SECOND, moment, ticks


class CallStatus(StrEnum):
    """The status of a call. Each vendor translates it into the words of its wire format."""

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


# Module constants: looking a member up on its enum costs more than comparing it.
QUEUED: Final = CallStatus.QUEUED
RINGING: Final = CallStatus.RINGING
IN_PROGRESS: Final = CallStatus.IN_PROGRESS
COMPLETED: Final = CallStatus.COMPLETED


class Direction(StrEnum):
    """Who dialed, seen from the platform's customer."""

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
    """What the callee does: a pure function of seed, call id and scenario.

    When the status of a call is changed by hand, its plan is changed to what really happened.
    """

    ring: int
    """Ring time in ticks; for a call that was never dialed, the time it was queued."""
    status: CallStatus
    """The status after the ring time."""
    talk: int
    """Talk time in ticks, or OPEN."""
    keys: str | None
    """The keys that the callee presses."""
    outcome: str | None
    """The result of the conversation, in the vendor's words."""
    fault: str | None = None
    """The id of the fault that changed the plan, or made the call wait for a line."""
    fault_kind: str | None = None


@dataclass(slots=True, eq=False)
class Call:
    """One attempt to connect two numbers. Only the engine changes it.

    There may be millions: what follows from the plan is computed, not stored.
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
    """The keys that the callee may press."""
    batch_id: str | None = None
    order: int = 0
    """Its index among all calls of the world."""
    place: int = 0
    """Its index among the calls of its workflow."""
    plan: Plan | None = None
    """None until the call is dialled."""
    rang: int | None = None
    """The tick when it was dialled."""
    chosen: str | None = None
    """What chose its scenario, if its number does not tell."""

    @property
    def due(self) -> int | None:
        """The tick of its next step; None when no step is planned."""
        if self.plan is None or self.rang is None:
            return None
        if self.status is RINGING:
            return self.rang + self.plan.ring
        if self.status is IN_PROGRESS and self.plan.talk != OPEN:
            return self.rang + self.plan.ring + self.plan.talk
        return None

    @property
    def ringing_at(self) -> datetime | None:
        """When the call was dialled."""
        return None if self.rang is None else moment(self.rang)

    @property
    def answered_at(self) -> datetime | None:
        """When the callee answered."""
        if self.plan is None or self.rang is None or self.status in {QUEUED, RINGING}:
            return None
        return moment(self.rang + self.plan.ring) if self.plan.status is IN_PROGRESS else None

    @property
    def ended_at(self) -> datetime | None:
        """When the call entered its terminal status."""
        if self.plan is None or self.status not in TERMINAL:
            return None
        began = ticks(self.created_at) if self.rang is None else self.rang
        return moment(began + self.plan.ring + self.plan.talk)

    @property
    def talk_seconds(self) -> float:
        """Talk time in seconds; zero before the call has ended, or if it was never answered."""
        return self.plan.talk / SECOND if self.plan and self.status in TERMINAL else 0.0

    @property
    def keys(self) -> str | None:
        """The keys that the callee pressed, once the call is completed."""
        return self.plan.keys if self.plan and self.status is COMPLETED else None

    @property
    def outcome(self) -> str | None:
        """The result of the conversation, once the call is completed."""
        return self.plan.outcome if self.plan and self.status is COMPLETED else None

    @property
    def hangup_cause(self) -> str | None:
        """Why the call ended, in the words of Q.850; None before it has ended."""
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
