"""Errors of the control API: RFC 9457 problems, with a hint where there is something to do."""

from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

from emulator.domain.errors import DomainError, IllegalTransitionError, UnknownError
from emulator.kit.errors import ApiError, invalid
from emulator.kit.json import to_json

HINTS: Final = {
    "no_platform": (
        "vendors' paths are served at the root and under /{platform}; GET / lists the platforms"
    ),
    "no_operation": (
        "the header X-Emulator-Nearest names similar operations; GET"
        " /_emulator/guide/control-api lists all"
    ),
    "no_world": "GET /_emulator/worlds lists the worlds; POST /_emulator/worlds creates one",
    "not_found": (
        "the header X-Emulator-World selects the world that is searched; without it, default is"
    ),
    "unrepeatable": "start with a new world on a frozen or auto clock, or POST /_emulator/import a "
    "world: from there on the history is complete, as long as --keep and --keep-bytes have room",
    "ended": "POST /_emulator/worlds creates a new world",
    "misdirected": "send it to the proxy, or to the process of that shard; if the proxy sent it"
    " here, compare its number of shards with that of GET /_emulator/health",
    "wrong_host": "use an IP address or localhost; if all clients use this name, start the emulator"
    " with it in --public-url",
    "cross_site": "send it from a program, or from a page that the emulator serves",
    "token": "send the token that the emulator was started with, or that of the world:"
    " X-Emulator-Token, or Bearer",
    "server_token": "send the token that the emulator was started with",
    "too_large": "start the emulator with a larger --max-body",
    "not_http": "send an HTTP/1.1 request",
    "head_too_large": "send fewer or shorter headers, or put the data into the body",
    "too_slow": "send it without pauses, or start the emulator with a larger --client-timeout",
    "no_room": "free space on the disk; pending changes are written together with the next change",
    "damaged": "send a world file: GET /_emulator/export returns one, and serve --data writes one",
    "channel_not_configured": "connect the agent's channel first, or make it a test call: routes "
    "under /_emulator/{platform} do what the vendor's own dashboard does",
    "internal": "a bug of the emulator; GET /_emulator/history?kind=control has the details",
}
"""What to do about an error, by its code."""
WITHOUT_HINT: Final = frozenset(
    {
        *("invalid", "conflict", "method_not_allowed", "missing_platform", "no_file", "timed_out"),
        *("unsupported_encoding", "range_not_satisfiable", "stream_ended", "broken_platform"),
    }
)
"""Errors whose message says everything."""
VENDOR_HINT: Final = "the vendor would refuse it too; GET /_emulator/guide/ has a guide for it"


def render_problem(error: ApiError, cause: DomainError | None = None) -> Response:
    """Return an error as a problem."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": cause.named if isinstance(cause, UnknownError) else error.message,
    }
    problems = tuple((path, text + error.remarks.get(path, "")) for path, text in error.problems)
    if error.remarks:
        body["detail"] = invalid(*problems).message
    if hint := _hint_for(error, cause):
        body["hint"] = hint
    if problems:
        body["errors"] = [{"field": path, "detail": text} for path, text in problems]
    body |= error.details
    return Response(to_json(body), error.status, error.headers, "application/problem+json")


def _hint_for(error: ApiError, cause: DomainError | None) -> str | None:
    if isinstance(cause, IllegalTransitionError):
        return f"it can become: {cause.allowed}"
    if error.hint is not None or error.code in WITHOUT_HINT:
        return error.hint
    return HINTS.get(error.code, VENDOR_HINT)
