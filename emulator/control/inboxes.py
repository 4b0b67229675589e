"""Inboxes: endpoints for callbacks, which a test can script, read and wait for."""

from codecs import getincrementaldecoder
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.callbacks.inbox import Inbox, InboxMessage, ScriptedResponse
from emulator.control.clock import shown_clock
from emulator.control.request import CLOSED, Slice, iso, worlds_of
from emulator.http.exchange import target_of
from emulator.kit.errors import ApiError
from emulator.kit.fields import Whole
from emulator.kit.http import json_response, read_body, read_query, receive_body
from emulator.kit.json import BYTE_ORDER_MARK, JsonError, read_json, to_json
from emulator.kit.operation import Operation
from emulator.kit.pieces_response import PIECE_BYTES, PiecesResponse
from emulator.kit.turns import in_turns
from emulator.kit.world import world_of
from emulator.world.waiting import check_present
from emulator.world.world import World

MAX_ENTRIES_SHOWN: Final = 10
"""Messages, and other inboxes, in the response to a wait that timed out."""
MAX_BODY_CHARACTERS: Final = 4096
"""Of each of these messages."""

NOT_A_PAGE: Final = {
    "Content-Security-Policy": "sandbox",
    "X-Content-Type-Options": "nosniff",
}
"""Whatever a test scripts as a response, a browser runs none of it as a page of the emulator."""

LARGE_BODY_BYTES: Final = 1 << 20
"""A longer body is put into a response as it is, if it is JSON."""

Status = Annotated[int, Field(ge=200, le=599, strict=True)]


class ResponseScript(BaseModel):
    """One response; its body is ``json`` or ``body``."""

    model_config = CLOSED

    status: Status = 200
    body: str = ""
    value: Any = Field(default=None, alias="json")
    content_type: Annotated[str, Field(pattern=r"^[ -~]{1,200}$")] = "application/json"


def _in_full(answer: Any) -> Any:
    """Read a number as a status."""
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


async def take_message(request: Request) -> Response:
    """Store a request in the inbox; respond with 200, or as scripted."""
    worlds = worlds_of(request)
    world_name, _, rest = request.scope["path"].partition("/inbox/")[2].partition("/")
    world = worlds.get(world_name)
    name = rest.partition("/")[0]
    if not name:
        raise ApiError(
            404, "no_operation", "the URL of an inbox is /_emulator/inbox/{world}/{name}"
        )
    ended = world.ended
    content = await receive_body(
        request, 4 * worlds.settings.max_body, request.headers.get("content-encoding")
    )
    check_present(ended)
    world.prepare(len(content))
    message = InboxMessage(
        received_at=world.clock.now(),
        method=request.method,
        path=target_of(request.scope),
        headers=tuple(request.headers.items()),
        content=content,
    )
    world.meter.check(len(content))
    world.writes += 1
    answer = world.inboxes.receive(name, message)
    world.commit()
    return Response(answer.content, answer.status, NOT_A_PAGE, answer.content_type)


async def list_inboxes(request: Request) -> Response:
    """List the inboxes that were used, with their counts of messages."""
    inboxes = world_of(request).inboxes
    return json_response(
        [
            {
                "name": name,
                "messages": len(inboxes[name].messages),
                "received": inboxes[name].messages.last,
            }
            for name in inboxes.names()
        ]
    )


async def read_inbox(request: Request) -> Response:
    """List the messages of an inbox, oldest first."""
    query = read_query(request, Slice)
    inbox = world_of(request).inboxes.peek(request.path_params["name"])
    return await _response(inbox, query)


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
    return await _response(inbox, Slice(limit=1000))


def _timed_out(world: World, name: str, query: WaitQuery) -> ApiError:
    """Say what arrived instead, here and in other inboxes, and when the next step is due."""
    inboxes = world.inboxes
    held = len(inboxes[name].messages)
    newest = Slice(limit=MAX_ENTRIES_SHOWN, offset=max(held - MAX_ENTRIES_SHOWN, 0))
    others = [other for other in inboxes.names() if other != name and inboxes[other].messages]
    seen = {
        "arrived": [_shortened(each) for each in _page(inboxes[name], newest)],
        "elsewhere": [
            {"name": other, "messages": len(inboxes[other].messages)}
            for other in others[:MAX_ENTRIES_SHOWN]
        ],
        "clock": shown_clock(world),
    }
    message = f"{held} of {query.count} messages arrived within {query.timeout:g} s"
    return ApiError(408, "timed_out", message, details=seen)


def _shortened(message: InboxMessage) -> dict[str, Any]:
    """Return a message without the rest of a long body."""
    if len(message.content) > LARGE_BODY_BYTES:
        start = message.content[: 4 * MAX_BODY_CHARACTERS].decode("utf-8", "replace")
        cut = {"json": None, "body": start[:MAX_BODY_CHARACTERS], "cut": True}
        return _head(message) | cut
    shown = _message(message)
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


def _page(inbox: Inbox, query: Slice) -> Iterator[InboxMessage]:
    page = islice(inbox.messages.after(inbox.messages.evicted + query.offset), query.limit)
    return (message for _, message in page)


async def _response(inbox: Inbox, query: Slice) -> Response:
    """Return a list of messages, written one by one, as their bodies may be long."""
    written = await in_turns(_written(list(_page(inbox, query))))
    return PiecesResponse(written, "application/json")


def _written(messages: list[InboxMessage]) -> Iterator[bytes]:
    """Write a list of messages in pieces."""
    between = b"["
    for message in messages:
        yield between
        if len(message.content) < LARGE_BODY_BYTES:
            yield to_json(_message(message))
        else:
            yield from _large(message)
        between = b","
    yield b"]" if messages else b"[]"


def _large(message: InboxMessage) -> Iterator[bytes]:
    """Write a message with a large body; one that is JSON is put in as it is."""
    from emulator.kit.json_steps import is_json_in_steps  # noqa: PLC0415  # start-up time

    body = message.content
    is_json = yield from is_json_in_steps(body)
    yield to_json(_head(message))[:-1] + b',"json":'
    yield body.removeprefix(BYTE_ORDER_MARK) if is_json else b"null"
    yield b',"body":"'
    decoder = getincrementaldecoder("utf-8")("replace")
    for at in range(0, len(body), PIECE_BYTES):
        yield to_json(decoder.decode(body[at : at + PIECE_BYTES]))[1:-1]
    yield to_json(decoder.decode(b"", final=True))[1:-1] + b'"}'


def _head(message: InboxMessage) -> dict[str, Any]:
    return {
        "method": message.method,
        "path": message.path,
        "headers": dict(message.headers),
        "received_at": iso(message.received_at),
    }


def _message(message: InboxMessage) -> dict[str, Any]:
    try:
        value = read_json(message.content, is_bounded=False)
    except JsonError:
        value = None
    text = message.content.decode("utf-8", "replace")
    return {**_head(message), "json": value, "body": text}


inbox_routes: Final = (
    Operation(method="GET", path="/inboxes", handler=list_inboxes),
    Operation(method="GET", path="/inboxes/{name}", handler=read_inbox, query=Slice),
    Operation(method="PUT", path="/inboxes/{name}", handler=script_inbox, takes=ScriptInboxRequest),
    Operation(method="DELETE", path="/inboxes/{name}", handler=empty_inbox, status=204),
    Operation(
        method="GET", path="/inboxes/{name}/wait", handler=wait_for_messages, query=WaitQuery
    ),
)
