"""Callbacks: a list of them, each with its attempts, and resending one."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.callbacks.courier import headers_of
from emulator.callbacks.log import CallbackLog
from emulator.callbacks.order import changed_tick
from emulator.control.queries.callbacks import CALLBACK_FIELDS
from emulator.control.request import CLOSED, Ids, split_ids
from emulator.control.shown_callbacks import shown_callback
from emulator.domain.callbacks import Callback, CallbackStatus
from emulator.domain.errors import ConflictError
from emulator.faults.callbacks import Outgoing, outgoing
from emulator.kit.fields import HttpUrl
from emulator.kit.http import content_of, json_response, read_body, read_query
from emulator.kit.operation import Operation
from emulator.kit.queries.fields import Query
from emulator.kit.queries.search import Found, SearchedSlice, found_response, search_list
from emulator.kit.world import World, world_of


class CallbacksQuery(SearchedSlice):
    """Filters of ``GET /callbacks``."""

    platform: str | None = None
    status: CallbackStatus | None = None
    call_id: str | None = None
    batch_id: str | None = None
    ids: Ids | None = None
    """Only these callbacks, in this order: up to 100 ids, separated by commas."""
    sort: Literal["-created", "changed", "-changed"] = "-created"
    """By when they were created or last changed; with a hyphen, the latest first."""


async def list_callbacks(request: Request) -> Response:
    """List callbacks without their bodies, by default newest first."""
    query = read_query(request, CallbacksQuery)
    if query.q is not None:
        matching = await find_callbacks(request, query.q, query)
        return found_response(matching, lambda _, each: shown_callback(each))
    found, total = _find(world_of(request).courier.log, query)
    shown = [shown_callback(each) for each in found]
    return json_response(shown, headers={"X-Total-Count": str(total)})


async def find_callbacks(request: Request, asked: str, query: CallbacksQuery) -> Found[Callback]:
    """Search the callbacks that the other filters choose, the latest change first."""
    terms = Query(request, asked, CALLBACK_FIELDS, {"call": query.call_id})
    status = query.status
    if status is None and (name := terms.only("status")) is not None:
        status = CallbackStatus(name)
    source = world_of(request).courier.log.order.descending(
        query.cursor,
        platform=query.platform or terms.only("platform"),
        status=status,
        batch_id=query.batch_id,
    )
    return await search_list(request, terms, source, query)


def _find(log: CallbackLog, query: CallbacksQuery) -> tuple[list[Callback], int]:
    """Return the callbacks of a page, and how many match."""
    if query.ids is not None:
        named = [found for each in split_ids(query.ids) if (found := log.find(each)) is not None]
        return named, len(named)
    if query.sort != "-created" and query.call_id is None:
        return log.order.page(
            query.offset,
            query.limit,
            platform=query.platform,
            status=query.status,
            batch_id=query.batch_id,
            ascending=query.sort == "changed",
        )
    subject = query.call_id or query.batch_id
    if subject is None:
        return log.order.newest(
            query.offset, query.limit, platform=query.platform, status=query.status
        )
    matching = [
        callback
        for callback in log.about(subject)
        if query.platform in (None, callback.platform)
        and query.status in (None, callback.status)
        and query.call_id in (None, callback.call_id)
        and query.batch_id in (None, callback.batch_id)
    ]
    if query.sort != "-created":
        matching.sort(key=changed_tick, reverse=query.sort == "-changed")
    return matching[query.offset : query.offset + query.limit], len(matching)


async def get_callback(request: Request) -> Response:
    """Show a callback with its body and its attempts."""
    world = world_of(request)
    return json_response(_with_request(world, world.courier.log.get(request.path_params["id"])))


class EditedCallback(BaseModel):
    """The body of ``POST /callbacks/{id}/resend``: what to change; by default nothing."""

    model_config = CLOSED

    url: HttpUrl | None = None
    body: str | None = None
    content_type: Annotated[str, Field(pattern=r"^[ -~]{1,200}$")] | None = None


async def resend_callback(request: Request) -> Response:
    """Resend a callback now: the same bytes, or an edited copy as a new callback."""
    world, callback_id = world_of(request), request.path_params["id"]
    original = world.courier.log.get(callback_id)
    asked = read_body(request, EditedCallback) if content_of(request).strip() else EditedCallback()
    if not asked.model_fields_set:
        return json_response(_with_request(world, await world.courier.resend(callback_id)))
    edited = _edited(world, original, asked)
    await world.courier.send(edited)
    return json_response(_with_request(world, edited), 201)


def _edited(world: World, original: Callback, asked: EditedCallback) -> Callback:
    """Return a copy that is sent once, whatever the response."""
    content = original.content if asked.body is None else asked.body.encode()
    if content is None:
        raise ConflictError(
            f"the body of callback {original.id} was evicted, so it cannot be resent; give a new"
            f" body"
        )
    return Callback(
        id=world.ids.uuid("callback.copy"),
        platform=original.platform,
        event=original.event,
        url=asked.url or original.url,
        content=content,
        content_type=asked.content_type or original.content_type,
        method=original.method,
        headers=original.headers,
        call_id=original.call_id,
        batch_id=original.batch_id,
        accepts=original.accepts,
        timeout=original.timeout,
        copy_of=original.id,
    )


def _with_request(world: World, callback: Callback) -> dict[str, Any]:
    """Return a callback with its request, and beside it the request as a fault changes it."""
    true = outgoing(callback)
    shown: dict[str, Any] = {**shown_callback(callback), **_request(true)}
    if callback.content is None:
        shown["body"] = None
    elif callback.is_falsified and (false := world.faults.sent(callback)) != true:
        shown["sent"] = _request(false)
    return shown


def _request(sent: Outgoing) -> dict[str, Any]:
    return {
        "headers": {name.lower(): value for name, value in headers_of(sent).items()},
        "body": sent.content.decode("utf-8", "replace"),
    }


callback_routes: Final = (
    Operation(method="GET", path="/callbacks", handler=list_callbacks, query=CallbacksQuery),
    Operation(method="GET", path="/callbacks/{id}", handler=get_callback),
    Operation(
        method="POST", path="/callbacks/{id}/resend", handler=resend_callback, takes=EditedCallback
    ),
)
former_callback_routes: Final = (
    Operation(
        method="POST", path="/callbacks/{id}/replay", handler=resend_callback, takes=EditedCallback
    ),
)
"""The name that this route had before; it is served, and no list shows it."""
