"""Every operation of Exotel's, chapter by chapter."""

from typing import Final

from emulator.platforms.exotel.voicebots import client_routes, routes
from emulator.platforms.exotel.voicebots.limits import limited

operations: Final = tuple(limited((*routes.operations, *client_routes.operations)))
