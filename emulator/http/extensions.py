"""What a request's connection can do besides: extensions of ASGI."""

from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.kit.http import JsonResponse

CONNECTION: Final = "emulator.http.connection"
"""The extension of ASGI in which a server puts the ways to break a connection off; in process
there is none."""
AT_ONCE: Final = "emulator.at_once"
"""The extension in which a request that is asked once more says that no real time is to pass for
it, and whether its client stayed then."""


async def send_response(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a response that has all of its body: in one write, if the server has a way to."""
    actions = scope.get("extensions", {}).get(CONNECTION, {})
    whole = actions.get("send_whole") if type(response) is JsonResponse else None
    if whole is not None and whole(send, response):
        return
    if scope["method"] != "HEAD" and "hold" in actions:
        actions["hold"]()
    await response(scope, receive, send)
