"""The endpoint of inboxes: it stores a request, and responds as a test has scripted.

It is apart from the routes that read inboxes, which take longer to load than many callbacks.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.callbacks.inbox import InboxMessage
from emulator.http.exchange import target_of
from emulator.kit.errors import ApiError
from emulator.kit.http import receive_body
from emulator.world.waiting import check_present
from emulator.worlds import Worlds

NOT_A_PAGE: Final = {
    "Content-Security-Policy": "sandbox",
    "X-Content-Type-Options": "nosniff",
}
"""Whatever a test scripts as a response, a browser runs none of it as a page of the emulator."""


async def take_message(request: Request) -> Response:
    """Store a request in the inbox; respond with 200, or as scripted."""
    worlds: Worlds = request.scope["emulator.worlds"]
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
    if world.data_file is not None:
        await world.data_file.flush()
    return Response(answer.content, answer.status, NOT_A_PAGE, answer.content_type)
