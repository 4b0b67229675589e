"""Attempts callbacks that are due, and records what came of each attempt."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

from emulator import __version__
from emulator.callbacks.log import CallbackLog
from emulator.callbacks.queue import CallbackQueue
from emulator.callbacks.transport import Transport
from emulator.clock import Clock
from emulator.domain.actions import Deliver
from emulator.domain.callbacks import Attempt, Callback, CallbackResponse, CallbackStatus
from emulator.domain.errors import ConflictError, EndedError, StorageFullError
from emulator.domain.faults import FOLLOW_UP_EFFECTS, Effect
from emulator.faults.callbacks import Outgoing
from emulator.faults.rules import Faults
from emulator.history.entries import Attempted, History

USER_AGENT: Final = f"voicebot-emulator/{__version__}"
DROPPED: Final = CallbackResponse(error="dropped by a fault", refused=True)
_log: Final = logging.getLogger("emulator")


def headers_of(sent: Callback | Outgoing) -> dict[str, str]:
    """Return the headers that a callback is sent with."""
    return {
        "Content-Type": sent.content_type,
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        **dict(sent.headers),
    }


class Courier:
    """Makes attempts due at the same moment at the same time, and records them in order.

    So what a world remembers does not depend on which endpoint was faster. A response whose turn
    has not come is written to the data file at once: a crash does not make its attempt again.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        log: CallbackLog,
        queue: CallbackQueue,
        history: History,
        transport: Transport,
        faults: Faults,
        respond: Callable[[Callback, CallbackResponse], None],
        notify: Callable[[Callback], None],
        commit: Callable[[], None],
        flush: Callable[..., Awaitable[None]],
        redirect: Callable[[str], str],
    ) -> None:
        """``respond`` acts on responses, ``notify`` is called after each attempt.

        ``commit`` writes what a callback reports before it leaves, and ``flush`` waits until that
        is on the disk; ``redirect`` says where an address leads to in this world.
        """
        self.log = log
        self.enqueue, self.resume = queue.enqueue, queue.resume
        self._clock, self._queue = clock, queue
        self._history, self._faults = history, faults
        self._transport = transport
        self._respond, self._notify = respond, notify
        self._commit, self._flush = commit, flush
        self._redirect = redirect
        self.outbox: list[Callback] = []
        """Callbacks whose attempt is due."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._sending: asyncio.Future[list[CallbackResponse]] | None = None
        self._unanswered = 0
        """Attempts of the present moment that have not ended."""
        self._writes_responses = False
        """The responses that came in this turn of the event loop are about to be written."""
        self._is_stopped = False
        self.ended: Counter[tuple[str, str, str]] = Counter()
        """How often callbacks have ended, by platform, event and status."""

    @property
    def is_sending(self) -> bool:
        """An advance waits for the responses of endpoints."""
        return self._sending is not None and not self._sending.done()

    async def resend(self, callback_id: str) -> Callback:
        """Send a settled callback once more at once, the same bytes, and record the attempt."""
        callback = self.log.get(callback_id)
        if callback.status is CallbackStatus.PENDING:
            raise ConflictError(f"callback {callback_id} is still pending")
        if callback.content is None:
            raise ConflictError(
                f"the body of callback {callback_id} was evicted, so it cannot be resent"
            )
        try:
            await self._start(callback)
        except asyncio.CancelledError:
            if self._is_stopped:
                raise EndedError("the world was deleted or reset") from None
            raise
        return callback

    async def send(self, callback: Callback) -> None:
        """Add a callback that no event has made due, and make its one attempt at once."""
        callback.created_at = callback.due_at = self._clock.now()
        self.log.add(callback)
        await self._attempt(callback)

    def take(self, step: Deliver) -> None:
        """Put the attempt of a step that is due into the outbox."""
        callback = self._queue.take(step)
        if callback is not None:
            self.outbox.append(callback)

    async def deliver(self, steps: Iterable[Deliver] = ()) -> bool:
        """Make the attempts of steps that are due, and those that were left in the outbox.

        Return whether there were any. StorageFullError, and they stay in the outbox, when the
        changes that they report cannot be written.
        """
        for step in steps:
            self.take(step)
        if not self.outbox:
            return False
        self._commit()
        await self._flush()
        due, self.outbox = self.outbox, []
        started = self._clock.now()
        self._unanswered = len(due)
        self._sending = asyncio.gather(*map(self._receive, due))
        try:
            responses = await self._sending
        except asyncio.CancelledError:
            if self._is_stopped:
                return True  # the world was reset or has ended: nothing of it is recorded
            self.outbox = due + self.outbox
            raise
        for callback, response in zip(due, responses, strict=True):
            self._record(callback, started, response)
        self._commit_if_there_is_room()
        return True

    async def _receive(self, callback: Callback) -> CallbackResponse:
        """Make an attempt whose turn to be recorded may come later than its response."""
        response = await self._send(callback)
        self._unanswered -= 1
        if response is not DROPPED and callback.response is None:
            callback.response = response
            self.log.mark_responded(callback)
            if self._unanswered and not self._writes_responses:
                self._writes_responses = True
                asyncio.get_running_loop().call_soon(self._write_responses)
        return response

    def _write_responses(self) -> None:
        self._writes_responses = False
        if not self._is_stopped:
            self._commit_if_there_is_room()

    def dispatch(self) -> None:
        """Start every attempt in the outbox, each to be recorded when it ends (for a live clock).

        StorageFullError, and they stay in the outbox, when the changes that they report cannot be
        written.
        """
        self._commit()
        due, self.outbox = self.outbox, []
        for callback in due:
            self._start(callback).add_done_callback(_log_failure)

    def _start(self, callback: Callback) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(self._attempt(callback))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _attempt(self, callback: Callback) -> None:
        await self._flush(patient=True)
        started = self._clock.now()
        self._record(callback, started, await self._send(callback))
        self._commit_if_there_is_room()

    def _commit_if_there_is_room(self) -> None:
        with suppress(StorageFullError):  # it is written with the next change
            self._commit()

    async def _send(self, callback: Callback) -> CallbackResponse:
        if callback.response is not None:
            return callback.response  # its attempt had ended before a crash
        sent = callback
        if callback.is_falsified:
            if callback.fault is not None and callback.fault.effect is Effect.DROP:
                return DROPPED
            altered = self._faults.sent(callback)
            sent = replace(
                callback,
                content=altered.content,
                content_type=altered.content_type,
                headers=altered.headers,
            )
        headers = headers_of(sent)
        url = self._redirect(callback.url)
        if url != callback.url:
            sent = replace(sent, url=url)
        return await self._transport.send(sent, headers)

    def _record(self, callback: Callback, started: datetime, response: CallbackResponse) -> None:
        if self._is_stopped:
            return  # the world has been reset since: nothing of it is recorded
        now = self._clock.now()
        self._record_attempt(callback, started, now, response)
        is_accepted = response.status in callback.accepts
        if callback.status is not CallbackStatus.PENDING:
            if is_accepted:
                callback.status = CallbackStatus.DELIVERED
                self.log.mark_changed(callback)
            return
        if not is_accepted and not response.refused and callback.retries:
            delay, *left = callback.retries
            callback.retries = tuple(left)
            self._queue.postpone(callback, now + delay)
            return
        self._settle(callback, now, response, is_accepted=is_accepted)

    def _record_attempt(
        self, callback: Callback, started: datetime, now: datetime, response: CallbackResponse
    ) -> None:
        number = len(callback.attempts) + 1
        fault = callback.fault if callback.is_falsified else None
        fault_id = None if fault is None else fault.fault_id
        callback.attempts.append(
            Attempt(
                number=number, started_at=started, ended_at=now, response=response, fault=fault_id
            )
        )
        self._history.add(
            Attempted(
                at=now,
                platform=callback.platform,
                callback_id=callback.id,
                call_id=callback.call_id,
                batch_id=callback.batch_id,
                event=callback.event,
                url=callback.url,
                number=number,
                status=response.status,
                error=response.error,
                fault=fault_id,
                fault_kind=None if fault is None else fault.effect,
            )
        )
        if _log.isEnabledFor(logging.DEBUG):
            result = response.error or response.status
            _log.debug("callback %s to %s: %s", callback.id, callback.url, result)
        self._notify(callback)
        callback.due_at = callback.response = None
        self.log.mark_changed(callback)

    def _settle(
        self, callback: Callback, now: datetime, response: CallbackResponse, *, is_accepted: bool
    ) -> None:
        """Record that there are no more attempts, and act on the response."""
        callback.status = _status_after(response, is_accepted=is_accepted)
        fault = callback.fault
        if fault is not None and fault.effect in FOLLOW_UP_EFFECTS and callback.echo_of is None:
            self._queue.add_echoes(callback, fault, now)
        self.ended[callback.platform, callback.event, callback.status] += 1
        self.log.settle(callback)
        if callback.on_response is not None:
            self._respond(callback, response)

    def stop(self) -> None:
        """Give up the attempts under way; nothing of them is recorded."""
        self._is_stopped = True
        self.outbox.clear()
        if self._sending is not None:
            self._sending.cancel()
        for task in self._tasks:
            task.cancel()


def _status_after(response: CallbackResponse, *, is_accepted: bool) -> CallbackStatus:
    """Return the status of a callback after its last attempt."""
    if is_accepted:
        return CallbackStatus.DELIVERED
    if response is DROPPED:
        return CallbackStatus.DROPPED
    return CallbackStatus.REFUSED if response.refused else CallbackStatus.FAILED


def _log_failure(task: asyncio.Task[None]) -> None:
    """Log what a hook raised for a response that came while a live clock runs."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("the response to a callback could not be handled", exc_info=error)
