"""The journal: everything that happened, in order."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.request import CLOSED, iso, worlds_of
from emulator.domain.events import BatchMoved, CallMoved, Event
from emulator.domain.faults import Faulted
from emulator.journal import Attempted, Entry, Exchange, kind_of
from emulator.kit.errors import ApiError
from emulator.kit.fields import Whole
from emulator.kit.http import json_response, read_query
from emulator.kit.operation import Operation
from emulator.kit.world import world_of


class JournalQuery(BaseModel):
    """Filters of ``GET /journal``."""

    model_config = CLOSED

    kind: Literal["exchange", "control", "call", "batch", "attempt", "fault"] | None = None
    platform: str | None = None
    call_id: str | None = None
    after: Annotated[Whole, Field(ge=0)] | None = None
    limit: Annotated[Whole, Field(ge=1, le=10_000)] = 100


async def read_journal(request: Request) -> Response:
    """List entries, oldest first: those after a number, or else the newest."""
    journal = world_of(request).journal
    query = read_query(request, JournalQuery)
    found = journal.read(**query.model_dump())
    return json_response(
        [{"number": number, **shown_entry(entry)} for number, entry in found],
        headers={"X-Dropped-Count": str(journal.dropped)},
    )


def shown_entry(entry: Entry) -> dict[str, Any]:
    """Show an entry of any kind."""
    match entry:
        case CallMoved() | BatchMoved():
            return shown_event(entry)
        case Faulted():
            return {"kind": "fault"} | entry._asdict() | {"at": iso(entry.at)}
        case Attempted():
            shown = {
                "kind": "attempt",
                "at": iso(entry.at),
                "platform": entry.platform,
                "callback_id": entry.callback_id,
                "call_id": entry.call_id,
                "batch_id": entry.batch_id,
                "event": entry.event,
                "url": entry.url,
                "attempt": entry.number,
                "status": entry.status,
                "error": entry.error,
            }
            return shown if entry.fault is None else shown | {"fault_id": entry.fault}
        case Exchange():
            return _exchange(entry)


def shown_event(event: Event) -> dict[str, Any]:
    """Show a step of a call or a batch."""
    shown: dict[str, Any] = {"kind": kind_of(event)}
    shown |= event._asdict()
    shown["at"] = iso(event.at)
    return shown


def _exchange(entry: Exchange) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "kind": entry.kind,
        "at": iso(entry.at),
        "platform": entry.platform,
        "operation": entry.operation,
        "method": entry.method,
        "target": entry.target,
        "headers": [
            [name.decode("latin-1"), value.decode("latin-1")] for name, value in entry.headers
        ],
        "body": entry.content.decode("utf-8", "replace"),
        "status": entry.status,
        "answer": entry.answer.decode("utf-8", "replace"),
    }
    if entry.nearest is not None:
        shown["nearest"] = entry.nearest.split(", ")
    told = {"problem": entry.problem, "fault_id": entry.fault}
    return shown | {name: value for name, value in told.items() if value is not None}


async def export_run(request: Request) -> Response:
    """Give the world's run as a file: how it began, its journal, and a hash; `replay` reads it."""
    from emulator.saving.runs import UnrepeatableError, written_run  # noqa: PLC0415  # start-up

    world, worlds = world_of(request), worlds_of(request)
    await world.stand_still()
    credentials = {name: worlds.credentials(world, name) for name in worlds.vendors}
    try:
        content = written_run(world, credentials)
    except UnrepeatableError as error:
        raise ApiError(409, "unrepeatable", str(error)) from None
    headers = {"Content-Disposition": f'attachment; filename="{world.name}.run"'}
    return Response(content, 200, headers, "application/x-ndjson")


journal_routes: Final = (
    Operation(method="GET", path="/journal", handler=read_journal, query=JournalQuery),
    Operation(method="GET", path="/journal/export", handler=export_run),
)
