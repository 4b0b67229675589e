"""A response whose connection breaks, as a fault has it."""

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.http.extensions import CONNECTION
from emulator.world.world import World


class BrokenResponse(Response):
    """No response, or only its beginning: then the connection is closed or reset."""

    def __init__(self, world: World, whole: Response | None = None) -> None:
        """``whole``: the response to begin with; without it the connection is reset."""
        super().__init__()
        self.world = world
        self.whole = whole
        if whole is not None:
            self.status_code = whole.status_code
            self.raw_headers = whole.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Break the connection; in process, raise what httpx raises for one that broke."""
        actions: dict[str, Callable[[], None]] | None = scope.get("extensions", {}).get(CONNECTION)
        if self.whole is not None:
            body = bytes(getattr(self.whole, "body", b""))
            start = {"status": self.status_code, "headers": self.raw_headers}
            await send({"type": "http.response.start", **start})
            half = body[: len(body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
        if actions is None:
            await self.world.settle()  # nothing follows the exception
            import httpx  # noqa: PLC0415  # start-up time

            if self.whole is None:
                raise httpx.ReadError("connection reset by a fault")
            raise httpx.RemoteProtocolError("connection closed in the middle of the response")
        actions["reset" if self.whole is None else "close"]()
        await until_client_left(receive)


async def until_client_left(receive: Receive) -> None:
    """Wait until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
