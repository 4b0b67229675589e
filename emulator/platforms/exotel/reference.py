"""What Exotel's reference says besides its operations: a chapter for each of its APIs."""

from typing import Final

from emulator.platforms.exotel.voicebots.reference import reference as voicebots

reference: Final = voicebots
