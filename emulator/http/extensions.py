"""What a request's connection can do besides: extensions of ASGI."""

from typing import Any, Final

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
    if send_at_once(response, scope, send):
        return
    if scope["method"] != "HEAD" and "hold" in (actions := _actions(scope)):
        actions["hold"]()
    await response(scope, receive, send)


def send_at_once(response: Response, scope: Scope, send: Send) -> bool:
    """Write a plain response before anything else can happen; False if it is still to be sent."""
    if type(response) is not JsonResponse:
        return False
    whole = _actions(scope).get("send_whole")
    return whole is not None and whole(send, response)


def _actions(scope: Scope) -> dict[Any, Any]:
    found: dict[Any, Any] = scope.get("extensions", {}).get(CONNECTION, {})
    return found
