"""Events: one small frozen value for each transition."""

from datetime import datetime
from typing import NamedTuple

from emulator.domain.batches import BatchStatus
from emulator.domain.calls import CallStatus


class CallTransition(NamedTuple):
    """A call entered a status; ``previous`` is None when it was placed."""

    at: datetime
    platform: str
    call_id: str
    batch_id: str | None
    previous: CallStatus | None
    status: CallStatus


class BatchTransition(NamedTuple):
    """A batch entered a status; ``previous`` is None when it was placed."""

    at: datetime
    platform: str
    batch_id: str
    previous: BatchStatus | None
    status: BatchStatus


class CallPlaced(CallTransition):
    """A call was placed. Its vendor is told only if it handles this type of event."""

    __slots__ = ()


class BatchPlaced(BatchTransition):
    """A batch was placed. Its vendor is told only if it handles this type of event."""

    __slots__ = ()


Event = CallTransition | BatchTransition
