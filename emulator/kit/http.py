"""Reading requests and writing responses."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, TypeVar

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from emulator.collector import no_collections
from emulator.kit.errors import ApiError, as_invalid, invalid
from emulator.kit.hints import hint_unknown_fields
from emulator.kit.json import JsonError, check_value, checked_text, parse_text, read_json, to_json
from emulator.kit.long_body import read_in_pieces
from emulator.kit.turns import give_way
from emulator.kit.uniform_list import UniformList
from emulator.kit.unknown_fields import unknown_fields
from emulator.kit.world import world_of
from emulator.lazy_imports import on_first_use
from emulator.wire.encodings import SUPPORTED, CodingError, unpack

with on_first_use():
    import pydantic

JSON: Final = b"application/json"
MAX_CACHED_NAMES: Final = 256
LARGE_BODY_BYTES: Final = 1 << 18
"""Reading a longer body takes longer than a request may keep others waiting."""
LONG_BODY_BYTES: Final = 16 << 20
"""The parts of a longer body are joined in a thread, which others need not wait for."""

STARTED: Final = "emulator.started"
"""Where a scope has the last entry of the history before what the request does."""

Model = TypeVar("Model", bound="pydantic.BaseModel")


class IndexedHeaders(Headers):
    """A request's headers, indexed by name; Starlette's search them all at every look-up."""

    def __init__(self, scope: Scope) -> None:
        given: Any = scope["headers"]
        if type(given) is not list:  # any iterable, as ASGI has it
            given = scope["headers"] = list(given)
        self._list = given  # Starlette would copy it
        self.first = dict(reversed(given))
        """The first value of each header, by its name in lower case."""

    @property
    def announces_body(self) -> bool:
        """Whether a body follows: https://www.rfc-editor.org/rfc/rfc9112#section-6."""
        return b"content-length" in self.first or b"transfer-encoding" in self.first

    def __contains__(self, key: Any) -> bool:
        return _encoded(key) in self.first

    def __getitem__(self, key: str) -> str:
        return str(self.first[_encoded(key)], "latin-1")

    def get(self, key: str, default: Any = None, /) -> Any:
        """Return the value of a header, the first if there are several."""
        found = self.first.get(_encoded(key))
        return default if found is None else found.decode("latin-1")


@lru_cache(maxsize=MAX_CACHED_NAMES)
def _encoded(name: str) -> bytes:
    """Return the name of a header as it is in a scope."""
    return name.lower().encode("latin-1")


class JsonResponse(Response):
    """A response whose body is JSON already; it is made without looking for headers to add."""

    def __init__(self, content: bytes, status: int = 200) -> None:
        self.status_code = status
        self.media_type = "application/json"
        self.background = None
        self.body = content
        self.raw_headers = [
            (b"content-length", b"%d" % len(content)),
            (b"content-type", JSON),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # as ASGI has it
        """Send the whole response."""
        head = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **head})
        await send({"type": "http.response.body", "body": self.body})


def content_of(request: Request) -> bytes:
    """Return the body of a request."""
    content: bytes = request.scope["emulator.content"]
    return content


def read_body(request: Request, model: type[Model]) -> Model:
    """Read a JSON body, whatever the content type says; ApiError 400 names what does not fit."""
    value = _parsed(content_of(request))
    found = _validated(value, model)
    if unknown_fields(value, model):
        hint_unknown_fields(request, value, model)
    return found


async def read_large_body(
    request: Request, model: type[Model], field: str, uniform: UniformList | None = None
) -> Model:
    """Read a JSON body as ``read_body`` does; others have a turn while a large one is read.

    ``field``: the one that may have a long list. ``uniform`` takes what it begins with, as long as
    that is written alike; without a model of its own, as unknown fields are not looked for there.
    """
    content = content_of(request)
    if len(content) < LARGE_BODY_BYTES:
        return read_body(request, model)
    world = world_of(request)
    with _json_errors():
        text = checked_text(content)
        await give_way(world)
        read = await read_in_pieces(world, text, model, field, uniform=uniform)
        if read is None:
            with no_collections():
                value = parse_text(text)
            await give_way(world)
            check_value(text, value)
            await give_way(world)
            read = value, _validated(value, model)
    value, found = read
    if unknown_fields(value, model):
        hint_unknown_fields(request, value, model)
    await give_way(world)
    return found


def start_now(request: Request) -> None:
    """Note that what a request does begins only now, after others have had their turn."""
    request.scope[STARTED] = world_of(request).arrival()


def read_content(content: bytes, model: type[Model]) -> Model:
    """Read JSON; ApiError 400 names what does not fit."""
    return _validated(_parsed(content), model)


def _parsed(content: bytes) -> Any:
    try:
        return read_json(content)
    except JsonError as error:
        raise _not_json(error) from None


@contextmanager
def _json_errors() -> Iterator[None]:
    try:
        yield
    except JsonError as error:
        raise _not_json(error) from None


def _not_json(error: JsonError) -> ApiError:
    return invalid(("the body", str(error)))


def _validated(value: Any, model: type[Model]) -> Model:
    try:
        found: Model = model.__pydantic_validator__.validate_python(value)  # on every write's way
    except pydantic.ValidationError as error:
        raise as_invalid(error, unknown=unknown_fields(value, model)) from None
    return found


def read_query(request: Request, model: type[Model]) -> Model:
    """Read the query, the last value of each field; ApiError 400 names what does not fit."""
    value = dict(request.query_params)
    try:
        found = model.model_validate(value)
    except pydantic.ValidationError as error:
        raise as_invalid(error, "the query", unknown_fields(value, model)) from None
    hint_unknown_fields(request, value, model)
    return found


def json_response(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a response in JSON."""
    if headers is None:
        return JsonResponse(to_json(value), status)
    return Response(to_json(value), status, headers, "application/json")


async def receive_body(request: Request, limit: int, encoding: str | None) -> bytes:
    """Read the whole body; ApiError 413 when it is larger than the limit, whatever it claims.

    ``encoding``: the request's Content-Encoding, which is undone.
    """
    if request.scope.get("emulator.length", 0) > limit:
        raise _too_large(limit)
    message = await request.receive()
    content: bytes = message.get("body", b"")
    if message["type"] != "http.request" or message.get("more_body") or len(content) > limit:
        content = await _long_body(request, message, limit)
    return content if encoding is None else _unpacked(request, content, encoding, limit)


async def _long_body(request: Request, message: Message, limit: int) -> bytes:
    """Read a body that came in parts, this message first.

    A body that is too large is read on and thrown away, up to four times the limit, so that the
    sender gets to see the answer; one that its sender asks about first is not waited for.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            chunks.clear()
        elif chunk:  # one piece stays as it is, since its sender may keep it too
            chunks.append(chunk)
        if size > 4 * limit or not message.get("more_body"):
            break
        message = await request.receive()
    if size > limit:
        raise _too_large(limit)
    if size < LONG_BODY_BYTES:
        return b"".join(chunks)
    return await asyncio.to_thread(b"".join, chunks)  # it releases the interpreter


def _unpacked(request: Request, content: bytes, encoding: str, limit: int) -> bytes:
    """Undo a Content-Encoding; the request is then as if it had been sent without one."""
    try:
        content = unpack(content, encoding, limit) if content else content
    except CodingError as error:
        raise _refusal(error) from None
    request.scope["headers"] = [
        pair for pair in request.scope["headers"] if pair[0] != b"content-encoding"
    ]
    return content


def _refusal(error: CodingError) -> ApiError:
    match error.status:
        case 413:
            return ApiError(413, "too_large", str(error), headers={"Connection": "close"})
        case 415:
            accepted = {"Accept-Encoding": SUPPORTED}
            return ApiError(415, "unsupported_encoding", str(error), headers=accepted)
        case _:
            return invalid(("the body", str(error)))


def _too_large(limit: int) -> ApiError:
    problem = f"the body is larger than {limit} bytes"
    return ApiError(413, "too_large", problem, headers={"Connection": "close"})
