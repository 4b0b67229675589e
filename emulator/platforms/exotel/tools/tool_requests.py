"""The request that an OpenAPI tool makes: inputs in its path, query, headers and JSON body."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from emulator.kit.json import to_json
from emulator.kit.patterns import RESERVED_HEADERS
from emulator.platforms.exotel.tools.documents import (
    JSON,
    OPERATION_ID,
    DocumentField,
    DocumentOperation,
    UnusableToolError,
    operation_of,
)

MAX_URL_CHARACTERS: Final = 8_000
_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE: Final = re.compile(r"[!-~]([ -~]{0,4094}[!-~])?")

Inputs = Mapping[str, Any]


class ToolRequest(NamedTuple):
    """An HTTP request."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes


def operation_for(document: Mapping[str, Any], tool: str, inputs: Inputs) -> DocumentOperation:
    """Return the operation: the only one, or that which the inputs or the tool's name choose."""
    asked = inputs.get(OPERATION_ID)
    return operation_of(document, asked if isinstance(asked, str) else tool)


def tool_request(document: Mapping[str, Any], tool: str, inputs: Inputs) -> ToolRequest:
    """Return the request; UnusableToolError if the document or the inputs make none."""
    operation = operation_for(document, tool, inputs)
    placed = _placed(operation, inputs)
    filled = {name: _path_text(name, value) for name, value in placed["path"].items()}
    path = _HOLE.sub(lambda hole: filled.get(hole[1], hole[0]), operation.path)
    pairs = [
        (name, _text(each))
        for name, value in placed["query"].items()
        for each in (value if isinstance(value, list) else [value])
    ]
    query = f"?{urlencode(pairs)}" if pairs else ""
    url = f"{operation.server}/{path.lstrip('/')}{query}"
    if len(url) > MAX_URL_CHARACTERS or not url.isascii() or not url.isprintable() or " " in url:
        raise UnusableToolError("the URL is too long, or has characters that a URL cannot have")
    cookies = "; ".join(f"{name}={_text(value)}" for name, value in placed["cookie"].items())
    given = placed["header"] | ({"Cookie": cookies} if cookies else {})
    content = to_json(placed["body"]) if operation.takes_body else b""
    return ToolRequest(operation.method, url, tuple(_headers(given)), content)


def _placed(operation: DocumentOperation, inputs: Inputs) -> dict[str, dict[str, Any]]:
    """Return the inputs by their places; those that the document does not name are in the body."""
    placed: dict[str, dict[str, Any]] = {
        place: {} for place in ("path", "query", "header", "cookie", "body")
    }
    missing = [each.name for each in operation.fields if _is_missing(each, inputs)]
    if missing:
        raise UnusableToolError(f"the input {missing[0]} is missing")
    for each in operation.fields:
        if each.name in inputs:
            placed[each.place][each.name] = inputs[each.name]
        elif "default" in each.schema and each.is_required:
            placed[each.place][each.name] = each.schema["default"]
    known = {each.name for each in operation.fields} | {OPERATION_ID}
    others = {name: value for name, value in inputs.items() if name not in known}
    if others and not operation.takes_body:
        name = next(iter(others))
        raise UnusableToolError(f"the operation takes no input {name[:100]}")
    placed["body"] |= others
    return placed


def _is_missing(field: DocumentField, inputs: Inputs) -> bool:
    return field.is_required and field.name not in inputs and "default" not in field.schema


def _path_text(name: str, value: Any) -> str:
    text = quote(_text(value), safe="")
    if text in {"", ".", ".."}:
        raise UnusableToolError(f"the input {name} must not be empty in a path")
    return text


def _text(value: Any) -> str:
    """Write a value outside of JSON: texts as they are, lists with commas."""
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return value if isinstance(value, str) else to_json(value).decode()


def _headers(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the headers besides those that a request has anyway, which tools do not set."""
    found = []
    for name, value in given.items():
        text = _text(value)
        if name.lower() in RESERVED_HEADERS:
            continue
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(text)):
            raise UnusableToolError(f"the input {name[:100]} cannot be sent as a header")
        found.append((name, text))
    return found


CONTENT_TYPE: Final = JSON
