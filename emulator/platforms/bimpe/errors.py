"""Bimpe's error bodies.

The older guide shows fields under ``errors``: https://www.docs.bimpe.ai/docs/guides/errors/
"""

import re
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.basis import Basis
from emulator.kit.errors import ApiError, KnownError, Problem
from emulator.kit.http import json_response
from emulator.kit.rate_limit import usage_of
from emulator.kit.world import World
from emulator.platforms.bimpe.auth import sent_key
from emulator.platforms.bimpe.options import options_of, rate_limit_of

NOT_FOUND_CODES: Final = ("not_found", "no_operation", "method_not_allowed", "no_world", "ended")
EMULATOR_CODES: Final = {
    "validation_error": ("invalid",),
    "bad_request": ("bad_request", "too_large"),
    "api_key_missing": ("missing_credential",),
    "api_key_invalid": ("wrong_credential",),
    "not_found": NOT_FOUND_CODES,
    "internal_error": ("internal", "no_room", "fault"),
}
"""The emulator's codes for each of Bimpe's; for the others, both have the same code."""
STATUS_BY_CODE: Final = {
    "validation_error": 400,
    "bad_request": 400,
    "channel_not_configured": 400,
    "integration_connection_failed": 400,
    "workflow_required": 400,
    "api_key_missing": 401,
    "api_key_invalid": 401,
    "api_key_expired": 401,
    "unauthorized": 401,
    "insufficient_scope": 403,
    "forbidden": 403,
    "agent_limit_reached": 400,
    "not_found": 404,
    "conflict": 409,
    "integration_limit_reached": 409,
    "rate_limited": 429,
    "too_many_requests": 429,
    "internal_error": 500,
}
OBSERVED: Final[dict[str, Basis]] = {"agent_limit_reached": "observed"}
"""The codes that no page has: the vendor's client knows this one, integrators saw its status."""
known_errors: Final = tuple(
    KnownError(code, status, OBSERVED.get(code, "documented"), EMULATOR_CODES.get(code, (code,)))
    for code, status in STATUS_BY_CODE.items()
)

REQUEST_ID: Final = "X-Request-Id"
ECHOED_REQUEST_ID: Final = re.compile("[ -~]{1,255}")
PATH_NAMES: Final = {"the body": "body", "the query": "query"}
"""How Bimpe's messages name what has no field path."""


def render_error(world: World, error: ApiError) -> Response:
    """Write an error; it has the request's id, or a new one."""
    status, code, message = _translated(error)
    request_id = error.request_id or ""
    if not ECHOED_REQUEST_ID.fullmatch(request_id):
        request_id = world.ids.uuid("bimpe.request")
    problems = [(PATH_NAMES.get(path, path), text) for path, text in error.problems]
    body: dict[str, Any] = {
        "message": [f"{path}: {text}" for path, text in problems] or message,
        "error": HTTPStatus(status).phrase,
        "code": code,
        "statusCode": status,
        "request_id": request_id,
    }
    match options_of(world).error_shape:
        case "current":
            pass
        case "with_errors":
            body["errors"] = _problem_list(problems)
        case "older":
            body = {"code": code, "message": message, "errors": _problem_list(problems)}
    return json_response(body, status, {REQUEST_ID: request_id})


def add_headers(world: World, request: Request, response: Response) -> None:
    """Add the request's id and the state of the rate limit."""
    sent = request.headers.get(REQUEST_ID, "")
    if REQUEST_ID not in response.headers and ECHOED_REQUEST_ID.fullmatch(sent):
        response.headers[REQUEST_ID] = sent
    reads = request.method in {"GET", "HEAD"}
    limit = rate_limit_of(world, sent_key(request.headers) or "", reads=reads)
    usage = usage_of(world, limit)
    response.headers["X-RateLimit-Limit"] = str(limit.limit)
    response.headers["X-RateLimit-Remaining"] = str(usage.remaining)
    response.headers["X-RateLimit-Reset"] = str(usage.resets_at)


def _problem_list(problems: list[Problem]) -> list[dict[str, str]]:
    return [{"path": path, "message": text} for path, text in problems]


def _translated(error: ApiError) -> tuple[int, str, str]:
    """Return the status, Bimpe's code and its message."""
    status, code, message = error.status, error.code, error.message
    match code:
        case "invalid":
            code = "validation_error"
        case "missing_credential":
            code, message = "api_key_missing", "API key is missing."
        case "wrong_credential":
            code, message = "api_key_invalid", "Invalid API key."
        case "no_operation" | "method_not_allowed":
            # Bimpe documents no 405
            status, code, message = 404, "not_found", "Resource not found"
        case "not_found" | "no_world" | "ended":
            status, code = 404, "not_found"
            message = message[:1].upper() + message[1:]
        case "too_large":
            code = "bad_request"  # assumed: no code is documented
        case "internal":
            code, message = "internal_error", "Internal server error"
        case "no_room" | "fault":
            code = "internal_error"
        case _:
            pass
    return status, code, message
