"""Errors in the envelope of the Voicebot API.

Documented: the statuses 400, 401 and 404. assumed: their bodies, and 409 for a name that is taken,
which the pages of the Calls API have.
https://developer.exotel.com/docs/voicebot-tools/overview
"""

from typing import Final

from emulator.kit.errors import KnownError
from emulator.platforms.exotel.voicebots.errors import render_enveloped

render_error: Final = render_enveloped
known_errors: Final = (KnownError("conflict", 409, "documented", ("conflict",)),)
"""Those that the Voicebot API does not have."""
