"""What a fault makes of a request to a vendor: a refusal, a wait, a connection that breaks."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.faults import Effect, Fault
from emulator.http.broken_response import BrokenResponse, until_client_left
from emulator.http.exchange import PendingExchange
from emulator.http.extensions import AT_ONCE
from emulator.kit.errors import ApiError
from emulator.kit.json import to_json
from emulator.kit.platform import Platform
from emulator.world.world import World

UNHANDLED: Final = frozenset({Effect.ERROR, Effect.RESET, Effect.HANG, Effect.LATENCY})
"""The effects that come before a request is handled, if it ever is."""

CODES: Final = {
    400: "invalid",
    401: "wrong_credential",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    413: "too_large",
    429: "rate_limited",
}
"""Our words for what vendors refuse; what else is below 500 is a bad request."""


async def answer_with_fault(
    request: Request,
    exchange: PendingExchange,
    fault: Fault,
    platform: Platform,
    handle: Callable[[], Awaitable[Response]],
) -> Response:
    """Answer a request as a fault has it, which may or may not be to handle it.

    The history has the fault before anything is waited for, with the calls that were placed.
    """
    world = exchange.world

    def render(world: World, error: ApiError) -> Response:
        exchange.code = error.code
        return platform.hooks.render_error(world, exchange.about(error))

    def note(placed: frozenset[str] = frozenset()) -> None:
        exchange.fault = fault
        world.faults.note(
            fault,
            platform.name,
            operation=exchange.operation,
            call_id=next((each for each in placed if each in world.calls), None),
            batch_id=next((each for each in placed if each in world.batches), None),
        )

    if fault.effect in UNHANDLED:
        note()
        response = await _instead(request, world, fault, handle, render)
    else:
        response = await _after(request, world, fault, handle, render, note=note)
    exchange.is_broken = isinstance(response, BrokenResponse)
    return response


async def _after(
    request: Request,
    world: World,
    fault: Fault,
    handle: Callable[[], Awaitable[Response]],
    render: Callable[[World, ApiError], Response],
    *,
    note: Callable[[frozenset[str]], None],
) -> Response:
    """Handle the request; what a success placed meets the fault."""
    before = world.history.last
    response = await handle()
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        return response
    placed = world.waiting.placed_since(before)
    note(placed)
    match fault.effect:
        case Effect.TRUNCATE:
            return BrokenResponse(world, response)
        case Effect.ACCEPT_THEN_ERROR:
            return _refusal(world, fault.fields, render)
        case Effect.ACCEPT_THEN_RESET:
            return BrokenResponse(world)
        case _:
            attempt = world.waiting.wait_for_attempt(placed)
            left, ended = until_client_left(request.receive), world.ended.wait()
            await _first_of(world, fault.fields["seconds"], attempt, left, ended)
            return response


async def _instead(
    request: Request,
    world: World,
    fault: Fault,
    handle: Callable[[], Awaitable[Response]],
    render: Callable[[World, ApiError], Response],
) -> Response:
    fields = fault.fields
    match fault.effect:
        case Effect.ERROR:
            return _refusal(world, fields, render)
        case Effect.RESET:
            return BrokenResponse(world)
        case Effect.HANG:
            await _linger(request, world, fields["seconds"])
            return BrokenResponse(world)
        case Effect.LATENCY:
            stays = await _linger(request, world, fields["seconds"])
            return await handle() if stays else BrokenResponse(world)
        case _:
            raise AssertionError(fault.effect)


def _refusal(
    world: World, fields: dict[str, Any], render: Callable[[World, ApiError], Response]
) -> Response:
    """An error in the vendor's shape, or with the body that the fault has for it."""
    status, message = fields["status"], fields["message"]
    code = CODES.get(status, "bad_request")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        code = "fault" if message else "internal"
    headers: dict[str, str] = {}
    if fields["retry_after"] is not None:
        headers["Retry-After"] = str(fields["retry_after"])
    body = fields["body"]
    if body is None:
        message = message or HTTPStatus(status).phrase.lower()
        response = render(world, ApiError(status, code, message))
        response.status_code = status
    else:
        is_text = isinstance(body, str)
        content = body.encode() if isinstance(body, str) else to_json(body)
        kind = fields["content_type"] or ("text/plain" if is_text else "application/json")
        response = Response(content, status, media_type=kind)
    response.headers.update(headers)
    return response


async def _linger(request: Request, world: World, seconds: float) -> bool:
    """Wait so many real seconds; False if the client left or the world ended before.

    The request is not in flight meanwhile: time continues.
    """
    stayed = request.scope.get("extensions", {}).get(AT_ONCE)
    if stayed is not None:
        return bool(stayed)
    return not await _first_of(
        world, seconds, until_client_left(request.receive), world.ended.wait()
    )


async def _first_of(world: World, seconds: float, *waits: Awaitable[Any]) -> bool:
    """Wait until one of them is over, at most so many real seconds; whether one was."""
    tasks = [asyncio.ensure_future(each) for each in waits]
    world.in_flight -= 1
    try:
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)
    finally:
        world.in_flight += 1
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
