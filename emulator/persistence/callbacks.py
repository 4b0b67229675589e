"""Callbacks in the file. Bodies have a table of their own, because they never change."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import Final

from emulator.callbacks.courier import Courier
from emulator.domain.callbacks import Attempt, Callback, CallbackResponse, CallbackStatus
from emulator.domain.faults import Effect, Tampering
from emulator.persistence.columns import Columns, columns
from emulator.persistence.tables import Changes, Row, TrackedTable
from emulator.persistence.values import (
    dump_bytes,
    format_time,
    load_bytes,
    load_headers,
    parse_time,
)
from emulator.store.dirty import ChangeSet, DirtyFlag

MIN_SHARED_BODY_BYTES: Final = 65536
"""A body of this size or more is searched for, so that it is not written a second time."""
MAX_CALLBACKS_SEARCHED: Final = 16
"""How many of the newest callbacks are searched for it."""


class BodyTable:
    """The bodies of callbacks."""

    name: Final = "bodies"
    key: Final = "id"

    def __init__(self, courier: Courier) -> None:
        self._log = courier.log
        self.loaded: dict[str, bytes] = {}
        """Bodies that were read, by callback, until CallbackTable takes them."""

    def track(self, dirty: DirtyFlag) -> None:  # see below
        """Do nothing: CallbackTable tracks the log that both tables read."""

    @property
    def is_dirty(self) -> bool:
        """A callback was enqueued or evicted since the last commit."""
        return any((self._log.changed or {}).values())

    def changes(self) -> Changes:
        """Return the bodies of new callbacks, and the keys of evicted ones."""
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
        """Find the id of a recent callback with this body; None for a short body."""
        if len(content) < MIN_SHARED_BODY_BYTES:
            return None
        newest = islice(self._log, MAX_CALLBACKS_SEARCHED)
        return next((each.id for each in newest if each.content == content), None)

    def mark_clean(self) -> None:
        """Do nothing: CallbackTable comes next and clears the changes of both."""

    def rows(self) -> Iterable[Row]:
        """Return every body that is kept."""
        return (_body_row(each) for each in reversed(self._log) if each.content is not None)

    def load(self, rows: Iterable[Row]) -> None:
        """Load bodies; CallbackTable takes them."""
        self.loaded = {row["id"]: load_bytes(row["body"]) for row in rows}


class CallbackTable(TrackedTable):
    """Callbacks with their attempts."""

    name: Final = "callbacks"
    key: Final = "id"

    def __init__(self, courier: Courier, bodies: BodyTable) -> None:
        super().__init__(courier.log)
        self._courier = courier
        self._log = courier.log
        self._bodies = bodies
        self._responded: ChangeSet[str, None] = ChangeSet(DirtyFlag())

    def track(self, dirty: DirtyFlag) -> None:
        """Record changes from now on, and set the flag of the world when there are any."""
        super().track(dirty)
        self._responded = self._log.responded = ChangeSet(dirty)

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last commit."""
        return bool(self._changed or self._responded)

    def mark_clean(self) -> None:
        """Forget the changes: they are written."""
        super().mark_clean()
        self._log.large.clear()
        self._responded.clear()

    def changes(self) -> Changes:
        """Return the callbacks that were enqueued or attempted, and the keys of evicted ones."""
        found = Changes(change=self._responses())
        for callback_id in self._log.changed or ():
            callback = self._log.find(callback_id)
            if callback is None:
                found.drop.append(callback_id)
            else:
                found.put[callback_id] = _row(callback)
        return found

    def _responses(self) -> Columns | None:
        """Return the responses to attempts that are not recorded yet; None if there are none."""
        changed = self._log.changed or {}
        keys = [each for each in self._log.responded or () if each not in changed]
        if not keys:
            return None
        return columns(keys, response=[_waiting_response(self._log.get(each)) for each in keys])

    def rows(self) -> Iterable[Row]:
        """Return every callback, in the order they were enqueued."""
        return map(_row, reversed(self._log))

    def load(self, rows: Iterable[Row]) -> None:
        """Load callbacks; the courier resumes the pending ones."""
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
        "answer_to": callback.on_response,
        "copy_of": callback.copy_of,
        "created_at": None if callback.created_at is None else format_time(callback.created_at),
        "due_at": None if callback.due_at is None else format_time(callback.due_at),
        "step": callback.step,
        "attempts": [_attempt_row(attempt) for attempt in callback.attempts],
        **({} if callback.timeout is None else {"timeout": callback.timeout.total_seconds()}),
        **_tampering_row(callback),
        **({} if callback.response is None else {"response": _waiting_response(callback)}),
    }


def _waiting_response(callback: Callback) -> Row | None:
    return None if callback.response is None else _response_row(callback.response)


def _tampering_row(callback: Callback) -> Row:
    """Return the fields of a callback that a fault changes; none for other callbacks."""
    tampering = callback.fault
    if tampering is None:
        return {}
    fault = {"id": tampering.fault_id, "effect": tampering.effect, "fields": tampering.fields}
    return {"fault": fault, "echo_of": callback.echo_of}


def _tampering(row: Row | None) -> Tampering | None:
    if row is None:
        return None
    return Tampering(fault_id=row["id"], effect=Effect(row["effect"]), fields=row["fields"])


def _attempt_row(attempt: Attempt) -> Row:
    fault = {} if attempt.fault is None else {"fault": attempt.fault}
    return fault | {
        "number": attempt.number,
        "started_at": format_time(attempt.started_at),
        "ended_at": format_time(attempt.ended_at),
        **_response_row(attempt.response),
    }


def _response_row(response: CallbackResponse) -> Row:
    return {
        "status": response.status,
        "headers": response.headers,
        "body": dump_bytes(response.body),
        "error": response.error,
        "refused": response.refused,
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
        headers=load_headers(row["headers"]),
        call_id=row["call_id"],
        batch_id=row["batch_id"],
        accepts=range(*row["accepts"]),
        retries=tuple(timedelta(seconds=each) for each in row["retry_seconds"]),
        on_response=row["answer_to"],
        timeout=timedelta(seconds=row["timeout"]) if row.get("timeout") is not None else None,
        copy_of=row.get("copy_of"),
        created_at=None if row["created_at"] is None else parse_time(row["created_at"]),
        due_at=None if row["due_at"] is None else parse_time(row["due_at"]),
        step=row["step"],
        attempts=[_attempt(each) for each in row["attempts"]],
        response=None if row.get("response") is None else _response(row["response"]),
        fault=_tampering(row.get("fault")),
        echo_of=row.get("echo_of"),
    )


def _attempt(row: Row) -> Attempt:
    return Attempt(
        number=row["number"],
        started_at=parse_time(row["started_at"]),
        ended_at=parse_time(row["ended_at"]),
        fault=row.get("fault"),
        response=_response(row),
    )


def _response(row: Row) -> CallbackResponse:
    return CallbackResponse(
        status=row["status"],
        headers=load_headers(row["headers"]),
        body=load_bytes(row["body"]),
        error=row["error"],
        refused=row["refused"],
    )
