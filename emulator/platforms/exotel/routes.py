"""Every operation of Exotel's, chapter by chapter."""

from typing import Final

from emulator.platforms.exotel.voicebots import client_routes, routes

operations: Final = (*routes.operations, *client_routes.operations)
