"""Records and publishes what calls and batches do: placed, and from one status to the next."""

from collections.abc import Callable
from datetime import datetime

from emulator.domain.batches import Batch, BatchStatus
from emulator.domain.calls import QUEUED, Call, CallStatus
from emulator.domain.events import BatchPlaced, BatchTransition, CallPlaced, CallTransition, Event
from emulator.domain.ticks import moment
from emulator.engine.records import BatchRecords
from emulator.engine.subscriptions import Subscriptions
from emulator.history.entries import History


class Transitions:
    """Writes events to the history, and publishes those that a vendor handles."""

    def __init__(
        self,
        history: History,
        batches: BatchRecords,
        subscriptions: Subscriptions,
        publish: Callable[[Event], None],
    ) -> None:
        self._history = history
        self._batches = batches
        self._subscriptions = subscriptions
        self._publish = publish

    def call_placed(self, call: Call) -> None:
        """Record a call that was placed."""
        event = CallPlaced(call.created_at, call.platform, call.id, None, None, QUEUED)
        self._history.add(event)
        if self._subscriptions.handles(call.platform, CallPlaced):
            self._publish(event)

    def publish_step(self, call: Call, previous: CallStatus, now: int) -> None:
        """Publish a step that a call has just taken; the history has it already."""
        if self._subscriptions.handles(call.platform, CallTransition):
            self._publish(
                CallTransition(
                    moment(now), call.platform, call.id, call.batch_id, previous, call.status
                )
            )

    def batch_placed(self, batch: Batch) -> None:
        """Record a batch that was placed."""
        event = BatchPlaced(batch.created_at, batch.platform, batch.id, None, batch.status)
        self._history.add(event)
        if self._subscriptions.handles(batch.platform, BatchPlaced):
            self._publish(event)
        self._batches.note(batch.id)

    def begin_batch(self, batch: Batch, now: int) -> None:
        """Have a batch be processed, of which the first call is dialed."""
        self._change(batch, BatchStatus.PROCESSING, moment(now))

    def call_of_batch_ended(self, batch: Batch, now: int) -> None:
        """Count a call of a batch that has ended; with the last one the batch is completed."""
        batch.open -= 1
        if batch.open == 0:
            batch.ended_at = moment(now)
            self._change(batch, BatchStatus.COMPLETED, batch.ended_at)

    def _change(self, batch: Batch, status: BatchStatus, at: datetime) -> None:
        previous, batch.status = batch.status, status
        self._batches.note(batch.id)
        event = BatchTransition(at, batch.platform, batch.id, previous, status)
        self._history.add(event)
        if self._subscriptions.handles(batch.platform, BatchTransition):
            self._publish(event)
