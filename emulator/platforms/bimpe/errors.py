"""Bimpe's bodies of errors.

The older guide shows fields under ``errors``: https://www.docs.bimpe.ai/docs/guides/errors/
"""

import re
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import ApiError, KnownError, Problem
from emulator.kit.http import json_response
from emulator.kit.rate_limit import usage_of
from emulator.kit.world import World
from emulator.platforms.bimpe.auth import key_of
from emulator.platforms.bimpe.options import rate_limit_of
from emulator.platforms.bimpe.team import options_of

NOT_FOUND: Final = ("not_found", "no_operation", "method_not_allowed", "no_world", "ended")
OWN_WORDS: Final = {
    "validation_error": ("invalid",),
    "bad_request": ("bad_request", "too_large"),
    "api_key_missing": ("missing_credential",),
    "api_key_invalid": ("wrong_credential",),
    "not_found": NOT_FOUND,
    "internal_error": ("internal", "no_room", "fault"),
}
STATUSES: Final = {
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
    "agent_limit_reached": 403,
    "not_found": 404,
    "conflict": 409,
    "integration_limit_reached": 409,
    "rate_limited": 429,
    "too_many_requests": 429,
    "internal_error": 500,
}
known_errors: Final = tuple(
    KnownError(word, status, "documented", OWN_WORDS.get(word, (word,)))
    for word, status in STATUSES.items()
)

REQUEST_ID: Final = "X-Request-Id"
ECHOED: Final = re.compile("[ -~]{1,255}")
WHOLE: Final = {"the body": "body", "the query": "query"}


def render_error(world: World, error: ApiError) -> Response:
    """Dress an error; it names the request it answers, or makes up a name for it."""
    status, code, message = _worded(error)
    request_id = error.request_id or ""
    if not ECHOED.fullmatch(request_id):
        request_id = world.ids.uuid("bimpe.request")
    problems = [(WHOLE.get(path, path), text) for path, text in error.problems]
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
            body["errors"] = _listed(problems)
        case "older":
            body = {"code": code, "message": message, "errors": _listed(problems)}
    return json_response(body, status, {REQUEST_ID: request_id})


def add_headers(world: World, request: Request, response: Response) -> None:
    """Put on an answer the id of its request, and what is left of the rate limit."""
    sent = request.headers.get(REQUEST_ID, "")
    if REQUEST_ID not in response.headers and ECHOED.fullmatch(sent):
        response.headers[REQUEST_ID] = sent
    reads = request.method in {"GET", "HEAD"}
    limit = rate_limit_of(world, key_of(request.headers) or "", reads=reads)
    usage = usage_of(world, limit)
    response.headers["X-RateLimit-Limit"] = str(limit.limit)
    response.headers["X-RateLimit-Remaining"] = str(usage.remaining)
    response.headers["X-RateLimit-Reset"] = str(usage.resets_at)


def _listed(problems: list[Problem]) -> list[dict[str, str]]:
    return [{"path": path, "message": text} for path, text in problems]


def _worded(error: ApiError) -> tuple[int, str, str]:
    """The status, the vendor's code and its sentence."""
    status, code, message = error.status, error.code, error.message
    match code:
        case "invalid":
            code = "validation_error"
        case "missing_credential":
            code, message = "api_key_missing", "API key is missing."
        case "wrong_credential":
            code, message = "api_key_invalid", "Invalid API key."
        case "no_operation" | "method_not_allowed":
            # what is not published is not there, whatever the method
            status, code, message = 404, "not_found", "Resource not found"
        case "not_found" | "no_world" | "ended":
            status, code = 404, "not_found"
            message = message[:1].upper() + message[1:]
        case "too_large":
            code = "bad_request"  # assumed: no code is published
        case "internal":
            code, message = "internal_error", "Internal server error"
        case "no_room" | "fault":
            code = "internal_error"
        case _:
            pass
    return status, code, message
