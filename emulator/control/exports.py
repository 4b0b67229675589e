"""Calls, callbacks and batches as files: CSV for spreadsheets, or JSON."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.batches import shown_batch
from emulator.control.calls import bot_name, shown_call
from emulator.control.queries.batches import BATCH_FIELDS
from emulator.control.queries.callbacks import CALLBACK_FIELDS
from emulator.control.queries.calls import CALL_FIELDS
from emulator.control.request import CLOSED, iso
from emulator.control.shown_callbacks import shown_callback
from emulator.domain.batches import BatchStatus
from emulator.domain.callbacks import Callback, CallbackStatus
from emulator.domain.calls import Call, CallStatus
from emulator.kit.export import Format, export
from emulator.kit.fields import PhoneQuery
from emulator.kit.http import read_query
from emulator.kit.operation import Operation
from emulator.kit.queries.fields import Query
from emulator.kit.queries.search import Text
from emulator.kit.world import world_of

R = TypeVar("R")

CALL_COLUMNS: Final = (
    *("id", "platform", "direction", "from", "to", "status", "outcome", "keys", "scenario"),
    *("hangup_cause", "bot", "workflow_id", "batch_id", "created_at", "ringing_at"),
    *("answered_at", "ended_at", "talk_seconds", "fault.kind"),
)
CALLBACK_COLUMNS: Final = (
    *("id", "platform", "event", "status", "call_id", "batch_id", "method", "url", "created_at"),
    *("due_at", "tries", "last_status", "last_error", "last_at", "fault.kind"),
)
BATCH_COLUMNS: Final = (
    *("id", "platform", "status", "bot", "workflow_id", "created_at", "ended_at", "calls"),
    *("ended", "answered", *(f"statuses.{status}" for status in CallStatus), "keys", "outcomes"),
    *("average_talk_seconds", "callbacks.delivered", "callbacks.failed"),
)


class ExportCallsQuery(BaseModel):
    """Filters of ``GET /calls/export``: those of the list."""

    model_config = CLOSED

    format: Format = "csv"
    q: Text | None = None
    platform: str | None = None
    status: CallStatus | None = None
    batch_id: str | None = None
    workflow_id: str | None = None
    number: PhoneQuery | None = None


class ExportCallbacksQuery(BaseModel):
    """Filters of ``GET /callbacks/export``: those of the list."""

    model_config = CLOSED

    format: Format = "csv"
    q: Text | None = None
    platform: str | None = None
    status: CallbackStatus | None = None
    call_id: str | None = None
    batch_id: str | None = None


class ExportBatchesQuery(BaseModel):
    """Filters of ``GET /batches/export``: those of the list."""

    model_config = CLOSED

    format: Format = "csv"
    q: Text | None = None
    status: BatchStatus | None = None


async def export_calls(request: Request) -> Response:
    """Export the calls that match as CSV or JSON, newest first."""
    world, asked = world_of(request), read_query(request, ExportCallsQuery)
    given = {"platform": asked.platform, "status": asked.status, "workflow": asked.workflow_id}
    terms = Query(request, asked.q or "", CALL_FIELDS, given | {"number": asked.number})
    calls = world.calls.newest_first()
    if asked.batch_id is not None:
        calls = reversed(world.batches.get(asked.batch_id).calls)

    def shown(call: Call) -> dict[str, Any]:
        return shown_call(world, call) | {"bot": bot_name(request, call)}

    return export("calls", asked.format, _matching(calls, terms, shown), CALL_COLUMNS)


async def export_callbacks(request: Request) -> Response:
    """Export the callbacks that match as CSV or JSON, newest first, without their bodies."""
    log, asked = world_of(request).courier.log, read_query(request, ExportCallbacksQuery)
    given = {"platform": asked.platform, "status": asked.status}
    given |= {"call": asked.call_id, "batch": asked.batch_id}
    terms = Query(request, asked.q or "", CALLBACK_FIELDS, given)
    return export(
        "callbacks", asked.format, _matching([*log], terms, _exported_callback), CALLBACK_COLUMNS
    )


def _exported_callback(callback: Callback) -> dict[str, Any]:
    """Return a callback with its last attempt."""
    attempts = callback.attempts
    last = attempts[-1] if attempts else None
    return shown_callback(callback) | {
        "tries": len(attempts),
        "last_status": None if last is None else last.response.status,
        "last_error": None if last is None else last.response.error,
        "last_at": None if last is None else iso(last.ended_at),
    }


async def export_batches(request: Request) -> Response:
    """Export the batches that match as CSV or JSON, newest first, with their counts."""
    asked = read_query(request, ExportBatchesQuery)
    terms = Query(request, asked.q or "", BATCH_FIELDS, {"status": asked.status})
    batches = reversed([*world_of(request).batches])
    found = _matching(batches, terms, lambda each: shown_batch(request, each))
    return export("batches", asked.format, found, BATCH_COLUMNS)


def _matching(
    records: Iterable[R], terms: Query[R], show: Callable[[R], dict[str, Any]]
) -> Iterator[dict[str, Any] | None]:
    """Show the records that match; None stands for each of the others."""
    return (show(each) if terms.matches(each) else None for each in records)


export_routes: Final = (
    Operation(
        method="GET",
        path="/calls/export",
        handler=export_calls,
        query=ExportCallsQuery,
        gives_as="text/csv",
        also_gives_as="application/json",
    ),
    Operation(
        method="GET",
        path="/callbacks/export",
        handler=export_callbacks,
        query=ExportCallbacksQuery,
        gives_as="text/csv",
        also_gives_as="application/json",
    ),
    Operation(
        method="GET",
        path="/batches/export",
        handler=export_batches,
        query=ExportBatchesQuery,
        gives_as="text/csv",
        also_gives_as="application/json",
    ),
)
