"""The first call: nothing is prepared, and its callbacks go to an inbox."""

from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.calls import MAX_CALLS_SHOWN, shown_call
from emulator.control.request import CLOSED, platforms_of
from emulator.domain.batches import Batch
from emulator.domain.calls import Call
from emulator.kit.errors import ApiError, invalid
from emulator.kit.hooks import Hooks
from emulator.kit.http import json_response, read_body
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.kit.suggestions import not_one_of
from emulator.kit.world import World, world_of

INBOX: Final = "first-call"
"""The inbox that the callbacks of first calls go to."""


class FirstCallRequest(BaseModel):
    """The body of ``POST /first-call``."""

    model_config = CLOSED

    platform: str


def places_first_call(hooks: Hooks) -> bool:
    """Check whether a vendor's call can be placed with nothing prepared."""
    return hooks.receiver_check is not None or (
        hooks.place_model is not None
        and all(
            name == "platform" or not field.is_required()
            for name, field in hooks.place_model().model_fields.items()
        )
    )


async def place_first_call(request: Request) -> Response:
    """Place a call without any preparation; its callbacks go to the inbox ``first-call``."""
    world, platforms = world_of(request), platforms_of(request)
    name = read_body(request, FirstCallRequest).platform
    if name not in platforms:
        raise invalid(("platform", not_one_of(name, platforms)))
    platform = platforms[name]
    platform.check()
    world.contexts.ensure(name)
    placed = _place(world, platform)
    calls = placed.calls[:MAX_CALLS_SHOWN] if isinstance(placed, Batch) else [placed]
    shown: dict[str, Any] = {
        "batch_id": placed.id if isinstance(placed, Batch) else placed.batch_id,
        "calls": [shown_call(world, call) for call in calls],
        "inbox": INBOX,
    }
    return json_response(shown, 201)


def _place(world: World, platform: Platform) -> Call | Batch:
    hooks = platform.hooks
    if hooks.receiver_check is not None:
        if urlsplit(world.inbox_url).port == 0:
            message = "the emulator listens on no port yet, so its inboxes have no address"
            raise ApiError(409, "conflict", message)
        place = hooks.receiver_check.first or hooks.receiver_check.place
        return place(world, world.inbox_url + INBOX)
    if hooks.place is None or hooks.place_model is None or not places_first_call(hooks):
        message = f"{platform.title} calls are placed through the vendor's API only"
        raise ApiError(409, "conflict", message)
    return hooks.place(world, hooks.place_model().model_validate({"platform": platform.name}))


first_call_routes: Final = (
    Operation(
        method="POST",
        path="/first-call",
        handler=place_first_call,
        takes=FirstCallRequest,
        status=201,
    ),
)
