"""What a request's connection can do besides: extensions of ASGI."""

from typing import Final

from starlette.types import Scope

CONNECTION: Final = "emulator.http.connection"
"""The extension of ASGI in which a server puts the ways to break a connection off; in process
there is none."""
AT_ONCE: Final = "emulator.at_once"
"""The extension in which a request that is asked once more says that no real time is to pass for
it, and whether its client stayed then."""


def hold_head(scope: Scope) -> None:
    """Have the head of a response that has all of its body sent in one write with it."""
    actions = scope.get("extensions", {}).get(CONNECTION, {})
    if scope["method"] != "HEAD" and "hold" in actions:
        actions["hold"]()
