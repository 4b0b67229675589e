"""Inboxes, which store what callbacks send: a test scripts them, reads them and waits for them."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.callbacks.inbox import Inbox, InboxMessage, ScriptedResponse
from emulator.control.clock import shown_clock
from emulator.control.inbox_messages import (
    LARGE_BODY_BYTES,
    messages_response,
    page_of,
    shown_head,
    shown_message,
)
from emulator.control.queries.inboxes import INBOX_FIELDS, MESSAGE_FIELDS
from emulator.control.request import CLOSED, iso
from emulator.kit.errors import ApiError
from emulator.kit.fields import Whole
from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.json import to_json
from emulator.kit.operation import Operation
from emulator.kit.queries.fields import Query
from emulator.kit.queries.search import (
    SearchedSlice,
    Slice,
    found_response,
    headers_of,
    search_list,
)
from emulator.kit.world import world_of
from emulator.wire.whole_numbers import WHOLE_NUMBER, whole
from emulator.world.world import World

MAX_ENTRIES_SHOWN: Final = 10
"""Messages, and other inboxes, in the response to a wait that timed out."""
MAX_BODY_CHARACTERS: Final = 4096
"""Of each of these messages."""
FROZEN: Final = "the clock is frozen: POST /_emulator/clock/advance lets time pass"

Status = Annotated[int, Field(ge=200, le=599, strict=True), WHOLE_NUMBER]


class ResponseScript(BaseModel):
    """One response; its body is ``json`` or ``body``."""

    model_config = CLOSED

    status: Status = 200
    body: str = ""
    value: Any = Field(default=None, alias="json")
    content_type: Annotated[str, Field(pattern=r"^[ -~]{1,200}$")] = "application/json"


def _in_full(answer: Any) -> Any:
    """Read a number as a status."""
    answer = whole(answer)
    if not isinstance(answer, int | dict):
        raise ValueError("must be a status from 200 to 599, or an object with one")  # noqa: TRY004  # reported as a problem
    return {"status": answer} if isinstance(answer, int) else answer


class ScriptInboxRequest(BaseModel):
    """The body of ``PUT /inboxes/{name}``: the responses to the next requests, in order."""

    model_config = CLOSED

    answers: Annotated[
        list[Annotated[ResponseScript, BeforeValidator(_in_full)]], Field(max_length=10_000)
    ]


class WaitQuery(BaseModel):
    """The query of ``GET /inboxes/{name}/wait``."""

    model_config = CLOSED

    count: Annotated[Whole, Field(ge=1, le=100_000)] = 1
    timeout: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] = 5.0


class InboxesQuery(SearchedSlice):
    """Filters of ``GET /inboxes``."""

    limit: Annotated[Whole, Field(ge=1, le=1000)] = 1000
    sort: Literal["created", "-created"] = "created"
    """By when they were first used; with a hyphen, the latest first."""


class InboxMessagesQuery(SearchedSlice):
    """Filters of ``GET /inboxes/{name}``."""

    newest: bool = False
    """The newest first, each with its number, as those that a query finds."""


async def list_inboxes(request: Request) -> Response:
    """List the inboxes that were used, with their counts of messages; by default oldest first."""
    inboxes, query = world_of(request).inboxes, read_query(request, InboxesQuery)

    def shown(name: str) -> dict[str, Any]:
        messages = inboxes[name].messages
        newest = messages.find(messages.last)
        at = None if newest is None else iso(newest.received_at)
        return {"name": name, "messages": len(messages), "received": messages.last, "newest_at": at}

    if query.q is not None:
        terms = Query(request, query.q, INBOX_FIELDS)
        found = await search_list(request, terms, inboxes.before(query.cursor), query)
        return found_response(found, lambda _, name: shown(name))
    page = inboxes.page(query.offset, query.limit, descending=query.sort == "-created")
    return json_response([*map(shown, page)], headers={"X-Total-Count": str(len(inboxes))})


async def read_inbox(request: Request) -> Response:
    """List the messages of an inbox, oldest first; those that a query finds, newest first."""
    query = read_query(request, InboxMessagesQuery)
    inbox = world_of(request).inboxes.peek(request.path_params["name"])
    headers = {"X-Total-Count": str(len(inbox.messages))}
    if query.q is None and not query.newest:
        return await messages_response(page_of(inbox, query), headers)
    terms = Query(request, query.q or "", MESSAGE_FIELDS)
    found = await search_list(request, terms, inbox.messages.backwards(query.cursor), query)
    return await messages_response(found.records, headers | headers_of(found))


async def script_inbox(request: Request) -> Response:
    """Script an inbox's responses to its next requests."""
    asked = read_body(request, ScriptInboxRequest)
    answers = [_scripted(answer) for answer in asked.answers]
    inbox = _inbox(request)
    inbox.script(answers)
    return json_response({"answers": len(answers)})


async def empty_inbox(request: Request) -> Response:
    """Delete an inbox's messages and its scripted responses."""
    _inbox(request).empty()
    return Response(status_code=204)


async def wait_for_messages(request: Request) -> Response:
    """Wait until an inbox has a number of messages, and list them."""
    query = read_query(request, WaitQuery)
    inbox = _inbox(request)
    if not await inbox.wait(query.count, query.timeout):
        raise _timed_out(world_of(request), request.path_params["name"], query)
    return await messages_response(page_of(inbox, Slice(limit=1000)), {})


def _timed_out(world: World, name: str, query: WaitQuery) -> ApiError:
    """Say what arrived instead, here and in other inboxes, and when the next step is due."""
    inboxes = world.inboxes
    held = len(inboxes[name].messages)
    newest = Slice(limit=MAX_ENTRIES_SHOWN, offset=max(held - MAX_ENTRIES_SHOWN, 0))
    others = [other for other in inboxes.names() if other != name and inboxes[other].messages]
    clock = shown_clock(world)
    seen = {
        "arrived": [_shortened(each) for each in page_of(inboxes[name], newest)],
        "elsewhere": [
            {"name": other, "messages": len(inboxes[other].messages)}
            for other in others[:MAX_ENTRIES_SHOWN]
        ],
        "clock": clock,
    }
    message = f"{held} of {query.count} messages arrived within {query.timeout:g} s"
    stands = clock["mode"] == "frozen" and clock["next_due"] is not None
    return ApiError(408, "timed_out", message, details=seen, hint=FROZEN if stands else None)


def _shortened(message: InboxMessage) -> dict[str, Any]:
    """Return a message without the rest of a long body."""
    if len(message.content) > LARGE_BODY_BYTES:
        start = message.content[: 4 * MAX_BODY_CHARACTERS].decode("utf-8", "replace")
        cut = {"json": None, "body": start[:MAX_BODY_CHARACTERS], "cut": True}
        return shown_head(message) | cut
    shown = shown_message(message)
    if len(shown["body"]) <= MAX_BODY_CHARACTERS:
        return shown
    return shown | {"body": shown["body"][:MAX_BODY_CHARACTERS], "json": None, "cut": True}


def _inbox(request: Request) -> Inbox:
    return world_of(request).inboxes[request.path_params["name"]]


def _scripted(answer: ResponseScript) -> ScriptedResponse:
    content = answer.body.encode()
    if "value" in answer.model_fields_set:
        content = to_json(answer.value)
    return ScriptedResponse(status=answer.status, content=content, content_type=answer.content_type)


inbox_routes: Final = (
    Operation(method="GET", path="/inboxes", handler=list_inboxes, query=InboxesQuery),
    Operation(method="GET", path="/inboxes/{name}", handler=read_inbox, query=InboxMessagesQuery),
    Operation(method="PUT", path="/inboxes/{name}", handler=script_inbox, takes=ScriptInboxRequest),
    Operation(method="DELETE", path="/inboxes/{name}", handler=empty_inbox, status=204),
    Operation(
        method="GET", path="/inboxes/{name}/wait", handler=wait_for_messages, query=WaitQuery
    ),
)
