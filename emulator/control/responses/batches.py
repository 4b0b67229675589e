"""Batches, with their progress."""

from emulator.control.responses.fields import ControlView, Moment
from emulator.domain.batches import BatchStatus
from emulator.domain.callbacks import CallbackStatus
from emulator.domain.calls import CallStatus


class BatchView(ControlView):
    """A batch: the calls that one request placed."""

    id: str
    platform: str
    status: BatchStatus
    workflow_id: str
    bot: str | None
    """The name of the bot or workflow that the calls were placed with."""
    created_at: Moment
    changed_at: Moment
    """When one of its calls last changed."""
    ended_at: Moment | None
    calls: int
    ended: int
    """The calls that have ended."""
    statuses: dict[CallStatus, int]
    """The number of calls with each status."""
    answered: int
    """The ended calls that were answered."""
    keys: dict[str, int]
    """The completed calls by the key that was pressed."""
    key_names: dict[str, str]
    """What each key means."""
    outcomes: dict[str, int]
    """The completed calls by outcome."""
    average_talk_seconds: float
    callbacks: dict[CallbackStatus, int]
    """The callbacks about the batch and its calls, by status."""
    calls_per_second: float
    """How fast calls are dialed, in the time of the world."""
    dialed_at: Moment | None
    """When the last call is dialed at this pace; null if all are, or it is not known."""
    seconds_left: float | None
    """Seconds of the world's time until the last call is dialed; null if it is not known."""
    real_seconds_left: float | None
    """Real seconds until the last call is dialed, if the clock is live."""


class BatchHour(ControlView):
    """An hour in which calls of a batch were dialed; those that have not ended are left out."""

    at: Moment
    dialed: int
    answered: int


class BatchDetails(BatchView):
    """A batch with its hours."""

    hours: list[BatchHour]
    """The newest 168 hours in which calls were dialed."""
