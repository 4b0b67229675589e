"""Delivers the callbacks that are owed, and sees to their retries."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

from emulator import __version__
from emulator.callbacks.log import CallbackLog
from emulator.callbacks.transport import Transport
from emulator.clock import Clock
from emulator.domain.actions import Deliver
from emulator.domain.callbacks import Answer, Attempt, Callback, CallbackStatus
from emulator.domain.errors import ConflictError, EndedError, NoRoomError
from emulator.domain.ticks import ticks
from emulator.journal import Attempted, Journal

USER_AGENT: Final = f"voicebot-emulator/{__version__}"


class Courier:
    """Attempts are steps of the timeline: what falls due goes to the outbox, then out.

    Attempts due at the same moment are made at the same time and recorded in order, so that what
    a world remembers does not depend on which endpoint was faster.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        schedule: Callable[[datetime, Deliver], int],
        resume: Callable[[int, int, Deliver], None],
        log: CallbackLog,
        journal: Journal,
        transport: Transport,
        answered: Callable[[Callback, Answer], None],
        attempted: Callable[[Callback], None],
        keep: Callable[[], None],
        address: Callable[[str], str],
    ) -> None:
        self.log = log
        self._clock = clock
        self._schedule = schedule
        self._resume = resume
        self._journal = journal
        self._transport = transport
        self._answered = answered
        self._attempted = attempted
        self._keep = keep
        self._address = address
        self._outbox: list[Callback] = []
        self._running: set[asyncio.Task[None]] = set()
        self._flushing: asyncio.Future[list[Answer]] | None = None
        self._stopped = False
        self.ended: Counter[tuple[str, str, str]] = Counter()
        """How often callbacks have ended, by platform, event and status."""

    def owe(self, callback: Callback) -> None:
        """Take on a callback: its first attempt is the next step at the present moment."""
        callback.created_at = self._clock.now()
        self.log.add(callback)
        self._plan(callback, callback.created_at)

    def resume(self, callback: Callback) -> None:
        """Go on with a callback of an earlier run; an attempt that was in flight is made again."""
        self.log.add(callback)
        if callback.status is not CallbackStatus.PENDING or callback.due_at is None:
            self.log.settle(callback)
            return
        due = max(callback.due_at, self._clock.now())
        self._resume(ticks(due), callback.step, Deliver(callback.id))

    async def replay(self, callback_id: str) -> Callback:
        """Send a settled callback once more at once, the same bytes, and record the attempt."""
        callback = self.log.get(callback_id)
        if callback.status is CallbackStatus.PENDING:
            raise ConflictError(f"callback {callback_id} is still on its way")
        if callback.content is None:
            raise ConflictError(f"the body of callback {callback_id} is no longer kept")
        try:
            await self._begin(callback)
        except asyncio.CancelledError:
            if self._stopped:
                raise EndedError("the world has ended") from None
            raise
        return callback

    def _plan(self, callback: Callback, due: datetime) -> None:
        callback.due_at = due
        callback.step = self._schedule(due, Deliver(callback.id))
        self.log.note(callback)

    def take(self, step: Deliver) -> None:
        """Put a due attempt into the outbox."""
        self._outbox.append(self.log.get(step.callback_id))

    @property
    def has_post(self) -> bool:
        """Attempts wait in the outbox."""
        return bool(self._outbox)

    async def flush(self) -> None:
        """Make every attempt that waits, and record them in order.

        NoRoomError, and they go on waiting, when what they report cannot be written down.
        """
        self._keep()
        due, self._outbox = self._outbox, []
        started = self._clock.now()
        self._flushing = asyncio.gather(*map(self._send, due))
        try:
            answers = await self._flushing
        except asyncio.CancelledError:
            if self._stopped:
                return  # the world has been reset or has ended: nobody waits for these any more
            self._outbox = due + self._outbox
            raise
        for callback, answer in zip(due, answers, strict=True):
            self._record(callback, started, answer)
        self._keep_if_there_is_room()

    def dispatch(self) -> None:
        """Start every attempt that waits, each to be recorded when it ends (for a live clock).

        NoRoomError, and they go on waiting, when what they report cannot be written down.
        """
        self._keep()
        due, self._outbox = self._outbox, []
        for callback in due:
            self._begin(callback)

    def _begin(self, callback: Callback) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(self._attempt(callback))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _attempt(self, callback: Callback) -> None:
        started = self._clock.now()
        self._record(callback, started, await self._send(callback))
        self._keep_if_there_is_room()

    def _keep_if_there_is_room(self) -> None:
        with suppress(NoRoomError):  # it is kept with what comes next
            self._keep()

    async def _send(self, callback: Callback) -> Answer:
        headers = {
            "Content-Type": callback.content_type,
            "User-Agent": USER_AGENT,
            "Accept": "*/*",
            **dict(callback.headers),
        }
        url = self._address(callback.url)
        sent = callback if url == callback.url else replace(callback, url=url)
        return await self._transport.send(sent, headers)

    def _record(self, callback: Callback, started: datetime, answer: Answer) -> None:
        if self._stopped:
            return  # the world has been reset since: nothing of it is remembered
        now = self._clock.now()
        number = len(callback.attempts) + 1
        callback.attempts.append(
            Attempt(number=number, started_at=started, ended_at=now, answer=answer)
        )
        self._journal.add(
            Attempted(
                at=now,
                platform=callback.platform,
                callback_id=callback.id,
                call_id=callback.call_id,
                batch_id=callback.batch_id,
                event=callback.event,
                url=callback.url,
                number=number,
                status=answer.status,
                error=answer.error,
            )
        )
        self._attempted(callback)
        callback.due_at = None
        self.log.note(callback)
        acknowledged = answer.status in callback.accepts
        if callback.status is not CallbackStatus.PENDING:
            if acknowledged:
                callback.status = CallbackStatus.DELIVERED
            return
        if not acknowledged and not answer.refused and callback.retries:
            delay, *left = callback.retries
            callback.retries = tuple(left)
            self._plan(callback, now + delay)
            return
        if acknowledged:
            callback.status = CallbackStatus.DELIVERED
        else:
            callback.status = CallbackStatus.REFUSED if answer.refused else CallbackStatus.FAILED
        self.ended[callback.platform, callback.event, callback.status] += 1
        self.log.settle(callback)
        if callback.answer_to is not None:
            self._answered(callback, answer)

    def stop(self) -> None:
        """Give up the attempts under way, and forget what they come to."""
        self._stopped = True
        self._outbox.clear()
        if self._flushing is not None:
            self._flushing.cancel()
        for task in self._running:
            task.cancel()
