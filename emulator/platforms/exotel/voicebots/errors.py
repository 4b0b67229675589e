"""Errors in the shape of the responses.

assumed: no page shows the body of an error of the Voicebot API. The plain one is our guess; the
enveloped one follows what integrators respond to webhooks, and the vendor's sister APIs.
"""

from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from emulator.kit.errors import ApiError, KnownError
from emulator.kit.http import json_response
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.envelope import request_id, shape_of

known_errors: Final = (
    KnownError("invalid", 400, "documented", ("invalid",)),
    KnownError("wrong_credential", 401, "documented", ("missing_credential", "wrong_credential")),
    KnownError("not_found", 404, "documented", ("not_found", "no_operation")),
    KnownError("rate_limited", 429, "documented", ("rate_limited",)),
)
"""The page has the statuses; the words are ours, as no page shows an error."""


def render_error(world: World, error: ApiError) -> Response:
    """Write an error in the shape that the world's options choose."""
    if shape_of(world) == "plain":
        body = {"code": error.status, "message": error.message}
        return json_response({"error": body}, error.status)
    return render_enveloped(world, error)


def render_enveloped(world: World, error: ApiError) -> Response:
    """Write an error in the envelope."""
    reason = {
        "code": error.status,
        "message": HTTPStatus(error.status).phrase,
        "description": error.message,
    }
    return json_response(
        {
            "http_code": error.status,
            "request_id": request_id(world),
            "response": {"data": None, "error_data": reason},
        },
        error.status,
    )
