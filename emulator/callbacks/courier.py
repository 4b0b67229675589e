"""Delivers the callbacks that are owed, and sees to their retries."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from emulator import __version__
from emulator.callbacks.log import CallbackLog
from emulator.callbacks.transport import Transport
from emulator.clock import Clock
from emulator.domain.actions import Deliver
from emulator.domain.callbacks import Attempt, Callback, CallbackResponse, CallbackStatus
from emulator.domain.errors import ConflictError, EndedError, StorageFullError
from emulator.domain.faults import FOLLOW_UP_EFFECTS, Effect, Tampering
from emulator.domain.ticks import ticks
from emulator.faults.callbacks import Outgoing
from emulator.faults.rules import Faults
from emulator.history.entries import Attempted, History

USER_AGENT: Final = f"voicebot-emulator/{__version__}"
DROPPED: Final = CallbackResponse(error="dropped by a fault", refused=True)
APART: Final = timedelta(seconds=1)
"""Between two callbacks that a fault has swapped."""


def headers_of(sent: Callback | Outgoing) -> dict[str, str]:
    """The headers a callback is sent with."""
    return {
        "Content-Type": sent.content_type,
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        **dict(sent.headers),
    }


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
        history: History,
        transport: Transport,
        answered: Callable[[Callback, CallbackResponse], None],
        attempted: Callable[[Callback], None],
        keep: Callable[[], None],
        address: Callable[[str], str],
        faults: Faults,
    ) -> None:
        self.log = log
        self._clock = clock
        self._schedule = schedule
        self._resume = resume
        self._history = history
        self._transport = transport
        self._answered = answered
        self._attempted = attempted
        self._keep = keep
        self._address = address
        self._faults = faults
        self._held: dict[str, Callback] = {}
        """The callbacks that a fault has wait for the next one about the same."""
        self._outbox: list[Callback] = []
        self._running: set[asyncio.Task[None]] = set()
        self._flushing: asyncio.Future[list[CallbackResponse]] | None = None
        self._stopped = False
        self.ended: Counter[tuple[str, str, str]] = Counter()
        """How often callbacks have ended, by platform, event and status."""

    def enqueue(self, callback: Callback) -> None:
        """Take on a callback: its first attempt is the next step at the present moment."""
        due = callback.created_at = self._clock.now()
        freed = None
        if self._held:
            freed = self._held.pop(_about(callback), None)
        if self._faults.callbacks and freed is None:
            due = self._tampered(callback, due)
        self.log.add(callback)
        self._plan(callback, due)
        if freed is not None:
            self._put_off(freed, due + APART)

    def _tampered(self, callback: Callback, due: datetime) -> datetime:
        """Have a callback meet the fault there is for it, and say when it leaves."""
        made = callback.fault = self._faults.on_callback(callback)
        if made is None or made.effect not in {Effect.DELAY, Effect.REORDER}:
            return due
        if made.effect is Effect.REORDER:
            self._held[_about(callback)] = callback
        return due + timedelta(seconds=made.fields["seconds"])

    def resume(self, callback: Callback) -> None:
        """Go on with a callback of an earlier run; an attempt that was in flight is made again."""
        self.log.add(callback)
        if callback.status is not CallbackStatus.PENDING or callback.due_at is None:
            self.log.settle(callback)
            return
        if callback.is_held:
            self._held[_about(callback)] = callback
        due = max(callback.due_at, self._clock.now())
        self._resume(ticks(due), callback.step, Deliver(callback.id, not callback.is_held))

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

    async def send(self, callback: Callback) -> None:
        """Take on a callback that nothing has led to, make its one attempt at once."""
        callback.created_at = callback.due_at = self._clock.now()
        self.log.add(callback)
        await self._attempt(callback)

    def _plan(self, callback: Callback, due: datetime) -> None:
        callback.due_at = due
        callback.step = self._schedule(due, Deliver(callback.id, not self._is_held(callback)))
        self.log.note(callback)

    def _put_off(self, callback: Callback, due: datetime) -> None:
        """Plan another attempt; never for the moment that tells which callbacks are held."""
        is_swapped = callback.fault is not None and callback.fault.effect is Effect.REORDER
        if is_swapped and due == callback.latest:
            due += timedelta.resolution
        self._plan(callback, due)

    def _is_held(self, callback: Callback) -> bool:
        return bool(self._held) and self._held.get(_about(callback)) is callback

    def take(self, step: Deliver) -> None:
        """Put a due attempt into the outbox, unless it was put off or made before."""
        callback = self.log.find(step.callback_id)
        if callback is None or callback.due_at is None or callback.due_at > self._clock.now():
            return
        if not step.is_rescheduled:
            if not self._is_held(callback):
                return  # what came next has put it elsewhere
            del self._held[_about(callback)]  # nothing came for it to wait for
        self._outbox.append(callback)

    @property
    def has_post(self) -> bool:
        """Attempts wait in the outbox."""
        return bool(self._outbox)

    async def flush(self) -> None:
        """Make every attempt that waits, and record them in order.

        StorageFullError, and they go on waiting, when what they report cannot be written down.
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

        StorageFullError, and they go on waiting, when what they report cannot be written down.
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
        with suppress(StorageFullError):  # it is kept with what comes next
            self._keep()

    async def _send(self, callback: Callback) -> CallbackResponse:
        sent = callback
        if callback.is_falsified:
            if callback.fault is not None and callback.fault.effect is Effect.DROP:
                return DROPPED
            false = self._faults.sent(callback)
            sent = replace(
                callback,
                content=false.content,
                content_type=false.content_type,
                headers=false.headers,
            )
        headers = headers_of(sent)
        url = self._address(callback.url)
        if url != callback.url:
            sent = replace(sent, url=url)
        return await self._transport.send(sent, headers)

    def _record(self, callback: Callback, started: datetime, answer: CallbackResponse) -> None:
        if self._stopped:
            return  # the world has been reset since: nothing of it is remembered
        now = self._clock.now()
        number = len(callback.attempts) + 1
        made = callback.fault
        fault_id = made.fault_id if made is not None and callback.is_falsified else None
        callback.attempts.append(
            Attempt(
                number=number, started_at=started, ended_at=now, response=answer, fault=fault_id
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
                status=answer.status,
                error=answer.error,
                fault=fault_id,
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
            self._put_off(callback, now + delay)
            return
        if acknowledged:
            callback.status = CallbackStatus.DELIVERED
        elif answer is DROPPED:
            callback.status = CallbackStatus.DROPPED
        else:
            callback.status = CallbackStatus.REFUSED if answer.refused else CallbackStatus.FAILED
        if made is not None and made.effect in FOLLOW_UP_EFFECTS and callback.echo_of is None:
            self._echo(callback, made, now)
        self.ended[callback.platform, callback.event, callback.status] += 1
        self.log.settle(callback)
        if callback.on_response is not None:
            self._answered(callback, answer)

    def _echo(self, callback: Callback, made: Tampering, now: datetime) -> None:
        """Owe what a fault has sent after a callback that is settled; nobody hears its answer."""
        for number in range(1, made.fields.get("copies", 1) + 1):
            echo = replace(
                callback,
                id=f"{callback.id}.{number}",
                retries=(),
                on_response=None,
                created_at=now,
                status=CallbackStatus.PENDING,
                attempts=[],
                echo_of=callback.id,
            )
            self.log.add(echo)
            self._plan(echo, now + number * timedelta(seconds=made.fields["seconds"]))

    def stop(self) -> None:
        """Give up the attempts under way, and forget what they come to."""
        self._stopped = True
        self._outbox.clear()
        if self._flushing is not None:
            self._flushing.cancel()
        for task in self._running:
            task.cancel()


def _about(callback: Callback) -> str:
    """What a callback tells of: its call, or else all that its address is told of."""
    return callback.call_id or callback.url
