"""Intron's envelope for errors.

The voicebot pages show none; this is the envelope of the sibling API with the same keys.
https://docs.voice.intron.io/docs/tts/tts-queue
"""

from typing import Final

from starlette.responses import Response

from emulator.kit.errors import ApiError, KnownError
from emulator.kit.http import json_response
from emulator.kit.world import World
from emulator.platforms.intron.state import options_of

known_errors: Final = (
    KnownError("no_access", 403, "observed", ("missing_credential", "wrong_credential")),
    KnownError("invalid", 400, "assumed", ("invalid", "wrong_type", "not_active")),
    KnownError("not_found", 404, "assumed", ("not_found", "no_operation")),
    KnownError("rate_limited", 429, "assumed", ("rate_limited",)),
)
"""The words are ours, as the envelope has none."""

NO_ACCESS = "permission denied,access-key error"


def render_error(world: World, error: ApiError) -> Response:
    """Write an error in the envelope; options choose the status of two of them."""
    options = options_of(world)
    status, message = error.status, error.message
    match error.code:
        case "missing_credential" | "wrong_credential":
            # observed in an integrator's troubleshooting table, endpoint not named
            status, message = options.unauthorized_status, NO_ACCESS
        case "not_found":
            status = options.not_found_status
        case _:
            pass
    return json_response({"data": {}, "message": message, "status": "Error"}, status)
