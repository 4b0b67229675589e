"""Explain a call, a batch or a callback: how it came to its state."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.permission import is_for_one_world
from emulator.control.request import platforms_of, worlds_of
from emulator.kit.errors import ApiError
from emulator.kit.http import json_response
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of

if TYPE_CHECKING:
    from emulator.control.explanations.story import Explanation  # start-up time

MAX_COMPARED: Final = 300
"""The newest of each kind that are compared with an unknown id."""
MIN_PREFIX_CHARACTERS: Final = 4
"""Of an id, for suggestions."""


async def explain(request: Request) -> Response:
    """Explain a call, a batch or a callback: its request, scenario, steps and callbacks."""
    world = world_of(request)
    asked = request.path_params["id"]
    story = _story(request, world, asked)
    if story is None:
        raise _unknown(request, world, asked)
    return json_response(story.shown(world))


def _story(request: Request, world: World, asked: str) -> "Explanation | None":
    from emulator.control.explanations.batches import story_of_batch  # noqa: PLC0415  # start-up time
    from emulator.control.explanations.callbacks import story_of_callback  # noqa: PLC0415
    from emulator.control.explanations.calls import story_of_call  # noqa: PLC0415

    platforms = platforms_of(request)
    call = world.calls.find(asked)
    if call is not None:
        return story_of_call(world, platforms[call.platform], call)
    if (batch := world.batches.find(asked)) is not None:
        return story_of_batch(world, platforms[batch.platform], batch)
    if (callback := world.courier.log.find(asked)) is not None:
        return story_of_callback(world, platforms[callback.platform], callback)
    for name, _ in world.contexts.states():
        named = platforms[name].hooks.find(world, asked)
        if named is not None:
            return story_of_call(world, platforms[name], world.calls.get(named))
    return None


def _unknown(request: Request, world: World, asked: str) -> ApiError:
    for other in () if is_for_one_world(request) else worlds_of(request).all():
        if other is not world and _knows(other, asked):
            hint = f"it is in world {other.name}: send X-Emulator-World: {other.name}"
            return _refusal(world, asked, hint)
    near = _nearest(world, asked)
    if near:
        return _refusal(world, asked, f"did you mean {' or '.join(near)}?")
    if len(world.calls) == 0:
        return _refusal(world, asked, "this world has no calls yet")
    return _refusal(world, asked, "GET /_emulator/calls and /_emulator/callbacks list them")


def _refusal(world: World, asked: str, hint: str) -> ApiError:
    message = f"world {world.name} has no call, batch or callback {asked[:100]}"
    return ApiError(404, "not_found", message, hint=hint)


def _knows(world: World, asked: str) -> bool:
    known = asked in world.calls or asked in world.batches
    return known or world.courier.log.find(asked) is not None


def _nearest(world: World, asked: str) -> list[str]:
    """Return the ids that start the same, or else are spelt alike, of the newest of each kind."""
    asked = asked[:100]
    kinds: dict[str, str] = {}
    newest: Iterable[tuple[str, Iterable[Any]]] = (
        ("call", world.calls.page(0, MAX_COMPARED)[0]),
        ("batch", reversed(world.batches.by_id.values())),
        ("callback", world.courier.log),
    )
    for kind, some in newest:
        kinds |= {each.id: kind for each in islice(some, MAX_COMPARED)}
    begins = [
        each for each in kinds if len(asked) >= MIN_PREFIX_CHARACTERS and each.startswith(asked)
    ]
    found = begins[:3] or get_close_matches(asked, kinds, n=3, cutoff=0.7)
    return [f"{kinds[each]} {each}" for each in found]


explain_routes: Final = (Operation(method="GET", path="/explain/{id}", handler=explain),)
