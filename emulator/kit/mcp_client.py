"""A client of MCP servers over streamable HTTP: lists their tools and calls them.

Each message is a callback of the courier: it follows the rules for outgoing requests, and the
history shows it with its response, so that a run can be replayed without the server.
https://modelcontextprotocol.io/specification/2025-06-18/basic/transports
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from emulator import __version__
from emulator.domain.callbacks import SUCCESS_STATUSES, Callback, CallbackResponse
from emulator.domain.errors import EndedError
from emulator.kit.fields import RESERVED_HEADERS
from emulator.kit.json import JsonError, read_json, to_json
from emulator.kit.world import World

Json = dict[str, Any]

PROTOCOL_VERSION: Final = "2025-06-18"
VERSION_HEADER: Final = "MCP-Protocol-Version"
SESSION_HEADER: Final = "Mcp-Session-Id"
ACCEPT: Final = "application/json, text/event-stream"
TIMEOUT: Final = timedelta(seconds=10)
"""The real time that a server has for each response, unless a vendor has another."""
MAX_PAGES: Final = 20
MAX_TOOLS: Final = 500
UNAUTHORIZED: Final = (401, 403)
ENDING_STATUSES: Final = range(200, 500)
"""A server may refuse to end a session on request."""
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE: Final = re.compile(r"[!-~]([ -~]{0,4094}[!-~])?")


class McpError(Exception):
    """A server answered, but not as an MCP server does; the message says how."""


class McpUnreachableError(Exception):
    """There was no response from a server; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServer:
    """Where a server is, and the headers that authenticate to it."""

    platform: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    timeout: timedelta = TIMEOUT


@dataclass(frozen=True, slots=True, kw_only=True)
class McpTool:
    """A tool that a server offers."""

    name: str
    description: str | None = None
    input_schema: Json = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class McpResult:
    """What came of calling a tool."""

    is_error: bool
    content: list[Any]
    structured: Any = None

    @property
    def text(self) -> str:
        """The text of the content, a line for each part."""
        parts = (each.get("text") for each in self.content if isinstance(each, dict))
        return "\n".join(part for part in parts if isinstance(part, str))


async def tools_of_server(world: World, server: McpServer) -> list[McpTool]:
    """Return the tools of a server, in its order; McpError, McpUnreachableError."""
    session = _Session(world, server)
    await session.open()
    try:
        return await session.list_tools()
    finally:
        await session.close()


async def call_server_tool(
    world: World, server: McpServer, name: str, arguments: Json
) -> McpResult:
    """Call a tool of a server; McpError, McpUnreachableError."""
    session = _Session(world, server)
    await session.open()
    try:
        return await session.call(name, arguments)
    finally:
        await session.close()


class _Session:
    """A session with a server, for one task."""

    def __init__(self, world: World, server: McpServer) -> None:
        self._world, self._server = world, server
        self._headers: tuple[tuple[str, str], ...] = ()
        self._number = 0

    async def open(self) -> None:
        """Agree on a version of the protocol."""
        for name, value in self._server.headers:
            is_reserved = name.lower() in RESERVED_HEADERS
            if is_reserved or not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
                raise McpError(f"the credentials cannot be sent in the header {name[:100]}")
        capabilities: Json = {}
        asked = {
            "protocolVersion": PROTOCOL_VERSION,
            "capabilities": capabilities,
            "clientInfo": {"name": "voicebot-emulator", "version": __version__},
        }
        agreed, response = await self._ask("initialize", asked, "mcp_initialize")
        version = agreed.get("protocolVersion")
        if not isinstance(version, str):
            raise McpError("the response to initialize has no protocolVersion")
        self._headers = ((VERSION_HEADER, version),)
        if (session := _header(response, SESSION_HEADER)) is not None:
            self._headers += ((SESSION_HEADER, session),)
        await self._send({"method": "notifications/initialized"}, "mcp_initialized")

    async def list_tools(self) -> list[McpTool]:
        """Return the tools, page by page."""
        found: list[McpTool] = []
        params: Json = {}
        for _ in range(MAX_PAGES):
            result, _response = await self._ask("tools/list", params, "mcp_list_tools")
            found += _tools_in(result)
            cursor = result.get("nextCursor")
            if not isinstance(cursor, str) or len(found) >= MAX_TOOLS:
                break
            params = {"cursor": cursor}
        return found[:MAX_TOOLS]

    async def call(self, name: str, arguments: Json) -> McpResult:
        """Call a tool."""
        params = {"name": name, "arguments": arguments}
        result, _ = await self._ask("tools/call", params, "mcp_call_tool")
        content = result.get("content")
        return McpResult(
            is_error=result.get("isError") is True,
            content=content if isinstance(content, list) else [],
            structured=result.get("structuredContent"),
        )

    async def close(self) -> None:
        """End the session, if the server has one."""
        if any(name == SESSION_HEADER for name, _ in self._headers):
            await self._attempt(b"", "mcp_end", method="DELETE", accepts=ENDING_STATUSES)

    async def _ask(self, method: str, params: Json, event: str) -> tuple[Json, CallbackResponse]:
        """Send a request; return its result, and the response that had it."""
        self._number += 1
        response = await self._send({"id": self._number, "method": method, "params": params}, event)
        return _result_in(response, self._number), response

    async def _send(self, message: Json, event: str) -> CallbackResponse:
        """Send a message, and return a response that is no refusal."""
        response = await self._attempt(to_json({"jsonrpc": "2.0"} | message), event)
        if response.status is None:
            raise McpUnreachableError(response.error or "there is no response")
        if response.status in UNAUTHORIZED:
            raise McpError(f"the server refuses the credentials with status {response.status}")
        if response.status not in SUCCESS_STATUSES:
            raise McpError(f"the server responded with status {response.status}")
        return response

    async def _attempt(
        self,
        content: bytes,
        event: str,
        *,
        method: str = "POST",
        accepts: range = SUCCESS_STATUSES,
    ) -> CallbackResponse:
        server = self._server
        callback = Callback(
            id=self._world.ids.uuid(f"{server.platform}.mcp"),
            platform=server.platform,
            event=event,
            url=server.url,
            method=method,
            content=content,
            content_type="application/json",
            headers=(*server.headers, *self._headers, ("Accept", ACCEPT)),
            accepts=accepts,
            timeout=server.timeout,
        )
        await self._world.courier.send(callback)
        if not callback.attempts:
            raise EndedError("the world was deleted or reset")
        return callback.attempts[-1].response


def _header(response: CallbackResponse, wanted: str) -> str | None:
    found = (value for name, value in response.headers if name.lower() == wanted.lower())
    return next(found, None)


def _result_in(response: CallbackResponse, number: int) -> Json:
    """Return the result that a response has for a request; McpError for an error or none."""
    for message in _messages(response):
        if not isinstance(message, dict) or message.get("id") != number:
            continue
        if isinstance(result := message.get("result"), dict):
            return result
        error = message.get("error")
        said = error.get("message") if isinstance(error, dict) else None
        raise McpError(f"the server responded with an error: {said or error}")
    raise McpError("the response is no JSON-RPC message of an MCP server")


def _messages(response: CallbackResponse) -> Iterator[Any]:
    """Yield the messages of a response: one as JSON, or any number as server-sent events."""
    texts = [response.body]
    if "text/event-stream" in (_header(response, "Content-Type") or ""):
        texts = list(_data(response.body))
    for text in texts:
        try:
            yield read_json(text)
        except JsonError:
            continue


def _data(body: bytes) -> Iterator[bytes]:
    """Yield the data of each server-sent event: https://html.spec.whatwg.org/#event-stream."""
    for event in body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n\n"):
        lines = [
            line.removeprefix(b"data:").removeprefix(b" ")
            for line in event.split(b"\n")
            if line.startswith(b"data:")
        ]
        if lines:
            yield b"\n".join(lines)


def _tools_in(result: Json) -> Iterator[McpTool]:
    """Yield the tools of a page; McpError for one without a name."""
    tools = result.get("tools")
    for each in tools if isinstance(tools, list) else ():
        if not isinstance(each, dict) or not isinstance(name := each.get("name"), str) or not name:
            raise McpError("the server lists a tool without a name")
        description, schema = each.get("description"), each.get("inputSchema")
        yield McpTool(
            name=name,
            description=description if isinstance(description, str) else None,
            input_schema=schema if isinstance(schema, dict) else {},
        )
