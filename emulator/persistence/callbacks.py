"""Callbacks in the file. A body is written once, apart from what changes."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import Final

from emulator.callbacks.courier import Courier
from emulator.domain.callbacks import Attempt, Callback, CallbackResponse, CallbackStatus
from emulator.domain.faults import Effect, Tampering
from emulator.persistence.tables import (
    Changes,
    Row,
    TrackedTable,
    bytes_read,
    bytes_shown,
    pairs,
    read_moment,
    written,
)

LONG: Final = 65536
"""Bytes of a body from which on it is worth a look whether it is written already."""
NEWEST: Final = 16
"""Among so many callbacks."""


class BodyTable:
    """The bodies of callbacks."""

    name: Final = "bodies"
    key: Final = "id"

    def __init__(self, courier: Courier) -> None:
        self._log = courier.log
        self.loaded: dict[str, bytes] = {}
        """What was read, until the callbacks take it."""

    def track(self) -> None:
        """The callbacks' table notes them."""

    @property
    def is_dirty(self) -> bool:
        """A callback was owed or let go of since the last look."""
        return any((self._log.changed or {}).values())

    def changes(self) -> Changes:
        """The bodies that came and went."""
        found = Changes()
        for callback_id, body in (self._log.changed or {}).items():
            if body:
                callback = self._log.find(callback_id)
                if callback is None or callback.content is None:
                    found.drop.append(callback_id)
                else:
                    found.put[callback_id] = _body_row(callback)
        return found

    def find(self, content: bytes) -> str | None:
        """The callback with this body among the newest; None, too, for a body that is short."""
        if len(content) < LONG:
            return None
        newest = islice(self._log, NEWEST)
        return next((each.id for each in newest if each.content == content), None)

    def mark_clean(self) -> None:
        """The callbacks' table forgets what was noted, as it comes after this."""

    def rows(self) -> Iterable[Row]:
        """Every body that is kept."""
        return (_body_row(each) for each in reversed(self._log) if each.content is not None)

    def load(self, rows: Iterable[Row]) -> None:
        """Read bodies."""
        self.loaded = {row["id"]: bytes_read(row["body"]) for row in rows}


class CallbackTable(TrackedTable):
    """What is owed, and every attempt."""

    name: Final = "callbacks"
    key: Final = "id"

    def __init__(self, courier: Courier, bodies: BodyTable) -> None:
        super().__init__(courier.log)
        self._courier = courier
        self._log = courier.log
        self._bodies = bodies

    def changes(self) -> Changes:
        """The callbacks that were owed, attempted or let go of."""
        found = Changes()
        for callback_id in self._log.changed or ():
            callback = self._log.find(callback_id)
            if callback is None:
                found.drop.append(callback_id)
            else:
                found.put[callback_id] = _row(callback)
        return found

    def rows(self) -> Iterable[Row]:
        """Every callback, in the order they were owed."""
        return map(_row, reversed(self._log))

    def load(self, rows: Iterable[Row]) -> None:
        """Read callbacks; those still owed go on where they were."""
        for row in rows:
            self._courier.resume(_callback(row, self._bodies.loaded.pop(row["id"], None)))


def _body_row(callback: Callback) -> Row:
    return {"id": callback.id, "body": callback.content}


def _row(callback: Callback) -> Row:
    return {
        "id": callback.id,
        "platform": callback.platform,
        "event": callback.event,
        "status": callback.status,
        "method": callback.method,
        "url": callback.url,
        "content_type": callback.content_type,
        "headers": callback.headers,
        "call_id": callback.call_id,
        "batch_id": callback.batch_id,
        "accepts": [callback.accepts.start, callback.accepts.stop],
        "retry_seconds": [delay.total_seconds() for delay in callback.retries],
        "answer_to": callback.answer_to,
        "copy_of": callback.copy_of,
        "created_at": None if callback.created_at is None else written(callback.created_at),
        "due_at": None if callback.due_at is None else written(callback.due_at),
        "step": callback.step,
        "attempts": [_attempt_row(attempt) for attempt in callback.attempts],
        **_tampering_row(callback),
    }


def _tampering_row(callback: Callback) -> Row:
    """What a fault does to it, for the few that one is about."""
    made = callback.fault
    if made is None:
        return {}
    shown = {"id": made.fault_id, "effect": made.effect, "fields": made.fields}
    return {"fault": shown, "echo_of": callback.echo_of}


def _tampering(row: Row | None) -> Tampering | None:
    if row is None:
        return None
    return Tampering(fault_id=row["id"], effect=Effect(row["effect"]), fields=row["fields"])


def _attempt_row(attempt: Attempt) -> Row:
    answer = attempt.answer
    fault = {} if attempt.fault is None else {"fault": attempt.fault}
    return fault | {
        "number": attempt.number,
        "started_at": written(attempt.started_at),
        "ended_at": written(attempt.ended_at),
        "status": answer.status,
        "headers": answer.headers,
        "body": bytes_shown(answer.body),
        "error": answer.error,
        "refused": answer.refused,
    }


def _callback(row: Row, content: bytes | None) -> Callback:
    return Callback(
        id=row["id"],
        platform=row["platform"],
        event=row["event"],
        status=CallbackStatus(row["status"]),
        method=row["method"],
        url=row["url"],
        content=content,
        content_type=row["content_type"],
        headers=pairs(row["headers"]),
        call_id=row["call_id"],
        batch_id=row["batch_id"],
        accepts=range(*row["accepts"]),
        retries=tuple(timedelta(seconds=each) for each in row["retry_seconds"]),
        answer_to=row["answer_to"],
        copy_of=row.get("copy_of"),
        created_at=None if row["created_at"] is None else read_moment(row["created_at"]),
        due_at=None if row["due_at"] is None else read_moment(row["due_at"]),
        step=row["step"],
        attempts=[_attempt(each) for each in row["attempts"]],
        fault=_tampering(row.get("fault")),
        echo_of=row.get("echo_of"),
    )


def _attempt(row: Row) -> Attempt:
    return Attempt(
        number=row["number"],
        started_at=read_moment(row["started_at"]),
        ended_at=read_moment(row["ended_at"]),
        fault=row.get("fault"),
        answer=CallbackResponse(
            status=row["status"],
            headers=pairs(row["headers"]),
            body=bytes_read(row["body"]),
            error=row["error"],
            refused=row["refused"],
        ),
    )
