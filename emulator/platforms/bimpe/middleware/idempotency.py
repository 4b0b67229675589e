"""Idempotency keys: a repeated request gets the first response again.

Documented: "the same key inside the window returns the original response", at most 255
characters. assumed: the window is a day of the world's time, for each API key, method and path;
another body is a conflict; a request that was refused changed nothing and may be repeated.
https://www.docs.bimpe.ai/docs/guides/
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import ApiError, invalid
from emulator.kit.http import content_of
from emulator.kit.world import World
from emulator.platforms.bimpe.records.responses import SavedResponse
from emulator.platforms.bimpe.records.team import ApiKey
from emulator.platforms.bimpe.state import BimpeState, state_of

IDEMPOTENCY_HEADER: Final = "Idempotency-Key"
MAX_IDEMPOTENCY_KEY_CHARACTERS: Final = 255
IDEMPOTENCY_WINDOW: Final = timedelta(hours=24)
MAX_SAVED_RESPONSES: Final = 10_000
MAX_SAVED_RESPONSE_BYTES: Final = 64 * 1024 * 1024
"""The oldest responses are evicted beyond either."""


async def run_once(
    world: World,
    request: Request,
    key: ApiKey,
    path: str,
    handler: Callable[[Request], Awaitable[Response]],
) -> Response:
    """Handle a request, or return the first response to its idempotency key.

    Handlers do not await anything, so the second of two simultaneous requests finds the response.
    """
    sent = request.headers.get(IDEMPOTENCY_HEADER, "")
    if not sent or request.method in {"GET", "HEAD"}:
        return await handler(request)
    if len(sent) > MAX_IDEMPOTENCY_KEY_CHARACTERS:
        raise invalid(
            (IDEMPOTENCY_HEADER, f"must have at most {MAX_IDEMPOTENCY_KEY_CHARACTERS} characters")
        )
    state = state_of(world)
    _evict_expired(world, state)
    name = f"{key.id}\n{request.method}\n{path}\n{sent}"
    digest = sha256(content_of(request)).hexdigest()
    first = state.replays.find(name)
    if first is None:
        response = await handler(request)
        _save_response(world, state, name, digest, response)
        return response
    if first.digest != digest:
        raise ApiError(409, "conflict", "This idempotency key was used with a different body.")
    return Response(first.answer, first.status, media_type="application/json")


def _save_response(
    world: World, state: BimpeState, name: str, digest: str, response: Response
) -> None:
    saved = SavedResponse(
        id=name,
        digest=digest,
        status=response.status_code,
        answer=bytes(response.body).decode(),
        created_at=world.clock.now(),
    )
    state.replays.add(saved)
    state.saved_response_bytes += len(saved.answer)
    while len(state.replays) > 1 and (
        len(state.replays) > MAX_SAVED_RESPONSES
        or state.saved_response_bytes > MAX_SAVED_RESPONSE_BYTES
    ):
        _evict(state, next(iter(state.replays)))


def _evict_expired(world: World, state: BimpeState) -> None:
    oldest = world.clock.now() - IDEMPOTENCY_WINDOW
    while (first := next(iter(state.replays), None)) is not None and first.created_at <= oldest:
        _evict(state, first)


def _evict(state: BimpeState, saved: SavedResponse) -> None:
    state.saved_response_bytes -= len(saved.answer)
    state.replays.remove(saved.id)
