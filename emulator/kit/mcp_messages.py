"""What MCP servers answer: results in JSON or server-sent events, tools, and what calls come to.

https://modelcontextprotocol.io/specification/2025-06-18/server/tools
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from emulator.domain.callbacks import CallbackResponse
from emulator.kit.json import JsonError, read_json

Json = dict[str, Any]


class McpError(Exception):
    """A server answered, but not as an MCP server does; the message says how."""


class McpUnreachableError(Exception):
    """There was no response from a server; the message says why."""


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

    @staticmethod
    def read(result: Json) -> "McpResult":
        """Read the result of a call."""
        content = result.get("content")
        return McpResult(
            is_error=result.get("isError") is True,
            content=content if isinstance(content, list) else [],
            structured=result.get("structuredContent"),
        )


def header(response: CallbackResponse, wanted: str) -> str | None:
    """Return the value of a header, the first if there are several."""
    found = (value for name, value in response.headers if name.lower() == wanted.lower())
    return next(found, None)


def result_in(response: CallbackResponse, number: int) -> Json:
    """Return the result that a response has for a request; McpError for an error or none."""
    for message in _messages(response):
        if not isinstance(message, dict) or message.get("id") != number:
            continue
        if isinstance(result := message.get("result"), dict):
            return result
        error = message.get("error")
        said = error.get("message") if isinstance(error, dict) else None
        raise McpError(f"the server responded with an error: {said or error}")
    raise McpError("the response is not a JSON-RPC message of an MCP server")


def _messages(response: CallbackResponse) -> Iterator[Any]:
    """Yield the messages of a response: one as JSON, or any number as server-sent events."""
    texts = [response.body]
    if "text/event-stream" in (header(response, "Content-Type") or ""):
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


def tools_in(result: Json) -> Iterator[McpTool]:
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
