"""Idempotency keys: the first answer is given again.

Documented: "the same key inside the window returns the original response", at most 255
characters. assumed: a window of a day of the world's time for each API key, method and path;
another body is a conflict; a request that was refused has done nothing and may be tried again.
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
from emulator.platforms.bimpe.records import ApiKey, Replay
from emulator.platforms.bimpe.team import BimpeState, state_of

HEADER: Final = "Idempotency-Key"
LONGEST: Final = 255
WINDOW: Final = timedelta(hours=24)
MOST: Final = 10_000
MOST_BYTES: Final = 64 * 1024 * 1024
"""Answers kept, and bytes of them: the oldest give way."""


async def once(
    world: World,
    request: Request,
    key: ApiKey,
    path: str,
    handler: Callable[[Request], Awaitable[Response]],
) -> Response:
    """Answer a request, or give the answer again that its idempotency key had first.

    Handlers do not wait for anything, so of two that arrive at once the second finds the answer.
    """
    sent = request.headers.get(HEADER, "")
    if not sent or request.method in {"GET", "HEAD"}:
        return await handler(request)
    if len(sent) > LONGEST:
        raise invalid((HEADER, f"must have at most {LONGEST} characters"))
    state = state_of(world)
    _forget_old(world, state)
    name = f"{key.id}\n{request.method}\n{path}\n{sent}"
    digest = sha256(content_of(request)).hexdigest()
    first = state.replays.find(name)
    if first is None:
        response = await handler(request)
        _keep(world, state, name, digest, response)
        return response
    if first.digest != digest:
        raise ApiError(409, "conflict", "This idempotency key was used with a different body.")
    return Response(first.answer, first.status, media_type="application/json")


def _keep(world: World, state: BimpeState, name: str, digest: str, response: Response) -> None:
    replay = Replay(
        id=name,
        digest=digest,
        status=response.status_code,
        answer=bytes(response.body).decode(),
        created_at=world.clock.now(),
    )
    state.replays.add(replay)
    state.replay_bytes += len(replay.answer)
    while len(state.replays) > 1 and (len(state.replays) > MOST or state.replay_bytes > MOST_BYTES):
        _forget(state, next(iter(state.replays)))


def _forget_old(world: World, state: BimpeState) -> None:
    oldest = world.clock.now() - WINDOW
    while (first := next(iter(state.replays), None)) is not None and first.created_at <= oldest:
        _forget(state, first)


def _forget(state: BimpeState, replay: Replay) -> None:
    state.replay_bytes -= len(replay.answer)
    state.replays.remove(replay.id)
