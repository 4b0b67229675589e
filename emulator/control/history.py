"""The history: everything that happened in a world, in order."""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.queries.requests import REQUEST_FIELDS, exchanges_before
from emulator.control.request import CLOSED, loaded_platforms, worlds_of
from emulator.control.shown_entries import shown_entry
from emulator.domain.errors import UnknownError
from emulator.history.entries import whole
from emulator.history.exchanges import Exchange
from emulator.kit.errors import ApiError
from emulator.kit.fields import Whole
from emulator.kit.http import json_response, read_query
from emulator.kit.json import to_json
from emulator.kit.operation import Operation
from emulator.kit.pieces_response import PiecesResponse, with_commas
from emulator.kit.platform import Platform
from emulator.kit.queries.fields import Query
from emulator.kit.queries.search import SearchedSlice, found_response, search_list
from emulator.kit.turns import in_turns_of, turns
from emulator.kit.world import World, world_of

MAX_ACTION_BYTES: Final = 65_536
"""Larger bodies are not read for their action."""


class HistoryQuery(BaseModel):
    """Filters of ``GET /history``."""

    model_config = CLOSED

    kind: (
        Literal[
            "exchange", "control", "call", "batch", "attempt", "fault", "stream", "link", "tool"
        ]
        | None
    ) = None
    platform: str | None = None
    call_id: str | None = None
    status: str | None = None
    """The status of a response, or the one that a call or a batch entered."""
    after: Annotated[Whole, Field(ge=0)] | None = None
    before: Annotated[Whole, Field(ge=0)] | None = None
    about: str | None = None
    """Id of a call, a batch or a callback; for a call, its batch is included."""
    sender: Literal["any", "client"] = "any"
    """``client``: without the callbacks that the emulator sent to itself."""
    brief: bool = False
    """Leave out headers and bodies."""
    limit: Annotated[Whole, Field(ge=1, le=10_000)] = 100


class RequestsQuery(SearchedSlice):
    """Filters of ``GET /requests``."""

    kind: Literal["exchange", "control"] = "exchange"
    """Requests to the vendors' APIs, or changes by the control API."""
    platform: str | None = None
    about: str | None = None
    """Id of a call, a batch or a callback that they mention."""
    sender: Literal["any", "client"] = "any"
    """``client``: without the callbacks that the emulator sent to itself."""


async def read_history(request: Request) -> Response:
    """List history entries, oldest first: those after a number, by default the newest."""
    world = world_of(request)
    query = read_query(request, HistoryQuery)
    about = () if query.about is None else subjects(world, query.about)
    headers = {"X-Dropped-Count": str(world.history.evicted)}
    matching = world.history.matching(
        **query.model_dump(exclude={"brief", "about", "limit", "sender"}), about=about
    )
    actions = await _actions(request)
    found: list[bytes] = []
    async for each in turns(matching):
        if each is not None:
            number, entry = each
            if query.sender == "client" and isinstance(entry, Exchange) and entry.callback_id:
                continue
            shown = shown_entry(entry, brief=query.brief) | actions.of(entry)
            found.append(to_json({"number": number, **shown}))
            if len(found) == query.limit:
                break
    if query.after is None:
        found.reverse()
    return PiecesResponse([b"[", *with_commas(found), b"]"], "application/json", headers)


async def list_requests(request: Request) -> Response:
    """List the requests that are kept, newest first, without headers and bodies."""
    query = read_query(request, RequestsQuery)
    given = {"platform": query.platform, "text": query.about}
    if query.sender == "client":
        given["sender"] = query.sender
    terms = Query(request, query.q or "", REQUEST_FIELDS, given)
    source = exchanges_before(world_of(request).history, query.cursor, query.kind)
    actions = await _actions(request)
    found = await search_list(request, terms, source, query)

    def shown(number: int, entry: Exchange) -> dict[str, Any]:
        return {"number": number, **shown_entry(entry, brief=True), **actions.of(entry)}

    return found_response(found, shown)


async def read_entry(request: Request) -> Response:
    """Show a history entry."""
    written = request.path_params["number"]
    number = int(written) if re.fullmatch("[0-9]{1,15}", written, re.ASCII) else 0
    entry = world_of(request).history.find(number)
    if entry is None:
        raise UnknownError("entry", written)
    actions = await _actions(request)
    shown = shown_entry(whole(entry)) | actions.of(entry)
    return json_response({"number": number, **shown})


async def _actions(request: Request) -> "_Actions":
    return _Actions(await loaded_platforms(request))


class _Actions:
    """Says what a request asks for, where an operation does many things."""

    def __init__(self, platforms: Mapping[str, Platform]) -> None:
        self._fields = {
            (platform.name, operation.id): operation.action_field
            for platform in platforms.values()
            for operation in platform.hooks.operations
            if operation.action_field
        }

    def of(self, entry: object) -> dict[str, str]:
        """Return the field ``action`` of a shown entry, if it has one."""
        if not isinstance(entry, Exchange) or entry.platform is None or entry.operation is None:
            return {}
        field = self._fields.get((entry.platform, entry.operation))
        if field is None or len(entry.content) > MAX_ACTION_BYTES:
            return {}
        try:
            action = json.loads(entry.content)[field]
        except (ValueError, LookupError, TypeError, RecursionError):
            return {}
        return {"action": action} if isinstance(action, str) else {}


def subjects(world: World, name: str) -> list[str]:
    """What an entry about this may name: a call is asked for with its batch."""
    call = world.calls.find(name)
    return [name] if call is None or call.batch_id is None else [name, call.batch_id]


async def export_run(request: Request) -> Response:
    """Export the world's run as a file that `voicebot-emulator replay` reads."""
    from emulator.persistence.runs import NotReplayableError, run_lines  # noqa: PLC0415  # start-up

    world, worlds = world_of(request), worlds_of(request)
    await world.waiting.wait_until_idle()
    credentials = {name: worlds.credentials(world, name) for name in worlds.vendors}
    try:
        *lines, head = await in_turns_of(world, run_lines(world, credentials))
    except NotReplayableError as error:
        raise ApiError(409, "unrepeatable", str(error)) from None
    headers = {"Content-Disposition": f'attachment; filename="{world.name}.run"'}
    return PiecesResponse([head, *lines], "application/x-ndjson", headers)


history_routes: Final = (
    Operation(method="GET", path="/requests", handler=list_requests, query=RequestsQuery),
    Operation(method="GET", path="/history", handler=read_history, query=HistoryQuery),
    Operation(method="GET", path="/history/{number}", handler=read_entry),
    Operation(
        method="GET", path="/history/export", handler=export_run, gives_as="application/x-ndjson"
    ),
)
former_history_routes: Final = tuple(
    Operation(
        method=each.method,
        path=each.path.replace("/history", "/journal"),
        handler=each.handler,
        query=each.query,
    )
    for each in history_routes
    if each.path.startswith("/history")
)
"""The names that these routes had before; they are served, and no list shows them."""
