"""VoiceBooker's error bodies: one sentence under ``error``.

assumed: no page shows the body of an error.
https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from emulator.kit.errors import ApiError, KnownError
from emulator.kit.http import json_response
from emulator.kit.world import World

known_errors: Final = (
    KnownError("unauthorized", 401, "assumed", ("missing_credential", "wrong_credential")),
    KnownError("invalid", 400, "assumed", ("invalid",)),
    KnownError("not_found", 404, "assumed", ("not_found", "no_operation")),
    KnownError("conflict", 409, "assumed", ("conflict",)),
)
"""The codes are ours, as no page shows an error."""


def render_error(_: World, error: ApiError) -> Response:
    """Write an error; a missing and a wrong token have the same body."""
    is_unauthorized = error.status == HTTPStatus.UNAUTHORIZED
    return json_response(
        {"error": "unauthorized" if is_unauthorized else error.message}, error.status
    )
