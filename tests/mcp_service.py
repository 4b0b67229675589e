"""An MCP server of a user's own, made with the MCP package and served on loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    pass

TOKEN: Final = "guild-token"


class McpService:
    """A clinic's tools, whose list can change."""

    def __init__(self) -> None:
        from mcp.server import MCPServer  # noqa: PLC0415  # slow to import

        self.server: MCPServer[None] = MCPServer("clinic", log_level="CRITICAL")
        self.booked: list[tuple[str, int]] = []
        self.server.add_tool(self.find_slots)
        self.server.add_tool(self.book_slot)

    @staticmethod
    def find_slots(day: str) -> list[str]:
        """Find the free times of a day."""
        return [f"{day} 09:00", f"{day} 10:00"]

    def book_slot(self, slot: str, persons: int = 1) -> str:
        """Book a time."""
        from mcp.server.mcpserver.exceptions import ToolError  # noqa: PLC0415  # slow to import

        if persons > 2:
            raise ToolError("there is no room for so many")
        self.booked.append((slot, persons))
        return f"booked {slot}"

    @staticmethod
    def cancel_slot(slot: str) -> str:
        """Cancel a booking."""
        return f"cancelled {slot}"


class Guarded:
    """Refuses requests without the token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on if it has the token, as a bearer token or in X-Guild."""
        sent = dict(scope.get("headers", ()))
        keys = (sent.get(b"authorization"), sent.get(b"x-guild"))
        if scope["type"] == "http" and not {f"Bearer {TOKEN}".encode(), TOKEN.encode()} & {*keys}:
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body"})
            return
        await self._app(scope, receive, send)


@contextmanager
def serving_mcp(
    service: McpService, *, as_json: bool = False, is_guarded: bool = False
) -> Iterator[str]:
    """Serve it on a free port; return the URL of its endpoint.

    ``as_json``: responses are JSON without a session, not server-sent events within one.
    """
    import uvicorn  # noqa: PLC0415  # slow to import

    app: ASGIApp = service.server.streamable_http_app(json_response=as_json, stateless_http=as_json)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Guarded(app) if is_guarded else app, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
