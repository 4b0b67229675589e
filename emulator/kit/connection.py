"""How a request breaks its connection off."""

from typing import Final

CONNECTION: Final = "emulator.connection"
"""The extension of ASGI in which a server puts the ways to; in process there is none."""
