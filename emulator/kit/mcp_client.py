"""A client of MCP servers over streamable HTTP: lists their tools and calls them.

Each message is a callback of the courier: it follows the rules for outgoing requests, and the
history shows it with its response, so that a run can be replayed without the server.
https://modelcontextprotocol.io/specification/2025-06-18/basic/transports
"""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from emulator import __version__
from emulator.domain.callbacks import SUCCESS_STATUSES, Callback, CallbackResponse
from emulator.domain.errors import EndedError
from emulator.kit.json import to_json
from emulator.kit.mcp_messages import (
    McpError,
    McpResult,
    McpTool,
    McpUnreachableError,
    header,
    result_in,
    tools_in,
)
from emulator.kit.patterns import RESERVED_HEADERS
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
INITIALIZE, INITIALIZED = "mcp_initialize", "mcp_initialized"
LIST_TOOLS, CALL_TOOL, END = "mcp_list_tools", "mcp_call_tool", "mcp_end"
EVENTS: Final = (INITIALIZE, INITIALIZED, LIST_TOOLS, CALL_TOOL, END)
"""The events of its callbacks."""
UNAUTHORIZED: Final = (401, 403)
ENDING_STATUSES: Final = range(200, 500)
"""A server may refuse to end a session on request."""
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE: Final = re.compile(r"[!-~]([ -~]{0,4094}[!-~])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServer:
    """Where a server is, and the headers that authenticate to it."""

    platform: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    timeout: timedelta = TIMEOUT


async def tools_of_server(world: World, server: McpServer) -> list[McpTool]:
    """Return the tools of a server, page by page in its order; McpError, McpUnreachableError."""
    session = await _opened(world, server)
    found: list[McpTool] = []
    params: Json = {}
    try:
        for number in range(2, MAX_PAGES + 2):
            listing = _message(world, session, LIST_TOOLS, "tools/list", params, number=number)
            result = result_in(await _sent(world, listing), number)
            found += tools_in(result)
            cursor = result.get("nextCursor")
            if not isinstance(cursor, str) or len(found) >= MAX_TOOLS:
                break
            params = {"cursor": cursor}
    finally:
        await _end(world, session)
    return found[:MAX_TOOLS]


async def call_server_tool(world: World, server: McpServer, name: str, given: Json) -> McpResult:
    """Call a tool of a server with these arguments; McpError, McpUnreachableError."""
    latest = first_message(world, server)
    step: Callback | McpResult = latest
    try:
        while isinstance(step, Callback):
            latest = step
            step = next_message(world, latest, await _sent(world, latest), name, given)
    finally:
        await _end(world, latest)
    return step


def first_message(
    world: World,
    server: McpServer,
    *,
    call_id: str | None = None,
    on_response: str | None = None,
) -> Callback:
    """Return the message that opens a session; McpError for headers that cannot be sent.

    ``on_response``: what acts on the responses to this message and to those that follow.
    """
    for name, value in server.headers:
        is_reserved = name.lower() in RESERVED_HEADERS
        if is_reserved or not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            raise McpError(f"the credentials cannot be sent in the header {name[:100]}")
    template = Callback(
        id="",
        platform=server.platform,
        event=INITIALIZE,
        url=server.url,
        content=b"",
        content_type="application/json",
        headers=(*server.headers, ("Accept", ACCEPT)),
        call_id=call_id,
        on_response=on_response,
        timeout=server.timeout,
    )
    capabilities: Json = {}
    asked = {
        "protocolVersion": PROTOCOL_VERSION,
        "capabilities": capabilities,
        "clientInfo": {"name": "voicebot-emulator", "version": __version__},
    }
    return _message(world, template, INITIALIZE, "initialize", asked, number=1)


def next_message(
    world: World, latest: Callback, response: CallbackResponse, name: str, given: Json
) -> Callback | McpResult:
    """Return what follows the response to a message, until it is the result of calling a tool.

    McpError, McpUnreachableError.
    """
    _check(response)
    if latest.event == INITIALIZE:
        return _initialized(world, latest, response)
    if latest.event == INITIALIZED:
        params = {"name": name, "arguments": given}
        return _message(world, latest, CALL_TOOL, "tools/call", params, number=2)
    return McpResult.read(result_in(response, 2))


def last_message(world: World, latest: Callback) -> Callback | None:
    """Return the request that ends the session; None if the server has none."""
    if latest.event not in EVENTS or all(name != SESSION_HEADER for name, _ in latest.headers):
        return None
    return replace(
        _next(world, latest, END, b""), method="DELETE", accepts=ENDING_STATUSES, on_response=None
    )


async def _opened(world: World, server: McpServer) -> Callback:
    """Open a session; return its latest message, which has the headers of the next ones."""
    first = first_message(world, server)
    second = _initialized(world, first, await _sent(world, first))
    await _sent(world, second)
    return second


async def _end(world: World, latest: Callback) -> None:
    if (ending := last_message(world, latest)) is not None:
        await world.courier.send(ending)


async def _sent(world: World, callback: Callback) -> CallbackResponse:
    """Send a message at once, and return a response that is no refusal."""
    await world.courier.send(callback)
    if not callback.attempts:
        raise EndedError("the world was deleted or reset")
    response = callback.attempts[-1].response
    _check(response)
    return response


def _check(response: CallbackResponse) -> None:
    if response.status is None:
        raise McpUnreachableError(response.error or "there is no response")
    if response.status in UNAUTHORIZED:
        raise McpError(f"the server refuses the credentials with status {response.status}")
    if response.status not in SUCCESS_STATUSES:
        raise McpError(f"the server responded with status {response.status}")


def _initialized(world: World, first: Callback, response: CallbackResponse) -> Callback:
    """Return the notification that follows the first response, with the session's headers."""
    version = result_in(response, 1).get("protocolVersion")
    if not isinstance(version, str) or not _HEADER_VALUE.fullmatch(version):
        raise McpError("the response to initialize has no protocolVersion")
    headers = (*first.headers, (VERSION_HEADER, version))
    session = header(response, SESSION_HEADER)
    if session is not None and _HEADER_VALUE.fullmatch(session):
        headers += ((SESSION_HEADER, session),)
    content = to_json({"jsonrpc": "2.0", "method": "notifications/initialized"})
    return replace(_next(world, first, INITIALIZED, content), headers=headers)


def _message(
    world: World, latest: Callback, event: str, method: str, params: Json, *, number: int
) -> Callback:
    message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    return _next(world, latest, event, to_json(message))


def _next(world: World, latest: Callback, event: str, content: bytes) -> Callback:
    """Return a new callback to the server of another, with its headers."""
    return Callback(
        id=world.ids.uuid(f"{latest.platform}.mcp"),
        platform=latest.platform,
        event=event,
        url=latest.url,
        content=content,
        content_type=latest.content_type,
        headers=latest.headers,
        call_id=latest.call_id,
        on_response=latest.on_response,
        timeout=latest.timeout,
    )
