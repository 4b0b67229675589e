"""Intron's envelope for errors.

The voicebot pages show none; this is the envelope of the sibling API with the same keys.
https://docs.voice.intron.io/docs/tts/tts-queue
"""

from starlette.responses import Response

from emulator.kit.errors import ApiError
from emulator.kit.http import json_response
from emulator.kit.world import World
from emulator.platforms.intron.state import options_of

NO_ACCESS = "permission denied,access-key error"


def render_error(world: World, error: ApiError) -> Response:
    """Dress an error; which status a refused key and a missing record get is an option."""
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
