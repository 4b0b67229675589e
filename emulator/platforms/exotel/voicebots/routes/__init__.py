"""The operations of the Voicebot API: those of its page, then those its own client uses."""

from typing import Final

from emulator.platforms.exotel.voicebots.routes import documented, observed

operations: Final = (*documented.operations, *observed.operations)
