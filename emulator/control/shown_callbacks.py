"""Callbacks as the control API shows them."""

from typing import Any

from emulator.control.applied_faults import mark_of_callback
from emulator.control.request import iso
from emulator.domain.callbacks import Attempt, Callback


def shown_callback(callback: Callback) -> dict[str, Any]:
    """Return a callback for programs, without its body, and with the fault that changes it."""
    shown: dict[str, Any] = {
        "id": callback.id,
        "platform": callback.platform,
        "event": callback.event,
        "call_id": callback.call_id,
        "batch_id": callback.batch_id,
        "method": callback.method,
        "url": callback.url,
        "status": callback.status,
        "copy_of": callback.copy_of,
        "created_at": iso(callback.created_at),
        "due_at": iso(callback.due_at),
        "attempts": [_attempt(callback, attempt) for attempt in callback.attempts],
    } | mark_of_callback(callback)
    return shown if callback.echo_of is None else shown | {"echo_of": callback.echo_of}


def _attempt(callback: Callback, attempt: Attempt) -> dict[str, Any]:
    answer = attempt.response
    return ({} if attempt.fault is None else mark_of_callback(callback)) | {
        "number": attempt.number,
        "started_at": iso(attempt.started_at),
        "ended_at": iso(attempt.ended_at),
        "status": answer.status,
        "error": answer.error,
        "headers": [list(pair) for pair in answer.headers],
        "body": answer.body.decode("utf-8", "replace"),
    }
