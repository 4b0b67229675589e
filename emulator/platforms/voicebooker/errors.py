"""VoiceBooker's errors: one sentence under ``error``.

assumed: no page shows the body of an error.
https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

from http import HTTPStatus

from starlette.responses import Response

from emulator.kit.errors import ApiError
from emulator.kit.http import json_response
from emulator.kit.world import World


def render_error(_: World, error: ApiError) -> Response:
    """Dress an error; all that is said of a missing or wrong token is that it is one."""
    refused = error.status == HTTPStatus.UNAUTHORIZED
    return json_response({"error": "unauthorized" if refused else error.message}, error.status)
